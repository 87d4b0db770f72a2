"""A handover begins: a group of people leaves one place for another, with a deadline."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from lazaretto.core.access import Actor
from lazaretto.core.bulk import Fresh, fresh
from lazaretto.core.deadlines import fresh_deadlines
from lazaretto.core.errors import whole
from lazaretto.core.ids import new_id
from lazaretto.core.numbers import next_number, of_year
from lazaretto.custody.choices import Outcome
from lazaretto.custody.commands.ledger import Begun, Seen, Told, dues_of, write_facts
from lazaretto.custody.errors import DueTooEarly, DueTooLate, NamedTwice, NobodyNamed, NotHeldHere
from lazaretto.custody.models import HandedOver, Handover
from lazaretto.custody.rules import FactKind
from lazaretto.places.models import ExternalPlace, Site

LONGEST = 200  # characters of what is handed over
# Our choice: trains and coaches across provinces take up to two days; who is longer on the road is postponed anew.
LONGEST_WAY = timedelta(hours=72)


@dataclass(frozen=True)
class Luggage:
    """Somebody who goes, and what goes with them: papers, medicines, luggage, in words."""

    person: UUID
    papers: str = ""
    medicines: str = ""
    luggage: str = ""


@dataclass(frozen=True)
class Way:
    """From where to where, until when, by what, with whom. Each end is a site of ours or a place that others run."""

    origin: Site | ExternalPlace
    destination: Site | ExternalPlace
    due_at: datetime
    carrier: str = ""
    escort: str = ""
    escort_phone: str = ""


def hand_over(
    people: Sequence[Luggage], way: Way, *, actor: Actor, at: datetime, left_at: datetime | None = None
) -> Handover:
    """Sign people out, inside the running command. Nobody is moved who is not held by the origin.

    `left_at` is when they left, for a sign-out that is told later. Raises `NobodyNamed`, `NamedTwice`, `DueTooEarly`,
    `DueTooLate`, `TextTooLong`, and `NotHeldHere` naming who is held elsewhere.
    """
    left_at = left_at or at
    if not people:
        raise NobodyNamed
    if len({one.person for one in people}) < len(people):
        raise NamedTwice
    if way.due_at <= left_at:
        raise DueTooEarly(due_at=way.due_at.isoformat())
    not_too_late(way.due_at, at)
    made = _row(way, left_at)
    facts = [Seen(one.person, FactKind.SIGNED_OUT, left_at, handover=made) for one in people]
    told = write_facts(facts, actor=actor, at=at, begun=_begun(made, people, at))
    _all_held(told)
    return made


def redirect(
    handover: Handover, lines: Sequence[HandedOver], way: Way, reason: str, *, actor: Actor, at: datetime
) -> Handover:
    """Those still under way go on to another place: a new handover takes them over, inside the running command.

    By decision, with its reason: nobody signed them out anew. Raises `NobodyNamed`, `DueTooEarly`, `DueTooLate`.
    """
    if not lines:
        raise NobodyNamed
    if way.due_at <= at:
        raise DueTooEarly(due_at=way.due_at.isoformat())
    not_too_late(way.due_at, at)
    row = _row(way, at)
    row.instead_of = handover
    along = [Luggage(line.person_id, line.papers, line.medicines or "", line.luggage) for line in lines]
    facts = [Seen(one.person, FactKind.SETTLED, at, handover=row, note=reason) for one in along]
    write_facts(facts, actor=actor, at=at, begun=_begun(row, along, at))
    return row


def not_too_late(due_at: datetime, at: datetime) -> None:
    """A slip in the year would silence the alarm for years. Raises `DueTooLate`."""
    if due_at > at + LONGEST_WAY:
        raise DueTooLate(due_at=due_at.isoformat(), latest=(at + LONGEST_WAY).isoformat())


def _begun(handover: Handover, people: Sequence[Luggage], at: datetime) -> Begun:
    """All that a handover consists of: itself, a line for each person, its deadlines."""
    lines = Fresh(HandedOver, _LINE, [_line(handover, one) for one in people])
    return Begun(handover, (fresh(handover), lines, fresh_deadlines(dues_of(handover), at=at)))


_LINE = ("id", "handover", "person", "papers", "medicines", "luggage", "outcome")


def _line(handover: Handover, one: Luggage) -> tuple[Any, ...]:
    papers, luggage = whole(one.papers, LONGEST), whole(one.luggage, LONGEST)
    return new_id(), handover.id, one.person, papers, one.medicines or None, luggage, str(Outcome.UNDER_WAY)


def _all_held(told: Sequence[Told]) -> None:
    elsewhere = [str(one.person_id) for one in told if one.asked is not None]
    if elsewhere:
        raise NotHeldHere(people=", ".join(elsewhere))


def _row(way: Way, left_at: datetime) -> Handover:
    origin, destination = way.origin, way.destination
    series = of_year(f"{_code(origin, destination)}-T", left_at)
    return Handover(
        number=f"{series}-{next_number(series):06d}",
        from_site=origin if isinstance(origin, Site) else None,
        from_external=origin if isinstance(origin, ExternalPlace) else None,
        to_site=destination if isinstance(destination, Site) else None,
        to_external=destination if isinstance(destination, ExternalPlace) else None,
        carrier=way.carrier,
        escort=way.escort,
        escort_phone=way.escort_phone,
        signed_out_at=left_at,
        due_at=way.due_at,
    )


def _code(origin: Site | ExternalPlace, destination: Site | ExternalPlace) -> str:
    """Handovers are numbered by the site of ours that they leave, else by the one they come to."""
    site = origin if isinstance(origin, Site) else destination
    return site.code if isinstance(site, Site) else "X"
