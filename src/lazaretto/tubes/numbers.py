"""The numbers that the pass display counts by, as data (`numbers.toml`), each with its source there."""

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
