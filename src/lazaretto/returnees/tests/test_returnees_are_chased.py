"""Somebody has each of them: taken, tried, handed up, given back when nothing happens, and never to who is not here."""

from datetime import timedelta

import pytest

from lazaretto.core.deadlines import sweep
from lazaretto.core.errors import Forbidden, InvalidInput, NotFound, ReasonRequired
from lazaretto.core.models import Alarm, Deadline, JournalEntry
from lazaretto.core.promises import verify
from lazaretto.returnees import commands
from lazaretto.returnees.choices import Answer
from lazaretto.returnees.duties import back_into_the_queue
from lazaretto.returnees.errors import CaseClosed, NobodyWaits, NotOnShift, ShiftTooLong
from lazaretto.returnees.models import Returnee, Shift
from lazaretto.returnees.tests.agencies import card, named, row, take_in
from tests.factories import NOW

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)
LATER = NOW + 3 * HOUR


@pytest.fixture
def duty(cast):
    return cast.duty_officer.actor


@pytest.fixture
def clerk(cast):
    return cast.clerk.actor


@pytest.fixture
def unit(cast):
    return cast.site.unit


@pytest.fixture(autouse=True)
def _three(duty, unit):
    names = ("冯文杰", "侯敏轩", "丁远")
    take_in(duty, unit, *(row(name, card(n), f"1380000000{n}") for n, name in enumerate(names)))


def here(actor, unit, at=NOW, hours=8):
    return commands.begin_shift(actor=actor, at=at, unit=unit, until=at + hours * HOUR)


def try_them(actor, name, answer=Answer.NO_ANSWER, at=LATER, **more):
    return commands.note_attempt(actor=actor, at=at, returnee=named(name), answer=answer, **more)


def test_who_is_here_takes_the_next_who_is_due(clerk, unit):
    with pytest.raises(NotOnShift):
        commands.take_next(actor=clerk, at=NOW, unit=unit)
    here(clerk, unit)
    taken = [commands.take_next(actor=clerk, at=LATER, unit=unit).number for _n in range(3)]
    assert taken == sorted(Returnee.objects.values_list("number", flat=True))
    with pytest.raises(NobodyWaits):
        commands.take_next(actor=clerk, at=LATER, unit=unit)
    assert verify_ok(LATER)


def verify_ok(at):
    return not any(one.offenders for one in verify(at=at) if one.promise in {4, 5, 6})


def test_a_shift_of_one_area_takes_nobody_of_another(cast, duty, unit):
    other = cast.other_site.unit
    here(duty, other)
    with pytest.raises(NobodyWaits):
        commands.take_next(actor=duty, at=LATER, unit=other)
    here(duty, unit.parent)  # of the whole district
    assert commands.take_next(actor=duty, at=LATER, unit=unit.parent).owner_id == cast.duty_officer.user.pk


def test_nobody_is_given_to_somebody_who_is_not_here(cast, duty, clerk, unit):
    one = named("冯文杰")
    with pytest.raises(NotOnShift):
        commands.assign(actor=duty, at=LATER, returnee=one, user_id=cast.clerk.user.pk)
    with pytest.raises(NotFound):  # of another site: may call nobody here
        commands.assign(actor=duty, at=LATER, returnee=one, user_id=cast.outsider.user.pk)
    here(clerk, unit, hours=1)
    with pytest.raises(NotOnShift):  # went home at eleven, as they said
        commands.assign(actor=duty, at=LATER, returnee=one, user_id=cast.clerk.user.pk)
    with pytest.raises(ShiftTooLong):
        here(clerk, unit, hours=20)
    here(clerk, unit, at=LATER)
    assert (
        commands.assign(actor=duty, at=LATER, returnee=one, user_id=cast.clerk.user.pk).owner_id == cast.clerk.user.pk
    )


def test_a_list_of_the_night_waits_until_people_may_be_called(duty, clerk, unit):
    evening = NOW + 12 * HOUR
    take_in(duty, unit, row("余宁", card(8), "13900000008"), at=evening)
    assert named("余宁").due_at == NOW + 22 * HOUR  # eight in the morning


def test_a_leader_shares_out_evenly_among_those_who_are_here(cast, duty, clerk, unit):
    with pytest.raises(NotOnShift):
        commands.share_out(actor=duty, at=LATER, unit=unit)
    here(clerk, unit)
    here(cast.medic.actor, unit)
    done = commands.share_out(actor=duty, at=LATER, unit=unit)
    assert (done.given, done.people, done.left) == (3, 2, 0)
    owners = list(Returnee.objects.values_list("owner", flat=True))
    assert sorted(owners.count(one) for one in set(owners)) == [1, 2]


def test_whoever_does_nothing_loses_them_to_the_queue(clerk, unit):
    here(clerk, unit)
    commands.take_next(actor=clerk, at=LATER, unit=unit)
    assert back_into_the_queue(LATER + 44 * timedelta(minutes=1)) == 0
    then = LATER + 46 * timedelta(minutes=1)
    assert back_into_the_queue(then) == 1
    assert not Returnee.objects.filter(owner__isnull=False).exists()
    assert JournalEntry.objects.filter(command="returnees.return_ignored").exists()
    assert named("冯文杰").steps.filter(step="returned").exists()
    sweep(at=then)
    assert verify_ok(then)


def test_going_home_gives_everything_back(clerk, unit):
    shift = here(clerk, unit)
    commands.take_next(actor=clerk, at=LATER, unit=unit)
    assert commands.end_shift(actor=clerk, at=LATER, shift=Shift.objects.get(pk=shift.shift_id)).returned == 1
    assert not Returnee.objects.filter(owner__isnull=False).exists()


def test_a_shift_that_is_over_gives_everything_back_by_itself(clerk, unit):
    here(clerk, unit, hours=4)
    commands.take_next(actor=clerk, at=LATER, unit=unit)
    try_them(clerk, "冯文杰")  # next try in two hours, when the shift is over
    assert named("冯文杰").owner_id is not None
    assert back_into_the_queue(NOW + 4 * HOUR) == 1


def test_three_tries_in_vain_hand_them_up_to_a_leader(cast, duty, clerk, unit):
    here(clerk, unit)
    for n in range(3):
        done = try_them(clerk, "冯文杰", at=LATER + n * HOUR)
    assert (done.tries, done.handed_up, named("冯文杰").owner_id) == (3, True, None)
    others = {commands.take_next(actor=clerk, at=LATER + 2 * HOUR, unit=unit).number for _n in range(2)}
    assert named("冯文杰").number not in others
    with pytest.raises(NobodyWaits):
        commands.take_next(actor=clerk, at=LATER + 2 * HOUR, unit=unit)
    here(cast.site_lead.actor, unit, at=LATER)
    lead = commands.take_next(actor=cast.site_lead.actor, at=LATER + 2 * HOUR, unit=unit)
    assert lead.number == named("冯文杰").number


def test_an_answer_pressed_twice_is_one_try(clerk, unit):
    here(clerk, unit)
    try_them(clerk, "冯文杰")
    done = try_them(clerk, "冯文杰", at=LATER + timedelta(seconds=20))
    assert (done.tries, named("冯文杰").attempts.count()) == (1, 2)
    assert try_them(clerk, "冯文杰", at=LATER + timedelta(minutes=5)).tries == 2


def test_nobody_is_called_at_night(clerk, unit):
    evening = NOW + 10 * HOUR + timedelta(minutes=30)  # half past eight in the evening
    done = try_them(clerk, "冯文杰", at=evening)
    assert done.due_at == NOW + 22 * HOUR  # eight in the morning


def test_a_wrong_number_is_marked_and_without_another_a_leader_decides(clerk):
    one = named("冯文杰")
    phone = one.phones.get()
    with pytest.raises(InvalidInput):
        try_them(clerk, "冯文杰", Answer.WRONG_NUMBER)
    done = try_them(clerk, "冯文杰", Answer.WRONG_NUMBER, phone_id=phone.pk)
    phone.refresh_from_db()
    assert (phone.wrong_at, done.handed_up, done.tries) == (LATER, True, 1)


def test_whoever_refuses_is_a_leaders(clerk):
    assert try_them(clerk, "冯文杰", Answer.REFUSED, words="不配合").handed_up


def test_a_number_is_shown_on_request_and_the_journal_says_to_whom(cast, clerk):
    one = named("冯文杰")
    shown = commands.show_number(actor=clerk, at=LATER, returnee=one, phone_id=one.phones.get().pk)
    assert shown.value == "+8613800000000"
    entry = JournalEntry.objects.get(command="returnees.show_number")
    assert (entry.actor_id, entry.subject_id) == (cast.clerk.user.pk, str(one.pk))
    assert "13800000000" not in str(entry.data)


def test_an_owner_is_not_a_lock(cast, clerk, unit):
    here(clerk, unit)
    taken = commands.take_next(actor=clerk, at=LATER, unit=unit)
    here(cast.medic.actor, unit)
    one = Returnee.objects.get(number=taken.number)
    assert commands.take(actor=cast.medic.actor, at=LATER, returnee=one).owner_id == cast.medic.user.pk
    with pytest.raises(ReasonRequired):
        commands.put_back(actor=clerk, at=LATER, returnee=one, reason=" ")
    commands.put_back(actor=clerk, at=LATER, returnee=one, reason="方言不通")
    one.refresh_from_db()
    assert one.owner_id is None


def test_another_area_has_them_in_its_queue_at_once(cast, clerk):
    one, other = named("冯文杰"), cast.other_site.unit
    commands.move(actor=clerk, at=NOW, returnee=one, to_unit=other.pk, reason="实际住在那边")
    one.refresh_from_db()
    assert (one.unit_id, one.due_at, one.owner_id) == (other.pk, NOW, None)
    with pytest.raises(NotFound):
        try_them(clerk, "冯文杰")
    late = Deadline.objects.filter(kind="returnees.waiting", state="open", unit_id=other.pk)
    assert late.get().due_at == NOW + 2 * HOUR
    assert verify_ok(NOW)


def test_a_queue_that_nobody_works_raises_one_alarm_and_it_is_answered_by_work(clerk, unit):
    sweep(at=LATER)
    assert Alarm.objects.filter(kind="returnees.waiting", answered_at__isnull=True).count() == 1
    here(clerk, unit)
    for _n in range(3):
        commands.take_next(actor=clerk, at=LATER, unit=unit)
    assert not Alarm.objects.filter(kind="returnees.waiting", answered_at__isnull=True).exists()


def test_only_who_may_calls_and_only_who_may_shares(cast, duty):
    one = named("冯文杰")
    with pytest.raises(Forbidden):
        try_them(cast.auditor.actor, "冯文杰")
    with pytest.raises(Forbidden):
        commands.assign(actor=cast.clerk.actor, at=LATER, returnee=one, user_id=1)
    with pytest.raises(NotFound):
        try_them(cast.outsider.actor, "冯文杰")
    commands.close(actor=duty, at=LATER, returnee=one, outcome="wrong_person", reason="同名不同人")
    with pytest.raises(CaseClosed):
        try_them(cast.clerk.actor, "冯文杰")
