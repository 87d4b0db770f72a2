"""One person has a question: taken by whoever saw it free, given back, taken over knowingly, decided with words."""

import pytest

from lazaretto.accounts.roles import roles
from lazaretto.core.alarms import take_alarm
from lazaretto.core.deadlines import kind_of
from lazaretto.core.errors import Forbidden, NotFound, ReasonRequired, TextTooLong
from lazaretto.core.ids import new_id
from lazaretto.core.models import Alarm, JournalEntry
from lazaretto.deciding import commands
from lazaretto.deciding.choices import Kind
from lazaretto.deciding.deadlines import WAITING
from lazaretto.deciding.errors import DecidedElsewhere, MatterClosed, MatterNotYours, MatterTaken
from lazaretto.deciding.queries.sources import DEADLINES
from lazaretto.deciding.rules import READ, SETTLED_HERE, TAKE, deciders
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
        take(cast.site_lead, matter)
    with pytest.raises(MatterNotYours):
        commands.give_back(actor=cast.site_lead.actor, at=NOW, matter=matter)
    assert commands.give_back(actor=cast.duty_officer.actor, at=NOW, matter=matter).owner_id is None
    take(cast.site_lead, matter, taken_from=cast.duty_officer.user.pk)
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


TAKERS = {
    Kind.POSITIVE: {"site_lead", "medic"},
    Kind.HAND_ON: set(),
    Kind.TAKEN_BACK: set(),
    Kind.FEVER: {"site_lead", "medic"},
    Kind.RECALL: {"site_lead", "medic"},
    Kind.LATE: {"site_lead", "medic"},
    Kind.HELD: set(),
    Kind.BAG: {"site_lead"},
    Kind.TUBE: {"site_lead"},
    Kind.STRAY: {"site_lead"},
    **{kind: {"site_lead"} for kind in SETTLED_HERE},
}  # beside the duty officer, and the approver whom every ladder calls last
TOLD = {
    "tube": "T1", "bag": "B1", "slot": 1, "number": 1, "people": 1, "degrees": 38.8, "file": "a.csv", "lines": 1,
    "doubts": [], "name": "A公司", "count": 1, "ours": 2, "device": "P1", "minutes": 20, "table": 1,
    "leg": "tubes.table",
}  # fmt: skip


@pytest.mark.parametrize("kind", Kind)
def test_nobody_takes_what_they_may_not_decide(cast, asked, kind):
    matter = asked["twice"]
    matter.kind, matter.said, matter.subject = kind, TOLD, str(new_id())
    matter.save(update_fields=["kind", "said", "subject"])
    takers = TAKERS[kind] | {"duty_officer", "approver"}
    for name in ("duty_officer", "site_lead", "medic", "approver"):
        member = getattr(cast, name)
        page = member.client.get(f"/to-decide?kind={kind}").content.decode()
        assert (f'id="own-{matter.pk}"' in page) == (name in takers), name
        if name in takers:
            take(member, matter)
            commands.give_back(actor=member.actor, at=NOW, matter=matter)
            continue
        with pytest.raises(Forbidden):
            take(member, matter)
        assert member.client.post(f"/to-decide/{matter.pk}/take").status_code == 403


@pytest.mark.parametrize("kind", Kind)
def test_whoever_a_ladder_calls_may_take_what_it_calls_them_for(kind):
    for code in DEADLINES.get(kind, (WAITING.code,)):
        for called in (roles()[rung.role] for rung in kind_of(code).ladder):
            if READ in called.capabilities:  # whoever is not shown the queue has the alarm, and the page of the thing
                assert TAKE in called.capabilities, (code, called.code)
                assert deciders(kind, TOLD) & called.capabilities, (code, called.code)


def test_a_code_that_nobody_filled_is_taken_by_whoever_may_call_it_a_slip(cast, asked):
    matter = asked["twice"]
    matter.kind, matter.said = Kind.TUBE, {"tube": "T9", "bag": "B1", "doubts": ["never_filled"]}
    matter.save(update_fields=["kind", "said"])
    assert take(cast.medic, matter).owner_id == cast.medic.user.pk


def test_whoever_got_it_with_its_alarm_gives_it_back(cast, asked):
    matter, alarm = asked["fever"], Alarm.objects.get()
    take_alarm(actor=cast.approver.actor, at=NOW, alarm=alarm)
    matter = waiting(matter.round)["fever"]
    assert matter.owner == cast.approver.user
    page = cast.approver.client.get("/to-decide?kind=fever").content.decode()
    assert f'id="own-{matter.pk}"' in page
    assert commands.give_back(actor=cast.approver.actor, at=NOW, matter=matter).owner_id is None
