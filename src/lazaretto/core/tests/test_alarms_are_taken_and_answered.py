"""What people do with an alarm, and what the ladder does meanwhile."""

from datetime import timedelta

import pytest

from lazaretto.core import deadlines
from lazaretto.core.alarms import AlarmAnswered, answer_alarm, hand_back_alarm, take_alarm
from lazaretto.core.deadlines import DeadlineKind, Due, Rung, deadline_kind
from lazaretto.core.errors import Forbidden, NotFound, ReasonRequired
from lazaretto.core.models import Alarm, Deadline, JournalEntry
from tests import factories
from tests.factories import NOW

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)


@pytest.fixture
def kind(monkeypatch) -> DeadlineKind:
    monkeypatch.setattr(deadlines, "KINDS", dict(deadlines.KINDS))
    monkeypatch.setattr("lazaretto.core.alarms.KINDS", deadlines.KINDS)
    ladder = (Rung(timedelta(), "medic"), Rung(HOUR, "site_lead"), Rung(2 * HOUR, "duty_officer"))
    return deadline_kind(DeadlineKind("test.kind", "A thing", timedelta(), ladder, answer_within=3 * HOUR))


@pytest.fixture
def alarm(cast, kind) -> Alarm:
    stay = factories.stay(cast.site)
    due = Due(kind.code, stay, NOW, unit_id=cast.site.unit_id, person_id=stay.person_id)
    return deadlines.raise_alarm(due, at=NOW)


def test_who_takes_an_alarm_owns_it_and_its_ladder_rests(cast, alarm):
    done = take_alarm(actor=cast.medic.actor, at=NOW, alarm=alarm)
    alarm.refresh_from_db()
    assert (alarm.owner, alarm.taken_at, done.taken_over) == (cast.medic.user, NOW, False)
    assert deadlines.sweep(at=NOW + 2 * HOUR) == 0
    assert deadlines.sweep(at=NOW + 3 * HOUR) == 1
    alarm.refresh_from_db()
    assert alarm.role == "site_lead"
    assert JournalEntry.objects.filter(command="alarms.take", person_id=alarm.person_id).count() == 1


def test_an_owner_is_not_a_lock_and_the_journal_says_who_took_over(cast, alarm):
    take_alarm(actor=cast.medic.actor, at=NOW, alarm=alarm)
    done = take_alarm(actor=cast.site_lead.actor, at=NOW + HOUR, alarm=alarm)
    alarm.refresh_from_db()
    assert done.taken_over
    assert alarm.owner == cast.site_lead.user
    assert JournalEntry.objects.filter(command="alarms.take").order_by("-id").first().data == {"taken_over": True}


def test_an_alarm_handed_back_climbs_on_at_once(cast, alarm):
    take_alarm(actor=cast.medic.actor, at=NOW, alarm=alarm)
    hand_back_alarm(actor=cast.medic.actor, at=NOW + HOUR, alarm=alarm)
    assert deadlines.sweep(at=NOW + HOUR) == 1
    alarm.refresh_from_db()
    assert (alarm.owner, alarm.role) == (None, "site_lead")


def test_an_answer_closes_the_alarm_but_not_the_deadline(cast, alarm):
    done = answer_alarm(actor=cast.medic.actor, at=NOW + HOUR, alarm=alarm, answer=" looked after ")
    alarm.refresh_from_db()
    assert (alarm.answer, alarm.answered_at, alarm.owner) == ("looked after", NOW + HOUR, cast.medic.user)
    assert done.still_due
    assert Deadline.objects.get(pk=alarm.deadline_id).state == "open"
    deadlines.sweep(at=NOW + 4 * HOUR)
    assert Alarm.objects.filter(deadline=alarm.deadline, answered_at__isnull=True).exists()


def test_an_answer_needs_words_and_is_given_once(cast, alarm):
    with pytest.raises(ReasonRequired):
        answer_alarm(actor=cast.medic.actor, at=NOW, alarm=alarm, answer="  ")
    answer_alarm(actor=cast.medic.actor, at=NOW, alarm=alarm, answer="done")
    for command, fields in ((take_alarm, {}), (hand_back_alarm, {}), (answer_alarm, {"answer": "again"})):
        with pytest.raises(AlarmAnswered):
            command(actor=cast.medic.actor, at=NOW, alarm=alarm, **fields)
    alarm.refresh_from_db()
    assert alarm.answer == "done"


def test_another_sites_alarm_does_not_exist_and_a_clerk_may_not_answer(cast, alarm):
    with pytest.raises(NotFound):
        take_alarm(actor=cast.outsider.actor, at=NOW, alarm=alarm)
    with pytest.raises(Forbidden):
        answer_alarm(actor=cast.clerk.actor, at=NOW, alarm=alarm, answer="done")
    alarm.refresh_from_db()
    assert alarm.owner is None
