"""Static files: named by their content, compressed, collected again only when one of them changed."""

import hashlib
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib.staticfiles.finders import get_finders
from django.contrib.staticfiles.storage import HashedFilesMixin
from django.core.management import call_command
from whitenoise.storage import CompressedManifestStaticFilesStorage

from lazaretto import __version__

STAMP = ".collected"
UNUSED = ["htmax*", "*-4.js", "*-4.min.js"]  # other versions that the htmx package brings along


OWN_APPS = sorted(path.parent.name for path in Path(__file__).parent.parent.glob("*/static"))
_IMPORTS: Any = vars(HashedFilesMixin)["_js_module_import_aggregation_patterns"]


class Storage(CompressedManifestStaticFilesStorage):  # type: ignore[misc]
    """Our own modules name each other by content too, so that a browser never mixes two versions.

    Vendored scripts are left alone: in their comments stand imports of files that do not exist.
    """

    patterns = (
        *CompressedManifestStaticFilesStorage.patterns,
        *((f"{app}/*.js", _IMPORTS[1]) for app in OWN_APPS),
    )


def collect() -> bool:
    """Collect the static files into `STATIC_ROOT` if any changed since; returns whether it did."""
    root = Path(settings.STATIC_ROOT)
    stamp, now = root / STAMP, _state()
    if stamp.exists() and stamp.read_text() == now:
        return False
    call_command("collectstatic", interactive=False, clear=True, verbosity=0, ignore_patterns=UNUSED)
    stamp.write_text(now)
    return True


def _state() -> str:
    """A digest of names, sizes and times of all source files."""
    digest = hashlib.sha256(__version__.encode())
    for finder in get_finders():
        for name, storage in finder.list([]):
            found = Path(storage.path(name)).stat()
            digest.update(f"{name}|{found.st_size}|{found.st_mtime_ns}".encode())
    return digest.hexdigest()
