"""Backups are whole and can be put back; certificates are checked by signature alone; the API describes itself."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from lazaretto.core.signing import public_key, sign
from tests.made import copy, outside


def lazaretto(folder: Path, *words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "lazaretto", *words],
        env=outside(folder, LANG="C"), capture_output=True, text=True, check=False,
    )  # fmt: skip


def test_a_backup_taken_and_put_back_is_the_same_database(made: Path, tmp_path: Path) -> None:
    house, other, file = copy(made, tmp_path / "a"), tmp_path / "b", tmp_path / "copy.sqlite3"
    assert lazaretto(house, "backup", str(file)).returncode == 0
    assert lazaretto(other, "restore", str(file)).returncode == 0
    assert lazaretto(other, "restore", str(file)).returncode == 2  # never over a database without a word
    assert lazaretto(other, "restore", "--yes", str(file)).returncode == 0
    assert "up to date" in lazaretto(other, "migrate").stdout


def test_a_damaged_backup_is_refused_and_the_database_stays(made: Path, tmp_path: Path) -> None:
    house, file = copy(made, tmp_path / "a"), tmp_path / "copy.sqlite3"
    file.write_bytes(b"SQLite format 3\x00 and then nothing")
    assert lazaretto(house, "restore", "--yes", str(file)).returncode == 1
    assert "up to date" in lazaretto(house, "migrate").stdout


@pytest.mark.parametrize("content", [b"no backup at all", b"", b"SQLite format 3\x00 and then nothing"])
def test_what_is_no_backup_leaves_nothing_behind(tmp_path: Path, content: bytes) -> None:
    house, file = tmp_path / "a", tmp_path / "photo.jpg"
    file.write_bytes(content)
    refused = lazaretto(house, "restore", str(file))
    assert refused.returncode == 1
    assert "restore failed" in refused.stderr
    assert list(house.rglob("*sqlite*")) == []
    assert file.read_bytes() == content


def test_a_certificate_is_checked_with_the_public_key_alone(tmp_path: Path) -> None:
    token = sign({"n": "H01-C2026-000001", "p": "王小明", "t": "2026-11-21"})
    genuine = lazaretto(tmp_path, "certificate", "check", "--json", "--key", public_key(), f"https://x/check?t={token}")
    assert (genuine.returncode, json.loads(genuine.stdout)["p"]) == (0, "王小明")
    assert lazaretto(tmp_path, "certificate", "check", "--key", public_key(), token[:-3] + "AAA").returncode == 1


@pytest.mark.django_db
def test_the_description_of_the_api_names_every_command(capsys) -> None:
    from lazaretto.config import keeping  # noqa: PLC0415
    from lazaretto.core.commands import REGISTRY  # noqa: PLC0415

    assert keeping.openapi(None) == 0
    described = json.loads(capsys.readouterr().out)["paths"]
    offered = {f"/api/v1/commands/{name}" for name, found in REGISTRY.items() if not found.internal}
    assert offered <= set(described)
