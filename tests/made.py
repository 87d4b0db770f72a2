"""A SQLite database with all tables and nothing in it, made once and shared by all test processes of a run."""

import fcntl
import os
import shutil
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
FILE = "lazaretto.sqlite3"


def outside(folder: Path, **more: str) -> dict[str, str]:
    """What a process of an installation is told whose data lies in the folder: nothing of the tests' own settings."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("LAZARETTO_", "DJANGO_"))}
    return {**kept, "LAZARETTO_DATA_DIR": str(folder), "PYTHONPATH": f"{ROOT / 'src'}:{ROOT}", **more}


@pytest.fixture(scope="session")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Its file. Who asks first makes it, the others wait."""
    own = tmp_path_factory.getbasetemp()
    folder = (own.parent if "PYTEST_XDIST_WORKER" in os.environ else own) / "made"
    folder.mkdir(exist_ok=True)
    with (folder / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (folder / "whole").exists():
            words = ["-m", "lazaretto", "migrate"]
            subprocess.run([sys.executable, *words], env=outside(folder), cwd=ROOT, check=True, capture_output=True)
            with sqlite3.connect(folder / FILE) as line:  # with what still lies in the log beside it
                line.execute("VACUUM INTO ?", [str(folder / "whole")])
    return folder / "whole"


def copy(made: Path, folder: Path) -> Path:
    """A copy as the database of the installation in the folder; returns the folder."""
    folder.mkdir(parents=True, exist_ok=True)
    shutil.copy(made, folder / FILE)
    return folder
