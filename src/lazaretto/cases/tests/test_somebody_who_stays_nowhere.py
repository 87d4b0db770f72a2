"""Found positive in a dormitory, at home, in an area: what follows, for whom, from where; nobody is doubled."""

from datetime import date, timedelta

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from lazaretto.cases import commands
from lazaretto.cases.choices import ChangeKind, ChangeState, ConsequenceKind, EvidenceKind, FollowUpState, Why
from lazaretto.cases.errors import (
    AlreadyProposed,
    AnotherPerson,
    CannotBecome,
    EvidenceMissing,
    MoveCalledOff,
    PlaceElsewhere,
    StaysWithUs,
)
from lazaretto.cases.models import Change, FollowUp
from lazaretto.cases.proofs import changes_belong, changes_confirmed, follow_ups_owned
from lazaretto.cases.queries.arrivals import arrived
from lazaretto.cases.queries.outside import category_of
from lazaretto.cases.queries.scene import outcome_of
from lazaretto.core import clock
from lazaretto.core.bulk import insert_rows
from lazaretto.core.errors import Forbidden, NotFound
from lazaretto.core.models import JournalEntry
from lazaretto.custody.models import Fact, Holding
from lazaretto.headcounts.models import Member, Organisation
from lazaretto.orders.commands import Passenger, issue, write_order
from lazaretto.orders.models import OrderPerson, TransferOrder
from lazaretto.people.commands import GivenDocument
from lazaretto.people.commands.registration import DOCUMENT_FIELDS, document_row
from lazaretto.people.models import IdentityDocument, Party, PartyMember, Person
from lazaretto.places.models import ExternalPlace
from lazaretto.screening.tests.rounds import enterprise, member
from lazaretto.stays.models import Stay
from tests import factories
from tests.cast import member as somebody
from tests.factories import LONG_AGO, NOW

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("plan_8")]
HOUR = timedelta(hours=1)
K = ConsequenceKind


@pytest.fixture(autouse=True)
def noon(monkeypatch):
    monkeypatch.setattr(clock, "now", lambda: NOW)


@pytest.fixture
def worker(cast):
    """Sleeps in a dormitory with two others, of whom one is a person of ours already; another room has one more."""
    person = factories.person("林工", at_site=cast.site, birth_date=date(1990, 1, 1))
    mate = factories.person("阮工", birth_date=date(1991, 1, 1))
    works = enterprise(cast.site.unit, "正德厂")
    for number, who, room in ((1, person, "238"), (2, mate, "238"), (3, None, "238"), (4, None, "240")):
        member(works, number, person=who, building="A栋", room=room)
    return person


@pytest.fixture
def propose(cast):
    def do(person, kind=ChangeKind.CASE, *, by=None, at=NOW, words="M0001：区疾控复核阳性", **more) -> Change:
        given = {
            "unit": cast.site.unit, "kind": kind, "happened_at": at - 2 * HOUR, "evidence": EvidenceKind.REPORT,
            "words": words, **more,
        }  # fmt: skip
        made = commands.propose_outside(actor=(by or cast.medic).actor, at=at, person=person, **given)
        return Change.objects.get(pk=made.change_id)

    return do


def household(*people):
    home = Party.objects.create(kind="household", created_at=LONG_AGO)
    for person in people:
        PartyMember.objects.create(party=home, person=person, started_at=LONG_AGO)


def told(change, *kinds):
    """What follows: kind, why, how many people, how many of a headcount."""
    return [
        (one.kind, one.why, len(one.people), len(one.members))
        for one in outcome_of(change, at=NOW).then
        if not kinds or one.kind in kinds
    ]


def test_nothing_happens_by_proposing_and_the_preview_says_who_must_move_and_who_is_near(worker, propose):
    change = propose(worker)
    assert (change.number[:5], change.site, change.state) == ("H01-G", None, ChangeState.PROPOSED)
    assert told(change) == [
        (K.MOVE, Why.REFERRED, 1, 0), (K.GOES_ON, Why.NO_ORDER, 1, 0), (K.CONTACT, Why.SAME_DORMITORY, 1, 1),
        (K.MOVE, Why.SAME_DORMITORY, 1, 0), (K.MOVE, Why.SAME_DORMITORY, 0, 1),
    ]  # fmt: skip
    assert not FollowUp.objects.exists()
    assert Person.objects.count() == 2


def test_confirmed_the_room_mate_becomes_a_person_once_and_everybody_is_fetched_from_their_dormitory(
    worker, propose, confirm
):
    change = propose(worker)
    confirm(change)
    change.refresh_from_db()
    moves = FollowUp.objects.filter(kind=K.MOVE).select_related("person", "from_place")
    assert {row.person.name for row in moves} == {"林工", "阮工", "员工003"}
    assert {(row.from_place.kind, row.from_place.name) for row in moves} == {("lodging", "正德厂")}
    new = Person.objects.get(name="员工003")
    assert Member.objects.get(name="员工003").person == new
    assert (new.employer, new.dormitory) == ("正德厂", "A栋 238")
    assert not Person.objects.filter(name="员工004").exists()
    assert all(not row["members"] for row in change.outcome["then"])
    assert category_of(worker.pk, at=NOW) == "case"
    for proof in (changes_belong, changes_confirmed, follow_ups_owned):
        assert proof(NOW).offenders == []
    assert JournalEntry.objects.filter(command="cases.propose_outside", person_id=worker.pk).exists()


def test_who_is_known_by_their_document_is_not_doubled(cast, worker, propose, confirm):
    known = factories.person("员工003")
    row = Member.objects.get(name="员工003")
    paper = document_row(known.pk, GivenDocument(row.document_kind, row.document), NOW)
    insert_rows(IdentityDocument, DOCUMENT_FIELDS, [paper])
    confirm(propose(worker))
    row.refresh_from_db()
    assert row.person == known
    assert Person.objects.filter(name="员工003").count() == 1


def test_a_child_at_home_is_named_with_who_may_be_with_them(cast, propose):
    mother = factories.person("周敏", at_site=cast.site, birth_date=date(1990, 1, 1))
    child = factories.person("周小雨", birth_date=date(2019, 1, 1))
    household(mother, child)
    (company,) = [one for one in outcome_of(propose(mother), at=NOW).then if one.kind == K.COMPANY]
    assert company.people == (str(child.pk), str(mother.pk))


def test_who_of_the_household_has_a_room_is_decided_on_there(cast, propose, confirm):
    person, other = factories.person("周敏", at_site=cast.site), factories.stay(cast.site)
    household(person, other.person)
    change = propose(person)
    assert told(change, K.DECIDE) == [(K.DECIDE, Why.SAME_HOUSEHOLD, 1, 0)]
    order = other.order_id
    confirm(change)
    other.refresh_from_db()
    assert other.order_id == order, "nobody's order changes by a change outside"
    page = cast.duty_officer.client.get(reverse("cases:one", args=[change.number])).content.decode()
    assert reverse("cases:propose", args=["H01", other.number]) + "?kind=contact" in page


def test_an_order_in_force_goes_on_until_they_are_received(cast, propose):
    stay = factories.stay(cast.site)
    Stay.objects.filter(pk=stay.pk).update(ended_at=NOW - HOUR, end="hospital")
    found = outcome_of(propose(stay.person), at=NOW).then
    (own,) = [one for one in found if one.kind == K.GOES_ON]
    assert (own.why, own.ended_on) == (Why.UNTIL_RECEIVED, stay.order.ends_at.date().isoformat())


def test_from_inbound_and_secondary_to_contact_and_never_from_case(cast, worker, propose, confirm):
    exposed = propose(worker, ChangeKind.CONTACT, evidence=EvidenceKind.EXPOSURE, words="与确诊同桌")
    assert told(exposed) == [
        (K.CONTACT, Why.LAST_EXPOSURE, 1, 0), (K.MOVE, Why.REFERRED, 1, 0), (K.GOES_ON, Why.NO_ORDER, 1, 0),
        (K.GOES_ON, Why.CONTACT_ONLY, 1, 0),
    ]  # fmt: skip
    confirm(exposed)
    assert category_of(worker.pk, at=NOW) == "close_contact"
    with pytest.raises(CannotBecome):
        propose(worker, ChangeKind.CONTACT)
    confirm(propose(worker))
    with pytest.raises(CannotBecome):
        propose(worker)


def test_negative_after_recheck_calls_off_what_was_asked_and_takes_two(cast, worker, propose, confirm):
    case = propose(worker)
    confirm(case)
    lifted = propose(worker, ChangeKind.LIFTED, words="区疾控复核两次阴性", by=cast.duty_officer, at=NOW + HOUR)
    kinds = [kind for kind, *_more in told(lifted)]
    assert kinds == [K.GOES_ON, K.CALLED_OFF, K.LETTER]
    with pytest.raises(AnotherPerson):
        confirm(lifted, by=cast.duty_officer, at=NOW + HOUR)
    confirm(lifted, by=cast.approver, at=NOW + HOUR)
    assert set(FollowUp.objects.filter(change=case).values_list("state", flat=True)) == {FollowUpState.DROPPED}
    lifted.refresh_from_db()
    assert lifted.refutes == case
    assert category_of(worker.pk, at=NOW + HOUR) == ""
    history = cast.medic.client.get(reverse("cases:one", args=[case.number])).content.decode()
    assert lifted.number in history[history.index('id="history"') :]
    letter = reverse("cases:notice", args=[lifted.number])
    assert cast.medic.client.get(letter)["Content-Type"] == "application/pdf"
    assert cast.security.client.get(letter).status_code == 403
    assert cast.medic.client.get(reverse("cases:notice", args=[case.number])).status_code == 404


def test_arrived_in_hospital_the_move_is_closed(worker, propose, confirm):
    confirm(propose(worker))
    hospital = ExternalPlace.objects.create(kind="hospital", name="市八医院")
    assert arrived() == []
    fact = Fact.objects.create(
        person=worker, kind="signed_in", external=hospital, occurred_at=NOW + HOUR, recorded_at=NOW + HOUR
    )
    Holding.objects.create(person=worker, external=hospital, fact=fact, started_at=NOW + HOUR)
    ((row, place),) = arrived()
    assert (row.person, place) == (worker, "市八医院")


def test_whoever_stays_with_us_is_changed_there(cast, propose, confirm, worker):
    stay = factories.stay(cast.site)
    with pytest.raises(StaysWithUs):
        propose(stay.person)
    there = cast.medic.client.get(reverse("cases:propose_outside", args=[stay.person_id]))
    assert there.url.startswith(reverse("cases:propose", args=["H01", stay.number]))
    change = propose(worker)
    factories.stay(cast.site, who=worker)
    with pytest.raises(StaysWithUs):
        confirm(change)


def test_it_needs_words_and_waits_once(propose, worker):
    with pytest.raises(EvidenceMissing):
        propose(worker, words=" ")
    propose(worker)
    with pytest.raises(AlreadyProposed) as waits:
        propose(worker)
    assert waits.value.context["change"] == Change.objects.get().number


def test_whoever_proposes_it_twice_is_led_to_the_one_that_waits(cast, propose, worker):
    address = reverse("cases:one", args=[propose(worker).number])
    said = {"kind": "case", "words": "区疾控复核阳性", "happened_at": "2026-11-21T08:00"}
    again = cast.medic.client.post(reverse("cases:propose_outside", args=[worker.pk]), said)
    assert again.status_code == 422
    assert f'<a href="{address}">' in again.content.decode()


def test_another_unit_sees_nothing_of_it_and_a_wrong_role_is_refused(cast, worker, propose):
    change = propose(worker)
    far = somebody("medic", factories.site("H03").unit)
    pages = [
        reverse("cases:one", args=[change.number]), reverse("cases:propose_outside", args=[worker.pk]),
        reverse("cases:about", args=[worker.pk]), f"/api/v1/changes/{change.number}",
    ]  # fmt: skip
    for page in pages:
        assert far.client.get(page).status_code == 404, page
        assert cast.security.client.get(page).status_code == 403, page
        assert cast.medic.client.get(page).status_code == 200, page
    assert cast.clerk.client.get(pages[1]).status_code == 403
    with pytest.raises(NotFound):
        propose(worker, by=far)
    with pytest.raises(NotFound):
        commands.confirm(actor=somebody("approver", factories.site("H04").unit).actor, at=NOW, change=change, seen="x")
    with pytest.raises(Forbidden):
        propose(worker, by=cast.clerk)
    with pytest.raises(Forbidden):
        commands.confirm(actor=cast.medic.actor, at=NOW, change=change, seen="x")


def test_the_pages_lead_from_the_person_to_the_order_that_fetches_them(cast, worker, propose):
    box = cast.medic.client.get(reverse("cases:about", args=[worker.pk])).content.decode()
    page = reverse("cases:propose_outside", args=[worker.pk])
    assert page in box
    said = {"kind": "case", "words": "M0001：区疾控复核阳性", "happened_at": "2026-11-21T08:00"}
    assert cast.medic.client.post(page, {**said, "words": ""}).status_code == 422
    address = cast.medic.client.post(page, said).url
    change = Change.objects.get()
    assert address == reverse("cases:one", args=[change.number])
    shown = cast.duty_officer.client.get(address)
    assert "A栋 238" in shown.content.decode()
    assert "A栋 238" not in cast.auditor.client.get(address).content.decode()
    post = {"seen": shown.context["digest"]}
    assert cast.duty_officer.client.post(reverse("cases:confirm", args=[change.number]), post).status_code == 302
    page = cast.duty_officer.client.get(address).content.decode()
    move = FollowUp.objects.get(kind=K.MOVE, person=worker)
    order = f"{reverse('orders:new')}?from=place:{move.from_place_id}&category=case&people={worker.pk}"
    assert order.replace("&", "&amp;") in page
    assert change.number in cast.duty_officer.client.get(reverse("cases:changes") + "?state=to_do").content.decode()
    form = cast.duty_officer.client.get(order)
    assert "林工" in form.content.decode()
    assert "A栋 238" in form.content.decode()
    assert form.context["form"]["category"].value() == "case"
    address = f"{reverse('orders:new')}?from=place:{move.from_place_id}"
    rows = {"new-TOTAL_FORMS": "0", "new-INITIAL_FORMS": "0"}
    hospital = ExternalPlace.objects.create(kind="hospital", name="市八医院")
    order = {
        "people": str(worker.pk), f"address-{worker.pk}": "A栋 238，二号梯", "category": "case", "reason": "确诊转运",
        "urgency": "today", "valid_until": "2026-11-23T12:00", "destination": f"place:{hospital.pk}", **rows,
    }  # fmt: skip
    assert cast.duty_officer.client.post(address, order).status_code == 302
    line = OrderPerson.objects.select_related("order").get()
    assert (line.person, line.address, line.order.from_external) == (worker, "A栋 238，二号梯", move.from_place)


def test_the_api_tells_the_unit_and_the_person(cast, worker, propose):
    change = propose(worker)
    row = cast.duty_officer.client.get(f"/api/v1/changes/{change.number}").json()
    assert (row["site"], row["unit_id"], row["person_id"]) == ("", str(cast.site.unit_id), str(worker.pk))
    seen = cast.duty_officer.client.get(f"/api/v1/changes/{change.number}/preview").json()
    assert [one["members"] for one in seen["then"] if one["kind"] == "contact"] != [[]]


@pytest.mark.parametrize(
    "wrong", [{"person": None}, {"unit": None}, {"kind": "absence"}, {"kind": "ventilation_fault"}, {"site": True}]
)
def test_the_database_takes_a_site_with_a_stay_or_a_unit_with_a_person(cast, worker, propose, wrong):
    change = propose(worker)
    values = {name: cast.site if value is True else value for name, value in wrong.items()}
    with pytest.raises(IntegrityError), transaction.atomic():
        Change.objects.filter(pk=change.pk).update(**values)


def test_three_near_or_thirty_ask_as_many_queries(worker, propose):
    change = propose(worker)

    def asked():
        with CaptureQueriesContext(connection) as seen:
            outcome_of(Change.objects.get(pk=change.pk), at=NOW)
        return len(seen)

    asked()
    first = asked()
    works = Organisation.objects.get()
    for number in range(10, 40):
        member(works, number, building="A栋", room="238")
    assert asked() == first


def test_a_stranger_of_another_unit_is_not_filed_under_ours(cast, propose):
    with pytest.raises(PlaceElsewhere):
        propose(factories.person("外区人"), by=cast.duty_officer)


def exposed(propose, person, **more):
    return propose(person, ChangeKind.CONTACT, evidence=EvidenceKind.EXPOSURE, words="与确诊同桌", **more)


def test_a_case_ends_what_was_asked_of_them_as_a_contact(worker, propose, confirm):
    contact = exposed(propose, worker)
    confirm(contact)
    move = FollowUp.objects.get(change=contact, kind=K.MOVE)
    case = propose(worker)
    assert told(case, K.CALLED_OFF) == [(K.CALLED_OFF, Why.CASE_NOW, 1, 0)]
    confirm(case)
    move.refresh_from_db()
    assert (move.state, move.answer) == (FollowUpState.DROPPED, case.number)
    own = FollowUp.objects.filter(person=worker, kind=K.MOVE, state=FollowUpState.OPEN)
    assert [row.category for row in own] == ["case"]


def test_a_case_ends_the_proposal_to_make_them_a_contact(cast, worker, propose, confirm):
    contact, case = exposed(propose, worker), propose(worker)
    assert told(case, K.CALLED_OFF) == [(K.CALLED_OFF, Why.NO_CONTACT_BESIDE, 1, 0)]
    confirm(case)
    contact.refresh_from_db()
    assert (contact.state, contact.reason) == (ChangeState.REFUSED, case.number)
    assert category_of(worker.pk, at=NOW) == "case"
    with pytest.raises(CannotBecome):
        exposed(propose, worker)
    for proof in (changes_belong, changes_confirmed, follow_ups_owned):
        assert proof(NOW).offenders == []


def test_whoever_became_a_case_meanwhile_is_confirmed_as_no_contact(worker, propose, confirm):
    contact, case = exposed(propose, worker), propose(worker)
    confirm(case)
    Change.objects.filter(pk=contact.pk).update(state="proposed", decided_at=None, decided_by=None, reason=None)
    with pytest.raises(CannotBecome):
        confirm(Change.objects.get(pk=contact.pk))


def test_the_draft_for_a_move_within_two_hours_is_for_at_once_and_says_why(cast, worker, propose, confirm):
    change = propose(worker)
    confirm(change)
    move = FollowUp.objects.get(kind=K.MOVE, person=worker)
    address = reverse("cases:one", args=[change.number])
    page = cast.duty_officer.client.get(address).content.decode()
    start = page.index(f"{reverse('orders:new')}?from=place:{move.from_place_id}")
    form = cast.duty_officer.client.get(page[start : page.index('"', start)].replace("&amp;", "&")).context["form"]
    assert form["urgency"].value() == "now"
    assert change.number in form["reason"].value()
    FollowUp.objects.filter(pk=move.pk).update(due_at=NOW + 4 * HOUR)
    page = cast.duty_officer.client.get(address).content.decode()
    row = page[page.index(f'id="f{move.pk}"') :]
    assert "urgency=now" not in row[: row.index("</li>")]


def drafted(cast, person, place, hospital, category="case"):
    made = write_order(
        actor=cast.duty_officer.actor, at=NOW, people=(Passenger(person=person.pk),), category=category,
        reason="确诊转运", valid_until=NOW + 12 * HOUR, from_place=place, to_place=hospital,
    )  # fmt: skip
    return TransferOrder.objects.get(pk=made.order_id)


@pytest.fixture
def hospital(db):
    return ExternalPlace.objects.create(kind="hospital", name="市八医院")


def test_the_draft_for_a_case_that_was_none_is_not_issued(cast, worker, hospital, propose, confirm):
    confirm(propose(worker))
    move = FollowUp.objects.get(kind=K.MOVE, person=worker)
    order = drafted(cast, worker, move.from_place, hospital)
    page = reverse("orders:order", args=[order.number])
    lifted = propose(worker, ChangeKind.LIFTED, words="区疾控复核两次阴性", by=cast.medic, at=NOW + HOUR)
    assert lifted.number not in cast.duty_officer.client.get(page).content.decode()
    confirm(lifted, by=cast.approver, at=NOW + HOUR)
    with pytest.raises(MoveCalledOff) as refused:
        issue(actor=cast.duty_officer.actor, at=NOW + HOUR, order=order)
    assert refused.value.context["changes"] == lifted.number
    order.refresh_from_db()
    assert order.state == "draft"
    shown = cast.duty_officer.client.get(page).content.decode()
    assert reverse("cases:one", args=[lifted.number]) in shown


def test_the_draft_for_a_contact_who_is_a_case_is_not_issued(cast, worker, hospital, propose, confirm):
    confirm(exposed(propose, worker))
    move = FollowUp.objects.get(kind=K.MOVE, person=worker)
    order = drafted(cast, worker, move.from_place, hospital, "close_contact")
    confirm(propose(worker, at=NOW + HOUR), at=NOW + HOUR)
    with pytest.raises(MoveCalledOff):
        issue(actor=cast.duty_officer.actor, at=NOW + HOUR, order=order)


def test_what_somebody_dropped_by_hand_is_issued_all_the_same(cast, worker, hospital, propose, confirm):
    confirm(propose(worker))
    move = FollowUp.objects.get(kind=K.MOVE, person=worker)
    order = drafted(cast, worker, move.from_place, hospital)
    commands.drop_follow_up(actor=cast.medic.actor, at=NOW, follow_up=move, reason="调令已拟")
    assert issue(actor=cast.duty_officer.actor, at=NOW, order=order).state == "issued"
