"""Promise 2 at the desk: whoever has an order in force goes on under it; no desk issues a later end."""

from datetime import timedelta
from uuid import uuid4

import pytest

from lazaretto.arrivals import commands
from lazaretto.arrivals.choices import RuleBroken
from lazaretto.arrivals.models import ExpectedArrival, Manifest
from lazaretto.core.models import JournalEntry
from lazaretto.custody.commands import Luggage
from lazaretto.custody.models import HandedOver, Handover, Holding, Question
from lazaretto.orders.commands import Plea
from lazaretto.orders.errors import NoOrderBehind
from lazaretto.people.commands import GivenDocument, add_document, add_phone
from lazaretto.places.choices import ExternalKind
from lazaretto.places.models import ExternalPlace, Room, Site
from lazaretto.protocols.models import PackAdoption
from lazaretto.stays.errors import HeldElsewhere, PersonAlreadyStaying
from lazaretto.stays.models import IsolationOrder, Stay
from lazaretto.transfers import commands as transfers
from tests import factories
from tests.factories import NOW

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)
GROUNDS = {"authority": "区疾控中心", "legal_basis": "传染病防治法", "reason": "入境"}
SAID = {"category": "inbound", "last_exposure_at": NOW - HOUR, **GROUNDS}


@pytest.fixture(autouse=True)
def _rules(db):
    PackAdoption.objects.create(
        pack="cn-plan-8", jurisdiction="CN", starts_on=(NOW - timedelta(days=90)).date(), reason="全国", created_at=NOW
    )


@pytest.fixture
def stay(cast):
    return factories.stay(cast.site)


def sent(cast, stay, **to):
    made = transfers.sign_out(
        actor=cast.clerk.actor, at=NOW, site=cast.site, people=(Luggage(stay.person_id),), due_at=NOW + HOUR,
        **(to or {"to_site": "H02"}),
    )  # fmt: skip
    return Handover.objects.get(pk=made.handover_id)


def walk_in(cast, person, *, by=None, at=NOW + HOUR / 2, **more):
    member, site = (by or cast.clerk), cast.other_site if by else cast.site
    return commands.admit_walk_in(actor=member.actor, at=at, site=site, same_as=person.pk, **{**SAID, **more})


def only_order(stay):
    """The order of this stay is still the only one, not lifted, with the end it had."""
    order = IsolationOrder.objects.get()
    return (order.pk, order.lifted_at, order.ends_at) == (stay.order_id, None, stay.order.ends_at)


def test_who_is_under_way_and_comes_back_to_the_desk_goes_on_under_the_same_order(cast, stay):
    handover = sent(cast, stay)
    done = walk_in(cast, stay.person)
    assert only_order(stay)
    assert (done.order_number, done.ends_at, done.exception) == (stay.order.number, stay.order.ends_at, "")
    assert Stay.objects.get(number=done.stay_number).order_id == stay.order_id
    assert HandedOver.objects.get(handover=handover).outcome == "returned"
    entry = JournalEntry.objects.get(command="stays.admit", data__goes_on=True)
    assert "told_exposure" in entry.data


def test_who_is_here_without_a_room_goes_on_under_the_same_order(cast, stay):
    transfers.sign_in(actor=cast.outsider.actor, at=NOW, handover=sent(cast, stay), person=stay.person)
    done = walk_in(cast, stay.person, by=cast.outsider)
    assert only_order(stay)
    assert done.order_number == stay.order.number
    assert IsolationOrder.objects.get().site == cast.other_site


def test_back_from_hospital_at_the_desk_the_clock_has_not_stopped(cast, stay):
    place = ExternalPlace.objects.create(kind=ExternalKind.HOSPITAL, name="区人民医院")
    gone = sent(cast, stay, to_place=place)
    transfers.confirm_arrival(actor=cast.clerk.actor, at=NOW, handover=gone, person=stay.person, confirmed_by="急诊")
    walk_in(cast, stay.person)
    assert only_order(stay)
    assert Holding.objects.get(person=stay.person, ended_at__isnull=True).site == cast.site


def test_whom_a_bus_list_brings_goes_on_under_the_order_in_force(cast, stay):
    sent(cast, stay)
    manifest = Manifest.objects.create(
        site=cast.other_site, file_name="bus.xlsx", digest="d", content=b"", category="inbound", vehicle="粤A 1",
        uploaded_at=NOW, committed_at=NOW, state="committed", expected_at=NOW,
    )  # fmt: skip
    one = ExpectedArrival.objects.create(
        manifest=manifest, person=stay.person, site=cast.other_site, last_exposure_at=NOW - HOUR,
        party_id=stay.person_id, room=Room.objects.get(site=cast.other_site, number="0301"),
    )  # fmt: skip
    done = commands.check_in(actor=cast.outsider.actor, at=NOW + HOUR / 2, expected=one, **GROUNDS)
    assert only_order(stay)
    assert done.ends_at == stay.order.ends_at


def test_whom_another_place_holds_is_not_admitted_and_their_order_stays(cast, stay):
    with pytest.raises(PersonAlreadyStaying):
        walk_in(cast, stay.person)
    transfers.sign_in(actor=cast.outsider.actor, at=NOW, handover=sent(cast, stay), person=stay.person)
    with pytest.raises(HeldElsewhere):
        walk_in(cast, stay.person)
    assert only_order(stay)


def test_who_should_have_been_released_gets_no_new_order_unless_headquarters_is_asked(cast, stay):
    transfers.sign_in(actor=cast.outsider.actor, at=NOW, handover=sent(cast, stay), person=stay.person)
    late = {"by": cast.outsider, "at": stay.order.ends_at + HOUR, "last_exposure_at": stay.order.ends_at}
    with pytest.raises(NoOrderBehind):
        walk_in(cast, stay.person, **late)
    assert only_order(stay)
    assert walk_in(cast, stay.person, **late, plea=Plea("转运途中接触阳性人员")).exception


class TestThePage:
    URL = "/sites/H01/check-in/new"

    def pick(self, cast, person):
        return cast.clerk.client.post(self.URL, {"name": person.name, "pick": str(person.pk)}).content.decode()

    def test_the_running_order_is_shown_with_the_handover_and_asks_for_no_exposure(self, cast, stay):
        handover = sent(cast, stay)
        page = self.pick(cast, stay.person)
        assert stay.order.number in page
        assert f"/moves/{handover.number}" in page
        assert 'type="date" name="exposed_on"' not in page

    def test_they_are_checked_in_with_a_room_and_nothing_else(self, cast, stay):
        sent(cast, stay)
        form = {"name": stay.person.name, "same_as": str(stay.person_id), "proposed": "0402"}
        answer = cast.clerk.client.post(self.URL, form)
        assert answer.status_code == 302, answer.content.decode()
        assert only_order(stay)
        assert Stay.objects.get(ended_at__isnull=True).order_id == stay.order_id

    def test_whom_another_site_has_is_recognised_by_the_document_and_reported_not_admitted(self, cast):
        theirs = factories.stay(cast.other_site, who=factories.person("李娜", at_site=cast.other_site))
        card = "440105199102090167"
        given = GivenDocument("id_card", card)
        add_document(actor=cast.outsider.actor, at=NOW, person=theirs.person, document=given)
        typed = {"document_number": card, "why_now": "天黑无处可去"}
        page = cast.clerk.client.post(self.URL, {**typed, "pick": str(theirs.person_id)}).content.decode()
        assert "H02" in page
        assert all(f'value="{text}"' in page for text in typed.values() if text == card)
        form = {**typed, "same_as": str(theirs.person_id), "proposed": "0402"}
        refused = cast.clerk.client.post(self.URL, form)
        assert (refused.status_code, Stay.objects.count()) == (422, 1)
        assert card in refused.content.decode()
        cast.clerk.client.post(self.URL, {**form, "report": "1"})
        asked = Question.objects.get()
        assert (asked.first_site, asked.second_site) == (cast.other_site, cast.site)
        assert Holding.objects.get(person=theirs.person, ended_at__isnull=True).site == cast.other_site

    def test_who_cannot_be_recognised_yet_costs_nothing_that_was_typed(self, cast):
        theirs = factories.stay(cast.other_site, who=factories.person("李娜", at_site=cast.other_site))
        add_phone(actor=cast.outsider.actor, at=NOW, person=theirs.person, phone="13812345678")
        answer = cast.clerk.client.post(
            self.URL, {"phone": "13812345678", "with_room": "0301", "pick": str(theirs.person_id)}
        )
        page = answer.content.decode()
        assert answer.status_code == 422
        assert 'id="id_name_error"' in page
        assert 'value="13812345678"' in page
        assert 'value="0301"' in page
        assert "李娜" not in page

    def test_the_grounds_of_a_change_of_status_are_nobody_elses(self, cast):
        words = "判定为密切接触者（身份变更 H01-G2026-000001）"
        Site.objects.filter(pk=cast.site.pk).update(category="mixed")
        before = IsolationOrder.objects.get(pk=factories.stay(cast.site).order_id)
        before.lifted_at = NOW
        before.save()
        after = IsolationOrder.objects.get(pk=before.pk)
        after.pk, after.number, after.lifted_at, after.replaces = uuid4(), "H01-O-2", None, before
        after.category, after.reason, after.issued_at = "close_contact", words, NOW
        after.save(force_insert=True)
        page = cast.clerk.client.get(self.URL).content.decode()
        assert words not in page
        assert 'value="入境"' in page
        assert '<option value="inbound" selected>' in page

    def test_the_first_room_is_proposed_for_the_category_that_is_shown(self, cast):
        factories.stay(cast.site)
        IsolationOrder.objects.update(category="close_contact")
        page = cast.clerk.client.get(self.URL).content.decode()
        assert str(RuleBroken.CATEGORY_NOT_RECEIVED.label) not in page
