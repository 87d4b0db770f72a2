"""SQLite in memory, filled from the file. There is no file beside it to queue for, and no log to bring to a disk."""

import os
import sqlite3
from typing import Any

from django.conf import settings
from django.db.backends.sqlite3 import creation

from lazaretto.core.sqlite import base
from tests.made import made_file


class DatabaseCreation(creation.DatabaseCreation):
    """Makes the test database by copying."""

    def _get_test_db_name(self) -> str:
        """In memory, one for each worker process: pytest-django knows Django's own backend only, by its name."""
        return f"file:tests_{os.environ.get('PYTEST_XDIST_WORKER', '')}?mode=memory&cache=shared"

    def create_test_db(self, verbosity: int = 1, autoclobber: bool = False, **_words: Any) -> str:
        """As Django's, without the migrations."""
        name = self._get_test_db_name()
        self._create_test_db(verbosity, autoclobber)
        self.connection.close()
        settings.DATABASES[self.connection.alias]["NAME"] = self.connection.settings_dict["NAME"] = name
        self.connection.ensure_connection()
        with sqlite3.connect(made_file()) as source:
            source.backup(self.connection.connection)
        return name


class DatabaseWrapper(base.DatabaseWrapper):
    """The real one, with our way of making the test database."""

    creation_class = DatabaseCreation
