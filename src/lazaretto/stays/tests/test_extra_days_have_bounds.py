"""Extra days: bounded in one decision, and taken back when they were contested or a mistake."""

from datetime import timedelta

import pytest

from lazaretto.core.errors import Forbidden, ReasonRequired
from lazaretto.core.models import Deadline, JournalEntry
from lazaretto.stays import commands
from lazaretto.stays.errors import ExtensionTooLong, NotExtended
from lazaretto.stays.models import IsolationOrder, OrderChange
from lazaretto.stays.queries.courses import course_of
from tests.factories import NOW

pytestmark = pytest.mark.django_db


@pytest.fixture
def stay(admit):
    return admit()


@pytest.fixture
def extend(cast, stay):
    def do(days):
        ends_at = IsolationOrder.objects.get(pk=stay.order_id).ends_at + timedelta(days=days)
        return commands.extend_order(
            actor=cast.approver.actor, at=NOW, stay=stay, ends_at=ends_at, reason="同楼层出现阳性"
        )

    return do


def test_a_slip_in_the_year_holds_nobody_for_decades(extend, stay):
    by_rules = stay.order.ends_at
    with pytest.raises(ExtensionTooLong):
        extend(365)
    assert not OrderChange.objects.exists()
    assert extend(14).ends_at == by_rules + timedelta(days=14)


def test_an_extension_that_is_withdrawn_gives_the_end_of_the_rules_back(cast, extend, stay):
    by_rules = stay.order.ends_at
    extend(2)
    extend(3)
    done = commands.withdraw_extension(actor=cast.approver.actor, at=NOW, stay=stay, reason="异议成立")
    order = IsolationOrder.objects.get(pk=stay.order_id)
    assert done.ends_at == order.ends_at == by_rules
    assert course_of(order, stay.site).facts.extended_until is None
    assert Deadline.objects.get(kind="stays.release").due_at == by_rules
    assert JournalEntry.objects.get(command="stays.withdraw_extension").reason == "异议成立"
    extend(1)  # a new decision stands again
    assert course_of(order, stay.site).facts.extended_until == by_rules + timedelta(days=1)


def test_only_an_approver_withdraws_with_a_reason_and_only_what_stands(cast, extend, stay):
    given = {"at": NOW, "stay": stay, "reason": "异议成立"}
    with pytest.raises(NotExtended):
        commands.withdraw_extension(actor=cast.approver.actor, **given)
    extend(2)
    with pytest.raises(Forbidden):
        commands.withdraw_extension(actor=cast.site_lead.actor, **given)
    with pytest.raises(ReasonRequired):
        commands.withdraw_extension(actor=cast.approver.actor, **{**given, "reason": " "})


def test_the_page_offers_to_withdraw_what_stands(cast, client, extend, stay):
    client.force_login(cast.approver.user)
    page = f"/sites/{stay.site.code}/stays/{stay.number}/extend"
    assert "/extend/withdraw" not in client.get(page).content.decode()
    extend(2)
    assert "/extend/withdraw" in client.get(page).content.decode()
    assert client.post(f"{page}/withdraw", {"reason": "异议成立"}).status_code == 302
    assert IsolationOrder.objects.get(pk=stay.order_id).ends_at == stay.order.ends_at
