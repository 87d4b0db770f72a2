"""Open cases with their numbers, to call from where there is no network; the journal says who took them."""

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from lazaretto.core.access import Actor
from lazaretto.core.commands import command, record_all
from lazaretto.core.journal import Note
from lazaretto.returnees.models import Returnee
from lazaretto.returnees.queries.cases import agencies_of
from lazaretto.returnees.rules import CALL

MOST = 20_000  # people


@dataclass(frozen=True)
class OpenReturnee:
    """One line of the sheet."""

    number: str
    name: str
    area: str
    phones: tuple[str, ...]
    address: str
    came_from: str
    risk: str
    arrived_on: date | None
    agencies: tuple[str, ...]
    state: str
    tries: int
    due_at: datetime | None
    owner: str


@dataclass(frozen=True)
class OpenReturnees:
    """Everybody who is open where the actor calls."""

    people: tuple[OpenReturnee, ...]


@command("returnees.export", capability=CALL, keeps_answer=False)
def export(*, actor: Actor, at: datetime) -> OpenReturnees:
    """Open cases of the areas where one calls, with names, addresses and the numbers that are not wrong."""
    rows = list(
        Returnee.objects.visible_to(actor, CALL)
        .filter(closed_at__isnull=True)
        .select_related("unit", "owner")
        .prefetch_related("phones")
        .order_by("unit", "due_at", "id")[:MOST]
    )
    named = agencies_of(rows)
    units: set[UUID | None] = {row.unit_id for row in rows} or {None}
    record_all(
        [
            Note("returnees.returnee", "", None, unit, {"exported": sum(row.unit_id == unit for row in rows)})
            for unit in sorted(units, key=str)
        ]
    )
    return OpenReturnees(tuple(_line(row, tuple(named[row.pk])) for row in rows))


def _line(row: Returnee, agencies: tuple[str, ...]) -> OpenReturnee:
    phones = tuple(phone.value for phone in row.phones.all() if phone.wrong_at is None)
    return OpenReturnee(
        row.number, row.name, row.unit.name, phones, row.address or "", row.came_from, str(row.get_risk_display()),
        row.arrived_on, agencies, str(row.get_state_display()), row.tries, row.due_at, str(row.owner or ""),
    )  # fmt: skip
