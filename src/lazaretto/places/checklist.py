"""The activation checklist, read from `checklist.toml`."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from django.utils.translation import get_language

PATH = Path(__file__).with_name("checklist.toml")


@dataclass(frozen=True)
class Item:
    """One condition. `counted` ones are answered by the program from its own figures."""

    code: str
    group: str
    text: dict[str, str]
    hint: dict[str, str]
    source: dict[str, str]
    counted: bool = False

    @property
    def label(self) -> str:
        """The condition in the reader's language."""
        return self.text[_language()]

    @property
    def evidence_hint(self) -> str:
        """What counts as evidence, in the reader's language."""
        return self.hint[_language()]

    @property
    def reason(self) -> str:
        """Why the condition is there: its source, in the reader's language."""
        return self.source[_language()]


def _language() -> str:
    return "zh-hans" if (get_language() or "").startswith("zh") else "en"


@cache
def items() -> dict[str, Item]:
    """All conditions by code, in the order of the file."""
    rows = tomllib.loads(PATH.read_text(encoding="utf-8"))["item"]
    return {row["code"]: Item(**row) for row in rows}
