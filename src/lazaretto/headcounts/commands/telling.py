"""Changes of headcounts as a list to take along. The journal says who took it."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from lazaretto.accounts.models import Unit
from lazaretto.core.access import Actor
from lazaretto.core.commands import command, record
from lazaretto.headcounts.errors import TooManyChanges
from lazaretto.headcounts.models import HeadcountList
from lazaretto.headcounts.queries import MANAGE
from lazaretto.headcounts.queries.changes import LEFT, ChangeLine, change_lines, changes, left_by

MOST = 50_000  # rows of one sheet


@dataclass(frozen=True)
class Changed:
    """Somebody who joined, left or moved: who, of whom, when, what is otherwise, by which list."""

    name: str
    organisation: str
    section: str
    document: str
    at: datetime
    words: str
    by: str


@dataclass(frozen=True)
class ChangeList:
    """All of them, the last first."""

    changes: list[Changed]


@command("headcounts.list_changes", capability=MANAGE)
def list_changes(
    *, actor: Actor, at: datetime, unit: Unit, show: str, since: datetime, organisation: UUID | None = None
) -> ChangeList:
    """Who joined, left or moved (`show`) since a moment in the area of a unit. Raises `TooManyChanges`."""
    rows, order = changes(actor, show, since=since, unit=unit.pk, organisation=organisation)
    found = list(rows.order_by(*order)[: MOST + 1])
    record(unit, unit_id=unit.pk, data={"show": show, "changes": len(found)})
    return _told(change_lines(actor, show, found))


@command("headcounts.list_left", capability=MANAGE)
def list_left(*, actor: Actor, at: datetime, headcount_list: HeadcountList) -> ChangeList:
    """Who left by a complete list, by name. Raises `TooManyChanges`."""
    found = list(left_by(headcount_list).order_by("organisation__folded", "name", "pk")[: MOST + 1])
    record(headcount_list, unit_id=headcount_list.unit_id, data={"left": len(found)})
    return _told(change_lines(actor, LEFT, found))


def _told(lines: list[ChangeLine]) -> ChangeList:
    if len(lines) > MOST:
        raise TooManyChanges(most=MOST)
    return ChangeList([
        Changed(
            line.name, line.member.organisation.name, line.member.section, line.member.document_tail, line.at,
            "；".join(line.words), line.by.file_name if line.by else "",
        )
        for line in lines
    ])  # fmt: skip
