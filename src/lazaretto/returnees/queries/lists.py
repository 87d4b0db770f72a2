"""Lists as they came, and what became of every line."""

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from django.db.models import Count, QuerySet
from django.utils.translation import gettext_lazy as _

from lazaretto.accounts.models import Unit
from lazaretto.core.access import Actor
from lazaretto.core.errors import NotFound
from lazaretto.core.tables.lists import OTHER
from lazaretto.people.queries import name_for
from lazaretto.returnees.choices import Issue, LineOutcome, ListState
from lazaretto.returnees.models import ListedLine, ReturneeList
from lazaretto.returnees.rules import MANAGE, MENDED, READ

LABELS = {
    "name": _("Name"), "document": _("Document number"), "phone": _("Telephone"), "came_from": _("Came from"),
    "risk": _("Risk"), "arrived_on": _("Day of return"), "travel": _("Train or flight"), "address": _("Address"),
    "area": _("Street or community"), MENDED: _("Day of return, as it was read"),
}  # fmt: skip


def lists(actor: Actor) -> QuerySet[ReturneeList]:
    """Lists as they came, the last first."""
    rows = ReturneeList.objects.visible_to(actor, READ).select_related("unit", "received_by")
    return rows.order_by("-received_at", "-id")


def list_by_id(actor: Actor, pk: UUID) -> ReturneeList:
    """One of them; raises `NotFound`."""
    found = lists(actor).filter(pk=pk).first()
    if found is None:
        raise NotFound(kind="returnees.returneelist", id=pk)
    return found


@dataclass(frozen=True)
class ReturneeAccount:
    """What became of every line of a list. `declared` is what the agency says; `people` are lines with somebody."""

    lines: int
    ready: int
    held: int
    made: int
    joined: int
    rejected: int
    empty: int
    declared: int | None

    @property
    def balances(self) -> bool:
        """Every line is accounted for once."""
        return self.lines == sum((self.ready, self.held, self.made, self.joined, self.rejected, self.empty))

    @property
    def people(self) -> int:
        """Lines that name somebody."""
        return self.lines - self.empty

    @property
    def as_declared(self) -> bool:
        """Whether as many came as the agency says."""
        return self.declared is None or self.declared == self.people


def account_of(returnee_list: ReturneeList) -> ReturneeAccount:
    """Counted now; one query."""
    return accounts_of([returnee_list])[returnee_list.pk]


def accounts_of(rows: Sequence[ReturneeList]) -> dict[UUID, ReturneeAccount]:
    """Of several lists; one query."""
    entries = ListedLine.objects.filter(returnee_list__in=rows).values_list("returnee_list", "outcome")
    counted = {(pk, outcome): n for pk, outcome, n in entries.annotate(n=Count("id"))}
    names = [outcome.value for outcome in LineOutcome]
    return {
        row.pk: ReturneeAccount(
            lines=row.lines, declared=row.declared, **{name: counted.get((row.pk, name), 0) for name in names}
        )
        for row in rows
    }


@dataclass(frozen=True)
class ShownLine:
    """A line as the page shows it: its cells and what is wrong with them, in words."""

    line: ListedLine
    cells: list[tuple[str, str]]
    issues: list[str]

    @property
    def open(self) -> bool:
        """Whether somebody has to decide."""
        return self.line.outcome == LineOutcome.HELD


def list_lines(returnee_list: ReturneeList, show: str) -> QuerySet[ListedLine]:
    """Lines to decide (`held`), those of one outcome, or all."""
    rows = returnee_list.entries.select_related("returnee")
    return rows.filter(outcome=show) if show in LineOutcome.values else rows


def shown_lines(actor: Actor, returnee_list: ReturneeList, rows: Sequence[ListedLine]) -> list[ShownLine]:
    """Names by role, documents and telephone numbers by their ends."""
    return [
        ShownLine(
            row,
            [
                (field_label(field), _shown(actor, returnee_list.unit_id, field, text))
                for field, text in _beside(json.loads(row.payload)).items()
                if text
            ],
            [str(Issue(code).label) for code in row.issues],
        )
        for row in rows
    ]


def _beside(cells: dict[str, str]) -> dict[str, str]:
    """How a day was read stands beside what the line says."""
    day = cells.pop(MENDED, "")
    return {**cells, "arrived_on": f"{cells['arrived_on']} → {day}"} if day else cells


def field_label(field: str) -> str:
    """What a column is called; one that says nothing we know, as the file calls it."""
    return str(LABELS[field]) if field in LABELS else field.lstrip(OTHER)


_LONG = re.compile(r"\d{7,}[Xx]?|\d{3,4}[ -]\d{4}[ -]?\d{3,4}")  # a telephone or document number in another column


def _end(number: re.Match[str]) -> str:
    return "…" + number[0][-4:]


def _shown(actor: Actor, unit_id: UUID, field: str, text: str) -> str:
    if field == "name":
        return name_for(actor, text, unit_id=unit_id)
    if field in {"document", "phone"}:
        return "…" + text[-4:]  # whole only through `show_line`, which the journal keeps
    if field.startswith(OTHER):
        return _LONG.sub(_end, text) if actor.may("people.names", unit_id) else "…"
    if field == "address" and not actor.may("people.names", unit_id):
        return "…"
    return text


def managed_units(actor: Actor) -> list[Unit]:
    """Areas for which the actor takes lists in, by name."""
    return list(Unit.objects.visible_to(actor, MANAGE).filter(ended_at__isnull=True).order_by("name", "code"))


def open_lists(actor: Actor) -> QuerySet[ReturneeList]:
    """Lists with lines in nobody's hands."""
    return lists(actor).exclude(state__in=[ListState.COMMITTED, ListState.CANCELLED])
