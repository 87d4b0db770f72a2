"""Signed out under a transfer order: checked before, under way with them, fulfilled by the last who arrives."""

from datetime import timedelta

import pytest

from lazaretto.core.models import Deadline
from lazaretto.custody.commands import Luggage
from lazaretto.custody.models import Handover
from lazaretto.orders import commands as orders
from lazaretto.orders.choices import Source
from lazaretto.orders.commands import movement
from lazaretto.orders.errors import (
    NotChecked,
    NotOnOrder,
    OrderElsewhere,
    OrderExpired,
    OrderNeeded,
    OrderNotInForce,
    OrderUnknown,
)
from lazaretto.orders.models import TransferOrder
from lazaretto.orders.tests.telling import checked, draft, fresh, hospital, issued, place, say
from lazaretto.places.commands import close_site
from lazaretto.places.errors import PeopleExpected
from lazaretto.places.models import ExternalPlace
from lazaretto.transfers import commands
from tests import factories
from tests.factories import NOW

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)


def sign_out(cast, *stays, to="H02", at=NOW, order="", **more):
    where = {"to_place": to} if isinstance(to, ExternalPlace) else {"to_site": to}
    made = commands.sign_out(
        actor=cast.clerk.actor, at=at, site=cast.site, people=tuple(Luggage(stay.person_id) for stay in stays),
        due_at=at + HOUR, order=order.number if isinstance(order, TransferOrder) else order, **where, **more,
    )  # fmt: skip
    return Handover.objects.get(pk=made.handover_id)


def sign_in(cast, handover, stay):
    commands.sign_in(actor=cast.outsider.actor, at=NOW + HOUR / 2, handover=handover, person=stay.person)


def lines(order):
    return list(order.people.order_by("id").values_list("state", flat=True))


def test_the_last_who_arrives_fulfils_the_order(cast):
    one, two = factories.stay(cast.site), factories.stay(cast.site)
    order = checked(cast, one, two)
    handover = sign_out(cast, one, two, order=order)
    assert (fresh(order).state, lines(order)) == ("under_way", ["under_way"] * 2)
    assert not Deadline.objects.filter(kind="orders.expiry", state="open").exists()
    sign_in(cast, handover, one)
    assert (fresh(order).state, lines(order)) == ("under_way", ["arrived", "under_way"])
    sign_in(cast, handover, two)
    assert (fresh(order).state, order.ended_at) == ("fulfilled", NOW + HOUR / 2)
    steps = list(order.steps.order_by("at", "id").values_list("step", flat=True))
    assert steps == ["drafted", "issued", "left", "arrived", "arrived", "fulfilled"]


def test_an_order_in_force_to_that_place_is_used_without_being_named(cast):
    stay = factories.stay(cast.site)
    order = checked(cast, stay)
    sign_out(cast, stay)
    assert fresh(order).state == "under_way"


def test_an_unchecked_order_sends_nobody_named_or_not(cast):
    stay = factories.stay(cast.site)
    order = issued(cast, stay)
    say(cast, order, stay.person, Source.SITE)
    for number in (order.number, ""):
        with pytest.raises(NotChecked) as refused:
            sign_out(cast, stay, order=number)
        assert refused.value.context["people"] == stay.person.name
    assert not Handover.objects.exists()
    orders.override(actor=cast.duty_officer.actor, at=NOW, order=order, reason="本人视频核对")
    sign_out(cast, stay, order=order)
    assert fresh(order).state == "under_way"


def test_an_unchecked_order_holds_nobody_up_on_the_way_to_hospital(cast):
    stay, ward = factories.stay(cast.site), hospital()
    order = issued(cast, stay, to=ward)
    sign_out(cast, stay, to=ward)
    assert (fresh(order).state, lines(order)) == ("issued", ["waiting"])


def test_who_is_brought_back_may_go_again_under_the_same_order(cast):
    stay = factories.stay(cast.site)
    order = checked(cast, stay)
    handover = sign_out(cast, stay, order=order)
    commands.bring_back(actor=cast.clerk.actor, at=NOW + HOUR, handover=handover, person=stay.person)
    assert (fresh(order).state, lines(order)) == ("issued", ["waiting"])
    assert Deadline.objects.get(kind="orders.expiry", state="open").due_at == order.valid_until
    sign_out(cast, stay, at=NOW + 2 * HOUR, order=order)
    assert fresh(order).state == "under_way"


def test_a_place_of_others_confirms_and_the_order_is_fulfilled(cast):
    stay, station = factories.stay(cast.site), place()
    order = checked(cast, stay, to=station)
    handover = sign_out(cast, stay, to=station, order=order)
    commands.confirm_arrival(
        actor=cast.clerk.actor, at=NOW + HOUR, handover=handover, person=stay.person, confirmed_by="驿站值班电话"
    )
    assert fresh(order).state == "fulfilled"


def test_a_place_of_others_that_is_no_hospital_needs_an_order_for_everybody(cast):
    one, two, station = factories.stay(cast.site), factories.stay(cast.site), place()
    checked(cast, one, to=station)
    with pytest.raises(OrderNeeded):
        sign_out(cast, one, two, to=station)
    with pytest.raises(OrderNeeded):
        sign_out(cast, two, to=station)
    sign_out(cast, two, to=hospital())
    assert sign_out(cast, one, to=station).people.count() == 1


def test_whoever_is_struck_off_while_they_leave_does_not_go_under_the_order(cast, monkeypatch):
    one, two = factories.stay(cast.site), factories.stay(cast.site)
    order, real = checked(cast, one, two), movement._locked

    def once_the_other_transaction_has_ended(pks):
        order.people.filter(person=two.person).update(state="struck")
        return real(pks)

    monkeypatch.setattr(movement, "_locked", once_the_other_transaction_has_ended)
    with pytest.raises(NotOnOrder):
        sign_out(cast, one, two, order=order)
    assert not Handover.objects.exists()


def test_whose_order_does_not_fit_is_told_why(cast):
    one, two, three = (factories.stay(cast.site) for _n in range(3))
    order, unissued = checked(cast, one), draft(cast, two)
    for people, given, refusal in (
        ([one], {"order": "H01-D2026-999999"}, OrderUnknown),
        ([two], {"order": unissued}, OrderNotInForce),
        ([one], {"order": order, "to": hospital()}, OrderElsewhere),
        ([one, three], {"order": order}, NotOnOrder),
        ([one], {"order": order, "at": NOW + 25 * HOUR}, OrderExpired),
    ):
        with pytest.raises(refusal):
            sign_out(cast, *people, **given)
    assert not Handover.objects.exists()


def test_a_site_to_which_an_order_sends_somebody_is_not_closed(cast):
    issued(cast, factories.stay(cast.site))
    with pytest.raises(PeopleExpected):
        close_site(actor=cast.approver.actor, at=NOW, site=cast.other_site, reason="任务结束")
