"""The numbers that slots and supplies are counted by, as data (`numbers.toml`), each with its source there."""

import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from django.utils.translation import get_language


@dataclass(frozen=True)
class Number:
    """A number and where it comes from, in both languages."""

    key: str
    value: int
    source_zh: str
    source_en: str

    @property
    def source(self) -> str:
        """In the language of the reader."""
        return self.source_en if (get_language() or "").startswith("en") else self.source_zh


@cache
def numbers() -> dict[str, Number]:
    """All of them, by "table.name"."""
    said = tomllib.loads((Path(__file__).parent / "numbers.toml").read_text(encoding="utf-8"))
    sources = said.pop("sources")
    return {
        f"{table}.{name}": Number(
            f"{table}.{name}", row["value"], sources[row["source"]]["zh"], sources[row["source"]]["en"]
        )
        for table, rows in said.items()
        for name, row in rows.items()
    }


def number(key: str) -> int:
    """One of them."""
    return numbers()[key].value
