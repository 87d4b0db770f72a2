"""What to do about each need: reads `needs.toml`, the one table."""

import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from django.utils.translation import get_language

from lazaretto.people.choices import NeedKind


@dataclass(frozen=True)
class WhatToDo:
    """Instructions about a need, in one language."""

    on_arrival: str
    each_round: str
    in_fire: str


def what_to_do(kind: str, language: str | None = None) -> WhatToDo:
    """What to do about a kind of need, in a language or the reader's; English where it is not translated."""
    row = _table()[kind]
    tongue = language or get_language() or "en"
    return WhatToDo(**{moment: texts.get(tongue, texts["en"]) for moment, texts in row.items()})


@cache
def _table() -> dict[str, dict[str, dict[str, str]]]:
    text = (Path(__file__).parent / "needs.toml").read_text(encoding="utf-8")
    table = tomllib.loads(text)
    missing = set(NeedKind.values) - table.keys()
    if missing:
        raise ValueError(f"needs.toml says nothing about {', '.join(sorted(missing))}")
    return table
