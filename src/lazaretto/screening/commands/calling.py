"""Whom to call: those not tested, with their telephone numbers. The journal says who asked for them."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from lazaretto.core.access import Actor
from lazaretto.core.commands import command, record
from lazaretto.people.rules import fold
from lazaretto.screening.errors import TooManyToCall
from lazaretto.screening.models import Round
from lazaretto.screening.queries.absent import Among, missing
from lazaretto.screening.queries.finding import missing_among
from lazaretto.screening.rules import MANAGE, MOST_CALLS

SAID = 50  # numbers of those looked for, as the journal names them


@dataclass(frozen=True)
class ToCall:
    """Somebody not tested; `phone` is empty where none is known."""

    number: int
    name: str
    organisation: str
    section: str
    building: str
    phone: str


@dataclass(frozen=True)
class CallList:
    """Everybody not tested at that moment, by enterprise and department; `officers`: who answers for each of them."""

    people: list[ToCall]
    officers: dict[str, str]


@command("screening.call_missing", capability=MANAGE)
def call_missing(
    *,
    actor: Actor,
    at: datetime,
    test_round: Round,
    organisation: UUID | None = None,
    section: str | None = None,
    building: str | None = None,
    q: str = "",
) -> CallList:
    """Those not tested with their numbers: of an enterprise, a department, a dormitory building, or of all.

    An empty `section` or `building` asks for those of whom nobody said one. With `q` those who are found by it (name,
    initials, number, document), in the enterprise if one is given. Raises `TooManyToCall`.
    """
    sought = fold(q)
    if sought:
        wanted = missing_among(test_round, sought, organisation=organisation)
    else:
        wanted = missing(test_round, Among(organisation, section, building))
    rows = list(wanted[: MOST_CALLS + 1])
    if len(rows) > MOST_CALLS:
        raise TooManyToCall(most=MOST_CALLS)
    people = [
        ToCall(row.number, row.member.name, row.organisation.name, row.section, row.building, row.member.phone or "")
        for row in rows
    ]
    homes = {row.organisation_id: row.organisation for row in rows}.values()
    officers = {home.name: f"{home.contact} {home.contact_phone or ''}".strip() for home in homes}
    asked = {"organisation": organisation and str(organisation), "section": section, "building": building}
    told = {name: value for name, value in asked.items() if value is not None}
    if sought:
        told = {"organisation": told["organisation"]} if organisation else {}
        told["numbers"] = ", ".join(str(row.number) for row in rows[:SAID])  # what was typed may be a document
    record(test_round, unit_id=test_round.unit_id, data={"people": len(people), **told})
    return CallList(people, officers)
