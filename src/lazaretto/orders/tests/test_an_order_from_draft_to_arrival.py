"""Transfer orders: the declared table, validity with its ladder, withdrawal, orders of others."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction

from lazaretto.core.deadlines import sweep
from lazaretto.core.errors import Forbidden, IllegalTransition, NotFound, ReasonRequired
from lazaretto.core.models import Alarm, Deadline, JournalEntry
from lazaretto.orders import commands, rules
from lazaretto.orders.choices import LineState, OrderState
from lazaretto.orders.errors import (
    AlreadyOrdered,
    EndsOfOrder,
    IssuerMissing,
    OrderEntered,
    OrderNamesNobody,
    ValidityPast,
    ValidityTooLong,
)
from lazaretto.orders.models import OrderPerson, OrderStep, TransferOrder
from lazaretto.orders.tests.telling import HOUR, draft, fresh, issued, place
from lazaretto.people.commands import NewPerson
from lazaretto.people.models import Person, PersonAccess
from lazaretto.protocols.choices import Category
from tests import factories
from tests.factories import NOW
from tests.threads import at_once, needs_server

pytestmark = pytest.mark.django_db

# Which command takes an edge that a person takes.
TAKEN_BY = {
    ("", "draft"): commands.write_order,
    ("", "issued"): commands.write_order,
    ("draft", "issued"): commands.issue,
    ("draft", "withdrawn"): commands.discard,
    ("issued", "issued"): commands.renew,
    ("issued", "withdrawn"): commands.withdraw,
}


def in_state(cast, state):
    """An order in a state, as the table would have brought it there."""
    order = draft(cast, factories.stay(cast.site))
    ended = NOW if state in rules.ENDED else None
    at = None if state == "draft" else NOW
    TransferOrder.objects.filter(pk=order.pk).update(state=state, issued_at=at, ended_at=ended)
    return fresh(order)


def take(name, member, order):
    given = {"renew": {"valid_until": NOW + 48 * HOUR, "reason": "车未到"}, "issue": {}}
    getattr(commands, name)(actor=member.actor, at=NOW, order=order, **given.get(name, {"reason": "不再需要"}))
    return fresh(order).state


@pytest.mark.parametrize("edge", [edge for edge in rules.EDGES if not edge.through], ids=str)
def test_every_edge_is_taken_by_the_capability_that_the_table_names(edge):
    assert TAKEN_BY[edge.before, edge.after].capability == edge.capability


@pytest.mark.parametrize("state", OrderState)
def test_a_step_needs_its_edge_and_its_capability_and_nothing_else(cast, state):
    order = in_state(cast, state)
    TransferOrder.objects.filter(pk=order.pk).update(to_site=None, to_external=place())
    for name in ("issue", "discard", "withdraw", "renew"):
        for role, member in cast.everyone().items():
            command = getattr(commands, name)
            edges = [edge for edge, taken in TAKEN_BY.items() if taken is command and edge[0] == state]
            with transaction.atomic():
                if not member.actor.may(command.capability):
                    refused = Forbidden
                elif role == "outsider":
                    refused = NotFound
                else:
                    refused = None if edges else IllegalTransition
                if refused is None:
                    assert (state, take(name, member, order)) in edges
                else:
                    with pytest.raises(refused):
                        take(name, member, order)
                    assert fresh(order).state == state, (name, role)
                transaction.set_rollback(True)
            order.refresh_from_db()


def test_a_draft_is_issued_and_its_destination_sees_who_comes(cast):
    stay = factories.stay(cast.site)
    order = draft(cast, stay)
    assert (order.number, order.state, order.issuer) == ("H01-D2026-000001", "draft", "区指挥部")
    assert order.people.get().address == "H01 江畔酒店H01 0301"
    assert not PersonAccess.objects.filter(person=stay.person, unit_id=cast.other_site.unit_id).exists()
    seen = TransferOrder.objects.visible_to(cast.outsider.actor, "orders.read")
    assert not seen.exists()
    with pytest.raises(NotFound):
        commands.discard(actor=cast.outsider.actor, at=NOW, order=order, reason="不要")

    commands.issue(actor=cast.duty_officer.actor, at=NOW, order=order)

    assert (fresh(order).state, order.issued_by) == ("issued", cast.duty_officer.user)
    assert seen.get() == order
    assert PersonAccess.objects.filter(person=stay.person, unit_id=cast.other_site.unit_id).exists()
    assert [step.step for step in OrderStep.objects.order_by("at", "id")] == ["drafted", "issued"]
    assert JournalEntry.objects.get(command="orders.issue").data["after"] == "issued"


def test_an_order_of_another_district_is_first_class_with_its_number_and_issuer(cast):
    made = commands.write_order(
        actor=cast.clerk.actor, at=NOW, category=Category.CLOSE_CONTACT, reason="密接转入",
        valid_until=NOW + 12 * HOUR, from_place=place("entry", "白云机场"), to_site="H01",
        issuer="白云区卫生健康局", issuer_number="云卫转〔2026〕118号",
        people=(commands.Passenger(newcomer=NewPerson("刘芳"), address="T2航站楼3号门"),),
    )  # fmt: skip
    order = TransferOrder.objects.get(pk=made.order_id)
    assert (order.state, order.issuer, order.unit) == ("issued", "白云区卫生健康局", cast.site.unit)
    assert (Person.objects.get().name, order.people.get().address) == ("刘芳", "T2航站楼3号门")
    assert Deadline.objects.get(kind="orders.expiry", state="open").due_at == NOW + 12 * HOUR
    with pytest.raises(OrderEntered):
        commands.write_order(
            actor=cast.clerk.actor, at=NOW, category=Category.CLOSE_CONTACT, reason="密接转入",
            valid_until=NOW + 12 * HOUR, from_place=order.from_external, to_site="H01",
            issuer="白云区卫生健康局", issuer_number="云卫转〔2026〕118号",
            people=(commands.Passenger(newcomer=NewPerson("李娜")),),
        )  # fmt: skip


def test_an_order_that_nobody_uses_expires_by_itself_and_its_alarm_climbs(cast):
    order = issued(cast, factories.stay(cast.site))
    late = NOW + 24 * HOUR
    assert not rules.expired(order.state, order.valid_until, late - timedelta(seconds=1))
    assert rules.expired(order.state, order.valid_until, late)
    told = []
    for at in (late, late + HOUR / 2, late + 4 * HOUR):
        while sweep(at=at):
            pass
        told.append(Alarm.objects.get(kind="orders.expiry", answered_at__isnull=True).role)
    assert told == ["site_lead", "duty_officer", "approver"]

    commands.renew(
        actor=cast.approver.actor, at=late + 5 * HOUR, order=order, valid_until=late + 9 * HOUR, reason="改期"
    )

    assert not Alarm.objects.filter(answered_at__isnull=True).exists()
    assert Deadline.objects.get(kind="orders.expiry", state="open").due_at == late + 9 * HOUR


def test_a_withdrawn_order_sends_nobody_and_frees_them_for_another(cast):
    stay = factories.stay(cast.site)
    order = issued(cast, stay)
    with pytest.raises(ReasonRequired):
        commands.withdraw(actor=cast.duty_officer.actor, at=NOW, order=order, reason=" ")
    commands.withdraw(actor=cast.duty_officer.actor, at=NOW, order=order, reason="误写")
    assert (fresh(order).state, order.ended_at) == ("withdrawn", NOW)
    assert not Deadline.objects.filter(kind="orders.expiry", state="open").exists()
    assert JournalEntry.objects.get(command="orders.withdraw").reason == "误写"
    assert draft(cast, stay).people.get().state == LineState.WAITING


def test_nobody_is_on_two_open_orders(cast):
    stay = factories.stay(cast.site)
    first = draft(cast, stay)
    with pytest.raises(AlreadyOrdered) as refused:
        draft(cast, stay)
    assert refused.value.context["orders"] == first.number
    other = TransferOrder.objects.create(
        number="X", unit=cast.site.unit, issuer="X", from_site=cast.site, to_site=cast.other_site, category="inbound",
        reason="x", state="draft", valid_until=NOW + HOUR, written_at=NOW,
    )  # fmt: skip
    with pytest.raises(IntegrityError), transaction.atomic():
        OrderPerson.objects.create(order=other, person=stay.person)


def test_what_an_order_needs(cast):
    stay = factories.stay(cast.site)
    with pytest.raises(EndsOfOrder):
        draft(cast, stay, to="H01")
    with pytest.raises(EndsOfOrder):
        draft(cast, stay, to="H99")
    with pytest.raises(OrderNamesNobody):
        draft(cast)
    with pytest.raises(ValidityPast):
        draft(cast, stay, valid_until=NOW)
    with pytest.raises(ValidityTooLong):
        draft(cast, stay, valid_until=NOW + timedelta(days=400))
    with pytest.raises(IssuerMissing):
        draft(cast, stay, issuer_number="1号")
    with pytest.raises(NotFound):
        draft(cast, factories.stay(cast.other_site))
    assert not TransferOrder.objects.exists()


def test_only_somebody_of_one_of_the_ends_writes_an_order(cast):
    given = {
        "at": NOW, "category": Category.INBOUND, "reason": "转入", "valid_until": NOW + HOUR,
        "people": (commands.Passenger(newcomer=NewPerson("刘芳")),), "from_place": place("found", "江边"),
    }  # fmt: skip
    with pytest.raises(Forbidden):
        commands.write_order(actor=cast.clerk.actor, to_site="H02", **given)
    with pytest.raises(Forbidden):
        commands.write_order(actor=cast.clerk.actor, to_place=place("hospital", "医院"), **given)
    made = commands.write_order(actor=cast.duty_officer.actor, to_place=place("home", "社区"), **given)
    assert made.number == "HQ-D2026-000001"


@needs_server
@pytest.mark.django_db(transaction=True)
def test_two_desks_at_the_same_moment_write_one_order_for_somebody(cast):
    stay = factories.stay(cast.site)
    found = at_once([lambda: draft(cast, stay), lambda: draft(cast, stay, actor=cast.site_lead)])
    made = [one for one in found if isinstance(one, TransferOrder)]
    refused = [one for one in found if not isinstance(one, TransferOrder)]
    assert ([type(one) for one in refused], len(made)) == ([AlreadyOrdered], 1)
    assert list(TransferOrder.objects.all()) == made
