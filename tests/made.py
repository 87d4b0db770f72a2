"""Databases with all tables and nothing in them, made once for each set of migrations and copied from then on.

Running the migrations takes longer than most tests. What was made stays: the SQLite file in `.pytest_cache`, the one on
a PostgreSQL server as a database `lazaretto_made_…` beside those of the tests.
"""

import fcntl
import hashlib
import os
import shutil
import sqlite3
import subprocess
import sys
from functools import cache
from pathlib import Path
from uuid import uuid4

import django
import psycopg
from django.apps import apps

ROOT = Path(__file__).resolve().parents[1]
FILE = "lazaretto.sqlite3"
KEPT = ROOT / ".pytest_cache" / "made"
COLLECT = "import django; django.setup(); from lazaretto.config import static; static.collect()"


def outside(folder: Path, **more: str) -> dict[str, str]:
    """What a process of an installation is told whose data lies in the folder: nothing of the tests' own settings."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("LAZARETTO_", "DJANGO_"))}
    return {**kept, "LAZARETTO_DATA_DIR": str(folder), "PYTHONPATH": f"{ROOT / 'src'}:{ROOT}", **more}


@cache
def edition() -> str:
    """A word for the migrations as they stand, ours and those of others, with the operations that ours are made of."""
    folders = [Path(app.path) / "migrations" for app in apps.get_app_configs()]
    files = [
        *(file for folder in folders for file in sorted(folder.glob("*.py"))),
        ROOT / "src/lazaretto/core/guards.py",
    ]
    said = hashlib.sha256(django.__version__.encode())
    for file in files:
        said.update(file.name.encode() + file.read_bytes())
    return said.hexdigest()[:12]


def made_file() -> Path:
    """The SQLite file. Who asks first makes it, the others wait."""
    KEPT.mkdir(parents=True, exist_ok=True)
    found = KEPT / f"{edition()}.sqlite3"
    with (KEPT / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not found.exists():
            for old in KEPT.glob("*.sqlite3"):
                old.unlink()
            _make(found)
    return found


def _make(file: Path) -> None:
    folder = KEPT / "making"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    _migrate(folder)
    half = folder / "whole"
    with sqlite3.connect(folder / FILE) as line:  # with what still lies in the log beside it
        line.execute("VACUUM INTO ?", [str(half)])
    half.rename(file)
    shutil.rmtree(folder)


def _migrate(folder: Path, **more: str) -> None:
    words = [sys.executable, "-m", "lazaretto", "migrate"]
    subprocess.run(words, env=outside(folder, **more), cwd=ROOT, check=True, capture_output=True)


def made_on(server: str) -> str:
    """The name of the database on the PostgreSQL server of this address, to be copied as a template."""
    name = f"lazaretto_made_{edition()}"
    KEPT.mkdir(parents=True, exist_ok=True)
    with (KEPT / "lock-of-servers").open("w") as lock, psycopg.connect(server, autocommit=True) as line:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if line.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name]).fetchone():
            return name
        half = f"making_{uuid4().hex[:8]}"
        line.execute(f'CREATE DATABASE "{half}" TEMPLATE template0')
        try:
            _migrate(KEPT, LAZARETTO_DATABASE_URL=f"{server.rpartition('/')[0]}/{half}")
            line.execute(f'ALTER DATABASE "{half}" RENAME TO "{name}"')
        except BaseException:
            line.execute(f'DROP DATABASE "{half}" WITH (FORCE)')
            raise
    return name


def collected(folder: Path) -> None:
    """The static files of an installation in the folder, as its first start would collect and compress them."""
    with (KEPT / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        words = [
            sys.executable,
            "-c",
            "import django; django.setup(); from lazaretto.config import static; static.collect()",
        ]
        told = outside(KEPT, DJANGO_SETTINGS_MODULE="lazaretto.config.settings")
        subprocess.run(words, env=told, cwd=ROOT, check=True, capture_output=True)
        shutil.copytree(KEPT / "static", folder / "static")


def copy(made: Path, folder: Path) -> Path:
    """A copy as the database of the installation in the folder; returns the folder."""
    folder.mkdir(parents=True, exist_ok=True)
    shutil.copy(made, folder / FILE)
    return folder


if __name__ == "__main__":  # make the one on the server of this address before anybody asks for it
    django.setup()
    made_on(sys.argv[1])
