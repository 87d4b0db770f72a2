"""The raw limit of the same database in the same run: one narrow row a transaction, as fast as the driver can."""

import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import psycopg

from lazaretto.config.bench.load import Measured, together

TABLE = "CREATE TABLE bench_raw (id bigint PRIMARY KEY, said text NOT NULL)"
SAID = "x" * 120


def limit(environment: dict[str, str], clients: int, n: int) -> Measured:
    """Single-row inserts, each committed durably."""
    url = environment.get("LAZARETTO_DATABASE_URL", "")
    return _postgresql(url, clients, n) if url else _sqlite(Path(environment["LAZARETTO_DATA_DIR"]), clients, n)


def _postgresql(url: str, clients: int, n: int) -> Measured:
    with psycopg.connect(url, autocommit=True) as server:
        server.execute("DROP TABLE IF EXISTS bench_raw")
        server.execute(TABLE)

    def insert(hand: Iterator[int], times: list[float]) -> None:
        with psycopg.connect(url, autocommit=True) as server:
            for number in hand:
                started = time.perf_counter()
                server.execute("INSERT INTO bench_raw VALUES (%s, %s)", (number, SAID))
                times.append(time.perf_counter() - started)

    return together(clients, range(n), insert)


def _sqlite(folder: Path, clients: int, n: int) -> Measured:
    path = folder / f"raw-{clients}.sqlite3"
    with closing(sqlite3.connect(path)) as file:
        file.execute("PRAGMA journal_mode=WAL")
        file.execute(TABLE)

    def insert(hand: Iterator[int], times: list[float]) -> None:
        with closing(sqlite3.connect(path, timeout=30, isolation_level=None)) as file:
            file.execute("PRAGMA synchronous=FULL")
            for number in hand:
                started = time.perf_counter()
                file.execute("INSERT INTO bench_raw VALUES (?, ?)", (number, SAID))
                times.append(time.perf_counter() - started)

    return together(clients, range(n), insert)
