"""The lock file in front of SQLite's writers: one at a time, handed on at once, let go of by the dead."""

import subprocess
import sys
import threading
from contextlib import closing
from pathlib import Path

import pytest
from django.db import connections, transaction

from lazaretto.core.sqlite.base import DatabaseWrapper

LATE = 20  # seconds; nothing here takes one

HOLDER = """
import fcntl, os, sys
fcntl.flock(os.open(sys.argv[1], os.O_RDWR | os.O_CREAT), fcntl.LOCK_EX)
print("held", flush=True)
sys.stdin.read()
"""


@pytest.fixture
def opened(tmp_path: Path, django_db_blocker):
    """Opens connections to one database file, the first of which has a table."""
    made: list[DatabaseWrapper] = []
    given = {**connections.settings["default"], "ENGINE": "lazaretto.core.sqlite", "NAME": str(tmp_path / "d.sqlite3")}
    options = {"transaction_mode": "IMMEDIATE", "timeout": 30, "check_same_thread": False}

    def another() -> DatabaseWrapper:
        one = DatabaseWrapper({**given, "OPTIONS": options}, alias=f"queue-{len(made)}")
        one.inc_thread_sharing()
        connections[one.alias] = one
        made.append(one)
        return one

    with django_db_blocker.unblock():
        yield another
        for one in made:
            one.close()
            del connections[one.alias]


def test_the_second_writer_waits_for_the_first_and_then_goes_on(opened):
    first, second = opened(), opened()
    with first.cursor() as cursor:
        cursor.execute("CREATE TABLE said (word text)")
    order: list[str] = []
    begun = threading.Event()

    def write() -> None:
        begun.set()
        connections[second.alias] = second
        with transaction.atomic(using=second.alias), second.cursor() as cursor:
            order.append("second")
            cursor.execute("INSERT INTO said VALUES ('second')")

    with transaction.atomic(using=first.alias), first.cursor() as cursor:
        cursor.execute("INSERT INTO said VALUES ('first')")
        waiting = threading.Thread(target=write)
        waiting.start()
        assert begun.wait(LATE)
        waiting.join(0.2)
        assert waiting.is_alive()
        order.append("first")
    waiting.join(LATE)
    assert order == ["first", "second"]


def test_a_rollback_and_a_closed_connection_let_the_next_one_in(opened):
    first, second = opened(), opened()
    with pytest.raises(ZeroDivisionError), transaction.atomic(using=first.alias):
        raise ZeroDivisionError
    first.close()
    with transaction.atomic(using=second.alias), second.cursor() as cursor:
        cursor.execute("CREATE TABLE said (word text)")


@pytest.mark.skipif(sys.platform == "win32", reason="SQLite's own waiting has to do there")
def test_who_dies_with_the_lock_lets_go_of_it(opened, tmp_path):
    one = opened()
    words = [sys.executable, "-c", HOLDER, str(tmp_path / "d.sqlite3.queue")]
    with subprocess.Popen(words, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == "held\n"
        entered = threading.Event()

        def write() -> None:
            connections[one.alias] = one
            with transaction.atomic(using=one.alias):
                entered.set()

        waiting = threading.Thread(target=write)
        waiting.start()
        assert not entered.wait(0.2)
        holder.kill()
        assert entered.wait(LATE)
        waiting.join(LATE)


def test_reading_never_queues(opened):
    writer, reader = opened(), opened()
    with writer.cursor() as cursor:
        cursor.execute("PRAGMA journal_mode=WAL")
        cursor.execute("CREATE TABLE said (word text)")
    with transaction.atomic(using=writer.alias), closing(reader.cursor()) as cursor:
        cursor.execute("SELECT count(*) FROM said")
        assert cursor.fetchone() == (0,)
