"""The terminal program: exit statuses mean something, errors are one clear line, reports come as JSON too."""

import json
import os
import subprocess
import sys
from datetime import datetime
from pathlib import Path

import pytest
from django.db import connection

from lazaretto.accounts.queries import token_of
from lazaretto.config.cli import main, parser
from lazaretto.core import clock, journal
from lazaretto.core.models import JournalEntry, JournalSeal
from lazaretto.core.promises import PROOFS, Finding, Offender, Proof

PROGRAM = [sys.executable, "-m", "lazaretto"]
SOURCES = Path(__file__).resolve().parents[3]


def run(*words, **environment):
    """The program as a process of its own, with only these settings."""
    env = {name: value for name, value in os.environ.items() if not name.startswith("LAZARETTO_")}
    env |= {"PYTHONPATH": str(SOURCES), "LC_ALL": "C.UTF-8", "DJANGO_SETTINGS_MODULE": "lazaretto.config.settings"}
    return subprocess.run([*PROGRAM, *words], env=env | environment, capture_output=True, text=True, check=False)


def every_command(commands=None, words=()):
    """All commands with their words."""
    found = []
    for action in (commands or parser())._actions:
        for name, inner in (getattr(action, "choices", None) or {}).items() if action.dest == "==SUPPRESS==" else ():
            found += [(*words, name), *every_command(inner, (*words, name))]
    return found


def test_every_command_has_help_with_a_summary(capsys):
    commands = every_command()
    assert ("verify",) in commands
    assert ("token", "create") in commands
    for words in commands:
        with pytest.raises(SystemExit) as stopped:
            main([*words, "--help"])
        assert stopped.value.code == 0
        assert "usage: lazaretto" in capsys.readouterr().out


@pytest.mark.parametrize("words", [[], ["nonsense"], ["token", "create"], ["token", "create", "--days", "0"]])
def test_a_wrong_call_ends_with_status_two(words, capsys):
    with pytest.raises(SystemExit) as stopped:
        main(words)
    assert stopped.value.code == 2


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("LAZARETTO_TIME_ZONE", "Mars/Olympus"),
        ("LAZARETTO_DATABASE_URL", "mysql://db/name"),
        ("LAZARETTO_DATA_DIR", "/proc/nowhere"),
        ("LAZARETTO_SECRET_KEY", "cut-off-while-copying"),
    ],
)
def test_a_wrong_setting_is_one_clear_line_and_status_two(name, value, tmp_path):
    done = run("verify", **{"LAZARETTO_DATA_DIR": str(tmp_path), name: value})
    assert done.returncode == 2
    assert done.stderr.count("\n") == 1
    assert name in done.stderr
    assert "Traceback" not in done.stderr


def test_a_database_without_tables_says_what_to_run(tmp_path):
    done = run("token", "create", "--user", "x", "--label", "y", LAZARETTO_DATA_DIR=str(tmp_path))
    assert done.returncode == 1
    assert "lazaretto migrate" in done.stderr
    assert "Traceback" not in done.stderr


def test_the_terminal_speaks_chinese_where_the_terminal_does():
    assert "逐项验证八项承诺" in run("--help", LC_ALL="zh_CN.UTF-8").stdout


@pytest.mark.django_db
def test_a_database_in_order_is_verified_with_status_zero(capsys, cast):
    assert main(["verify", "--json"]) == 0
    report = json.loads(capsys.readouterr().out)
    assert report["ok"] is True
    assert [row["promise"] for row in report["promises"]] == list(range(1, 9))


@pytest.mark.django_db
def test_a_broken_promise_is_status_one_and_names_the_offender(capsys, monkeypatch):
    def lost(_at):
        return Finding({"people": 1}, [Offender("person", "p-17", "nobody knows where")])

    monkeypatch.setattr("lazaretto.core.promises.PROOFS", [*PROOFS, Proof(1, "lost", "lost", lost)])
    assert main(["verify"]) == 1
    assert "lost: person p-17: nobody knows where" in capsys.readouterr().out


@pytest.mark.django_db
def test_a_token_is_printed_alone_acts_as_its_user_and_stands_in_the_journal(capsys, cast):
    assert main(["token", "create", "--user", cast.clerk.user.username, "--label", "scanner 3", "--days", "5"]) == 0
    printed = capsys.readouterr().out.strip()

    token = token_of(printed, at=clock.now())

    assert token.user_id == cast.clerk.user.pk
    entry = JournalEntry.objects.get(command="accounts.issue_token")
    assert entry.actor_name == "terminal"
    assert printed not in json.dumps(entry.data)


@pytest.mark.django_db
def test_a_token_for_nobody_is_refused_with_status_one(capsys):
    assert main(["token", "create", "--user", "nobody", "--label", "x"]) == 1
    assert "nobody" in capsys.readouterr().err


@pytest.mark.django_db
def test_a_token_without_a_label_is_refused_and_the_field_is_named(capsys, cast):
    assert main(["token", "create", "--user", cast.clerk.user.username, "--label", " "]) == 1
    assert "label:" in capsys.readouterr().err


@pytest.mark.django_db
def test_the_end_of_a_token_is_told_by_iso_8601_with_its_offset(capsys, cast):
    assert main(["token", "create", "--user", cast.clerk.user.username, "--label", "x", "--json"]) == 0
    told = json.loads(capsys.readouterr().out)["expires_at"]
    assert "T" in told
    assert datetime.fromisoformat(told).utcoffset() is not None


@pytest.mark.django_db
def test_sealing_leaves_nothing_waiting(capsys, cast):
    main(["token", "create", "--user", cast.clerk.user.username, "--label", "x"])
    capsys.readouterr()
    assert main(["seal", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["sealed"] == 1
    assert JournalSeal.objects.count() == 1
    assert list(journal.prove()) == []


@pytest.mark.django_db
def test_migrating_an_up_to_date_database_changes_nothing(capsys):
    before = connection.introspection.table_names()
    assert main(["migrate"]) == 0
    assert connection.introspection.table_names() == before
