"""The lock file in front of SQLite's writers: one at a time, handed on at once, let go of by the dead."""

import errno
import os
import sqlite3
import subprocess
import sys
import threading
from contextlib import closing
from pathlib import Path

import pytest
from django.db import OperationalError, connections, transaction

from lazaretto.core.errors import NotOnDisk, named
from lazaretto.core.sqlite import base
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
    start = "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL"
    options = {"transaction_mode": "IMMEDIATE", "timeout": 30, "check_same_thread": False, "init_command": start}

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
        cursor.execute("CREATE TABLE said (word text)")
    with transaction.atomic(using=writer.alias), closing(reader.cursor()) as cursor:
        cursor.execute("SELECT count(*) FROM said")
        assert cursor.fetchone() == (0,)


FULL, NORMAL = (2,), (1,)


def synchronous(one: DatabaseWrapper) -> object:
    with closing(one.cursor()) as cursor:
        cursor.execute("PRAGMA synchronous")
        return cursor.fetchone()


def test_a_commit_is_on_the_disk_before_it_is_told_and_the_next_writer_does_not_wait_for_that(
    opened, monkeypatch, tmp_path
):
    writer, next_one = opened(), opened()
    with writer.cursor() as cursor:
        cursor.execute("CREATE TABLE said (word text)")
    told: list[int] = []

    def slow_disk(log: int) -> None:
        told.append(log)
        monkeypatch.setattr(base, "to_disk", told.append)
        with transaction.atomic(using=next_one.alias), next_one.cursor() as cursor:  # comes in meanwhile
            cursor.execute("SELECT word FROM said")
            assert cursor.fetchall() == [("mine",)]

    monkeypatch.setattr(base, "to_disk", slow_disk)
    with transaction.atomic(using=writer.alias), writer.cursor() as cursor:
        cursor.execute("INSERT INTO said VALUES ('mine')")
        assert synchronous(writer) == NORMAL
        assert told == []
    assert len(told) == 2
    assert os.fstat(told[0]).st_ino == (tmp_path / "d.sqlite3-wal").stat().st_ino


def test_a_log_that_somebody_removed_lets_nobody_begin(opened, tmp_path):
    writer = opened()
    with writer.cursor() as cursor:
        cursor.execute("CREATE TABLE said (word text)")
    (tmp_path / "d.sqlite3-wal").unlink()
    with pytest.raises(FileNotFoundError):
        write(writer, "mine")
    assert not writer.connection.in_transaction
    assert synchronous(writer) == FULL


def test_what_is_written_outside_of_a_transaction_is_brought_to_the_disk_by_sqlite(opened):
    writer = opened()
    assert synchronous(writer) == FULL
    with transaction.atomic(using=writer.alias):
        assert synchronous(writer) == NORMAL
    assert synchronous(writer) == FULL
    with pytest.raises(ZeroDivisionError), transaction.atomic(using=writer.alias):
        raise ZeroDivisionError
    assert synchronous(writer) == FULL


def broken(_log: int) -> None:
    raise OSError(errno.EIO, "Input/output error")


def write(one: DatabaseWrapper, word: str) -> None:
    with transaction.atomic(using=one.alias), one.cursor() as cursor:
        cursor.execute("INSERT INTO said VALUES (%s)", [word])


def test_what_the_disk_did_not_take_of_the_log_goes_to_the_database_itself(opened, monkeypatch, tmp_path):
    writer, next_one = opened(), opened()
    with writer.cursor() as cursor:
        cursor.execute("CREATE TABLE said (word text)")
    with monkeypatch.context() as patched:
        patched.setattr(base, "to_disk", broken)
        write(writer, "mine")
    assert (tmp_path / "d.sqlite3-wal").stat().st_size == 0
    assert not (tmp_path / "d.sqlite3.hole").exists()
    write(next_one, "next")
    assert synchronous(writer) == synchronous(next_one) == FULL


def test_nobody_writes_behind_a_hole_in_the_log(opened, monkeypatch, tmp_path):
    writer, next_one, reader = opened(), opened(), opened()
    with writer.cursor() as cursor:
        cursor.execute("CREATE TABLE said (word text)")
    for one in (writer, next_one):
        with one.cursor() as cursor:
            cursor.execute("PRAGMA busy_timeout=0")
    with reader.cursor() as cursor:
        cursor.execute("BEGIN")
        cursor.execute("SELECT * FROM said")  # whoever reads keeps the log
    with monkeypatch.context() as patched:
        patched.setattr(base, "to_disk", broken)
        with pytest.raises(OperationalError, match="may not be on the disk") as failed:
            write(writer, "mine")
    assert isinstance(named(failed.value, "test"), NotOnDisk)
    for one in (next_one, writer):
        with pytest.raises(OperationalError, match="may not be on the disk"):
            write(one, "never")
        assert synchronous(one) == FULL
    with reader.cursor() as cursor:
        cursor.execute("COMMIT")
    write(next_one, "next")
    with reader.cursor() as cursor:
        cursor.execute("SELECT word FROM said")
        assert cursor.fetchall() == [("mine",), ("next",)]
    assert not (tmp_path / "d.sqlite3.hole").exists()


def test_who_cannot_begin_leaves_the_disk_to_sqlite(opened, tmp_path):
    writer = opened()
    with writer.cursor() as cursor:
        cursor.execute("CREATE TABLE said (word text)")
        cursor.execute("PRAGMA busy_timeout=0")
    with closing(sqlite3.connect(tmp_path / "d.sqlite3", isolation_level=None)) as stranger:
        stranger.execute("BEGIN IMMEDIATE")
        with pytest.raises(OperationalError, match="locked"):
            write(writer, "mine")
        stranger.execute("ROLLBACK")
    assert synchronous(writer) == FULL
    write(writer, "mine")


def test_without_a_log_sqlite_does_it_all(opened, monkeypatch):
    with opened().cursor() as cursor:
        cursor.execute("PRAGMA journal_mode=DELETE")
    monkeypatch.setattr(base, "to_disk", lambda _log: pytest.fail("there is no log"))
    one = opened()
    one.settings_dict["OPTIONS"] = {**one.settings_dict["OPTIONS"], "init_command": ""}
    with transaction.atomic(using=one.alias):
        assert synchronous(one) == FULL
