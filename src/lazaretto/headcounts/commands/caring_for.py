"""Whom somebody must look after, with their telephone numbers. The journal says who asked for them."""

from dataclasses import dataclass
from datetime import datetime

from lazaretto.accounts.models import Unit
from lazaretto.core.access import Actor
from lazaretto.core.commands import command, record
from lazaretto.headcounts.errors import TooManyToCareFor
from lazaretto.headcounts.queries import CARE
from lazaretto.headcounts.queries.families import family_lines, plain, to_care_for

MOST = 20_000  # people on one list: more are no list that anybody works through


@dataclass(frozen=True)
class InCare:
    """Somebody to look after: who they are, where, what it is about, who belongs to them."""

    name: str
    organisation: str
    section: str
    sleeps: str
    phone: str
    concerns: str
    family: str


@dataclass(frozen=True)
class CareList:
    """Everybody of an area about whom something must be thought of, by enterprise and name."""

    people: list[InCare]


@command("headcounts.list_concerns", capability=CARE)
def list_concerns(*, actor: Actor, at: datetime, unit: Unit, kind: str = "") -> CareList:
    """Those to look after in the area of a unit, of one kind or of all. Raises `TooManyToCareFor`."""
    found = to_care_for(actor, kind=kind, unit=unit.pk).order_by("organisation__folded", "name", "pk")
    rows = list(found[: MOST + 1])
    if len(rows) > MOST:
        raise TooManyToCareFor(most=MOST)
    people = [
        InCare(
            line.name, line.member.organisation.name, line.member.section,
            f"{line.member.building} {line.member.room}".strip(), line.member.phone or "", plain(line.concerns),
            "；".join(f"{name}（{other.organisation.name}）" for other, name in line.others),
        )
        for line in family_lines(actor, rows)
    ]  # fmt: skip
    record(unit, unit_id=unit.pk, data={"people": len(people), **({"kind": kind} if kind else {})})
    return CareList(people)
