"""An installation of its own for a measure: database, data folder, environment."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from urllib.parse import quote
from uuid import uuid4

import psycopg
from django.db import connection

KEY = "measured-" + "k" * 60  # the installation lives for a minute and holds nobody


@contextmanager
def installation() -> Iterator[dict[str, str]]:
    """The environment of a fresh installation on the configured kind of database; removed afterwards."""
    with TemporaryDirectory(prefix="lazaretto-bench-") as folder:
        Path(folder, "static").mkdir()
        plain = {name: value for name, value in os.environ.items() if not name.startswith("LAZARETTO_")}
        environment = {**plain, "LAZARETTO_DATA_DIR": folder, "LAZARETTO_SECRET_KEY": KEY}
        if connection.vendor != "postgresql":
            yield environment
            return
        name = f"lazaretto_bench_{uuid4().hex[:12]}"
        _on_server(f'CREATE DATABASE "{name}" TEMPLATE template0')
        try:
            yield {**environment, "LAZARETTO_DATABASE_URL": _url(name)}
        finally:
            _on_server(f'DROP DATABASE "{name}" WITH (FORCE)')


def _on_server(statement: str) -> None:
    with psycopg.connect(**values(), autocommit=True) as server:
        server.execute(statement)


def values() -> dict[str, Any]:
    """How to reach the configured PostgreSQL server."""
    given = connection.get_connection_params()
    return {name: given[name] for name in ("dbname", "user", "password", "host", "port") if given.get(name)}


def _url(name: str) -> str:
    given = values()
    user = quote(str(given.get("user", "")), safe="")
    password = f":{quote(str(given['password']), safe='')}" if given.get("password") else ""
    place = f"{given.get('host', '')}:{given['port']}" if given.get("port") else str(given.get("host", ""))
    return f"postgresql://{user}{password}{'@' if user else ''}{place}/{name}"


def look_at_itself(environment: dict[str, str]) -> None:
    """Let PostgreSQL count what the tables hold, as it does by itself within a minute; SQLite never does."""
    if url := environment.get("LAZARETTO_DATABASE_URL"):
        with psycopg.connect(url, autocommit=True) as line:
            line.execute("ANALYZE")


def run_inside(environment: dict[str, str], module: str, *words: str) -> Any:
    """Run a module of this package in that installation; returns the JSON that it prints."""
    done = subprocess.run(  # noqa: S603 - our own words
        [sys.executable, "-m", f"lazaretto.config.bench.{module}", *words],
        env=environment,
        stdout=subprocess.PIPE,
        check=True,
    )
    return json.loads(done.stdout)
