"""The standing cast of the tests, and what every test may rely on."""

import pytest
from django.db import connection
from django.db.backends.sqlite3 import base as sqlite
from hypothesis import settings as hypothesis_settings

from tests.cast import Cast, gather

pytest_plugins = ["tests.browser"]

# A slow machine is no failure; what a property test found once, it finds again.
hypothesis_settings.register_profile("lazaretto", deadline=None, print_blob=True)
hypothesis_settings.load_profile("lazaretto")


@pytest.fixture
def cast(db) -> Cast:
    """The standing cast at two sites."""
    return gather()


@pytest.fixture(autouse=True, scope="session")
def _flush_past_the_guards():
    """Let transactional tests on SQLite empty append-only tables: guards are dropped and put back around the flush.

    For the whole session: the flush comes when the fixtures of a single test are gone already.
    """
    operations = sqlite.DatabaseWrapper.ops_class
    original = operations.sql_flush

    def sql_flush(self, style, tables, **options):
        with connection.cursor() as cursor:
            cursor.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'")
            guards = cursor.fetchall()
        drop = [f'DROP TRIGGER "{name}"' for name, _sql in guards]
        return [*drop, *original(self, style, tables, **options), *[sql for _name, sql in guards]]

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(operations, "sql_flush", sql_flush)
        yield
