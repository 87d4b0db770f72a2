"""A house of its own for each kill test, on SQLite and, where a server is told of, on PostgreSQL."""

import os
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.kill.foreign import own_database
from tests.kill.house import House
from tests.made import copy, made_on, outside

POSTGRESQL = os.environ.get("LAZARETTO_KILL_DATABASE_URL", "")
KINDS = ["sqlite", *(["postgresql"] if POSTGRESQL else [])]


def environment(folder: Path, address: str, **more: str) -> dict[str, str]:
    """What a process of a house is told."""
    return outside(folder, LAZARETTO_DATABASE_URL=address, LAZARETTO_SECRET_KEY="k" * 60, **more)


def free_port() -> int:
    """A port of this machine that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture(params=KINDS)
def address(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The address of a database of the test's own, empty for the SQLite file in its data folder: `tmp_path`."""
    if request.param == "sqlite":
        copy(request.getfixturevalue("made"), tmp_path)
        yield ""
    else:
        with own_database(POSTGRESQL, like=made_on(POSTGRESQL)) as made_like_it:
            yield made_like_it


@pytest.fixture
def house(address: str, tmp_path: Path) -> Iterator[House]:
    port = free_port()
    made = House(environment(tmp_path, address, LAZARETTO_URL=f"http://127.0.0.1:{port}"), port)
    try:
        yield made
    finally:
        made.close()
