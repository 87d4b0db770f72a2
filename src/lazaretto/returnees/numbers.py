"""The numbers that the screening is counted by, as data (`numbers.toml`), each with its source there."""

import tomllib
from functools import cache
from pathlib import Path
from typing import Any


@cache
def _said() -> dict[str, Any]:
    return tomllib.loads((Path(__file__).parent / "numbers.toml").read_text(encoding="utf-8"))


def number(key: str) -> int:
    """One of them by "table.name"."""
    table, _, name = key.partition(".")
    return int(_said()[table][name]["value"])


def numbers(key: str) -> tuple[int, ...]:
    """A row of them."""
    table, _, name = key.partition(".")
    return tuple(int(one) for one in _said()[table][name]["values"])


def source(key: str, language: str) -> str:
    """Who says so, in the reader's language."""
    table, _, name = key.partition(".")
    told = _said()["sources"][_said()[table][name]["source"]]
    return str(told["zh" if language.startswith("zh") else "en"])
