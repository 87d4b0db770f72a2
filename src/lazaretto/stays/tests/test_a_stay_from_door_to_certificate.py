"""One stay, from the door to the certificate, through the commands."""

from datetime import date, timedelta
from decimal import Decimal

import pytest

from lazaretto.core.choices import DeadlineState
from lazaretto.core.models import Alarm, Deadline, JournalEntry
from lazaretto.core.promises import verify
from lazaretto.people.models import Person, PersonAccess
from lazaretto.places.models import Room
from lazaretto.protocols.models import PackAdoption
from lazaretto.stays import commands
from lazaretto.stays.choices import Slot, SpecimenPurpose, SpecimenState, Symptom
from lazaretto.stays.errors import (
    CategoryNotReceived,
    ConfirmationNeeded,
    NoFreeBed,
    NotReleasable,
    PersonAlreadyStaying,
    ResultConflict,
    RoomNotReady,
    RoomOccupied,
    TubeTaken,
)
from lazaretto.stays.models import IsolationOrder, Observation, Occupancy, OrderChange, Specimen, Stay
from lazaretto.stays.queries.board import board
from lazaretto.stays.queries.release import read_certificate, release_list
from tests import factories
from tests.factories import NOW

pytestmark = pytest.mark.django_db
GROUNDS = {"authority": "区疾控中心", "legal_basis": "传染病防治法第四十一条", "reason": "入境人员"}


@pytest.fixture(autouse=True)
def _rules_in_force(db):
    PackAdoption.objects.create(
        pack="cn-plan-9", jurisdiction="CN", starts_on=(NOW - timedelta(days=90)).date(), reason="全国", created_at=NOW
    )


def admit(cast, *, number="0301", person=None, at=NOW, exposed=None, **more):
    person = person or factories.person(at_site=cast.site)
    return commands.admit(
        actor=cast.clerk.actor,
        at=at,
        person=person,
        site=cast.site,
        room=Room.objects.get(site=cast.site, number=number),
        category="inbound",
        last_exposure_at=exposed or at - timedelta(hours=9),
        **GROUNDS,
        **more,
    )


def test_admission_makes_order_stay_room_and_everything_that_falls_due(cast):
    done = admit(cast)
    stay = Stay.objects.get(pk=done.stay_id)
    assert stay.order.pack == "cn-plan-9"
    assert (stay.order.ends_at.date() - NOW.date()).days == 7
    assert Room.objects.get(site=cast.site, number="0301").state == "occupied"
    kinds = list(Deadline.objects.filter(subject_id=str(stay.id)).values_list("kind", flat=True))
    assert kinds.count("stays.release") == 1
    assert kinds.count("stays.test") == 5
    entry = JournalEntry.objects.get(command="stays.admit", subject_type="stays.stay")
    assert (entry.person_id, entry.actor_id) == (stay.person_id, cast.clerk.user.pk)


def test_nobody_is_admitted_twice_nor_into_a_taken_or_dirty_room(cast):
    first = admit(cast)
    person = Person.objects.get(stays=first.stay_id)
    with pytest.raises(PersonAlreadyStaying):
        admit(cast, number="0302", person=person)
    with pytest.raises(RoomOccupied):
        admit(cast, number="0301")
    Room.objects.filter(site=cast.site, number="0303").update(state="disinfecting")
    with pytest.raises(RoomNotReady):
        admit(cast, number="0303")
    assert Stay.objects.count() == 1


def test_a_household_shares_a_room_as_far_as_there_are_beds(cast):
    born = {"甲": date(1990, 1, 1), "乙": date(2018, 1, 1), "丙": date(2026, 1, 1), "丁": date(1985, 1, 1)}
    mother, child, infant, uncle = (
        factories.person(name, at_site=cast.site, birth_date=day) for name, day in born.items()
    )
    party = mother.id
    for person in (mother, child):
        admit(cast, person=person, party_id=party)
    admit(cast, person=infant, party_id=party, shares_bed=True)
    with pytest.raises(NoFreeBed):
        admit(cast, person=uncle, party_id=party)
    assert Occupancy.objects.filter(room__number="0301", room__site=cast.site, ended_at__isnull=True).count() == 3


def test_a_site_receives_only_its_category(cast):
    with pytest.raises(CategoryNotReceived):
        commands.admit(
            actor=cast.clerk.actor, at=NOW, person=factories.person(at_site=cast.site), site=cast.site,
            room=Room.objects.get(site=cast.site, number="0301"), category="close_contact", last_exposure_at=NOW,
            **GROUNDS,
        )  # fmt: skip


def test_fever_raises_an_alarm_and_no_answer_falls_due_again(cast):
    stay = Stay.objects.get(pk=admit(cast).stay_id)
    medic = cast.medic.actor
    day = NOW.date()
    silent = commands.observe(actor=medic, at=NOW, stay=stay, day=day, slot=Slot.MORNING, no_answer=True)
    assert silent.alarm is False
    knock = Deadline.objects.get(kind="stays.no_answer", subject_id=str(stay.id))
    hot = commands.observe(
        actor=medic,
        at=NOW,
        stay=stay,
        day=day,
        slot=Slot.MORNING,
        temperature=Decimal("38.4"),
        symptoms=(Symptom.COUGH,),
    )
    knock.refresh_from_db()
    assert (hot.alarm, hot.corrected, hot.left) == (True, True, 0)
    assert knock.state == DeadlineState.MET
    assert Alarm.objects.get(answered_at__isnull=True).kind == "stays.fever"
    assert Observation.objects.filter(superseded_at__isnull=False).count() == 1


def test_a_positive_alarms_at_once_and_decides_nothing_alone(cast):
    stay = Stay.objects.get(pk=admit(cast).stay_id)
    medic = cast.medic.actor
    taken = commands.collect_specimen(actor=medic, at=NOW, stay=stay, tube="t1")
    with pytest.raises(TubeTaken):
        commands.collect_specimen(actor=medic, at=NOW, stay=stay, tube="T1")
    found = commands.record_result(
        actor=medic, at=NOW, site=cast.site, tube="T1", result=SpecimenState.PRELIMINARY_POSITIVE
    )
    assert found.alarm
    assert Alarm.objects.get(answered_at__isnull=True).kind == "stays.positive"
    specimen = Specimen.objects.get(pk=taken.specimen_id)
    with pytest.raises(ResultConflict):
        commands.record_result(actor=medic, at=NOW, site=cast.site, tube="T1", result=SpecimenState.NEGATIVE)
    with pytest.raises(ConfirmationNeeded):
        commands.decide_positive(actor=medic, at=NOW, specimen=specimen, confirmed=True, evidence="看着像")
    commands.collect_specimen(actor=medic, at=NOW, stay=stay, tube="T2", purpose=SpecimenPurpose.CONFIRMATION)
    commands.record_result(actor=medic, at=NOW, site=cast.site, tube="T2", result=SpecimenState.NEGATIVE)
    commands.decide_positive(actor=medic, at=NOW, specimen=specimen, confirmed=False, evidence="复核阴性")
    specimen.refresh_from_db()
    assert specimen.state == SpecimenState.REFUTED
    assert not Alarm.objects.filter(answered_at__isnull=True).exists()


def test_release_needs_every_criterion_and_frees_the_room(cast):
    entered = NOW - timedelta(days=8)
    stay = Stay.objects.get(pk=admit(cast, at=entered).stay_id)
    with pytest.raises(NotReleasable):
        commands.release(actor=cast.site_lead.actor, at=NOW, stay=stay)
    for day in (1, 2, 3, 5, 7):
        at = entered + timedelta(days=day)
        commands.collect_specimen(actor=cast.medic.actor, at=at, stay=stay, tube=f"D{day}")
        commands.record_result(
            actor=cast.medic.actor,
            at=at,
            site=cast.site,
            tube=f"D{day}",
            result=SpecimenState.NEGATIVE,
            laboratory="L1",
        )
    commands.observe(
        actor=cast.medic.actor, at=NOW, stay=stay, day=NOW.date(), slot=Slot.MORNING, temperature=Decimal("36.5")
    )
    listed = release_list(cast.site_lead.actor, cast.site, NOW.date(), at=NOW)
    assert [row.assessment.may_release for row in listed] == [True]
    done = commands.release(actor=cast.site_lead.actor, at=NOW, stay=stay, destination="海珠区")
    stay.refresh_from_db()
    assert (stay.end, stay.ended_at) == ("released", NOW)
    assert Room.objects.get(site=cast.site, number="0301").state == "to_clean"
    assert IsolationOrder.objects.get(pk=stay.order_id).lifted_at == NOW
    assert not Deadline.objects.filter(subject_id=str(stay.id), state="open").exists()
    assert not PersonAccess.objects.filter(person=stay.person, ended_at__isnull=True).exists()
    token = stay.release.certificate.token
    assert read_certificate(token).genuine
    assert read_certificate(token[:-4] + "AAAA").genuine is False
    assert done.certificate_number in read_certificate(token).payload.values()
    assert [verdict.state for verdict in verify(at=NOW) if verdict.offenders] == []


def test_extra_days_need_an_approver_and_a_later_end(cast):
    stay = Stay.objects.get(pk=admit(cast).stay_id)
    later = stay.order.ends_at + timedelta(days=2)
    commands.extend_order(actor=cast.approver.actor, at=NOW, stay=stay, ends_at=later, reason="同层出现阳性")
    stay.order.refresh_from_db()
    assert stay.order.ends_at == later
    assert OrderChange.objects.get().approved_by == cast.approver.user
    assert Deadline.objects.get(kind="stays.release").due_at == later


def test_a_move_leaves_the_old_room_to_be_cleaned(cast):
    stay = Stay.objects.get(pk=admit(cast).stay_id)
    room = Room.objects.get(site=cast.site, number="0402")
    commands.move_room(actor=cast.site_lead.actor, at=NOW + timedelta(hours=1), stay=stay, room=room, reason="空调坏了")
    assert Room.objects.get(site=cast.site, number="0301").state == "to_clean"
    assert Occupancy.objects.get(stay=stay, ended_at__isnull=True).room == room


def test_the_board_shows_every_room_in_a_fixed_number_of_queries(cast, django_assert_max_num_queries):
    admit(cast)
    with django_assert_max_num_queries(10):
        shown = board(cast.clerk.actor, cast.site, at=NOW)
    assert shown.figures.in_house == 1
    assert sum(shown.counts.values()) == 8
    assert [row.floor.label for row in shown.floors] == ["4F", "3F"]
