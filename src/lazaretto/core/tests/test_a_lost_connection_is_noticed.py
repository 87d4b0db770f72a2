"""PostgreSQL goes away between two requests: the next one finds a connection again, and asks nobody otherwise."""

import pytest
from django.db import connection
from django.db.backends.postgresql import base

from lazaretto.core.prepared import statement_cursor
from tests.threads import needs_server

pytestmark = [needs_server, pytest.mark.django_db(transaction=True)]


def backend(cursor_of=connection.cursor):
    with cursor_of() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        return cursor.fetchone()[0]


def next_request(cursor_of=connection.cursor):
    connection.close_if_unusable_or_obsolete()
    connection.health_check_enabled, connection.health_check_done = True, False
    return backend(cursor_of)


@pytest.mark.parametrize("cursor_of", [connection.cursor, statement_cursor])
def test_a_connection_that_the_server_ended_is_made_anew(cursor_of):
    first = backend()
    other = connection.copy()
    with other.cursor() as cursor:
        cursor.execute("SELECT pg_terminate_backend(%s, 5000)", [first])
    other.close()
    assert next_request(cursor_of) != first


def test_a_connection_that_stands_is_kept_and_not_asked(monkeypatch):
    first = backend()
    monkeypatch.setattr(base.DatabaseWrapper, "is_usable", lambda _self: pytest.fail("it was asked"))
    assert next_request() == first
