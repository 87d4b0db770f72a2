"""Roles as data: reads `roles.toml`, the one table, and answers what a role carries."""

import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from django.utils.translation import get_language

from lazaretto.core.access import PERSONAL


@dataclass(frozen=True)
class Role:
    """A role: its code, its title by language and the capabilities it carries."""

    code: str
    titles: dict[str, str]
    capabilities: frozenset[str]

    @property
    def title(self) -> str:
        """The title in the reader's language."""
        return self.titles.get(get_language() or "en", self.titles["en"])


@cache
def roles() -> dict[str, Role]:
    """All roles by code, in the order of the table."""
    table = tomllib.loads((Path(__file__).parent / "roles.toml").read_text(encoding="utf-8"))
    return {code: Role(code, row["title"], frozenset(row["capabilities"])) for code, row in table.items()}


def every_capability() -> frozenset[str]:
    """Every capability that some role carries, and the personal ones."""
    return PERSONAL.union(*(role.capabilities for role in roles().values()))


def role_choices() -> list[tuple[str, str]]:
    """For forms."""
    return [(role.code, role.title) for role in roles().values()]


def title_of(code: str) -> str:
    """The title of a role, or the code itself when the table no longer has it."""
    role = roles().get(code)
    return role.title if role else code
