"""Fevers at the tables: what phones saw, one row for each, until somebody says by name what was done."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from pydantic import Field

from lazaretto.core.access import Actor, locked
from lazaretto.core.bulk import insert_few
from lazaretto.core.commands import command, record
from lazaretto.core.deadlines import Due, meet, raise_alarm
from lazaretto.core.errors import Forbidden, ReasonRequired, whole
from lazaretto.screening.choices import FeverDone, FeverStep
from lazaretto.screening.commands.scans import Code, Moment, Stranger
from lazaretto.screening.deadlines import FEVER
from lazaretto.screening.errors import FeverAnswered
from lazaretto.screening.models import Fever, FeverSighting, Point, RosterEntry
from lazaretto.screening.queries import point_for_capture
from lazaretto.screening.rules import CAPTURE, FEVERS, FeverFact, clock_error, fever_of, true_time


@dataclass(frozen=True, slots=True)
class SeenFever:
    """Something seen of somebody with a fever, at `at` of the phone's own clock, under a number of its own.

    `fever` is the number of their swab on the phone, also where none was taken.
    """

    id: UUID
    fever: UUID
    step: FeverStep
    at: Moment
    temperature: Annotated[float, Field(ge=30, le=45)]
    tube: Code | None = None
    number: Annotated[int | None, Field(ge=1, lt=2**31)] = None
    stranger: Stranger | None = None
    table: Annotated[int, Field(ge=1, le=1000)] = 1


@dataclass(frozen=True)
class FeversNoted:
    """Of so many facts about fevers so many are new; `fevers`: people who were not known to have one."""

    received: int
    taken: int
    fevers: int


@dataclass(frozen=True)
class FeverSettled:
    """Somebody said what was done about a fever."""

    fever_id: UUID
    done: str


@command("screening.note_fevers", capability=CAPTURE, internal=True)
def note_fevers(*, actor: Actor, at: datetime, point: UUID, sent_at: datetime, fevers: list[SeenFever]) -> FeversNoted:
    """Take in what a phone saw of fevers; the same again changes nothing. Raises `NotFound`, `Forbidden`."""
    place, error = point_for_capture(actor, point), clock_error(sent_at, at)
    seen = [Seen(one, one.number, true_time(one.at, error, at)) for one in fevers]
    taken, fresh = keep_fevers(place, seen, at=at, device=actor.device)
    record(place, unit_id=place.round.unit_id, data={"received": len(fevers), "taken": taken, "fevers": fresh})
    return FeversNoted(len(fevers), taken, fresh)


@command("screening.answer_fever", capability=FEVERS)
def answer_fever(*, actor: Actor, at: datetime, fever: Fever, done: FeverDone, note: str = "") -> FeverSettled:
    """Say what was done about a fever; who answers is named. Raises `FeverAnswered`, `ReasonRequired`, `Forbidden`."""
    if actor.user_id is None:
        raise Forbidden(capability=FEVERS)
    if fever.answered_at is not None:
        raise FeverAnswered
    if done == FeverDone.OTHER and not note.strip():
        raise ReasonRequired
    fever.answered_at, fever.answered_by_id, fever.done, fever.note = at, actor.user_id, done, whole(note, 200)
    fever.save(update_fields=["answered_at", "answered_by", "done", "note"])
    said = str(FeverDone(done).label) + (f": {fever.note}" if fever.note else "")
    meet(FEVER.code, fever, at=at, by=actor.user_id, answer=said)
    record(fever, unit_id=fever.round.unit_id, data={"done": done}, reason=fever.note)
    return FeverSettled(fever.id, done)


# ---- inside a command


@dataclass(frozen=True, slots=True)
class Seen:
    """A fact with the number of whom it is about and its true time."""

    said: SeenFever
    number: int | None
    at: datetime


_FEVER = ("id", "round", "point", "table", "number", "name", "phone", "temperature", "step", "tube", "seen_at", "done",
          "note")  # fmt: skip
_SIGHTING = ("id", "fever", "step", "at", "temperature", "tube", "received_at", "device")


def keep_fevers(place: Point, seen: Sequence[Seen], *, at: datetime, device: str) -> tuple[int, int]:
    """Write what was seen, and let each fever follow from all of it; a new one raises its alarm.

    Returns how many facts and how many fevers were new. Rows are locked in the order of their keys.
    """
    first = {one.said.fever: one for one in reversed(seen)}
    rows = [_fever(place, first[key]) for key in sorted(first)]
    fresh = {_key(pk) for pk in insert_few(Fever, _FEVER, rows, ignore_conflicts=True, returning=True)}
    known = {row.pk: row for row in locked(Fever.objects.filter(pk__in=first)).order_by("pk")}
    facts = [_sighting(one, at, device) for one in {one.said.id: one for one in seen}.values()]
    taken = insert_few(FeverSighting, _SIGHTING, facts, ignore_conflicts=True, returning=True)
    for row in known.values():
        _follow(row, [one for one in seen if one.said.fever == row.pk])
    _tell(place, [known[pk] for pk in sorted(fresh)], at)
    return len(taken), len(fresh)


def _key(pk: Any) -> UUID:
    return pk if isinstance(pk, UUID) else UUID(str(pk))


def _fever(place: Point, one: Seen) -> tuple[Any, ...]:
    said, who = one.said, one.said.stranger or Stranger()
    return (
        said.fever, place.round_id, place.id, said.table, one.number, who.name or None, who.phone or None,
        round(said.temperature * 10), said.step, said.tube or "", one.at, "", "",
    )  # fmt: skip


def _sighting(one: Seen, at: datetime, device: str) -> tuple[Any, ...]:
    said = one.said
    return (
        said.id, said.fever, said.step, one.at, round(said.temperature * 10), said.tube or "", at, device[:80],
    )  # fmt: skip


def _follow(row: Fever, seen: Iterable[Seen]) -> None:
    facts = [FeverFact(*one) for one in row.sightings.values_list("at", "step", "temperature", "tube")]
    found = fever_of(facts)
    row.seen_at, row.step, row.temperature, row.tube = found.at, found.step, found.temperature, found.tube
    row.number = row.number or next((one.number for one in seen if one.number), None)
    row.save(update_fields=["seen_at", "step", "temperature", "tube", "number"])


def _tell(place: Point, fevers: Sequence[Fever], at: datetime) -> None:
    numbers = [row.number for row in fevers if row.number]
    rows = RosterEntry.objects.filter(round=place.round_id, number__in=numbers) if numbers else []
    people = {row.number: row.member.person_id for row in rows}
    for row in fevers:
        due = Due(FEVER.code, row, at, unit_id=place.round.unit_id, person_id=people.get(row.number or 0))
        raise_alarm(due, at=at)
