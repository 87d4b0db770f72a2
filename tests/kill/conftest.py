"""A house of its own for each kill test, on SQLite and, where a server is told of, on PostgreSQL."""

import os
import shutil
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from tests.kill.foreign import own_database
from tests.kill.house import ROOT, House

POSTGRESQL = os.environ.get("LAZARETTO_KILL_DATABASE_URL", "")
KINDS = ["sqlite", *(["postgresql"] if POSTGRESQL else [])]
FILE = "lazaretto.sqlite3"


class Empty:
    """Databases with all tables and nothing in them, copied for each test: making the tables takes longer than most."""

    def __init__(self, folder: Path, stack: ExitStack) -> None:
        self.folder, self.stack, self.addresses = folder, stack, dict[str, str]()

    def copy(self, kind: str, folder: Path, stack: ExitStack) -> str:
        """A copy that ends with the `stack`: its address, empty for the SQLite file that lies in the `folder` then."""
        if kind not in self.addresses:
            self.addresses[kind] = self._make(kind)
        if kind == "postgresql":
            return stack.enter_context(own_database(POSTGRESQL, like=self.addresses[kind]))
        shutil.copy(self.folder / FILE, folder / FILE)
        return ""

    def _make(self, kind: str) -> str:
        address = self.stack.enter_context(own_database(POSTGRESQL)) if kind == "postgresql" else ""
        words = ["-m", "lazaretto.config.manage", "migrate", "--verbosity", "0"]
        subprocess.run([sys.executable, *words], env=environment(self.folder, address), cwd=ROOT, check=True)
        return address


def environment(folder: Path, address: str, **more: str) -> dict[str, str]:
    """What a process of a house is told: nothing of the tests' own settings."""
    outside = {name: value for name, value in os.environ.items() if not name.startswith(("LAZARETTO_", "DJANGO_"))}
    own = {"LAZARETTO_DATA_DIR": str(folder), "LAZARETTO_DATABASE_URL": address, "LAZARETTO_SECRET_KEY": "k" * 60}
    return {**outside, **own, **more, "PYTHONPATH": f"{ROOT / 'src'}:{ROOT}"}


def free_port() -> int:
    """A port of this machine that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture(scope="session")
def empty(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Empty]:
    with ExitStack() as stack:
        yield Empty(tmp_path_factory.mktemp("empty"), stack)


@pytest.fixture(params=KINDS)
def address(request: pytest.FixtureRequest, empty: Empty, tmp_path: Path) -> Iterator[str]:
    """The address of a database of the test's own; its data folder is `tmp_path`."""
    with ExitStack() as stack:
        yield empty.copy(request.param, tmp_path, stack)


@pytest.fixture
def house(address: str, tmp_path: Path) -> Iterator[House]:
    port = free_port()
    made = House(environment(tmp_path, address, LAZARETTO_URL=f"http://127.0.0.1:{port}"), port)
    try:
        yield made
    finally:
        made.close()
