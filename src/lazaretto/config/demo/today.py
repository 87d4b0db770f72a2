"""Today: releases, rooms being cleaned, fever, a positive, somebody who does not answer. All through the commands."""

from datetime import datetime, timedelta
from decimal import Decimal

from lazaretto.config.demo.district import SYSTEM, District
from lazaretto.config.demo.history import Guest, SiteStory
from lazaretto.core.access import Actor
from lazaretto.core.alarms import take_alarm
from lazaretto.core.deadlines import sweep
from lazaretto.core.models import Alarm
from lazaretto.custody.commands import Luggage
from lazaretto.custody.models import Handover
from lazaretto.places.choices import ExternalKind, RoomState
from lazaretto.places.commands import change_room_states
from lazaretto.places.models import ExternalPlace, Room
from lazaretto.stays import commands as stays
from lazaretto.stays.choices import BreachKind, SpecimenState, Symptom
from lazaretto.stays.models import Occupancy, Stay
from lazaretto.stays.queries.rounds import current_slot
from lazaretto.transfers import commands as transfers
from lazaretto.transfers.choices import WordKind

FEVER = {"H01": 2, "H02": 1, "H06": 1, "H12": 1, "H15": 1}
NO_ANSWER = {"H01": 2, "H04": 1, "H13": 1}
POSITIVE = {"H01": 1, "H12": 1}
SWEPT = 30  # hours back from which alarms are raised as they fell due
FRESH = {"stays.fever", "stays.positive", "stays.breach", "stays.no_answer"}  # raised minutes ago by `live`


def live(story: SiteStory) -> None:
    """Everything of a site that a command did by itself, in order of time."""
    _release(story)
    _clean(story)
    _moves_and_endings(story)
    _doors(story)
    _positives(story)


def settle(district: District, *, now: datetime) -> None:
    """Rounds of today and tomorrow fall due; alarms were raised when they should be and, but for new ones, taken."""
    for site in district.sites:
        stays.plan_rounds(actor=SYSTEM, at=now, site=site)
    for hours in range(SWEPT, -1, -1):
        while sweep(at=now - timedelta(hours=hours)):
            pass
    _take_alarms(district, now)


def _take_alarms(district: District, now: datetime) -> None:
    """Whoever leads a site has its alarms in hand; those of the last minutes at the first site wait for the visitor."""
    shown = district.sites[0].unit_id
    lead_of = {site.unit_id: district.leads[site.code] for site in district.sites}
    for alarm in Alarm.objects.filter(owner__isnull=True, unit_id__in=lead_of).order_by("raised_at", "id"):
        if alarm.unit_id and (alarm.unit_id != shown or alarm.kind not in FRESH):
            take_alarm(actor=lead_of[alarm.unit_id], at=now, alarm=alarm)


def _release(story: SiteStory) -> None:
    """Everybody went in the morning their order ended, but for a few."""
    for guest in sorted(story.guests, key=lambda guest: (guest.ends_at, guest.serial)):
        at = guest.ends_at + timedelta(minutes=25)
        if at <= story.now and not guest.kept:
            stays.release(
                actor=story.district.leads[story.site.code], at=at, stay=guest.stay, destination="海州区居家健康监测"
            )
            guest.stay = Stay.objects.select_related("site").get(pk=guest.stay.pk)


def _clean(story: SiteStory) -> None:
    """Rooms left yesterday and before were disinfected; most of those are ready again. Those of today wait."""
    site, now = story.site, story.now
    left = Room.objects.filter(site=site, state=RoomState.TO_CLEAN, state_since__lt=now - timedelta(hours=12))
    rooms = list(left.order_by("number").values_list("id", flat=True))
    if rooms:
        change_room_states(
            actor=SYSTEM, at=now - timedelta(hours=8), site=site, rooms=rooms, after=RoomState.DISINFECTING
        )
    ready = [room for number, room in enumerate(rooms) if number % 4]
    if ready:
        change_room_states(actor=SYSTEM, at=now - timedelta(hours=2), site=site, rooms=ready, after=RoomState.READY)


def _here(story: SiteStory) -> list[Guest]:
    return [guest for guest in story.guests if guest.stay.ended_at is None]


def _moves_and_endings(story: SiteStory) -> None:
    """Somebody got another room, somebody went to hospital; one order was extended by an approver."""
    here = _here(story)
    lead, at = story.district.leads[story.site.code], story.now - timedelta(hours=3)
    early = [guest for guest in here if guest.stay.started_at < at - timedelta(days=2)]
    single = [guest for guest in early if _has_a_room_alone(guest)]
    if story.site.code in {"H01", "H08"} and story.rooms:
        moved = early[3]
        stays.move_room(actor=lead, at=at, stay=moved.stay, room=story.rooms.pop(0), reason="空调故障，换房")
    if story.site.code in {"H02", "H12"}:
        gone = single[5]
        _to_hospital(story, gone, lead, at)
    if story.site.code == "H06":
        _to_another_site(story, single[7], lead)
    if story.site.code == "H01":
        approver = story.district.member("approver", at)
        held = early[8]
        stays.extend_order(
            actor=approver,
            at=at,
            stay=held.stay,
            ends_at=held.ends_at + timedelta(days=2),
            reason="同楼层出现阳性，延长观察两日",
        )


def _has_a_room_alone(guest: Guest) -> bool:
    rooms = Occupancy.objects.filter(stay=guest.stay, ended_at__isnull=True).values("room")
    return Occupancy.objects.filter(room__in=rooms, ended_at__isnull=True).count() == 1


def _to_hospital(story: SiteStory, gone: Guest, lead: Actor, at: datetime) -> None:
    """By ambulance; the hospital has said that they arrived."""
    hospital, _fresh = ExternalPlace.objects.get_or_create(
        kind=ExternalKind.HOSPITAL,
        name="海州区人民医院",
        district="海州区卫生健康局",
        defaults={
            "name_en": "Haizhou People's Hospital",
            "phone": "020-5550-0120",
            "abilities": ["emergency", "infectious"],
        },
    )
    along = Luggage(gone.stay.person_id, papers="病历、核酸报告", luggage="一个背包")
    sent = transfers.sign_out(
        actor=lead, at=at, site=story.site, people=(along,), due_at=at + timedelta(hours=1), to_place=hospital,
        carrier="120 救护车", escort="值班护士",
        keep_rooms_until=story.now + timedelta(days=2) if story.site.code == "H02" else None,
        why_kept="观察后返回，行李在房内" if story.site.code == "H02" else "",
    )  # fmt: skip
    handover = Handover.objects.get(pk=sent.handover_id)
    transfers.confirm_arrival(
        actor=lead, at=at + timedelta(minutes=35), handover=handover, person=gone.stay.person,
        confirmed_by="急诊分诊台电话确认",
    )  # fmt: skip
    transfers.write_word(
        actor=lead, at=at + timedelta(minutes=70), handover=handover, person=gone.stay.person,
        kind=WordKind.CONDITION, text="阑尾炎已排除，留院观察一晚，无发热", told_by="急诊科赵医生",
    )  # fmt: skip
    gone.stay.refresh_from_db()


def _to_another_site(story: SiteStory, going: Guest, lead: Actor) -> None:
    """Under way at this moment, expected within the hour."""
    at = story.now - timedelta(minutes=15)
    along = Luggage(going.stay.person_id, papers="转运单", luggage="两件行李")
    transfers.sign_out(
        actor=lead, at=at, site=story.site, people=(along,), due_at=story.now + timedelta(minutes=40), to_site="H07",
        carrier="粤A·Z0612", escort="小何", escort_phone="020-5550-0612",
    )  # fmt: skip
    going.stay.refresh_from_db()


def _doors(story: SiteStory) -> None:
    """The round that is on: some have fever, some do not answer; a door stood open."""
    day, slot = current_slot(story.site, story.now)
    medic, at = story.district.medics[story.site.code][0], story.now - timedelta(minutes=12)
    here = _behind_doors(story, at)
    fever, silent = FEVER.get(story.site.code, 0), NO_ANSWER.get(story.site.code, 0)
    for number, guest in enumerate(here[: fever + silent]):
        hot = number < fever
        stays.observe(
            actor=medic,
            at=at,
            stay=guest.stay,
            day=day,
            slot=slot,
            temperature=Decimal("38.1") + number * Decimal("0.3") if hot else None,
            symptoms=(Symptom.COUGH,) if hot else (),
            no_answer=not hot,
        )
    if story.site.code in {"H01", "H09"}:
        stays.report_breach(
            actor=story.district.leads[story.site.code],
            at=at,
            site=story.site,
            room=here[-1].room,
            kind=BreachKind.DOOR_OPEN,
            description="巡查发现房门未关，已劝导。",
        )


def _behind_doors(story: SiteStory, at: datetime) -> list[Guest]:
    """Whom the round has not reached; first those who should have gone yesterday, for their fever keeps them here."""
    late = story.now - timedelta(hours=20)
    kept = [guest for guest in _here(story) if guest.kept and guest.ends_at < late]
    others = [guest for guest in _here(story) if guest.serial % 3 == 0 and not guest.kept]
    return [*kept, *(guest for guest in others if guest.stay.started_at < at)]


def _positives(story: SiteStory) -> None:
    """A preliminary positive waits for its confirmation."""
    medic, at = story.district.medics[story.site.code][1], story.now - timedelta(hours=2)
    here = [guest for guest in _here(story) if guest.stay.started_at < at - timedelta(days=3)]
    for number, guest in enumerate(here[10 : 10 + POSITIVE.get(story.site.code, 0)]):
        tube = f"{story.site.code}P{number:06d}"
        stays.collect_specimen(actor=medic, at=at, stay=guest.stay, tube=tube)
        stays.record_result(
            actor=medic, at=story.now - timedelta(minutes=9), site=story.site, tube=tube,
            result=SpecimenState.PRELIMINARY_POSITIVE, laboratory="区疾控中心实验室", reagent="试剂甲",
            ct_value=Decimal("31.4"),
        )  # fmt: skip
