"""Deadlines fall due, alarms climb, and each needs an owner and an answer."""

from datetime import UTC, date, datetime, timedelta
from functools import partial
from zoneinfo import ZoneInfo

import pytest
from django.db import DatabaseError, connection, transaction
from django.test.utils import CaptureQueriesContext

from lazaretto.core import deadlines
from lazaretto.core.alarms import AlarmAnswered, AlarmTaken, answer_alarm, take_alarm
from lazaretto.core.choices import DeadlineState
from lazaretto.core.clock import local_moment
from lazaretto.core.deadlines import DeadlineKind, Due, Rung, cancel, meet, raise_alarm, set_deadlines, sweep
from lazaretto.core.errors import Forbidden, NotFound, ReasonRequired
from lazaretto.core.models import Alarm, AlarmStep, Deadline, JournalEntry
from lazaretto.core.promises import BROKEN, verify
from tests.factories import NOW
from tests.threads import at_once, needs_server

pytestmark = pytest.mark.django_db
MINUTE = timedelta(minutes=1)
HOUR = timedelta(hours=1)
KIND = DeadlineKind(
    "test.door",
    "Door",
    grace=30 * MINUTE,
    ladder=(Rung(timedelta(), "medic"), Rung(HOUR, "site_lead"), Rung(3 * HOUR, "duty_officer")),
    answer_within=HOUR,
)
OVERDUE = NOW + 30 * MINUTE


@pytest.fixture(autouse=True)
def kind(monkeypatch):
    monkeypatch.setitem(deadlines.KINDS, KIND.code, KIND)


@pytest.fixture
def due(cast):
    """A deadline of a room at NOW."""
    row = Due(KIND.code, cast.site, NOW, unit_id=cast.site.unit_id)
    set_deadlines([row], at=NOW - HOUR)
    return row


def steps() -> list[tuple[int, str]]:
    return list(AlarmStep.objects.order_by("pk").values_list("rung", "role"))


def test_within_the_grace_nobody_is_disturbed(due):
    assert sweep(at=OVERDUE - MINUTE) == 0
    assert not Alarm.objects.exists()


def test_the_ladder_is_climbed_rung_by_rung_and_written_down(due, cast):
    for moment, role in [
        (OVERDUE, "medic"), (OVERDUE + 59 * MINUTE, "medic"), (OVERDUE + HOUR, "site_lead"),
        (OVERDUE + 3 * HOUR, "duty_officer"), (OVERDUE + 99 * HOUR, "duty_officer"),
    ]:  # fmt: skip
        sweep(at=moment)
        assert Alarm.objects.get().role == role
    assert steps() == [(1, "medic"), (2, "site_lead"), (3, "duty_officer")]
    entries = JournalEntry.objects.filter(command="alarms.climb").order_by("pk")
    assert [entry.data["rung"] for entry in entries] == [1, 2, 3]
    assert {entry.unit_id for entry in entries} == {cast.site.unit_id}


def test_what_was_done_in_time_raises_nothing(due):
    assert meet(KIND.code, due.subject, at=NOW) == 1
    assert sweep(at=NOW + 99 * HOUR) == 0
    row = Deadline.objects.get()
    assert (row.state, row.closed_at, row.next_at) == (DeadlineState.MET, NOW, None)


def test_what_was_done_late_answers_its_alarm(due, cast):
    sweep(at=OVERDUE)
    meet(KIND.code, due.subject, at=OVERDUE + MINUTE, by=cast.medic.user.pk, answer="done")
    alarm = Alarm.objects.get()
    assert (alarm.owner_id, alarm.answer, alarm.answered_at) == (cast.medic.user.pk, "done", OVERDUE + MINUTE)
    assert sweep(at=OVERDUE + 99 * HOUR) == 0


def test_what_is_no_longer_due_raises_nothing(due):
    assert cancel(KIND.code, due.subject, at=NOW) == 1
    assert sweep(at=OVERDUE + HOUR) == 0
    assert cancel(KIND.code, due.subject, at=NOW) == 0


def test_setting_it_twice_keeps_the_first_due_time(due):
    set_deadlines([Due(KIND.code, due.subject, NOW + 9 * HOUR)], at=NOW)
    assert Deadline.objects.get().due_at == NOW


def test_a_moved_deadline_falls_due_at_its_new_time(due):
    deadlines.move_deadline(KIND.code, due.subject, NOW + 5 * HOUR, at=NOW)
    assert sweep(at=OVERDUE + HOUR) == 0
    assert sweep(at=OVERDUE + 5 * HOUR) == 1


def test_an_overdue_deadline_that_is_postponed_answers_its_alarm_and_begins_anew(due, cast):
    sweep(at=OVERDUE)
    approver = cast.approver.user.pk
    moved = deadlines.move_deadline(KIND.code, due.subject, NOW + 5 * HOUR, at=OVERDUE + MINUTE, by=approver)
    alarm = Alarm.objects.get()
    assert (moved, alarm.answer, alarm.answered_at, alarm.owner_id) == (1, "postponed", OVERDUE + MINUTE, approver)
    assert sweep(at=OVERDUE + 5 * HOUR) == 1
    assert Alarm.objects.get(answered_at__isnull=True).role == "medic"


def test_a_deadline_moved_into_the_past_keeps_its_alarm_and_what_it_climbed(due):
    sweep(at=OVERDUE)
    deadlines.move_deadline(KIND.code, due.subject, NOW - HOUR, at=OVERDUE + MINUTE)
    assert Alarm.objects.get().answered_at is None
    assert Deadline.objects.get().rung == 1


def test_a_clock_that_jumps_back_only_waits(due):
    sweep(at=OVERDUE)
    assert sweep(at=OVERDUE - 9 * HOUR) == 0
    assert sweep(at=OVERDUE + HOUR) == 1
    assert steps() == [(1, "medic"), (2, "site_lead")]


def test_a_clock_that_stood_far_ahead_for_a_while_silences_nobody(due):
    sweep(at=OVERDUE + timedelta(days=3650))
    assert Alarm.objects.get().role == "medic"
    sweep(at=OVERDUE)  # the clock is right again
    assert Alarm.objects.get().role == "site_lead"
    assert sweep(at=OVERDUE + 2 * HOUR) == 1
    assert Alarm.objects.get().role == "duty_officer"


def test_daylight_saving_moves_no_deadline():
    berlin = ZoneInfo("Europe/Berlin")
    assert local_moment(date(2026, 3, 29), 2, 30, berlin) == datetime(2026, 3, 29, 1, 30, tzinfo=UTC)  # skipped: 03:30
    assert local_moment(date(2026, 10, 25), 2, 30, berlin) == datetime(2026, 10, 25, 0, 30, tzinfo=UTC)  # the first
    morning = [local_moment(date(2026, 3, day), 8, 0, berlin) for day in (28, 29)]
    assert morning[1] - morning[0] == 23 * HOUR


def test_a_kind_that_no_app_declares_any_more_calls_the_duty_officer(due, monkeypatch):
    monkeypatch.delitem(deadlines.KINDS, KIND.code)
    assert sweep(at=OVERDUE) == 1
    assert Alarm.objects.get().role == "duty_officer"


def test_one_row_that_cannot_climb_holds_up_no_other(due, cast, monkeypatch, caplog):
    set_deadlines([Due(KIND.code, cast.other_site, NOW + MINUTE, unit_id=cast.other_site.unit_id)], at=NOW)
    tell = deadlines._tell

    def refused(deadline, role, at):
        if deadline.subject_id == str(due.subject.pk):
            raise DatabaseError
        return tell(deadline, role, at)

    monkeypatch.setattr(deadlines, "_tell", refused)
    assert sweep(at=OVERDUE + HOUR) == 1
    assert Alarm.objects.get().unit_id == cast.other_site.unit_id
    assert "could not climb" in caplog.text
    monkeypatch.undo()
    monkeypatch.setitem(deadlines.KINDS, KIND.code, KIND)
    assert sweep(at=OVERDUE + HOUR) == 1, "nothing of the refused step was kept"


def test_a_sweeper_killed_between_the_step_and_its_alarm_leaves_the_step_to_the_next(due, monkeypatch):
    class Killed(BaseException):
        pass

    def killed(*_):
        raise Killed

    monkeypatch.setattr(deadlines, "_tell", killed)
    with pytest.raises(Killed):
        sweep(at=OVERDUE)
    monkeypatch.undo()
    monkeypatch.setitem(deadlines.KINDS, KIND.code, KIND)
    assert sweep(at=OVERDUE) == 1
    assert steps() == [(1, "medic")]


def test_a_step_that_another_sweeper_took_is_not_taken_again(due):
    seen = Deadline.objects.get()
    assert deadlines._climb(Deadline.objects.get(pk=seen.pk), OVERDUE) is True
    assert deadlines._climb(seen, OVERDUE) is False
    assert steps() == [(1, "medic")]


def test_what_cannot_wait_alarms_at_once_and_twice_is_harmless(cast):
    row = Due(KIND.code, cast.site, NOW, unit_id=cast.site.unit_id)
    first = raise_alarm(row, at=NOW)
    assert raise_alarm(row, at=NOW + MINUTE) == first
    assert steps() == [(1, "medic")]
    assert sweep(at=NOW + HOUR) == 1


def test_it_alarms_anew_when_it_happens_again_after_the_answer(cast):
    row = Due(KIND.code, cast.site, NOW, unit_id=cast.site.unit_id)
    first = raise_alarm(row, at=NOW)
    answer_alarm(actor=cast.medic.actor, at=NOW + MINUTE, alarm=first, answer="measured again, 36.8")
    second = raise_alarm(row, at=NOW + 2 * MINUTE)
    assert second != first
    assert second.role == "medic"


def test_a_taken_alarm_rests_and_then_climbs_on(due, cast):
    sweep(at=OVERDUE)
    taken_at = OVERDUE + 50 * MINUTE
    take_alarm(actor=cast.medic.actor, at=taken_at, alarm=Alarm.objects.get())
    alarm = Alarm.objects.get()
    assert (alarm.owner_id, alarm.taken_at) == (cast.medic.user.pk, taken_at)
    assert sweep(at=taken_at + 59 * MINUTE) == 0
    assert sweep(at=taken_at + HOUR) == 1
    assert Alarm.objects.get().role == "site_lead"
    entry = JournalEntry.objects.get(command="alarms.take")
    assert (entry.actor_id, entry.unit_id) == (cast.medic.user.pk, cast.site.unit_id)


def test_an_alarm_has_one_owner_until_somebody_takes_it_over(due, cast):
    sweep(at=OVERDUE)
    alarm = Alarm.objects.get()
    take_alarm(actor=cast.medic.actor, at=OVERDUE, alarm=alarm)
    with pytest.raises(AlarmTaken):
        take_alarm(actor=cast.site_lead.actor, at=OVERDUE, alarm=alarm)
    take_alarm(actor=cast.site_lead.actor, at=OVERDUE, alarm=alarm, take_over=True)
    assert Alarm.objects.get().owner_id == cast.site_lead.user.pk


def test_an_answer_needs_words_and_closes_the_alarm_not_the_deadline(due, cast):
    sweep(at=OVERDUE)
    alarm = Alarm.objects.get()
    with pytest.raises(ReasonRequired):
        answer_alarm(actor=cast.medic.actor, at=OVERDUE, alarm=alarm, answer="  ")
    closed = answer_alarm(actor=cast.medic.actor, at=OVERDUE + MINUTE, alarm=alarm, answer="on my way")
    assert closed.still_due
    with pytest.raises(AlarmAnswered):
        answer_alarm(actor=cast.medic.actor, at=OVERDUE + MINUTE, alarm=alarm, answer="again")
    alarm.refresh_from_db()
    assert (alarm.owner_id, alarm.answer) == (cast.medic.user.pk, "on my way")
    assert JournalEntry.objects.get(command="alarms.answer").reason == "on my way"
    assert sweep(at=OVERDUE + 60 * MINUTE) == 0
    assert sweep(at=OVERDUE + 62 * MINUTE) == 1, "the thing is still not done: a new alarm, from the first rung"
    assert Alarm.objects.get(answered_at__isnull=True).role == "medic"


def test_alarms_of_another_site_do_not_exist_and_not_every_role_answers(due, cast):
    sweep(at=OVERDUE)
    alarm = Alarm.objects.get()
    with pytest.raises(NotFound):
        take_alarm(actor=cast.outsider.actor, at=OVERDUE, alarm=alarm)
    with pytest.raises(Forbidden):
        take_alarm(actor=cast.clerk.actor, at=OVERDUE, alarm=alarm)


def test_the_database_refuses_an_answer_without_words_or_owner(due):
    sweep(at=OVERDUE)
    with pytest.raises(DatabaseError), transaction.atomic():
        Alarm.objects.update(answered_at=NOW, taken_at=NOW)
    with pytest.raises(DatabaseError), transaction.atomic():
        Alarm.objects.update(answered_at=NOW, answer="x")
    with pytest.raises(DatabaseError), transaction.atomic():
        AlarmStep.objects.update(role="nobody")


def test_an_alarm_without_owner_for_a_day_breaks_the_fourth_promise(due):
    sweep(at=OVERDUE)
    verdict = {row.promise: row for row in verify(at=OVERDUE + timedelta(hours=25))}[4]
    assert verdict.state == BROKEN
    assert verdict.offenders[0]["id"] == str(Alarm.objects.get().pk)
    assert {row.promise: row for row in verify(at=OVERDUE + HOUR)}[4].state != BROKEN


@pytest.mark.parametrize("work", [take_alarm, partial(answer_alarm, answer="on my way")])
def test_whoever_writes_an_alarm_locks_its_deadline_first_as_the_sweeper_does(due, cast, work):
    sweep(at=OVERDUE)
    alarm = Alarm.objects.get()
    with CaptureQueriesContext(connection) as asked:
        work(actor=cast.medic.actor, at=OVERDUE, alarm=alarm)
    read = [q["sql"] for q in asked if 'FROM "core_alarm"' in q["sql"] or 'FROM "core_deadline"' in q["sql"]]
    assert read[0].index('FROM "core_deadline"') < read[0].index('FROM "core_alarm"')


@needs_server
@pytest.mark.django_db(transaction=True)
def test_two_sweepers_climb_each_ladder_once(cast):
    dues = [Due(KIND.code, cast.site, NOW, slot=str(n), unit_id=cast.site.unit_id) for n in range(20)]
    set_deadlines(dues, at=NOW - HOUR)
    claimed = at_once([lambda: sweep(at=OVERDUE)] * 3)
    assert sum(claimed) == 20
    assert Alarm.objects.count() == AlarmStep.objects.count() == 20


@needs_server
@pytest.mark.django_db(transaction=True)
def test_doing_it_at_the_moment_of_the_alarm_leaves_no_open_alarm(cast):
    dues = [Due(KIND.code, cast.site, NOW, slot=str(n), unit_id=cast.site.unit_id) for n in range(20)]
    set_deadlines(dues, at=NOW - HOUR)

    def done():
        with transaction.atomic():
            return sum(meet(KIND.code, cast.site, at=OVERDUE, slot=str(n)) for n in range(20))

    results = at_once([done, lambda: sweep(at=OVERDUE)])
    assert results[0] == 20
    assert not Deadline.objects.filter(state=DeadlineState.OPEN).exists()
    assert not Alarm.objects.filter(answered_at__isnull=True).exists()
    assert connection.vendor == "postgresql"
