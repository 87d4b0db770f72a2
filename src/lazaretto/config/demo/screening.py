"""A round of testing of the park: two points, one phone that has worked since the morning. Invented."""

import secrets
from datetime import datetime, time, timedelta
from typing import Any
from uuid import UUID

from django.utils.timezone import get_default_timezone

from lazaretto.cadence import commands as cadence
from lazaretto.config.demo.district import District
from lazaretto.core.access import Actor
from lazaretto.core.alarms import take_alarm
from lazaretto.core.ids import new_id
from lazaretto.core.models import Alarm
from lazaretto.field import commands as phones
from lazaretto.field.models import Device
from lazaretto.field.queries import actor_of_device
from lazaretto.screening import commands
from lazaretto.screening.choices import FeverDone, FeverStep, TubeRule
from lazaretto.screening.commands import SeenFever, TakenScan
from lazaretto.screening.models import Fever, Point, RosterEntry, Round
from lazaretto.slots import commands as slots
from lazaretto.slots.choices import Means, Parts
from lazaretto.slots.models import Proposal, Slot
from lazaretto.slots.queries import free_starts, holders

BEGAN = timedelta(hours=3)
LASTS = timedelta(hours=10)
TUBES, PLACES = 6, 10
POINTS = (
    ("P1", "园区体育馆", 4, "创业大道 18 号", 10, (23.0659, 113.2607)),
    ("P2", "东门广场", 3, "东门路与科技三路交口", 7, (23.0622, 113.2631)),
)
PACE = timedelta(seconds=70)


def tell(district: District, *, now: datetime) -> None:
    """Everything through the commands, at its own time."""
    actor, at = district.member("duty", now), now - BEGAN
    unit = district.sites[0].unit.parent or district.sites[0].unit
    made = commands.draft_round(
        actor=actor, at=at - timedelta(hours=2), unit=unit, name="园区全员核酸", opens_at=at, deadline_at=at + LASTS,
        tube_rule=TubeRule.TEN,
    )  # fmt: skip
    of = Round.objects.get(pk=made.round_id)
    places = [
        commands.add_point(
            actor=actor, at=at - timedelta(hours=1), test_round=of, code=code, name=name, tables=tables,
            opens=time(0, 0), closes=time(23, 59), address=address, staff=staff, latitude=latitude, longitude=longitude,
        ).point_id
        for code, name, tables, address, staff, (latitude, longitude) in POINTS
    ]  # fmt: skip
    commands.freeze_round(actor=actor, at=at - timedelta(minutes=30), test_round=of)
    _slots(actor, of, at - timedelta(minutes=25))
    _notices(actor, of, at - timedelta(minutes=20))
    commands.open_round(actor=actor, at=at, test_round=of)
    tomorrow = (now.astimezone(get_default_timezone()) + timedelta(days=1)).date()
    cadence.set_day(actor=actor, at=at, unit=unit, on=tomorrow, reason="区指挥部通告：园区连续三天全员核酸")
    _worked(actor, places[0], of, at + timedelta(minutes=10))
    _fevers(district, places[0], of, now)


def _slots(actor: Actor, of: Round, at: datetime) -> None:
    """Every enterprise has its slot, the largest by department."""
    of.refresh_from_db()
    made = slots.propose(actor=actor, at=at, test_round=of, per_table_hour=20, parts=Parts.SECTION)
    slots.accept(actor=actor, at=at, proposal=Proposal.objects.get(pk=made.proposal_id))


def _notices(actor: Actor, of: Round, at: datetime) -> None:
    """Three enterprises were told, one confirmed, and of one a slot was moved since; the others know nothing."""
    known: dict[str, Any] = {"actor": actor, "test_round": of, "means": Means.PHONE}
    told = holders(of, at=at)[:3]
    for nth, found in enumerate(told):
        said: dict[str, Any] = {
            "organisation": found.organisation,
            "read": found.digest,
            "who": found.organisation.contact or "王联络",
        }
        slots.tell(at=at + nth * timedelta(minutes=2), **known, **said)
        if nth == 0:
            slots.confirm(at=at + timedelta(minutes=9), **known, **said)
    later = at + timedelta(minutes=12)
    moved = Slot.objects.select_related("round", "organisation", "proposal").get(pk=told[1].slots[-1].pk)
    start = free_starts(moved, at=later)[-1]
    slots.move(actor=actor, at=later, slot=moved, point=start.point, starts_at=start.starts_at, reason="设备检修")


def _worked(actor: Actor, place: UUID, of: Round, at: datetime) -> None:
    """A phone at the first table has filled some tubes."""
    enrolled = phones.enrol_device(
        actor=actor, at=at, point=Point.objects.get(pk=place), table=1, label="1号机", takes_over=None
    )
    token = f"lzf_{secrets.token_urlsafe(32)}"
    phones.claim_device(actor=Actor.system("phone"), at=at, code=enrolled.code, token=token)
    device = Device.objects.select_related("point__round").get(pk=enrolled.device_id)
    numbers = RosterEntry.objects.filter(round=of).order_by("number").values_list("number", flat=True)[: TUBES * PLACES]
    scans = [
        TakenScan(
            id=new_id(), tube=f"HZ2611{nth // PLACES + 1:04}", slot=nth % PLACES + 1, at=at + nth * PACE, number=number
        )
        for nth, number in enumerate(numbers)
    ]
    sent = at + len(scans) * PACE
    answer = commands.take(
        actor=actor_of_device(device, at=sent), at=sent, batch=new_id(), point=place, sent_at=sent, scans=scans
    )
    phones.tell_others(device, answer, scans, at=sent)
    phones.note_contact(device, at=sent, queue=0, skew_seconds=0)


def _fevers(district: District, place: UUID, of: Round, now: datetime) -> None:
    """Two fevers at the tables: one is answered, one is fresh and the duty officer sees to it."""
    duty = district.member("duty", now)
    numbers = RosterEntry.objects.filter(round=of).order_by("-number").values_list("number", flat=True)[:2]
    cases = ((FeverStep.CLINIC, 38.6, 50), (FeverStep.MEASURED, 39.0, 4))
    for number, (step, degrees, before) in zip(numbers, cases, strict=False):
        at = now - timedelta(minutes=before)
        seen = SeenFever(id=new_id(), fever=new_id(), step=step, at=at, temperature=degrees, number=number)
        commands.note_fevers(actor=Actor.system("phone"), at=at, point=place, sent_at=at, fevers=[seen])
        if step == FeverStep.CLINIC:
            answered = at + timedelta(minutes=12)
            commands.answer_fever(
                actor=duty,
                at=answered,
                fever=Fever.objects.get(pk=seen.fever),
                done=FeverDone.CLINIC,
                note="救护车接走",
            )
        else:
            alarm = Alarm.objects.get(deadline__subject_id=str(seen.fever))
            take_alarm(actor=duty, at=at + timedelta(minutes=2), alarm=alarm)
