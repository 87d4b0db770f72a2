"""An order was issued for a case, and the recheck says it was none: nobody leaves under it by a slip."""

from datetime import date, timedelta

import pytest
from django.urls import reverse

from lazaretto.cases.choices import ChangeKind
from lazaretto.cases.errors import CauseGone
from lazaretto.cases.models import FollowUp
from lazaretto.core import clock
from lazaretto.core.ids import new_id
from lazaretto.core.models import JournalEntry
from lazaretto.custody.commands import Luggage
from lazaretto.custody.models import Handover
from lazaretto.orders import commands as orders
from lazaretto.orders.commands import Passenger
from lazaretto.orders.models import TransferOrder
from lazaretto.places.models import ExternalPlace
from lazaretto.stays.models import Breach
from lazaretto.transfers import commands
from tests.factories import NOW

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("plan_8")]
HOUR, HOUSEHOLD = timedelta(hours=1), new_id()
LATER = NOW + 2 * HOUR


@pytest.fixture(autouse=True)
def two_hours_on(monkeypatch):
    monkeypatch.setattr(clock, "now", lambda: LATER)


@pytest.fixture
def hospital(db):
    return ExternalPlace.objects.create(kind="hospital", name="市八医院")


@pytest.fixture
def stay(admit):
    return admit(party_id=HOUSEHOLD)


@pytest.fixture
def child(admit, stay):
    """Theirs, in the same room."""
    return admit(name="王小小", born=date(2022, 3, 1), party_id=HOUSEHOLD, assessment="母子同住，何医生评估")


@pytest.fixture
def guest(stay, propose, confirm):
    """A guest whom another body reported as a case."""
    confirm(propose(stay, words="区疾控通报"))
    return stay


@pytest.fixture
def order(cast, guest, hospital):
    """Sends them to hospital; dispatched by name, because only one source has spoken."""
    made = orders.write_order(
        actor=cast.duty_officer.actor, at=NOW, people=(Passenger(person=guest.person_id),), category="case",
        reason="确诊转运", valid_until=NOW + 12 * HOUR, from_site=cast.site, to_place=hospital,
    )  # fmt: skip
    order = TransferOrder.objects.get(pk=made.order_id)
    orders.issue(actor=cast.duty_officer.actor, at=NOW, order=order)
    order.refresh_from_db()
    orders.override(actor=cast.duty_officer.actor, at=NOW, order=order, reason="本人视频核对")
    return order


@pytest.fixture
def recheck(cast, guest, propose, confirm):
    """Negative twice, an hour later; answers the change that takes the case back."""

    def do():
        at = NOW + HOUR
        lifted = propose(guest, ChangeKind.LIFTED, words="区疾控复核两次阴性", at=at, happened_at=NOW)
        confirm(lifted, at=at, by=cast.approver)
        return lifted

    return do


def sign_out(cast, stay, hospital, at=LATER, **more):
    return commands.sign_out(
        actor=cast.clerk.actor, at=at, site=cast.site, people=(Luggage(stay.person_id),), due_at=LATER + HOUR,
        to_place=hospital, **more,
    )  # fmt: skip


@pytest.mark.parametrize("named", [True, False])
def test_nobody_is_sent_for_a_case_that_was_none_whether_the_order_is_named_or_not(
    cast, guest, hospital, order, recheck, named
):
    lifted = recheck()
    with pytest.raises(CauseGone) as refused:
        sign_out(cast, guest, hospital, order=order.number if named else "")
    assert refused.value.context["changes"] == lifted.number
    assert guest.person.name in str(refused.value)
    assert not Handover.objects.exists()
    order.refresh_from_db()
    assert order.state == "issued"


def test_as_long_as_the_case_stands_nothing_is_asked(cast, guest, hospital, order):
    sign_out(cast, guest, hospital, order=order.number)
    order.refresh_from_db()
    assert order.state == "under_way"


def test_with_a_judgement_by_name_they_go_and_the_journal_keeps_it(cast, guest, hospital, order, recheck):
    recheck()
    said = "何医生：急性阑尾炎，仍须入院"
    sign_out(cast, guest, hospital, all_the_same=said)
    order.refresh_from_db()
    assert order.state == "under_way"
    assert JournalEntry.objects.filter(command="transfers.sign_out", reason=said).exists()


@pytest.mark.parametrize("urgent", [True, False])
def test_who_looks_after_them_is_no_answer_to_it(cast, guest, hospital, order, recheck, urgent):
    recheck()
    with pytest.raises(CauseGone):
        sign_out(cast, guest, hospital, assessment="途中由范护士照看", urgent=urgent)


def test_that_they_go_all_the_same_says_nothing_of_a_child_who_stays_alone(
    cast, child, guest, hospital, order, recheck
):
    recheck()
    sign_out(cast, guest, hospital, all_the_same="何医生：急性阑尾炎")
    assert Breach.objects.get(kind="left_alone").person == child.person


def test_an_order_that_is_not_checked_holds_nobody_back_from_a_hospital(cast, guest, hospital, order, recheck):
    TransferOrder.objects.filter(pk=order.pk).update(overridden_at=None, overridden_by=None)
    recheck()
    sign_out(cast, guest, hospital)
    order.refresh_from_db()
    assert order.state == "issued"


def test_a_move_of_long_ago_that_was_done_does_not_ask_for_this_one(cast, guest, hospital, order, recheck):
    lifted = recheck()
    done = FollowUp.objects.filter(kind="move", person=guest.person).get()
    done.pk, done.change, done.state, done.closed_at, done.answer = new_id(), lifted, "done", NOW - 190 * HOUR, None
    done.save(force_insert=True)
    with pytest.raises(CauseGone):
        sign_out(cast, guest, hospital)


def test_a_departure_told_late_is_judged_by_what_was_known_then(cast, guest, hospital, order, recheck):
    recheck()
    sign_out(cast, guest, hospital, at=NOW + HOUR / 2)
    order.refresh_from_db()
    assert order.state == "under_way"


def test_the_desk_is_asked_in_the_form_and_keeps_what_was_typed(cast, guest, hospital, order, recheck):
    lifted = recheck()
    given = {
        "people": [str(guest.person_id)], "destination": f"place:{hospital.pk}", "due_at": "2026-11-21T20:00",
        "carrier": "粤A12345", "order": order.number,
    }  # fmt: skip
    address = reverse("transfers:sign_out", args=["H01"])
    asked = cast.clerk.client.post(address, given)
    page = asked.content.decode()
    assert asked.status_code == 422
    assert lifted.number in page
    assert "粤A12345" in page
    gone = cast.clerk.client.post(address, {**given, "all_the_same": "何医生：急性阑尾炎"})
    assert gone.status_code == 302
