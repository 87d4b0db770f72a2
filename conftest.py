"""The standing cast of the tests, and what every test may rely on."""

import gc
import os
import time

import pytest
from django.core.cache import cache
from django.db import DatabaseError, connection
from django.db.backends.sqlite3 import base as sqlite
from django.utils import translation
from hypothesis import settings as hypothesis_settings

from tests.cast import Cast, gather
from tests.made import made_file

pytest_plugins = ["tests.browser"]

# A slow machine is no failure, and the same commit passes or fails every time. To look for what nobody has found yet:
# HYPOTHESIS_PROFILE=explore python -m pytest …
hypothesis_settings.register_profile("steady", deadline=None, print_blob=True, derandomize=True)
hypothesis_settings.register_profile("explore", deadline=None, print_blob=True, max_examples=2_000)
hypothesis_settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "steady"))


# Whoever asks for one of these, directly or through another fixture, reaches the database that is chosen.
_DATABASE = {"db", "transactional_db", "django_db_setup", "live_server"}


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items):
    """Mark what never opens the chosen database: pytest-django refuses it to them, so they are needed once only."""
    for item in items:
        if not item.get_closest_marker("django_db") and _DATABASE.isdisjoint(getattr(item, "fixturenames", ())):
            item.add_marker("without_database")


def pytest_collection_finish():
    """What is loaded by now stays: nobody needs to look through it for garbage again and again."""
    gc.collect()
    gc.freeze()


@pytest.fixture(scope="session")
def made():
    """A SQLite file with all tables and nothing in it."""
    return made_file()


@pytest.fixture
def cast(db) -> Cast:
    """The standing cast at two sites."""
    return gather()


@pytest.fixture(autouse=True)
def _as_if_nobody_had_asked():
    """A request leaves its reader's language in the thread and its count in the cache; each test begins without."""
    translation.deactivate()
    cache.clear()


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

    flush = operations.execute_sql_flush

    def execute_sql_flush(self, statements):
        """Once more when a request that came after its window was closed still reads or writes."""
        for left in (2, 1, 0):
            try:
                flush(self, statements)
            except DatabaseError:
                if not left:
                    raise
                time.sleep(0.3)
            else:
                return

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(operations, "sql_flush", sql_flush)
        patch.setattr(operations, "execute_sql_flush", execute_sql_flush)
        yield
