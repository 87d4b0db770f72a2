"""A house of its own for each kill test, on SQLite and, where a server is told of, on PostgreSQL."""

import os
import socket
from collections.abc import Iterator
from contextlib import nullcontext
from pathlib import Path

import pytest

from tests.kill.foreign import own_database
from tests.kill.house import ROOT, House

POSTGRESQL = os.environ.get("LAZARETTO_KILL_DATABASE_URL", "")


def database_urls() -> Iterator[tuple[str, str]]:
    yield "sqlite", ""
    if POSTGRESQL:
        yield "postgresql", POSTGRESQL


@pytest.fixture(params=[name for name, _url in database_urls()])
def house(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[House]:
    with own_database(POSTGRESQL) if request.param == "postgresql" else nullcontext("") as url:
        yield from _house(url, tmp_path)


def _house(url: str, tmp_path: Path) -> Iterator[House]:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    outside = {name: value for name, value in os.environ.items() if name != "DJANGO_SETTINGS_MODULE"}
    own = {
        "LAZARETTO_DATA_DIR": str(tmp_path),
        "LAZARETTO_DATABASE_URL": url,
        "LAZARETTO_SECRET_KEY": "k" * 60,
        "LAZARETTO_URL": f"http://127.0.0.1:{port}",
        "LAZARETTO_DEBUG": "",
        "PYTHONPATH": f"{ROOT / 'src'}:{ROOT}",
    }
    env = {**outside, **own}
    made = House(env, port)
    try:
        yield made
    finally:
        if made.process is not None and made.process.poll() is None:
            made.kill()
