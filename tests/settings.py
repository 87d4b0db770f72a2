"""Settings of the tests: a data folder of their own, fast password hashing; otherwise the real ones.

LAZARETTO_TEST_DATABASE_URL chooses another database; without it SQLite in memory.
"""

import os
import tempfile
from pathlib import Path

os.environ["LAZARETTO_DATA_DIR"] = tempfile.mkdtemp(prefix="lazaretto-tests-")
os.environ["LAZARETTO_SECRET_KEY"] = "a-key-for-tests-only-" + "x" * 40
os.environ["LAZARETTO_DATABASE_URL"] = os.environ.get("LAZARETTO_TEST_DATABASE_URL", "")
os.environ.pop("LAZARETTO_URL", None)

from lazaretto.config.messages import compile_stale
from lazaretto.config.settings import *  # noqa: F403

compile_stale()
Path(os.environ["LAZARETTO_DATA_DIR"], "static").mkdir()  # whitenoise warns where none is

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]

STORAGES["staticfiles"] = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}  # noqa: F405
WHITENOISE_USE_FINDERS = True
WHITENOISE_AUTOREFRESH = True  # looks for a file when it is asked for, not for all of them at each start

# A test database is copied, not migrated (`tests.made`).
_KIND = DATABASES["default"]["ENGINE"].rpartition(".")[2]  # noqa: F405
DATABASES["default"]["ENGINE"] = f"tests.backends.{_KIND}"  # noqa: F405
