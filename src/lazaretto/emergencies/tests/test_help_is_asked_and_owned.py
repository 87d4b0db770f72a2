"""Promise 3: a word is enough, the ladder climbs by the minute until somebody has it, steps only go forward."""

from datetime import timedelta

import pytest
from django.db import DatabaseError, IntegrityError, transaction

from lazaretto.core.choices import DeadlineState
from lazaretto.core.commands import REGISTRY
from lazaretto.core.deadlines import sweep
from lazaretto.core.errors import Forbidden, IllegalTransition, NotFound, ReasonRequired
from lazaretto.core.ids import new_id
from lazaretto.core.models import Alarm, AlarmStep, Deadline, JournalEntry
from lazaretto.core.promises import verify
from lazaretto.core.states import edge
from lazaretto.emergencies import commands, rules
from lazaretto.emergencies.choices import EmergencyKind, EmergencyState, StepKind
from lazaretto.emergencies.errors import (
    AlreadyOwned,
    AlreadyReviewed,
    BeforeFirstWord,
    EmergencyEnded,
    NobodyHasIt,
    NotEnded,
    NothingSaid,
)
from lazaretto.emergencies.models import Emergency, EmergencyStep
from tests.factories import NOW
from tests.threads import at_once, needs_server

pytestmark = pytest.mark.django_db
MINUTE = timedelta(minutes=1)
State = EmergencyState


@pytest.fixture
def cry(cast):
    """Somebody of hotel staff cries for help; answers the emergency."""

    def do(*, by="hotel_staff", at=NOW, **said) -> Emergency:
        said = said or {"site": cast.site, "what": "胸口疼"}
        done = commands.report(actor=getattr(cast, by).actor, at=at, **said)
        return Emergency.objects.get(pk=done.emergency_id)

    return do


def told() -> list[str]:
    return list(
        AlarmStep.objects.filter(alarm__kind="emergencies.unowned").order_by("id").values_list("role", flat=True)
    )


def open_kinds(emergency) -> set[str]:
    found = Deadline.objects.filter(subject_id=str(emergency.pk), state=DeadlineState.OPEN)
    return set(found.values_list("kind", flat=True))


def steps_of(emergency) -> list[str]:
    return list(emergency.steps.order_by("position").values_list("step", flat=True))


def promise_3(at):
    return next(verdict for verdict in verify(at=at) if verdict.promise == 3)


# ---- the first word


def test_a_site_and_one_word_are_enough_and_the_medic_is_told_at_once(cast, cry):
    emergency = cry()

    assert (emergency.state, emergency.first_word_at, emergency.owner) == (State.REPORTED, NOW, None)
    assert emergency.number.startswith("H01-E2026-")
    assert told() == ["medic"]
    assert open_kinds(emergency) == {"emergencies.unowned", "emergencies.care"}
    assert JournalEntry.objects.get(command="emergencies.report").unit_id == cast.site.unit_id


@pytest.mark.parametrize(
    "said", [{"who": "孕妇"}, {"where": "解放路口"}, {"what": "喘不上气"}, {"kind": EmergencyKind.FIRE}]
)
def test_one_of_who_where_and_what_is_enough_in_the_street(cast, cry, said):
    emergency = cry(**said)

    assert emergency.site is None
    assert emergency.unit.parent is None, "headquarters answers for the street"


def test_without_a_single_word_nobody_could_be_found(cast):
    with pytest.raises(NothingSaid):
        commands.report(actor=cast.hotel_staff.actor, at=NOW, what="  ")
    with pytest.raises(IntegrityError), transaction.atomic():
        Emergency.objects.create(number="E", unit=cast.site.unit, first_word_at=NOW)


@pytest.mark.parametrize("command", ["report", "own", "step", "add_word", "cancel", "review"])
def test_nobody_is_asked_for_a_test_an_order_a_payment_or_a_document(command):
    fields = set(REGISTRY[f"emergencies.{command}"].input_model.model_fields)

    assert fields <= {
        "site", "who", "where", "what", "kind", "person", "emergency", "instead_of", "reason", "to", "words", "lessons",
    }  # fmt: skip


def test_a_report_needs_nothing_at_all_of_these():
    assert not any(field.is_required() for field in REGISTRY["emergencies.report"].input_model.model_fields.values())


def test_somebody_without_stay_order_test_or_papers_is_helped_like_anybody(cast, cry):
    emergency = cry(by="security", site=cast.site)
    commands.step(actor=cast.medic.actor, at=NOW + MINUTE, emergency=emergency, to=State.ARRIVED)

    emergency.refresh_from_db()
    assert (emergency.state, emergency.person, emergency.room) == (State.ARRIVED, None, None)


def test_the_same_press_twice_is_one_emergency(cast):
    once = {"actor": cast.clerk.actor, "at": NOW, "payload": {"site": str(cast.site.pk), "what": "晕倒"}}
    press = new_id()
    first = REGISTRY["emergencies.report"].invoke(**once, client_id=press)
    again = REGISTRY["emergencies.report"].invoke(**once, client_id=press)

    assert first == again
    assert Emergency.objects.count() == Alarm.objects.count() == 1


def test_a_room_number_alone_is_that_room(cast, cry):
    assert cry(site=cast.site, where="0302").room.number == "0302"
    assert cry(site=cast.site, where="大堂").room is None


# ---- the ladder


def test_an_emergency_without_an_owner_climbs_minute_by_minute_to_the_approver(cast, cry):
    emergency = cry()
    heard = []
    for minute in range(6):
        sweep(at=NOW + minute * MINUTE)
        heard.append(told()[-1])

    assert heard == ["medic", "site_lead", "duty_officer", "duty_officer", "duty_officer", "approver"]
    assert Alarm.objects.get(deadline__subject_id=str(emergency.pk)).role == "approver"


def test_the_ladder_stops_when_somebody_has_it(cast, cry):
    emergency = cry()
    commands.own(actor=cast.medic.actor, at=NOW + MINUTE / 2, emergency=emergency)
    for minute in range(10):
        sweep(at=NOW + minute * MINUTE)

    assert told() == ["medic"]
    assert open_kinds(emergency) == {"emergencies.care"}
    assert Alarm.objects.get().answered_at == NOW + MINUTE / 2


def test_care_that_has_not_come_after_half_an_hour_is_told_to_lead_and_duty_officer(cast, cry):
    emergency = cry()
    commands.own(actor=cast.medic.actor, at=NOW + MINUTE, emergency=emergency)
    for minute in (29, 30, 34, 35):
        sweep(at=NOW + minute * MINUTE)

    steps = AlarmStep.objects.filter(alarm__kind="emergencies.care").order_by("id")
    assert list(steps.values_list("role", "at")) == [
        ("site_lead", NOW + 30 * MINUTE), ("duty_officer", NOW + 35 * MINUTE),
    ]  # fmt: skip
    commands.step(actor=cast.medic.actor, at=NOW + 36 * MINUTE, emergency=emergency, to=State.ARRIVED)
    assert open_kinds(emergency) == set()


# ---- who has it


def test_the_second_medic_is_told_who_has_it_and_may_take_over_with_a_reason(cast, cry):
    emergency = cry()
    commands.own(actor=cast.medic.actor, at=NOW, emergency=emergency)
    with pytest.raises(AlreadyOwned) as refused:
        commands.own(actor=cast.site_lead.actor, at=NOW, emergency=emergency)
    assert str(cast.medic.user) in str(refused.value)
    take = {"actor": cast.site_lead.actor, "at": NOW + MINUTE, "emergency": emergency}
    with pytest.raises(ReasonRequired):
        commands.own(**take, instead_of=cast.medic.user.pk)
    commands.own(**take, instead_of=cast.medic.user.pk, reason="交接班")

    emergency.refresh_from_db()
    assert (emergency.owner, emergency.owned_at) == (cast.site_lead.user, NOW)
    assert steps_of(emergency) == ["reported", "owned", "taken_over"]


def test_nobody_takes_over_from_somebody_who_no_longer_has_it(cast, cry):
    emergency = cry()
    with pytest.raises(NobodyHasIt):
        commands.own(actor=cast.medic.actor, at=NOW, emergency=emergency, instead_of=cast.clerk.user.pk, reason="换")
    commands.own(actor=cast.medic.actor, at=NOW, emergency=emergency)
    with pytest.raises(AlreadyOwned):
        commands.own(
            actor=cast.site_lead.actor, at=NOW, emergency=emergency, instead_of=cast.clerk.user.pk, reason="换"
        )


@needs_server
@pytest.mark.django_db(transaction=True)
def test_two_medics_take_it_at_once_and_one_has_it(cast, cry):
    emergency = cry()

    def take(member):
        return lambda: commands.own(actor=member.actor, at=NOW, emergency=emergency)

    answers = at_once([take(cast.medic), take(cast.site_lead), take(cast.duty_officer)])
    owners = [answer for answer in answers if isinstance(answer, commands.Owned)]
    assert len(owners) == 1
    assert [type(answer) for answer in answers].count(AlreadyOwned) == 2
    emergency.refresh_from_db()
    assert emergency.owner_id == owners[0].owner_id
    assert steps_of(emergency) == ["reported", "owned"]


def test_who_acts_on_what_nobody_has_becomes_its_owner(cast, cry):
    emergency = cry()
    commands.step(actor=cast.medic.actor, at=NOW + MINUTE, emergency=emergency, to=State.CALLED)

    emergency.refresh_from_db()
    assert (emergency.owner, emergency.state) == (cast.medic.user, State.CALLED)
    assert steps_of(emergency) == ["reported", "owned", "called"]
    assert open_kinds(emergency) == {"emergencies.care"}


# ---- the steps


@pytest.mark.parametrize("before", rules.ORDER)
@pytest.mark.parametrize("after", list(State))
def test_steps_go_forward_and_may_be_left_out(before, after):
    place = {state: number for number, state in enumerate(rules.ORDER)}
    forward = after in place and place[after] > place[before]
    false_alarm = after == State.CANCELLED and place[before] <= place[State.ARRIVED]

    assert (edge(rules.EDGES, before, after) is not None) == (forward or false_alarm)


def test_a_step_back_is_refused_and_writes_nothing(cast, cry):
    emergency = cry()
    commands.step(actor=cast.medic.actor, at=NOW, emergency=emergency, to=State.ARRIVED)
    written = JournalEntry.objects.count()
    for to in (State.CALLED, State.OWNED, State.ARRIVED, State.REPORTED):
        with pytest.raises(IllegalTransition):
            commands.step(actor=cast.medic.actor, at=NOW, emergency=emergency, to=to)
    assert JournalEntry.objects.count() == written


def test_what_was_stamped_is_never_changed(cast, cry):
    cry()
    for change in (lambda: EmergencyStep.objects.update(at=NOW), lambda: EmergencyStep.objects.all().delete()):
        with pytest.raises(DatabaseError), transaction.atomic():
            change()


def test_nothing_happens_before_the_first_word(cast, cry):
    with pytest.raises(BeforeFirstWord):
        commands.own(actor=cast.medic.actor, at=NOW - MINUTE, emergency=cry())


def test_words_are_added_by_whoever_is_there_and_lie_encrypted(cast, cry):
    emergency = cry()
    commands.add_word(actor=cast.security.actor, at=NOW, emergency=emergency, words="电梯已留好")

    row = emergency.steps.get(step=StepKind.WORD)
    assert (row.words, row.by) == ("电梯已留好", cast.security.user)
    with pytest.raises(NothingSaid):
        commands.add_word(actor=cast.security.actor, at=NOW, emergency=emergency, words=" ")


def test_a_false_alarm_needs_its_reason_and_ends_what_was_due(cast, cry):
    emergency = cry()
    with pytest.raises(ReasonRequired):
        commands.cancel(actor=cast.medic.actor, at=NOW, emergency=emergency, reason="")
    commands.cancel(actor=cast.medic.actor, at=NOW, emergency=emergency, reason="误按")

    assert open_kinds(emergency) == set()
    assert JournalEntry.objects.get(command="emergencies.cancel").reason == "误按"
    assert "误按" not in Alarm.objects.get(answered_at__isnull=False).answer  # others read alarms too
    with pytest.raises(EmergencyEnded):
        commands.own(actor=cast.medic.actor, at=NOW, emergency=emergency)


# ---- the review


def test_a_closed_one_is_reviewed_within_two_days_and_the_lessons_stay(cast, cry):
    emergency = cry()
    review = {"actor": cast.duty_officer.actor, "at": NOW + 60 * MINUTE, "emergency": emergency}
    with pytest.raises(NotEnded):
        commands.review(**review, lessons="电梯")
    commands.step(actor=cast.medic.actor, at=NOW + 50 * MINUTE, emergency=emergency, to=State.CLOSED)
    assert open_kinds(emergency) == {"emergencies.review"}
    due = Deadline.objects.get(kind="emergencies.review")
    assert due.due_at == NOW + 50 * MINUTE + timedelta(hours=48)
    with pytest.raises(ReasonRequired):
        commands.review(**review, lessons=" ")
    with pytest.raises(Forbidden):
        commands.review(**{**review, "actor": cast.medic.actor}, lessons="电梯")
    commands.review(**review, lessons="电梯要先留好")

    emergency.refresh_from_db()
    assert (emergency.review.lessons, emergency.review.reviewer) == ("电梯要先留好", cast.duty_officer.user)
    assert open_kinds(emergency) == set()
    with pytest.raises(AlreadyReviewed):
        commands.review(**review, lessons="再写")


# ---- whose it is


def test_another_site_does_not_see_it(cast, cry):
    emergency = cry()
    for work in (
        lambda actor: commands.own(actor=actor, at=NOW, emergency=emergency),
        lambda actor: commands.add_word(actor=actor, at=NOW, emergency=emergency, words="?"),
        lambda actor: commands.report(actor=actor, at=NOW, site=cast.site),
    ):
        with pytest.raises(NotFound):
            work(cast.outsider.actor)


def test_whoever_reported_one_from_the_street_keeps_seeing_it(cast, cry):
    emergency = cry(by="medic", where="解放路口")
    commands.own(actor=cast.medic.actor, at=NOW, emergency=emergency)
    with pytest.raises(NotFound):
        commands.add_word(actor=cast.outsider.actor, at=NOW, emergency=emergency, words="?")


# ---- the promise


def test_the_promise_counts_owners_and_minutes(cast, cry):
    assert promise_3(NOW).state == "not yet in use"
    for minutes in (1, 3, 8):
        emergency = cry()
        commands.own(actor=cast.medic.actor, at=NOW + minutes * MINUTE, emergency=emergency)
        commands.step(actor=cast.medic.actor, at=NOW + 4 * minutes * MINUTE, emergency=emergency, to=State.ARRIVED)
    cry(at=NOW + 40 * MINUTE)

    found = promise_3(NOW + 41 * MINUTE)
    assert found.state == "ok"
    assert found.figures == {
        "emergencies_open": 4, "emergencies_without_owner": 1, "median_minutes_to_owner": 3,
        "median_minutes_to_care": 12,
    }  # fmt: skip


def test_an_emergency_whose_ladder_stands_still_breaks_the_promise(cast, cry):
    emergency = cry()
    assert promise_3(NOW + 2 * MINUTE).state == "ok"
    late = promise_3(NOW + 5 * MINUTE)
    assert (late.state, [row["id"] for row in late.offenders]) == ("broken", [str(emergency.pk)])
    sweep(at=NOW + 5 * MINUTE)
    assert promise_3(NOW + 5 * MINUTE).state == "ok"


def test_a_state_that_its_steps_contradict_breaks_the_promise(cast, cry):
    emergency = cry()
    commands.own(actor=cast.medic.actor, at=NOW, emergency=emergency)
    Emergency.objects.update(state=State.ARRIVED)

    assert [row["check"] for row in promise_3(NOW).offenders] == ["emergency_steps_agree"]
