"""Moves, rounds and specimens: what each command writes, and what it refuses by name."""

from datetime import date, timedelta
from decimal import Decimal

import pytest

from lazaretto.core.choices import DeadlineState
from lazaretto.core.errors import Forbidden, IllegalTransition, ReasonRequired, TextTooLong
from lazaretto.core.models import Alarm, Deadline, JournalEntry
from lazaretto.places.models import Room
from lazaretto.stays import commands
from lazaretto.stays.choices import Slot, SpecimenPurpose, SpecimenState, StayEnd
from lazaretto.stays.errors import (
    BeforeTheStay,
    ConfirmationNeeded,
    DayAhead,
    ResultConflict,
    RoomElsewhere,
    RoomOccupied,
    SameRoom,
    StayEnded,
    TemperatureNeeded,
    TubeUnknown,
)
from lazaretto.stays.models import Occupancy, Specimen, SpecimenResult
from tests.factories import NOW

pytestmark = pytest.mark.django_db
POSITIVE, NEGATIVE, INVALID = SpecimenState.PRELIMINARY_POSITIVE, SpecimenState.NEGATIVE, SpecimenState.INVALID


def room(site, number):
    return Room.objects.get(site=site, number=number)


def move(cast, stay, to, **more):
    given = {"actor": cast.clerk.actor, "at": NOW, "stay": stay, "room": to, "reason": "空调坏了", **more}
    return commands.move_room(**given)


def sample(cast, stay, tube="T1", at=NOW, **more):
    return commands.collect_specimen(actor=cast.medic.actor, at=at, stay=stay, tube=tube, **more)


def result(cast, state, tube="T1", at=NOW, **more):
    return commands.record_result(actor=cast.medic.actor, at=at, site=cast.site, tube=tube, result=state, **more)


def test_a_move_needs_a_reason_another_room_and_one_that_is_free(cast, admit):
    stay = admit("0301")
    admit("0302", name="李娜")
    with pytest.raises(ReasonRequired):
        move(cast, stay, room(cast.site, "0303"), reason=" ")
    with pytest.raises(SameRoom):
        move(cast, stay, room(cast.site, "0301"))
    with pytest.raises(RoomOccupied):
        move(cast, stay, room(cast.site, "0302"))
    with pytest.raises(RoomElsewhere):
        move(cast, stay, room(cast.other_site, "0301"), actor=cast.duty_officer.actor)
    with pytest.raises(Forbidden):
        move(cast, stay, room(cast.site, "0303"), actor=cast.medic.actor)
    assert Occupancy.objects.get(stay=stay).room.number == "0301"


def test_a_household_that_stays_behind_keeps_its_room_occupied(cast, admit):
    mother = admit("0301", name="陈静")
    child = admit("0301", name="陈小明", born=date(2018, 6, 1), party_id=mother.person_id)
    move(cast, child, room(cast.site, "0302"), assessment="李医生：保姆随即陪护")
    states = dict(Room.objects.filter(site=cast.site).values_list("number", "state"))
    assert (states["0301"], states["0302"]) == ("occupied", "occupied")
    move(cast, child, room(cast.site, "0301"), at=NOW + timedelta(hours=1))
    assert Occupancy.objects.filter(stay=child).count() == 3
    assert room(cast.site, "0302").state == "to_clean"


def test_words_longer_than_their_column_are_refused_by_name_and_nothing_is_cut(cast, admit):
    for field, most in (("authority", 120), ("legal_basis", 200), ("reason", 300)):
        with pytest.raises(TextTooLong) as refused:
            admit(**{field: "字" * (most + 1)})
        assert (refused.value.context["field"], refused.value.context["most"]) == (field, most)
    assert not Occupancy.objects.exists()
    stay = admit()
    with pytest.raises(TextTooLong):
        move(cast, stay, room(cast.site, "0302"), reason="字" * 201)
    taken = {"actor": cast.medic.actor, "at": NOW}
    with pytest.raises(TextTooLong):
        commands.collect_specimen(**taken, stay=stay, tube="T" * 41)
    commands.collect_specimen(**taken, stay=stay, tube="T1")
    with pytest.raises(TextTooLong):
        commands.record_result(**taken, site=cast.site, tube="T1", result=SpecimenState.NEGATIVE, laboratory="字" * 81)
    assert (Occupancy.objects.get().room.number, Specimen.objects.get().state) == ("0301", "pending")


def test_a_correction_keeps_the_first_temperature(cast, admit):
    stay = admit()
    common = {"actor": cast.medic.actor, "stay": stay, "day": NOW.date(), "slot": Slot.MORNING}
    commands.observe(**common, at=NOW, temperature=Decimal("39.6"))
    done = commands.observe(**common, at=NOW + timedelta(minutes=2), temperature=Decimal("36.6"))
    assert (done.corrected, done.alarm) == (True, False)
    kept = stay.observations.order_by("taken_at").values_list("temperature", "superseded_at")
    assert [value for value, superseded in kept if superseded] == [Decimal("39.6")]


@pytest.mark.parametrize(
    "given", [{}, {"temperature": Decimal("50")}, {"temperature": Decimal("36.5"), "no_answer": True}]
)
def test_a_temperature_or_no_answer_never_both_nor_none(cast, admit, given):
    stay = admit()
    with pytest.raises(TemperatureNeeded):
        commands.observe(actor=cast.medic.actor, at=NOW, stay=stay, day=NOW.date(), slot=Slot.EVENING, **given)


@pytest.mark.parametrize(
    ("day", "at", "error"),
    [
        (NOW.date() + timedelta(days=1), NOW, DayAhead),
        (NOW.date() - timedelta(days=1), NOW, BeforeTheStay),
        (NOW.date(), NOW - timedelta(hours=3), BeforeTheStay),
    ],
)
def test_a_round_lies_between_the_first_day_of_a_stay_and_today(cast, admit, day, at, error):
    stay = admit()
    with pytest.raises(error):
        commands.observe(
            actor=cast.medic.actor, at=at, stay=stay, day=day, slot=Slot.EVENING, temperature=Decimal("38.8")
        )
    assert not stay.observations.exists()
    assert not Deadline.objects.filter(kind="stays.fever").exists()


def test_who_comes_after_midnight_is_seen_in_the_evening_round_that_is_still_on(cast, admit):
    after_midnight = NOW - timedelta(hours=9)  # 01:00 at the site
    stay = admit(at=after_midnight)
    yesterday = NOW.date() - timedelta(days=1)
    common = {"actor": cast.medic.actor, "stay": stay, "day": yesterday, "slot": Slot.EVENING, "no_answer": True}
    commands.observe(**common, at=after_midnight - timedelta(minutes=5))  # by a device that is slow
    assert stay.observations.get().day == yesterday


def test_the_last_door_meets_the_deadline_of_the_round(cast, admit):
    first, second = admit("0301"), admit("0302", name="李娜")
    commands.plan_rounds(actor=cast.medic.actor, at=NOW - timedelta(hours=1), site=cast.site)
    common = {"actor": cast.medic.actor, "at": NOW, "day": NOW.date(), "slot": Slot.EVENING}
    assert commands.observe(**common, stay=first, temperature=Decimal("36.5")).left == 1
    assert commands.observe(**common, stay=second, temperature=Decimal("36.5")).left == 0
    due = Deadline.objects.get(kind="stays.round", slot=f"{NOW.date()}-evening")
    assert due.state == DeadlineState.MET


def test_a_tube_is_watched_until_its_result_comes(cast, admit):
    stay = admit()
    done = sample(cast, stay, at=NOW + timedelta(days=1))
    assert done.test_key == "central-1"
    waiting = Deadline.objects.get(kind="stays.result", subject_id=str(done.specimen_id))
    assert waiting.due_at == NOW + timedelta(days=2)
    result(cast, NEGATIVE, at=NOW + timedelta(days=1, hours=6))
    waiting.refresh_from_db()
    assert waiting.state == DeadlineState.MET
    assert JournalEntry.objects.filter(command="stays.record_result", person_id=stay.person_id).exists()


def test_the_same_result_again_is_harmless_another_one_is_held(cast, admit):
    sample(cast, admit())
    result(cast, NEGATIVE)
    result(cast, NEGATIVE)
    assert SpecimenResult.objects.count() == 1
    with pytest.raises(ResultConflict):
        result(cast, POSITIVE)
    with pytest.raises(TubeUnknown):
        result(cast, NEGATIVE, tube="NO-SUCH")
    assert Specimen.objects.get().state == NEGATIVE


def test_an_invalid_tube_asks_for_another_swab(cast, admit):
    stay = admit()
    sample(cast, stay, at=NOW + timedelta(days=1))
    result(cast, INVALID, at=NOW + timedelta(days=1, hours=5))
    again = Deadline.objects.filter(kind="stays.test", subject_id=str(stay.pk), slot="central-1", state="open")
    assert again.count() == 1


def test_a_positive_is_decided_by_a_second_finding_only(cast, admit):
    stay = admit()
    sample(cast, stay)
    assert result(cast, POSITIVE, ct_value=Decimal("24.1")).alarm is True
    positive = Specimen.objects.get(tube="T1")
    decide = {"actor": cast.medic.actor, "at": NOW, "specimen": positive, "confirmed": True}
    with pytest.raises(ReasonRequired):
        commands.decide_positive(**decide, evidence="")
    with pytest.raises(ConfirmationNeeded):
        commands.decide_positive(**decide, evidence="看起来像")
    sample(cast, stay, tube="T2", purpose=SpecimenPurpose.CONFIRMATION)
    result(cast, POSITIVE, tube="T2")
    commands.decide_positive(**decide, evidence="T2 复核阳性")
    positive.refresh_from_db()
    assert positive.state == SpecimenState.CONFIRMED_POSITIVE
    assert Alarm.objects.get(deadline__subject_id=str(positive.pk)).answer == "T2 复核阳性"
    with pytest.raises(IllegalTransition):
        commands.decide_positive(**decide, evidence="再次")


def test_nothing_is_written_on_a_stay_that_has_ended(cast, admit):
    stay = admit()
    commands.end_stay(actor=cast.clerk.actor, at=NOW, stay=stay, end=StayEnd.CANCELLED, reason="登记有误")
    later = NOW + timedelta(hours=1)
    with pytest.raises(StayEnded):
        sample(cast, stay, at=later)
    with pytest.raises(StayEnded):
        move(cast, stay, room(cast.site, "0303"), at=later)
    with pytest.raises(StayEnded):
        commands.observe(
            actor=cast.medic.actor, at=later, stay=stay, day=NOW.date(), slot=Slot.EVENING, temperature=Decimal("36.5")
        )
    with pytest.raises(StayEnded):
        commands.extend_order(
            actor=cast.approver.actor, at=later, stay=stay, ends_at=stay.order.ends_at + timedelta(days=1), reason="x"
        )


def test_the_positives_say_who_and_where(cast, client, admit):
    stay = admit("0402", name="王小明", at=NOW - timedelta(days=2))
    medic = cast.medic.actor
    commands.collect_specimen(actor=medic, at=NOW, stay=stay, tube="P1")
    commands.record_result(
        actor=medic, at=NOW, site=cast.site, tube="P1", result="preliminary_positive", laboratory="L1"
    )
    client.force_login(cast.medic.user)
    for page in ("positives", "positives/P1"):
        shown = client.get(f"/sites/{cast.site.code}/{page}").content.decode()
        assert "王小明" in shown
        assert "0402" in shown
