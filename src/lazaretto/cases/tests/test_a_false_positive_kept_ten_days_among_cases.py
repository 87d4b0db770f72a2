"""A confirmed positive was false: the recheck after ten days is negative, and others were held because of it."""

from datetime import date, timedelta

import pytest
from django.urls import reverse

from lazaretto.cases import commands
from lazaretto.cases.choices import ChangeState, ConsequenceKind, Destination, FollowUpState, Why
from lazaretto.cases.errors import (
    AnotherPerson,
    CannotBecome,
    NotBecauseOfIt,
    NothingSuspected,
    NotRefuted,
    PlaceElsewhere,
    StillContact,
    StillPositive,
)
from lazaretto.cases.models import Change, FollowUp
from lazaretto.cases.queries.scene import outcome_of
from lazaretto.cases.tests.conftest import GROUNDS
from lazaretto.core import clock
from lazaretto.core.choices import DeadlineState
from lazaretto.core.models import Deadline, JournalEntry
from lazaretto.core.promises import verify
from lazaretto.custody.commands import Luggage
from lazaretto.custody.models import Handover
from lazaretto.places.choices import ExternalKind
from lazaretto.places.models import ExternalPlace, Room, Site
from lazaretto.stays import commands as stays
from lazaretto.stays.choices import OrderChangeKind, SpecimenState
from lazaretto.stays.models import IsolationOrder, Specimen, Stay
from lazaretto.transfers import commands as transfers
from tests.factories import NOW

pytestmark = pytest.mark.django_db
K = ConsequenceKind
DAYS, HOURS = timedelta(days=1), timedelta(hours=1)
FOUND = NOW - 10 * DAYS
CDC = {"words": "区疾控复核报告：核酸阴性，原结果为标本污染"}


@pytest.fixture
def woman(admit, household):
    return admit("0301", name="周敏", at=NOW - 12 * DAYS, born=date(1988, 5, 1), party_id=household)


@pytest.fixture
def sister(admit, woman, household):
    """Her sister, in one room with her."""
    return admit(
        "0301", name="周洁", at=NOW - 12 * DAYS, born=date(1990, 5, 1), party_id=household,
        assessment="姐妹同住，何医生评估",
    )  # fmt: skip


@pytest.fixture
def found_positive(woman, sister, swab, second, propose, confirm):
    """Ten days ago her swab was positive twice; her sister became a contact. Answers the change."""
    positive = swab(woman, at=FOUND - 3 * HOURS)
    change = propose(woman, specimen=positive, at=FOUND)
    second(positive, positive=True, at=FOUND)
    confirm(change, at=FOUND + HOURS)
    for one in (woman, sister):
        one.refresh_from_db()
    return Change.objects.get(pk=change.pk)


@pytest.fixture
def hospital(cast, found_positive, woman):
    """She was taken to the hospital, where she has been among cases since."""
    place, at = ExternalPlace.objects.create(kind=ExternalKind.HOSPITAL, name="区人民医院"), FOUND + 2 * HOURS
    sent = transfers.sign_out(
        actor=cast.site_lead.actor, at=at, site=woman.site, people=(Luggage(woman.person_id),),
        due_at=at + HOURS, to_place=place,
    )  # fmt: skip
    transfers.confirm_arrival(
        actor=cast.site_lead.actor, at=at + HOURS, handover=Handover.objects.get(pk=sent.handover_id),
        person=woman.person, confirmed_by="急诊分诊台",
    )  # fmt: skip
    woman.refresh_from_db()
    return place


@pytest.fixture
def lift(propose, confirm, woman):
    """The district's laboratory reports that it was none; confirmed by another person."""

    def do(**more):
        return confirm(propose(woman, "lifted", **{**CDC, **more}))

    return do


def of(outcome, kind, who=None):
    return [one for one in outcome.then if one.kind == kind and (who is None or str(who.person_id) in one.people)]


def broken():
    """What `verify` says against it; nobody answers alarms in these stories."""
    return [one for promise in verify(at=NOW) for one in promise.offenders if not one["check"].startswith("alarms")]


def test_it_is_shown_what_becomes_of_everybody_before_it_is_confirmed(hospital, woman, sister, propose):
    before = woman.order
    found = outcome_of(propose(woman, "lifted", **CDC), at=NOW)

    (back,) = of(found, K.BACK)
    assert (back.order, back.category, back.why) == (before.number, "inbound", Why.ORDER_BEFORE)
    assert (back.ended_on, back.ends_on) == ("2026-11-23", "2026-11-23")
    (move,) = of(found, K.MOVE)
    assert (move.to, move.category) == (Destination.SITE, "inbound")
    assert of(found, K.VOID)[0].tubes == ("T1",)
    assert [one.why for one in of(found, K.DECIDE, woman)] == [Why.AMONG_CASES]
    (asked,) = of(found, K.DECIDE, sister)
    assert (asked.why, asked.ended_on, asked.ends_on) == (Why.ONLY_CASE, "2026-11-25", "2026-11-23")
    assert of(found, K.LETTER, woman)
    woman.refresh_from_db()
    assert woman.category == "case"
    assert Specimen.objects.get(tube="T1").state == SpecimenState.CONFIRMED_POSITIVE


def test_confirmed_she_is_no_case_and_comes_back_under_her_order(cast, hospital, found_positive, woman, lift):
    lift()

    woman.refresh_from_db()
    found_positive.refresh_from_db()
    assert (woman.category, found_positive.refuted_by.kind) == ("inbound", "lifted")
    assert Specimen.objects.get(tube="T1").state == SpecimenState.REFUTED
    assert JournalEntry.objects.filter(command="cases.confirm", person_id=woman.person_id).count() >= 3
    back = stays.admit(
        actor=cast.clerk.actor, at=NOW + HOURS, person=woman.person, site=Site.objects.get(pk=woman.site_id),
        room=Room.objects.get(site=cast.site, number="0302"), category="inbound",
        last_exposure_at=NOW - 12 * DAYS, **GROUNDS,
    )  # fmt: skip
    assert back.order_id == woman.order_id
    assert broken() == []


def test_whoever_was_declared_because_of_her_is_asked_about_and_nothing_ends_by_itself(hospital, woman, sister, lift):
    order = sister.order
    lift()

    sister.refresh_from_db()
    assert (sister.order, sister.category) == (order, "close_contact")
    asked = FollowUp.objects.get(kind=K.DECIDE, person=sister.person)
    assert (asked.state, asked.owner_id) == (FollowUpState.OPEN, asked.change.proposed_by_id)


def test_her_sister_returns_to_the_order_before_and_every_day_counts(
    cast, hospital, woman, sister, lift, propose, confirm
):
    fallen, before = sister.order, sister.order.replaces
    taken = stays.collect_specimen(actor=cast.medic.actor, at=NOW - DAYS, stay=sister, tube="S1")
    lift()
    change = propose(sister, "no_contact", words="被判为密接仅因周敏，周敏复核阴性")
    shown = outcome_of(change, at=NOW)
    told = confirm(change)

    sister.refresh_from_db()
    before.refresh_from_db()
    fallen.refresh_from_db()
    assert [one.order for one in of(shown, K.BACK)] == [before.number]
    assert (told.orders, sister.order, sister.category) == (1, before, "inbound")
    assert (fallen.lifted_at, before.lifted_at) == (NOW, None)
    written = before.changes.get()
    assert (written.kind, written.ends_after, written.reason.split("：")[0]) == (
        OrderChangeKind.RESTORED, before.ends_at, "恢复原隔离决定",
    )  # fmt: skip
    release = Deadline.objects.get(kind="stays.release", subject_id=str(sister.pk), state=DeadlineState.OPEN)
    assert release.due_at == before.ends_at < fallen.ends_at
    assert taken.test_key  # what was taken under the order that fell answers a test of the one before
    open_tests = Deadline.objects.filter(kind="stays.test", subject_id=str(sister.pk), state=DeadlineState.OPEN)
    assert taken.test_key not in set(open_tests.values_list("slot", flat=True))
    assert FollowUp.objects.get(kind=K.DECIDE, person=sister.person).state == FollowUpState.DONE
    assert broken() == []


def test_days_that_are_over_make_the_release_due_at_once(woman, sister, found_positive, propose, confirm):
    at = NOW + 3 * DAYS
    confirm(propose(woman, "lifted", at=at, **CDC), at=at)
    change = propose(sister, "no_contact", words="原判定依据已撤销", at=at)
    (back,) = of(outcome_of(change, at=at), K.BACK)
    confirm(change, at=at)

    sister.refresh_from_db()
    assert back.why == Why.DAYS_OVER
    release = Deadline.objects.get(kind="stays.release", subject_id=str(sister.pk), state=DeadlineState.OPEN)
    assert release.due_at == sister.order.ends_at < at


def test_whom_another_case_names_too_stays_a_contact(admit, household, woman, sister, found_positive, propose, confirm):
    brother = admit("0302", name="周强", at=NOW - 12 * DAYS, party_id=household)
    stays_with = propose(brother, words="区疾控通报：核酸阳性", at=FOUND + 3 * HOURS)
    confirm(stays_with, at=FOUND + 3 * HOURS)
    named = Change.objects.get(pk=stays_with.pk)
    contact = {"kind": "goes_on", "why": "lasts_longer", "people": [str(sister.person_id)], "users": []}
    named.outcome["then"].append({**contact, "category": "close_contact"})
    Change.objects.filter(pk=named.pk).update(outcome=named.outcome)

    lifted = propose(woman, "lifted", **CDC)
    (asked,) = of(outcome_of(lifted, at=NOW), K.DECIDE, sister)
    confirm(lifted)

    assert (asked.why, asked.ends_on) == (Why.ANOTHER_CASE, "")
    with pytest.raises(StillContact):
        propose(sister, "no_contact", words="原判定依据已撤销")


def test_lodged_here_beside_a_case_she_gets_another_room(woman, sister, found_positive, propose, confirm):
    Stay.objects.filter(pk=sister.pk).update(category="case")
    found = outcome_of(propose(woman, "lifted", **CDC), at=NOW)
    assert [one.why for one in of(found, K.ROOM, woman)] == [Why.AMONG_CASES]
    assert not of(found, K.MOVE)


def test_what_was_still_asked_because_of_the_case_is_called_off(woman, sister, found_positive, lift):
    assert found_positive.follow_ups.filter(kind=K.MOVE, state=FollowUpState.OPEN).exists()
    lift()
    left = found_positive.follow_ups.filter(state=FollowUpState.OPEN).exclude(kind=K.PAPER)
    assert [(one.kind, one.person) for one in left] == [(K.MOVE, sister.person)]  # until it is decided about her


def test_recovered_and_back_under_a_new_order_she_returns_to_the_one_before(
    cast, hospital, woman, propose, confirm, lift
):
    recovered = propose(woman, "recovered", words="出院小结", at=NOW - 5 * DAYS, happened_at=NOW - 5 * DAYS - HOURS)
    confirm(recovered, at=NOW - 5 * DAYS)
    Site.objects.filter(pk=cast.other_site.pk).update(category="mixed")
    back = stays.admit(
        actor=cast.duty_officer.actor, at=NOW - 4 * DAYS, person=woman.person,
        site=Site.objects.get(pk=cast.other_site.pk), room=Room.objects.get(site=cast.other_site, number="0301"),
        category="recovered", last_exposure_at=NOW - 5 * DAYS, **GROUNDS,
    )  # fmt: skip
    assert back.order_id != woman.order_id
    with pytest.raises(PlaceElsewhere):
        propose(woman, "lifted", **CDC)

    stay = Stay.objects.get(pk=back.stay_id)
    change = propose(stay, "lifted", site=cast.other_site, by=cast.duty_officer, **CDC)
    confirm(change, by=cast.approver)

    stay.refresh_from_db()
    assert (stay.order_id, stay.category) == (woman.order_id, "inbound")
    assert IsolationOrder.objects.get(pk=back.order_id).lifted_at == NOW
    assert broken() == []


def test_what_does_not_refute_is_refused_by_name(cast, admit, woman, found_positive, swab, second, propose):
    other = admit("0303", name="李娜")
    with pytest.raises(NothingSuspected):
        propose(other, "lifted", **CDC)
    with pytest.raises(NotBecauseOfIt):
        propose(other, "no_contact", words="x")
    with pytest.raises(NotRefuted):
        propose(woman, "lifted", specimen=Specimen.objects.get(tube="T1"))
    second(swab(woman, tube="T5", at=NOW - 4 * HOURS), positive=True, at=NOW - HOURS)
    with pytest.raises(StillPositive):
        propose(woman, "lifted", happened_at=NOW - 5 * HOURS, **CDC)
    with pytest.raises(CannotBecome):
        propose(woman, "contact", words="x", evidence="exposure")


def test_an_older_negative_refutes_nothing(cast, woman, sister, swab, second, propose, confirm):
    stays.collect_specimen(actor=cast.medic.actor, at=FOUND - DAYS, stay=woman, tube="N1")
    stays.record_result(
        actor=cast.medic.actor, at=FOUND - DAYS, site=woman.site, tube="N1", result=SpecimenState.NEGATIVE
    )
    positive = swab(woman, at=FOUND - 3 * HOURS)
    change = propose(woman, specimen=positive, at=FOUND)
    second(positive, positive=True, at=FOUND)
    confirm(change, at=FOUND)
    with pytest.raises(NotRefuted):
        propose(woman, "lifted", specimen=Specimen.objects.get(tube="N1"))


def test_it_takes_two_people(cast, woman, found_positive, propose, confirm):
    change = propose(woman, "lifted", by=cast.duty_officer, **CDC)
    with pytest.raises(AnotherPerson):
        confirm(change)
    confirm(change, by=cast.approver)


def test_a_suspicion_that_ended_meanwhile_leaves_its_lifting_to_be_confirmed(
    cast, admit, swab, second, propose, confirm
):
    stay = admit("0301")
    suspicion = propose(stay, specimen=swab(stay))
    second(suspicion.specimen, positive=False)
    lifted = propose(stay, "lifted", specimen=Specimen.objects.get(tube="T1"))
    commands.withdraw(actor=cast.medic.actor, at=NOW, change=suspicion, reason="标本贴错")

    confirm(lifted)

    lifted.refresh_from_db()
    assert (lifted.state, lifted.refutes) == (ChangeState.CONFIRMED, None)


def test_a_suspicion_confirmed_meanwhile_is_refuted_by_it(cast, admit, propose, confirm):
    stay = admit("0301")
    suspicion = propose(stay, words="区疾控通报：核酸阳性")
    lifted = propose(stay, "lifted", **CDC)
    confirm(suspicion)

    confirm(lifted)

    stay.refresh_from_db()
    lifted.refresh_from_db()
    assert (stay.category, lifted.refutes) == ("inbound", suspicion)


def test_the_page_offers_it_and_the_letter_says_it(cast, woman, sister, found_positive, propose, confirm, monkeypatch):
    monkeypatch.setattr(clock, "now", lambda: NOW)
    form = cast.medic.client.get(reverse("cases:propose", args=["H01", woman.number])).context["form"]
    assert "lifted" in dict(form.fields["kind"].choices)
    change = propose(woman, "lifted", by=cast.duty_officer, **CDC)
    page = reverse("cases:one", args=[change.number])
    shown = cast.duty_officer.client.get(page).content.decode()
    assert reverse("cases:confirm", args=[change.number]) not in shown
    assert woman.order.number in shown
    letter = reverse("cases:notice", args=[change.number])
    assert cast.medic.client.get(letter).status_code == 404
    confirm(change, by=cast.approver)

    answer = cast.medic.client.get(letter)
    assert (answer.status_code, answer.content[:5]) == (200, b"%PDF-")
    shown = cast.medic.client.get(page).content.decode()
    assert letter in shown
    ask = reverse("cases:propose", args=["H01", sister.number])
    assert f"{ask}?kind=no_contact" in shown
    assert change.number in cast.medic.client.get(reverse("cases:one", args=[found_positive.number])).content.decode()


def test_the_api_names_what_was_refuted(cast, woman, sister, found_positive, propose, confirm, monkeypatch):
    monkeypatch.setattr(clock, "now", lambda: NOW)
    change = propose(woman, "lifted", **CDC)
    seen = cast.duty_officer.client.get(f"/api/v1/changes/{change.number}/preview").json()
    assert {one["kind"] for one in seen["then"]} >= {"void", "back", "decide", "called_off", "letter"}
    confirm(change)
    told = cast.duty_officer.client.get(f"/api/v1/changes/{change.number}").json()
    assert told["refutes_id"] == str(found_positive.pk)


def test_the_preview_costs_the_same_however_many_were_declared(
    admit, household, woman, sister, found_positive, propose, django_assert_max_num_queries
):
    change = propose(woman, "lifted", **CDC)
    related = ("site", "stay__order", "stay__person")
    with django_assert_max_num_queries(30):
        outcome_of(Change.objects.select_related(*related).get(pk=change.pk), at=NOW)
