"""A mother and her daughter of eight in one room; the mother's swab comes back positive."""

from datetime import date, timedelta

import pytest

from lazaretto.cases import commands
from lazaretto.cases.choices import ChangeState, ConsequenceKind, FollowUpState
from lazaretto.cases.deadlines import CONFIRM, FOLLOW_UP
from lazaretto.cases.errors import CompanyFirst, PreviewChanged, Unconfirmed
from lazaretto.cases.models import FollowUp
from lazaretto.cases.queries.scene import outcome_of
from lazaretto.core.choices import DeadlineState
from lazaretto.core.errors import Forbidden, ReasonRequired
from lazaretto.core.models import Deadline, JournalEntry
from lazaretto.custody.models import Handover, Holding
from lazaretto.stays.models import IsolationOrder, Occupancy, Stay
from tests.factories import NOW

pytestmark = pytest.mark.django_db
K = ConsequenceKind


@pytest.fixture
def mother(admit, household):
    return admit("0301", name="周敏", born=date(1988, 5, 1), party_id=household)


@pytest.fixture
def daughter(admit, mother, household):
    return admit("0301", name="周小雨", born=date(2018, 5, 1), party_id=household, assessment="母女同住，何医生评估")


def of(outcome, kind, who):
    return [one for one in outcome if one.kind == kind and str(who.person_id) in one.people]


def follow_up(change, kind):
    return FollowUp.objects.get(change=change, kind=kind, state=FollowUpState.OPEN)


def where():
    """Everything that says where somebody is and until when."""
    return [
        list(Occupancy.objects.order_by("pk").values_list("room", "ended_at")),
        list(Holding.objects.order_by("pk").values_list("site", "ended_at")),
        list(IsolationOrder.objects.order_by("pk").values_list("number", "ends_at", "lifted_at")),
        list(Stay.objects.order_by("pk").values_list("category", "ended_at")),
    ]


def test_one_unconfirmed_positive_moves_nobody_and_changes_no_order(mother, daughter, swab, propose):
    positive, before = swab(mother), where()

    change = propose(mother, specimen=positive)

    assert where() == before
    assert not Handover.objects.exists()
    begun = set(change.follow_ups.values_list("kind", "person"))
    assert begun == {
        (K.STAY_IN_ROOM, mother.person_id), (K.STAY_IN_ROOM, daughter.person_id), (K.RECHECK, mother.person_id),
    }  # fmt: skip


def test_the_proposal_shows_both_before_anybody_confirms(mother, daughter, swab, propose):
    change = propose(mother, specimen=swab(mother))

    found = outcome_of(change, at=NOW).then

    (move,) = of(found, K.MOVE, mother)
    assert (move.to, move.hours) == ("hospital", 2)
    (contact,) = of(found, K.CONTACT, daughter)
    assert contact.category == "close_contact"
    assert contact.clock_on == "2026-11-21"
    assert contact.ends_on == "2026-12-05"
    (company,) = of(found, K.COMPANY, daughter)
    assert company.people == (str(daughter.person_id), str(mother.person_id))


def test_it_cannot_be_confirmed_before_the_second_finding(mother, daughter, swab, propose, confirm):
    change = propose(mother, specimen=swab(mother))

    with pytest.raises(Unconfirmed):
        confirm(change)

    change.refresh_from_db()
    assert change.state == ChangeState.PROPOSED


def test_confirmed_the_mother_is_a_case_and_the_daughter_has_a_new_order(
    mother, daughter, swab, second, propose, confirm
):
    positive = swab(mother)
    change, old = propose(mother, specimen=positive), daughter.order
    second(positive, positive=True)

    told = confirm(change)

    mother.refresh_from_db()
    daughter.refresh_from_db()
    assert (mother.category, mother.order.category, mother.ended_at) == ("case", "inbound", None)
    assert (daughter.category, daughter.order.replaces) == ("close_contact", old)
    assert daughter.order.reason.startswith("判定为密切接触者")
    old.refresh_from_db()
    assert old.lifted_at == NOW
    assert told.orders == 1
    release = Deadline.objects.get(kind="stays.release", subject_id=str(daughter.pk), state=DeadlineState.OPEN)
    assert release.due_at == daughter.order.ends_at > old.ends_at
    tests = Deadline.objects.filter(kind="stays.test", subject_id=str(daughter.pk), state=DeadlineState.OPEN)
    assert set(tests.values_list("slot", flat=True)) == {"central-1", "central-4", "central-7", "central-14"}
    assert JournalEntry.objects.filter(command="cases.confirm", person_id=daughter.person_id).exists()


def test_what_follows_has_an_owner_and_a_deadline_until_it_is_done(mother, daughter, swab, second, propose, confirm):
    positive = swab(mother)
    change = propose(mother, specimen=positive)
    confirm_after = second(positive, positive=True)
    confirm(change)

    rows = change.follow_ups.filter(state=FollowUpState.OPEN)
    assert confirm_after.state == "confirmed_positive"
    assert {one.kind for one in rows} == {K.MOVE, K.COMPANY, K.PAPER, K.STAFF}
    assert all(one.owner_id == change.proposed_by_id for one in rows)
    watched = Deadline.objects.filter(kind=FOLLOW_UP.code, state=DeadlineState.OPEN)
    assert {row.subject_id for row in watched} == {str(one.pk) for one in rows}
    assert not Deadline.objects.filter(kind=CONFIRM.code, state=DeadlineState.OPEN).exists()
    assert follow_up(change, K.STAFF).users == [change.proposed_by_id]


def test_the_child_is_never_left_alone(cast, mother, daughter, swab, second, propose, confirm):
    positive = swab(mother)
    change = propose(mother, specimen=positive)
    second(positive, positive=True)
    confirm(change)
    moves = change.follow_ups.get(kind=K.MOVE, person=mother.person)
    given = {"actor": cast.medic.actor, "at": NOW}

    with pytest.raises(CompanyFirst):
        commands.finish_follow_up(**given, follow_up=moves)
    with pytest.raises(ReasonRequired):
        commands.finish_follow_up(**given, follow_up=follow_up(change, K.COMPANY))

    commands.finish_follow_up(**given, follow_up=follow_up(change, K.COMPANY), answer="外婆从0305房搬来陪护，已评估")
    done = commands.finish_follow_up(**given, follow_up=moves)
    assert done.state == FollowUpState.DONE


def test_what_was_shown_and_what_is_confirmed_are_the_same(
    cast, mother, daughter, admit, household, swab, second, propose
):
    positive = swab(mother)
    change = propose(mother, specimen=positive)
    second(positive, positive=True)
    seen = outcome_of(change, at=NOW).digest
    admit("0401", name="周建国", born=date(1985, 1, 1), party_id=household, at=NOW - timedelta(minutes=5))

    with pytest.raises(PreviewChanged):
        commands.confirm(actor=cast.duty_officer.actor, at=NOW, change=change, seen=seen)

    change.refresh_from_db()
    assert change.state == ChangeState.PROPOSED
    now = outcome_of(change, at=NOW)
    told = commands.confirm(actor=cast.duty_officer.actor, at=NOW, change=change, seen=now.digest)
    change.refresh_from_db()
    assert told.change_id == change.pk
    assert (change.digest, len(change.outcome["then"])) == (now.digest, len(now.then))


def test_who_proposes_at_the_site_cannot_confirm(cast, mother, swab, propose, confirm):
    change = propose(mother, specimen=swab(mother))

    with pytest.raises(Forbidden):
        confirm(change, by=cast.site_lead)


def test_a_negative_recheck_lifts_the_suspicion_and_its_precautions(mother, daughter, swab, second, propose, confirm):
    positive, before = swab(mother), where()
    suspicion = propose(mother, specimen=positive)
    second(positive, positive=False)

    lifted = propose(mother, "lifted", specimen=positive)
    shown = outcome_of(lifted, at=NOW).then
    confirm(lifted)

    suspicion.refresh_from_db()
    assert suspicion.state == ChangeState.REFUSED
    assert not FollowUp.objects.filter(state=FollowUpState.OPEN).exists()
    assert [(one.kind, one.why) for one in shown] == [(K.GOES_ON, "refuted")]
    assert set(shown[0].people) == {str(mother.person_id), str(daughter.person_id)}
    assert where() == before
