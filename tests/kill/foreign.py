"""A database of one test on the PostgreSQL server that it is told of. It goes with the test, however that ends."""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from uuid import uuid4

import psycopg

SERVER = "KILL_TEST_SERVER"
DROPPED_WITHIN = 60  # seconds


@contextmanager
def own_database(server: str, like: str = "") -> Iterator[str]:
    """The address of a fresh database, a copy of the one called `like` if that is given.

    A process of its own drops it: it waits for the end of its input, which comes when the test is done with the
    database, and also when the test is killed.
    """
    name = f"kill_{uuid4().hex[:8]}"
    heir = subprocess.Popen(
        [sys.executable, __file__, name], stdin=subprocess.PIPE, env={**os.environ, SERVER: server},
        start_new_session=True,
    )  # fmt: skip
    try:
        with psycopg.connect(server, autocommit=True) as connection:
            connection.execute(f'CREATE DATABASE "{name}" TEMPLATE "{like or "template1"}"')
        yield f"{server.rpartition('/')[0]}/{name}"
    finally:
        heir.communicate(timeout=DROPPED_WITHIN)
        assert heir.returncode == 0, f"{name} is still there"


def main(name: str) -> None:
    """Wait, then drop it, whoever is still connected."""
    sys.stdin.buffer.read()
    with psycopg.connect(os.environ[SERVER], autocommit=True) as connection:
        connection.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')


if __name__ == "__main__":
    main(sys.argv[1])
