"""Rounds: temperature and symptoms at the door, or nobody answered."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db.models import QuerySet

from lazaretto.core.access import Actor
from lazaretto.core.bulk import insert
from lazaretto.core.clock import local_date
from lazaretto.core.commands import command, record
from lazaretto.core.deadlines import Due, meet, raise_alarm, set_deadlines
from lazaretto.core.prepared import prepared
from lazaretto.places.models import Site
from lazaretto.stays.choices import Slot, Symptom
from lazaretto.stays.deadlines import FEVER, KNOCK_AGAIN_WITHIN, NO_ANSWER, ROUND
from lazaretto.stays.errors import BeforeTheStay, DayAhead, StayEnded, TemperatureNeeded
from lazaretto.stays.models import Observation, Stay
from lazaretto.stays.queries.rounds import current_slot, doors_left, fever_from, round_slots
from lazaretto.stays.rules import is_plausible, needs_look

SLOW_CLOCK = timedelta(hours=1)  # a device at the door may be that much behind: what was measured there still counts


@dataclass(frozen=True)
class Observed:
    """An observation was taken down. `alarm` says that a medic has to look; `left` counts the doors still to do."""

    observation_id: UUID
    corrected: bool
    alarm: bool
    left: int


@dataclass(frozen=True)
class RoundsPlanned:
    """Rounds of a site that now have deadlines."""

    site: str
    slots: tuple[str, ...]


@command("stays.observe", capability="stays.rounds")
def observe(
    *,
    actor: Actor,
    at: datetime,
    stay: Stay,
    day: date,
    slot: Slot,
    temperature: Decimal | None = None,
    symptoms: tuple[Symptom, ...] = (),
    no_answer: bool = False,
    note: str = "",
) -> Observed:
    """Take down one observation. A second one for the same slot corrects the first, which is kept.

    Fever (by the rule pack) or any symptom raises an alarm; no answer falls due again within half an hour.
    Raises `StayEnded`, `BeforeTheStay`, `DayAhead`, `TemperatureNeeded`.
    """
    if stay.ended_at is not None and stay.ended_at <= at:
        raise StayEnded(stay=stay.number)
    _refuse_other_days(stay, day, at)
    if no_answer == (temperature is not None) or (temperature is not None and not is_plausible(temperature)):
        raise TemperatureNeeded(stay=stay.number)
    corrected = _supersede(stay, day, slot, at)
    seen = insert(
        Observation(
            stay=stay,
            day=day,
            slot=slot,
            temperature=temperature,
            symptoms=[str(symptom) for symptom in symptoms],
            no_answer=no_answer,
            note=note or None,
            taken_at=at,
            taken_by_id=actor.user_id,
        )
    )
    alarm = _follow_up(seen, stay, actor, at)
    left = _count_down(stay.site, day, slot, actor, at)
    record(
        seen,
        unit_id=stay.site.unit_id,
        person_id=stay.person_id,
        data={"slot": slot, "day": day, "no_answer": no_answer, "corrected": corrected, "alarm": alarm},
    )
    return Observed(seen.id, corrected, alarm, left)


@command("stays.plan_rounds", capability="stays.rounds")
def plan_rounds(*, actor: Actor, at: datetime, site: Site) -> RoundsPlanned:
    """Give the rounds of today and tomorrow their deadlines; done by the steward every hour, harmless twice."""
    today = at.astimezone(ZoneInfo(site.time_zone)).date()
    wanted = [due for offset in (0, 1) for due in round_slots(site, today + timedelta(days=offset)) if due.due_at > at]
    set_deadlines(
        [Due(ROUND.code, site, due.due_at, slot=f"{due.day}-{due.slot}", unit_id=site.unit_id) for due in wanted], at=at
    )
    slots = tuple(f"{due.day}-{due.slot}" for due in wanted)
    record(site, unit_id=site.unit_id, data={"slots": slots})
    return RoundsPlanned(site.code, slots)


def _refuse_other_days(stay: Stay, day: date, at: datetime) -> None:
    """The first round is the one that was on when they came: after midnight still last evening's."""
    latest = at + SLOW_CLOCK
    if day > local_date(latest, ZoneInfo(stay.site.time_zone)):
        raise DayAhead(stay=stay.number, day=day)
    if stay.started_at > latest or day < current_slot(stay.site, stay.started_at)[0]:
        raise BeforeTheStay(stay=stay.number, day=day)


def _supersede(stay: Stay, day: date, slot: Slot, at: datetime) -> bool:
    if slot == Slot.EXTRA:
        return False
    standing = _standing(stay=stay.pk, day=day, slot=str(slot))
    return bool(standing and Observation.objects.filter(pk__in=standing).update(superseded_at=at))


@prepared
def _standing(stay: Any, day: Any, slot: Any) -> QuerySet[Observation, UUID]:
    found = Observation.objects.filter(stay=stay, day=day, slot=slot, superseded_at__isnull=True)
    return found.values_list("id", flat=True)


def _follow_up(seen: Observation, stay: Stay, actor: Actor, at: datetime) -> bool:
    """Deadlines and alarms that follow from what was seen; True when a medic has to look."""
    due = Due(NO_ANSWER.code, stay, at + KNOCK_AGAIN_WITHIN, unit_id=stay.site.unit_id, person_id=stay.person_id)
    if seen.no_answer:
        set_deadlines([due], at=at)
        return False
    meet(NO_ANSWER.code, stay, at=at, by=actor.user_id)
    symptoms = tuple(seen.symptoms)
    if not symptoms and not needs_look(seen.temperature, symptoms, fever_from(stay)):
        return False
    raise_alarm(Due(FEVER.code, stay, at, unit_id=stay.site.unit_id, person_id=stay.person_id), at=at)
    return True


def _count_down(site: Site, day: date, slot: Slot, actor: Actor, at: datetime) -> int:
    """Doors left in this round; the last one meets the round's deadline."""
    if slot == Slot.EXTRA:
        return 0
    left = doors_left(site, day, slot)
    if left == 0:
        meet(ROUND.code, site, slot=f"{day}-{slot}", at=at, by=actor.user_id)
    return left
