"""docs/access.md says what the table of roles, the pages, the endpoints and the commands declare.

LAZARETTO_WRITE_DOCS=1 writes it anew.
"""

import os
from pathlib import Path

from lazaretto.accounts.doors import PUBLIC
from lazaretto.accounts.roles import roles
from lazaretto.config.api.actions import describe
from lazaretto.core.access import PERSONAL
from lazaretto.core.commands import REGISTRY
from tests.test_access_matrix import ENDPOINTS, PAGES

PAGE = Path(__file__).parents[2] / "docs" / "access.md"

HEAD = """# Who may do what

A role carries capabilities; a membership gives a person a role in a unit for a period, and with it the capabilities in
that unit and all units below it. Another place's record looks like none (404); a wrong role is refused (403).
`accounts.self` is everybody's own. Written from `accounts/roles.toml` and the declarations in the
code; a test compares.
"""


def test_the_page_on_access_says_what_the_code_declares():
    text = written()
    if os.environ.get("LAZARETTO_WRITE_DOCS"):
        PAGE.write_text(text, encoding="utf-8")
    assert PAGE.read_text(encoding="utf-8") == text, "write it anew: LAZARETTO_WRITE_DOCS=1 make test"


def written() -> str:
    return "\n".join([HEAD, *role_table(), "", *commands(), "", *endpoints(), "", *pages(), ""])


def role_table() -> list[str]:
    columns = list(roles().values())
    every = sorted(set().union(*(role.capabilities for role in columns)))
    lines = [
        "## Roles and capabilities",
        "",
        "| capability | " + " | ".join(role.titles["en"] for role in columns) + " |",
    ]
    lines.append("|---|" + "---|" * len(columns))
    for capability in every:
        marks = ["●" if capability in role.capabilities else "" for role in columns]
        lines.append(f"| `{capability}` | " + " | ".join(marks) + " |")
    return lines


def commands() -> list[str]:
    lines = ["## Commands", "", "| command | capability | what it does |", "|---|---|---|"]
    own = {name: command for name, command in REGISTRY.items() if ".tests." not in command.function.__module__}
    for name, command in sorted(own.items()):
        notes = " (whole district)" * command.district + " (the program itself)" * command.internal
        first = describe(command).partition(". ")[0].rstrip(".")
        lines.append(f"| `{name}` | `{command.capability}`{notes} | {first} |")
    return lines


def endpoints() -> list[str]:
    lines = ["## Endpoints", "", "| endpoint | capability |", "|---|---|"]
    return [*lines, *(f"| `{row}` | `{row.capability}` |" for row in sorted(ENDPOINTS, key=str))]


def pages() -> list[str]:
    lines = ["## Pages", "", "| address | capability |", "|---|---|"]
    return [
        *lines,
        *(f"| `/{row.path}` | {asked(row.capability)} |" for row in sorted(PAGES, key=lambda row: row.path)),
    ]


def asked(capability: str | None) -> str:
    return {PUBLIC: "everybody", None: "?"}.get(
        capability, f"`{capability}`" if capability not in PERSONAL else "signed in"
    )
