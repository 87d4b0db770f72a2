"""PostgreSQL; the test database is a copy of the made one on the same server."""

import os
from typing import Any

from django.conf import settings
from django.db.backends.postgresql import creation

from lazaretto.core.postgresql import base
from tests.made import made_on


class DatabaseCreation(creation.DatabaseCreation):
    """Makes the test database by copying."""

    def create_test_db(self, verbosity: int = 1, autoclobber: bool = False, **_words: Any) -> str:
        """As Django's, without the migrations."""
        self.connection.settings_dict["TEST"]["TEMPLATE"] = made_on(os.environ["LAZARETTO_TEST_DATABASE_URL"])
        name = self._get_test_db_name()
        self._create_test_db(verbosity, autoclobber)
        self.connection.close()
        settings.DATABASES[self.connection.alias]["NAME"] = self.connection.settings_dict["NAME"] = name
        self.connection.ensure_connection()
        return name


class DatabaseWrapper(base.DatabaseWrapper):
    """The real one, with our way of making the test database."""

    creation_class = DatabaseCreation
