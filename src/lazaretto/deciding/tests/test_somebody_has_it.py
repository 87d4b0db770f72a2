"""One person has a question: taken by whoever saw it free, given back, taken over knowingly, decided with words."""

import pytest

from lazaretto.core.alarms import take_alarm
from lazaretto.core.errors import Forbidden, NotFound, ReasonRequired, TextTooLong
from lazaretto.core.models import Alarm, JournalEntry
from lazaretto.deciding import commands
from lazaretto.deciding.errors import DecidedElsewhere, MatterClosed, MatterNotYours, MatterTaken
from lazaretto.deciding.tests.questions import waiting
from lazaretto.screening.tests.rounds import opened, scan, send
from tests.factories import NOW

pytestmark = pytest.mark.django_db


@pytest.fixture
def asked(cast):
    """A person in two tubes, and a fever."""
    of, place = opened(cast)
    send(cast, place, scan(1, tube="T1"), scan(1, tube="T2"), scan(2, temperature=38.8))
    return waiting(of)


def take(member, matter, **more):
    return commands.take(actor=member.actor, at=NOW, matter=matter, **more)


def test_of_two_who_saw_it_free_the_first_has_it(cast, asked):
    matter = asked["twice"]
    assert take(cast.site_lead, matter).owner_id == cast.site_lead.user.pk
    assert take(cast.site_lead, matter).owner_id == cast.site_lead.user.pk, "twice is harmless"
    with pytest.raises(MatterTaken):
        take(cast.duty_officer, matter)
    take(cast.duty_officer, matter, taken_from=cast.site_lead.user.pk)
    with pytest.raises(MatterTaken):
        take(cast.medic, matter, taken_from=cast.site_lead.user.pk)
    with pytest.raises(MatterNotYours):
        commands.give_back(actor=cast.site_lead.actor, at=NOW, matter=matter)
    assert commands.give_back(actor=cast.duty_officer.actor, at=NOW, matter=matter).owner_id is None
    take(cast.medic, matter, taken_from=cast.site_lead.user.pk)
    assert JournalEntry.objects.filter(command="deciding.take", subject_id=str(matter.pk)).count() == 4


def test_who_has_a_fever_has_its_alarm_and_the_other_way_round(cast, asked):
    matter, alarm = asked["fever"], Alarm.objects.get()
    take(cast.site_lead, matter)
    alarm.refresh_from_db()
    assert alarm.owner == cast.site_lead.user
    commands.give_back(actor=cast.site_lead.actor, at=NOW, matter=matter)
    alarm.refresh_from_db()
    assert (alarm.owner, alarm.taken_at) == (None, None)
    take_alarm(actor=cast.duty_officer.actor, at=NOW, alarm=alarm)
    assert waiting(matter.round)["fever"].owner == cast.duty_officer.user


def test_words_decide_it_and_what_has_a_page_of_its_own_is_decided_there(cast, asked):
    who = {"actor": cast.site_lead.actor, "at": NOW}
    with pytest.raises(ReasonRequired):
        commands.settle(**who, matter=asked["twice"], words=" ")
    with pytest.raises(TextTooLong):
        commands.settle(**who, matter=asked["twice"], words="长" * 301)
    with pytest.raises(DecidedElsewhere):
        commands.settle(**who, matter=asked["fever"], words="好了")
    commands.settle(**who, matter=asked["twice"], words="重复采样")
    for again in (commands.take, commands.give_back):
        with pytest.raises(MatterClosed):
            again(**who, matter=asked["twice"])
    asked["twice"].refresh_from_db()
    assert (asked["twice"].closed_by, asked["twice"].words) == (cast.site_lead.user, "重复采样")
    entry = JournalEntry.objects.get(command="deciding.settle")
    assert entry.reason == "重复采样"


def test_each_role_does_what_the_table_says_and_another_area_sees_nothing(cast, asked):
    matter = asked["twice"]
    for member in (cast.auditor, cast.clerk, cast.security):
        with pytest.raises(Forbidden):
            take(member, matter)
    with pytest.raises(Forbidden):
        commands.settle(actor=cast.medic.actor, at=NOW, matter=matter, words="x")
    with pytest.raises(NotFound):
        take(cast.outsider, matter)
    take(cast.approver, matter)
