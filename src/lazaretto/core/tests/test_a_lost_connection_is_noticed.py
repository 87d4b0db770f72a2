"""PostgreSQL goes away between two requests: the next one finds a connection again, and asks nobody otherwise."""

import pytest
from django.db import connection
from django.db.backends.postgresql import base

from tests.threads import needs_server

pytestmark = [needs_server, pytest.mark.django_db(transaction=True)]


def backend():
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        return cursor.fetchone()[0]


def next_request():
    connection.close_if_unusable_or_obsolete()
    connection.health_check_enabled, connection.health_check_done = True, False
    return backend()


def test_a_connection_that_the_server_ended_is_made_anew():
    first = backend()
    other = connection.copy()
    with other.cursor() as cursor:
        cursor.execute("SELECT pg_terminate_backend(%s, 5000)", [first])
    other.close()
    assert next_request() != first


def test_a_connection_that_stands_is_kept_and_not_asked(monkeypatch):
    first = backend()
    monkeypatch.setattr(base.DatabaseWrapper, "is_usable", lambda _self: pytest.fail("it was asked"))
    assert next_request() == first
