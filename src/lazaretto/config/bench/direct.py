"""What the database takes of scans with nothing around them, in the same run: the limits beside `bench ingest`."""

import sqlite3
import time
from collections.abc import Iterator, Sequence
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random
from typing import Any
from uuid import uuid4

import psycopg

from lazaretto.core.ids import new_id

SIZE = 200  # scans of a batch, each committed durably
COLUMNS = "scan, round_id, number, upload_id, tube, slot, taken_at"
COPIED = """CREATE TABLE bench_scan (scan uuid PRIMARY KEY, round_id uuid NOT NULL, number integer NOT NULL,
upload_id uuid NOT NULL, tube varchar(40) NOT NULL, slot smallint NOT NULL, taken_at timestamptz NOT NULL,
UNIQUE (round_id, number))"""
LEANEST = """CREATE TABLE screening_scan (scan char(32) NOT NULL, round_id char(32) NOT NULL, number integer NOT NULL,
upload_id char(32) NOT NULL, tube varchar(40) NOT NULL, slot smallint NOT NULL, taken_at datetime NOT NULL,
PRIMARY KEY (round_id, number)) WITHOUT ROWID"""
AS_COPIED = """CREATE TABLE screening_scan (scan char(32) PRIMARY KEY, round_id char(32) NOT NULL,
number integer NOT NULL, upload_id char(32) NOT NULL, tube varchar(40) NOT NULL, slot smallint NOT NULL,
taken_at datetime NOT NULL, UNIQUE (round_id, number))"""
AS_IT_IS = "SELECT sql FROM sqlite_master WHERE name = 'screening_scan'"


def copied(url: str, people: int) -> float:
    """Scans a second by one COPY into a table with the keys of a scan (uuid4, as devices of others make them) and of a
    person in a round.
    """
    one, now = new_id(), datetime.now(tz=UTC)
    rows = ((uuid4(), one, n + 1, one, f"T{n // 10}", n % 10 + 1, now) for n in range(people))
    lines = "".join("\t".join(map(str, row)) + "\n" for row in rows).encode()
    with psycopg.connect(url, autocommit=True) as line:
        line.execute(COPIED)
        started = time.perf_counter()
        with line.cursor() as cursor, cursor.copy(f"COPY bench_scan ({COLUMNS}) FROM STDIN") as there:
            there.write(lines)
        seconds = time.perf_counter() - started
        line.execute("DROP TABLE bench_scan")
    return people / seconds


def into_their_table(folder: Path, people: int) -> float:
    """Scans a second by `executemany` into a table as the installation has it for scans: its columns, keys, checks."""
    with closing(sqlite3.connect(folder / "lazaretto.sqlite3")) as installed:
        ((create,),) = installed.execute(AS_IT_IS).fetchall()
    names = ("round_id", "upload_id", "number", "scan", "tube", "slot", '"table"', "taken_at", "temperature")
    return _executemany(folder / "direct.sqlite3", create, names, _scans(people), people)


def into_the_copied(folder: Path, people: int) -> float:
    """The same into the table of PostgreSQL's limit (`copied`): keys of scans in no order."""
    return _executemany(folder / "copied.sqlite3", AS_COPIED, COLUMNS.split(", "), _of_others(people), people)


def into_the_leanest(folder: Path, people: int) -> float:
    """The same into a table with one key, in the order of the roster: less than the rules of testing need."""
    return _executemany(folder / "leanest.sqlite3", LEANEST, COLUMNS.split(", "), _of_others(people), people)


def _in_batches(people: int) -> Iterator[range]:
    return (range(start, min(start + SIZE, people)) for start in range(0, people, SIZE))


def _of_others(people: int) -> Iterator[list[tuple[Any, ...]]]:
    one, now = new_id().hex, str(datetime.now(tz=UTC))
    for some in _in_batches(people):
        yield [(uuid4().hex, one, n + 1, one, f"T{n // 10}", n % 10 + 1, now) for n in some]


def _scans(people: int) -> Iterator[list[tuple[Any, ...]]]:
    """As they come from tables: neighbours on the roster in the order of a queue, ten to a tube; sorted for the key."""
    dice = Random(SIZE)  # noqa: S311 - the order of a queue
    one, now = new_id().hex, datetime.now(tz=UTC)
    for some in _in_batches(people):
        queue = list(some)
        dice.shuffle(queue)
        upload = new_id().hex
        yield sorted(
            (one, upload, n + 1, new_id().hex, f"T{(some.start + place) // 10}", place % 10 + 1, 1,
             str(now + timedelta(seconds=4.321 * place))[: -len("+00:00")], 365)
            for place, n in enumerate(queue)
        )  # fmt: skip


def _executemany(
    path: Path, create: str, names: Sequence[str], batches: Iterator[list[tuple[Any, ...]]], people: int
) -> float:
    marks = ", ".join("?" * len(names))
    insert, seconds = f"INSERT INTO screening_scan ({', '.join(names)}) VALUES ({marks})", 0.0  # noqa: S608 - our names
    with closing(sqlite3.connect(path, isolation_level=None)) as file:
        file.execute("PRAGMA journal_mode=WAL")
        file.execute("PRAGMA synchronous=FULL")
        file.execute(create)
        for rows in batches:
            started = time.perf_counter()
            file.execute("BEGIN IMMEDIATE")
            file.executemany(insert, rows)
            file.execute("COMMIT")
            seconds += time.perf_counter() - started
    return people / seconds
