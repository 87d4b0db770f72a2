"""How far something long is: a bar at a terminal, plain lines in a log, nothing beside JSON."""

import sys
from io import StringIO

import pytest

from lazaretto.core import cli
from lazaretto.core.tables.lists import Headings, from_path


class Terminal(StringIO):
    """Somebody looks at it."""

    def isatty(self) -> bool:
        return True


def shown(monkeypatch: pytest.MonkeyPatch, screen: StringIO, *, quiet: bool = False) -> str:
    monkeypatch.setattr(sys, "stderr", screen)
    with cli.Progress("people taken in", quiet=quiet) as seen:
        seen.to(20_000, 80_000)
        seen.to(90_000, 80_000)  # the whole was estimated
    return screen.getvalue()


def test_a_log_has_a_line_for_each_piece_and_never_more_than_all(monkeypatch):
    assert shown(monkeypatch, StringIO()).splitlines() == [
        "people taken in 20,000 / 80,000 (25 %)", "people taken in 90,000 / 90,000 (100 %)",
    ]  # fmt: skip


def test_a_terminal_has_one_bar_that_ends_full(monkeypatch):
    said = shown(monkeypatch, Terminal())
    assert "people taken in: 100%" in said
    assert said.count("\n") == 1


def test_json_has_nothing_beside_it(monkeypatch):
    assert shown(monkeypatch, StringIO(), quiet=True) == shown(monkeypatch, Terminal(), quiet=True) == ""


def test_of_a_file_too_large_to_be_held_it_is_known_how_long_it_is(tmp_path):
    path = tmp_path / "list.csv"
    path.write_text("name,phone\n" + "".join(f"N{n},139{n:08}\n" for n in range(500)), encoding="utf-8")
    source = from_path(path, Headings({"name": ["name"], "phone": ["phone"]}, str), streamed_from=100)
    assert (source.about, sum(1 for _line in source.lines)) == (501, 500)
