"""A confirmed positive who stays nowhere with us: matched, never doubled; tube and department are asked; taken back."""

from datetime import timedelta

import pytest
from django.urls import reverse

from lazaretto.cases.choices import ChangeState, ConsequenceKind, Why
from lazaretto.cases.commands import confirm, propose_outside, refuse, withdraw
from lazaretto.cases.errors import AnotherPerson, StillPositive, Unconfirmed
from lazaretto.cases.models import Change, FollowUp
from lazaretto.cases.queries.scene import outcome_of
from lazaretto.core import clock
from lazaretto.core.bulk import insert_rows
from lazaretto.core.models import Deadline
from lazaretto.deciding.commands import follow_round as follow_questions
from lazaretto.deciding.models import Matter
from lazaretto.headcounts.models import Member
from lazaretto.people.commands import GivenDocument
from lazaretto.people.commands.registration import DOCUMENT_FIELDS, document_row
from lazaretto.people.errors import DocumentTaken
from lazaretto.people.models import IdentityDocument, Person, PersonAccess
from lazaretto.protocols.models import PackAdoption
from lazaretto.screening.models import RosterEntry
from lazaretto.screening.tests.rounds import opened, scan, send
from lazaretto.tubes import commands
from lazaretto.tubes.commands.positives import confirm_people
from lazaretto.tubes.deadlines import HAND_ON, TAKEN_BACK
from lazaretto.tubes.errors import RecallSettled
from lazaretto.tubes.models import Laboratory, Recall
from lazaretto.tubes.proofs import positives_taken_over
from lazaretto.tubes.tests.labs import commit, recheck, report
from lazaretto.tubes.tests.ways import brought, laboratory
from tests import factories
from tests.cast import member as somebody
from tests.factories import LONG_AGO, NOW

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)
K = ConsequenceKind


@pytest.fixture
def positive(cast, monkeypatch) -> Recall:
    """The second of three in a tube: swabbed singly, positive, confirmed by the second laboratory."""
    monkeypatch.setattr(clock, "now", lambda: NOW)
    PackAdoption.objects.create(
        pack="cn-plan-8", jurisdiction="CN", starts_on=LONG_AGO.date(), reason="通告", created_at=LONG_AGO
    )
    lab = laboratory(cast, rechecks=True)
    of, place = opened(cast)
    RosterEntry.objects.filter(number__in=[1, 2, 5, 6]).update(section="三车间")
    send(cast, place, *(scan(n) for n in (1, 2, 3)))
    brought(cast, place, "T1")
    report(cast, of, lab, ["T1", "阳性", "31.2", "30"])
    row = Recall.objects.get(round=of, number=2)
    commands.record_retest(actor=cast.medic.actor, at=NOW, recall=row, tube="S2")
    brought(cast, place, "S2", bag="R2")
    report(cast, of, lab, ["S2", "阳性"])
    recheck(cast, of, lab, ["S2", "阳性"])
    row.refresh_from_db()
    return row


def hand_on(cast, row, *, propose=True, by=None):
    return commands.hand_on(
        actor=(by or cast.duty_officer).actor, at=NOW, recall=Recall.objects.get(pk=row.pk), words="市疾控已接",
        propose=propose,
    )  # fmt: skip


def test_they_become_a_person_of_the_rounds_unit_and_the_change_waits(cast, positive):
    assert not Person.objects.exists()
    told = hand_on(cast, positive)
    change = Change.objects.get()
    person = Person.objects.get()
    assert (told.change, change.person, change.unit, change.state) == (
        change.number, person, cast.site.unit, ChangeState.PROPOSED,
    )  # fmt: skip
    assert (person.name, Member.objects.get(person=person).name) == ("员工002", "员工002")
    assert PersonAccess.objects.filter(person=person, unit_id=cast.site.unit_id).exists()
    assert not FollowUp.objects.exists()
    with pytest.raises(RecallSettled):
        hand_on(cast, positive)


def test_the_tube_is_named_and_of_the_department_the_number(cast, positive):
    hand_on(cast, positive)
    asked = [one for one in outcome_of(Change.objects.get(), at=NOW).then if one.kind == K.TRACE]
    assert [(one.why, len(one.members), one.number, one.where) for one in asked] == [
        (Why.SAME_TUBE, 2, 0, "T1"), (Why.SAME_SECTION, 0, 3, "A公司 · 三车间"),
    ]  # fmt: skip
    (staff,) = [one for one in outcome_of(Change.objects.get(), at=NOW).then if one.kind == K.STAFF]
    assert staff.users == (cast.medic.user.pk,)


def test_confirmed_those_of_the_tube_are_asked_by_name(cast, positive):
    hand_on(cast, positive)
    change = Change.objects.get()
    confirm(actor=cast.approver.actor, at=NOW, change=change, seen=outcome_of(change, at=NOW).digest)
    of_tube = FollowUp.objects.get(kind=K.TRACE, where="T1")
    assert set(Person.objects.filter(pk__in=of_tube.people).values_list("name", flat=True)) == {"员工001", "员工003"}
    page = cast.medic.client.get(reverse("cases:one", args=[change.number])).content.decode()
    for person in of_tube.people:
        assert reverse("cases:propose_outside", args=[person]) + "?kind=contact" in page


def test_who_is_known_by_their_document_is_that_person_and_stays_where_they_stay(cast, positive):
    stay = factories.stay(cast.site, who=factories.person("员工002", at_site=cast.site))
    _with_document(stay.person)
    told = hand_on(cast, positive, propose=False)
    assert Change.objects.get(number=told.change).stay == stay
    assert Person.objects.count() == 1


def test_a_document_of_somebody_of_another_name_makes_nobody_a_case(cast, positive):
    _with_document(factories.person("别人"))
    with pytest.raises(DocumentTaken):
        hand_on(cast, positive)
    assert not Change.objects.exists()
    positive.refresh_from_db()
    assert positive.handed_on_at is None


def _with_document(person):
    row = Member.objects.get(name="员工002")
    paper = GivenDocument(row.document_kind, row.document)
    insert_rows(IdentityDocument, DOCUMENT_FIELDS, [document_row(person.pk, paper, NOW)])


def test_handed_on_without_they_can_still_be_proposed(cast, positive):
    assert hand_on(cast, positive, propose=False).change == ""
    with pytest.raises(RecallSettled):
        hand_on(cast, positive, propose=False)
    assert hand_on(cast, positive).change
    assert Change.objects.count() == 1


def test_a_result_that_is_taken_back_confirms_nobody(cast, positive):
    hand_on(cast, positive)
    Recall.objects.update(state="cleared", closed_at=NOW)
    change = Change.objects.get()
    seen = outcome_of(change, at=NOW)
    assert {one.kind for one in seen.now} == {K.STAY_IN_ROOM, K.RECHECK}
    with pytest.raises(Unconfirmed):
        confirm(actor=cast.approver.actor, at=NOW, change=change, seen=seen.digest)


def test_taken_back_after_it_was_confirmed_somebody_is_told_at_once(cast, positive):
    hand_on(cast, positive)
    change = Change.objects.get()
    confirm(actor=cast.approver.actor, at=NOW, change=change, seen=outcome_of(change, at=NOW).digest)
    waiting = Deadline.objects.filter(kind=TAKEN_BACK.code, subject_id=str(positive.pk), state="open")
    assert not waiting.exists()
    again = recheck(cast, positive.round, Laboratory.objects.get(code="LAB1"), ["S2", "阴性"])
    commands.decide_line(
        actor=cast.duty_officer.actor, at=NOW, result_file=again, number=2, take=True, reason="疾控更正：样本调换"
    )
    commit(cast, again)
    positive.refresh_from_db()
    assert (positive.state, waiting.count()) == ("cleared", 1)
    follow_questions(positive.round, at=NOW)
    assert Matter.objects.filter(kind="taken_back", closed_at__isnull=True).count() == 1
    shown = cast.duty_officer.client.get(reverse("headquarters:alarms"), headers={"accept-language": "en"}).content
    assert "who puts that right?" in shown.decode()


def test_from_the_page_of_the_positive_to_the_change(cast, positive):
    page = reverse("tubes:positive", args=[positive.positive_id])
    assert 'name="propose" checked' in cast.duty_officer.client.get(page).content.decode()
    step = reverse("tubes:recall_step", args=[positive.pk, "hand_on"])
    far = somebody("duty_officer", factories.site("H03").unit)
    assert far.client.post(step, {"words": "x", "propose": "on"}).status_code == 404
    assert cast.clerk.client.post(step, {"words": "x", "propose": "on"}).status_code == 403
    assert cast.duty_officer.client.post(step, {"words": "市疾控已接", "propose": "on"}).status_code == 302
    number = Change.objects.get().number
    assert reverse("cases:one", args=[number]) in cast.duty_officer.client.get(page).content.decode()


def test_without_the_box_nothing_is_proposed(cast, positive):
    step = reverse("tubes:recall_step", args=[positive.pk, "hand_on"])
    assert cast.duty_officer.client.post(step, {"words": "市八医院已接"}).status_code == 302
    assert not Change.objects.exists()


def lift(cast, change, *, by=None, at=NOW + HOUR):
    made = propose_outside(
        actor=(by or cast.duty_officer).actor, at=at, unit=change.unit, person=change.person, kind="lifted",
        happened_at=at - HOUR / 2, evidence="report", words="区疾控复核两次阴性",
    )  # fmt: skip
    return Change.objects.get(pk=made.change_id)


def confirmed(cast, change, *, by=None, at=NOW):
    confirm(actor=(by or cast.approver).actor, at=at, change=change, seen=outcome_of(change, at=at).digest)


@pytest.mark.parametrize("case", [False, True])
def test_a_report_does_not_undo_what_two_laboratories_found(cast, positive, case):
    hand_on(cast, positive)
    change = Change.objects.get()
    if case:
        confirmed(cast, change)
    with pytest.raises(StillPositive) as refused:
        lift(cast, change)
    assert refused.value.context["tube"] == "S2"
    Recall.objects.update(state="positive")
    with pytest.raises(StillPositive):
        lift(cast, change)
    Recall.objects.update(state="cleared", closed_at=NOW)
    lifted = lift(cast, change)
    Recall.objects.filter(pk=positive.pk).update(state="confirmed", closed_at=None)
    with pytest.raises(StillPositive):
        confirmed(cast, lifted, at=NOW + HOUR)
    Recall.objects.update(state="cleared", closed_at=NOW)
    confirmed(cast, lifted, at=NOW + HOUR)
    assert Change.objects.get(pk=lifted.pk).state == ChangeState.CONFIRMED


def test_what_a_recheck_refuted_before_stands_in_nobodys_way(cast, positive):
    hand_on(cast, positive)
    first = Change.objects.get()
    confirmed(cast, first)
    Recall.objects.update(state="cleared", closed_at=NOW)
    confirmed(cast, lift(cast, first), at=NOW + HOUR)
    Recall.objects.filter(pk=positive.pk).update(state="confirmed", closed_at=None)
    made = propose_outside(
        actor=cast.medic.actor, at=NOW + HOUR, unit=first.unit, person=first.person, kind="case",
        happened_at=NOW, evidence="report", words="市八医院阳性",
    )  # fmt: skip
    lifted = lift(cast, Change.objects.get(pk=made.change_id), at=NOW + 2 * HOUR)
    with pytest.raises(AnotherPerson):
        confirmed(cast, lifted, by=cast.duty_officer, at=NOW + 2 * HOUR)
    address = reverse("cases:one", args=[lifted.number])
    assert cast.duty_officer.client.get(address).context["by_another"]
    confirmed(cast, lifted, at=NOW + 2 * HOUR)


def test_whose_positive_stands_is_no_mere_contact(cast, positive):
    hand_on(cast, positive)
    case = Change.objects.get()
    given = {
        "actor": cast.medic.actor, "at": NOW, "unit": case.unit, "person": case.person, "kind": "contact",
        "happened_at": NOW - HOUR, "evidence": "exposure", "words": "与确诊同桌",
    }  # fmt: skip
    with pytest.raises(StillPositive):
        propose_outside(**given)
    Recall.objects.update(state="cleared", closed_at=NOW)
    contact = Change.objects.get(pk=propose_outside(**given).change_id)
    Recall.objects.filter(pk=positive.pk).update(state="confirmed", closed_at=None)
    with pytest.raises(StillPositive):
        confirmed(cast, contact)


@pytest.mark.parametrize("end", [withdraw, refuse])
def test_whose_proposal_came_to_nothing_asks_again_who_takes_over(cast, positive, end):
    hand_on(cast, positive)
    asked = Deadline.objects.filter(kind=HAND_ON.code, subject_id=str(positive.pk), state="open")
    assert not asked.exists()
    first = Change.objects.get()
    end(actor=cast.duty_officer.actor, at=NOW, change=first, reason="电话另说")
    assert asked.count() == 1
    assert positives_taken_over(NOW).offenders == []
    page = reverse("tubes:positive", args=[positive.positive_id])
    shown = cast.duty_officer.client.get(page, headers={"accept-language": "en"}).content.decode()
    assert "propose again" in shown
    assert f"{first.number}</a>: {Change.objects.get().get_state_display()} · Read why before" in shown
    assert 'name="propose" checked' in shown
    told = hand_on(cast, positive)
    assert told.change not in {"", first.number}
    assert not asked.exists()
    shown = cast.duty_officer.client.get(page, headers={"accept-language": "en"}).content.decode()
    assert told.change in shown
    assert first.number not in shown
    assert positives_taken_over(NOW).offenders == []
    with pytest.raises(RecallSettled):
        hand_on(cast, positive)


def test_whose_proposal_came_to_nothing_can_be_with_others(cast, positive):
    hand_on(cast, positive)
    withdraw(actor=cast.duty_officer.actor, at=NOW, change=Change.objects.get(), reason="市八医院已接")
    assert hand_on(cast, positive, propose=False).change == ""
    assert positives_taken_over(NOW).offenders == []


def test_a_confirmed_positive_in_nobodys_hands_is_an_offender(cast, positive):
    assert positives_taken_over(NOW).offenders == []
    hand_on(cast, positive)
    assert positives_taken_over(NOW).offenders == []
    Change.objects.update(state="withdrawn", decided_at=NOW, decided_by=cast.approver.user, reason="x")
    assert [one.id for one in positives_taken_over(NOW).offenders] == [str(positive.pk)]


def test_of_a_result_that_was_taken_back_nobody_is_asked(cast, positive):
    hand_on(cast, positive)
    Recall.objects.update(state="cleared", closed_at=NOW)
    withdraw(actor=cast.duty_officer.actor, at=NOW, change=Change.objects.get(), reason="复核阴性")
    assert not Deadline.objects.filter(kind=HAND_ON.code, subject_id=str(positive.pk), state="open").exists()


def test_confirmed_once_more_only_whom_nobody_has_is_asked_about(cast, positive):
    hand_on(cast, positive)
    asked = Deadline.objects.filter(kind=HAND_ON.code, subject_id=str(positive.pk), state="open")
    confirm_people(positive.round, Recall.objects.filter(pk=positive.pk), NOW)
    assert not asked.exists()
    case = Change.objects.get()
    confirmed(cast, case)
    Recall.objects.update(state="cleared", closed_at=NOW)
    confirmed(cast, lift(cast, case), at=NOW + HOUR)
    confirm_people(positive.round, Recall.objects.filter(pk=positive.pk), NOW + HOUR)
    assert asked.count() == 1
    assert hand_on(cast, positive).change != case.number
    assert not asked.exists()
