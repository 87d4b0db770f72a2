"""Planned cursors: PostgreSQL plans a statement once for a connection; what goes wrong has Django's names."""

import signal
import time
from uuid import uuid4

import pytest
from django.db import DatabaseError, IntegrityError, InterfaceError, OperationalError, connection, transaction
from django.db.transaction import TransactionManagementError

from lazaretto.accounts.models import Unit
from lazaretto.core.planned import PlannedCursor
from lazaretto.core.postgresql import plans
from lazaretto.core.prepared import statement_cursor
from tests.threads import needs_server

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True, params=[True, False], ids=["interruptible", "straight"])
def way(request, db, monkeypatch):
    """The program's main thread waits so that Ctrl-C ends it, the server's threads do not."""
    if connection.vendor != "postgresql":
        return
    connection.ensure_connection()
    monkeypatch.setattr(connection.plans, "interruptible", request.param)


def ask(sql, *values):
    with statement_cursor() as cursor:
        cursor.execute(sql, values)
        return cursor.fetchall()


def kept(text):
    """How often the server knows a statement with these words by name."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_prepared_statements WHERE statement LIKE %s", [f"%{text}%"])
        return cursor.fetchone()[0]


def test_values_come_back_as_they_went():
    assert ask("SELECT %s || 'x', %s, '100%%'", "ab", None) == [("abx", None, "100%")]
    assert ask("SELECT '100%'") == [("100%",)]
    assert ask("SELECT 1 WHERE 1 = 0") == []


def test_rows_are_taken_one_by_one_or_all_that_are_left():
    with statement_cursor() as cursor:
        assert isinstance(cursor, PlannedCursor)
        cursor.execute("SELECT 1 UNION ALL SELECT 2 UNION ALL SELECT 3")
        assert cursor.fetchone() == (1,)
        assert cursor.fetchall() == [(2,), (3,)]
        assert cursor.fetchone() is None
        assert cursor.fetchall() == []


def test_it_says_how_many_rows_were_changed(cast):
    with statement_cursor() as cursor:
        cursor.execute("UPDATE accounts_unit SET name = 'x' WHERE code = %s", [cast.site.unit.code])
        assert cursor.rowcount == 1
        cursor.execute("UPDATE accounts_unit SET name = 'x' WHERE code = %s", ["nowhere"])
        assert cursor.rowcount == 0


def test_what_the_database_refuses_is_an_integrity_error(cast):
    with pytest.raises(IntegrityError) as refused, transaction.atomic():
        ask("UPDATE accounts_unit SET code = %s", cast.site.unit.code)
    if connection.vendor == "postgresql":
        assert refused.value.__cause__.diag.constraint_name
    assert Unit.objects.filter(code=cast.site.unit.code).count() == 1


def test_nothing_is_asked_in_a_transaction_that_failed():
    with transaction.atomic():
        transaction.set_rollback(True)
        with pytest.raises(TransactionManagementError):
            ask("SELECT 1")


@needs_server
def test_what_is_asked_often_is_planned_once_and_a_rollback_leaves_it():
    words = f"a_name_of_its_own_{uuid4().hex[:8]}"  # what was planned for another test is kept
    for _time in range(plans.AGAIN):
        ask(f"SELECT %s::int AS {words}", 1)
    assert kept(words) == 0
    for _time in range(3):
        ask(f"SELECT %s::int AS {words}", 1)
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        raise ZeroDivisionError
    assert ask(f"SELECT %s::int AS {words}", 7) == [(7,)]
    assert kept(words) == 1


@needs_server
def test_values_of_another_kind_are_another_plan():
    words = "any_kind_of_value"
    for value in (1, 1, 1, 1, None, None, None, None):
        assert ask(f"SELECT %s::bigint AS {words}", value) == [(value,)]
    assert kept(words) == 2


@needs_server
def test_the_least_used_plan_is_dropped(monkeypatch):
    connection.plans.forget()
    monkeypatch.setattr(plans, "PLANS", 2)
    for words in ("the_first", "the_second", "the_third"):
        for _time in range(plans.AGAIN + 1):
            assert ask(f"SELECT %s::int AS {words}", 1) == [(1,)]
    assert [kept(words) for words in ("the_first", "the_second", "the_third")] == [0, 1, 1]
    assert ask("SELECT %s::int AS the_first", 2) == [(2,)]


@needs_server
def test_nothing_is_kept_when_tables_change():
    for _time in range(plans.AGAIN + 1):
        ask("SELECT code AS as_it_was FROM accounts_unit WHERE name = %s", "x")
    assert kept("as_it_was") == 1
    with connection.schema_editor(collect_sql=True):
        assert kept("as_it_was") == 0


@needs_server
@pytest.mark.parametrize("stale", ["ALTER TABLE pg_temp.kept ALTER COLUMN word TYPE text", "DEALLOCATE ALL"])
def test_a_plan_that_is_stale_is_made_anew(stale):
    connection.plans.forget()
    with connection.cursor() as cursor:
        cursor.execute("CREATE TEMPORARY TABLE kept (word varchar(5))")
    for _time in range(plans.AGAIN + 1):
        assert ask("SELECT word FROM kept WHERE word <> %s", "x") == []
    with connection.cursor() as cursor:
        cursor.execute(stale)
    with pytest.raises(DatabaseError), transaction.atomic():
        ask("SELECT word FROM kept WHERE word <> %s", "x")
    for _time in range(plans.AGAIN + 2):
        assert ask("SELECT word FROM kept WHERE word <> %s", "x") == []


@needs_server
def test_nothing_is_asked_in_the_middle_of_a_copy():
    with connection.cursor() as cursor:
        cursor.execute("CREATE TEMPORARY TABLE kept (word text)")
        with cursor.copy("COPY kept FROM STDIN") as copy:
            copy.write_row(["one"])
            with pytest.raises(InterfaceError, match="COPY"):
                ask("SELECT 1")
            copy.write_row(["two"])
    assert ask("SELECT count(*) FROM kept") == [(2,)]


@needs_server
def test_waiting_can_be_interrupted():
    def stop(*_said):
        raise KeyboardInterrupt

    connection.plans.interruptible = True
    before = signal.signal(signal.SIGALRM, stop)
    began = time.monotonic()
    try:
        signal.setitimer(signal.ITIMER_REAL, 0.2)
        with pytest.raises(KeyboardInterrupt), transaction.atomic():
            ask("SELECT pg_sleep(20)")
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)
    assert time.monotonic() - began < 10
    assert ask("SELECT 1") == [(1,)]


@needs_server
@pytest.mark.django_db(transaction=True)
def test_a_server_that_went_away_is_an_operational_error():
    (pid,) = ask("SELECT pg_backend_pid()")[0]
    other = connection.copy()

    def work():
        with transaction.atomic():
            ask("SELECT 1")
            with other.cursor() as cursor:
                cursor.execute("SELECT pg_terminate_backend(%s, 5000)", [pid])
            other.close()
            ask("SELECT 1")

    with pytest.raises(OperationalError):
        work()
    connection.close_if_unusable_or_obsolete()
    assert ask("SELECT 1") == [(1,)]
