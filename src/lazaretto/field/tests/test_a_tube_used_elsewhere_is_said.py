"""A tube of an earlier round or another point: the server says so while the first person is swabbed."""

from datetime import timedelta

import pytest
from playwright.sync_api import expect

from lazaretto.core import clock
from lazaretto.field.queries import device_of, used_tube
from lazaretto.field.tests.phones import phone
from lazaretto.field.tests.test_the_phone_in_a_browser import at_table, bar, says, wedge
from lazaretto.headcounts.tests.lists import card
from lazaretto.screening.models import Scan, Tube
from lazaretto.screening.tests.rounds import open_one, opened, over, point, scan, send
from lazaretto.tubes.commands import call_slip
from lazaretto.tubes.tests.ways import seen, tell
from tests.browser import Opener

pytestmark = pytest.mark.django_db


@pytest.fixture
def place(cast):
    """A point of the second round; in the first, closed one, a tube was used."""
    first, there = opened(cast, people=6)
    send(cast, there, scan(1, tube="OLD1"))
    over(first)
    _of, here = open_one(cast)
    return here


def used(one, code: str):
    """What the door says of a tube."""
    answer = one.ask(f"tube?code={code}")
    assert answer.status_code == 200, answer.content
    return answer.json()["used"]


def test_a_tube_of_another_round_or_point_is_known(cast, place):
    one, other = phone(cast, place), point(cast, place.round, "P2")
    send(cast, other, scan(2, tube="THERE1"))
    assert used(one, "%20old1") == {"round": 1, "point": "P1"}
    assert used(one, "THERE1") == {"round": 2, "point": "P2"}
    assert used(one, "FRESH1") is None
    assert used(one, "") is None


def test_a_tube_that_lies_in_a_bag_is_used_and_a_slip_is_not(cast, place):
    one = phone(cast, place)
    tell(cast, place, seen("bagged", tube="BAGGED1", bag="B1"), seen("sealed", tube="TYPED1"))
    assert used(one, "BAGGED1") == {"round": 2, "point": "P1"}
    assert used(one, "TYPED1") is None, "its scans are on another phone of this table perhaps"
    tell(cast, place, seen("received", tube="SLIP1"))
    assert used(one, "SLIP1") is not None
    call_slip(actor=cast.duty_officer.actor, at=clock.now(), test_round=place.round, tube="SLIP1", reason="看错")
    assert used(one, "SLIP1") is None


def test_of_another_area_nothing_is_told_but_that_it_was_used(cast, place):
    first = Tube.objects.get(pk="OLD1").round
    type(first).objects.filter(pk=first.pk).update(unit=cast.other_site.unit)
    assert used(phone(cast, place), "OLD1") == {"round": None, "point": ""}


def test_it_costs_a_few_looks_at_keys_and_writes_nothing_of_its_own(cast, place, django_assert_num_queries):
    device = device_of(phone(cast, place).token, at=clock.now())
    with django_assert_num_queries(2):
        assert used_tube(device, "FRESH1") is None
    with django_assert_num_queries(3):
        assert used_tube(device, "OLD1") is not None


def test_a_phone_that_has_ended_asks_for_nothing(cast, place, monkeypatch):
    one = phone(cast, place)
    assert one.ask("end", {}).status_code == 200
    assert one.ask("tube?code=OLD1").status_code == 401
    monkeypatch.setattr(clock, "now", lambda: place.round.deadline_at + timedelta(days=40))
    assert one.ask("tube?code=OLD1").status_code == 401


@pytest.mark.browser
@pytest.mark.django_db(transaction=True)
def test_it_is_said_while_the_tube_is_in_hand_and_swapped(window: Opener, cast, place) -> None:
    for nth in (2, 3):
        send(cast, point(cast, place.round, f"P{nth}"), scan(3 + nth, tube=f"OLD{nth}"))
    reader = at_table(window, cast, place)
    page = reader.page
    wedge(page, "OLD1")
    says(page, "red", "TUBE OLD1 WAS USED BEFORE (round 1, point P1). Take a new one.")
    expect(page.locator("[data-tube-code]")).to_have_text("No tube in hand")
    wedge(page, "OLD1")
    says(page, "red", "TUBE OLD1 WAS USED BEFORE")

    held = []

    def hold(route):
        held.append(route)  # a method of a list is none that the browser's driver takes

    page.route("**/field/api/tube*", hold)
    wedge(page, "OLD2")
    wedge(page, card(1))
    wedge(page, card(2))
    says(page, "green", "员工002 is in place 2 of 10")  # nothing waited for the answer
    held.pop().continue_()
    says(page, "red", "STOP: scan a new tube, it takes over the 2")
    bar(page, "seal")
    says(page, "red", "press again to seal it all the same")
    page.unroute("**/field/api/tube*")
    page.reload()
    wedge(page, "OLD2")
    says(page, "red", "WAS USED BEFORE (round 2, point P2)")

    page.route("**/field/api/tube*", hold)
    bar(page, "seal")
    says(page, "green", "sealed with 2")
    wedge(page, "OLD3")
    wedge(page, card(3))
    says(page, "green", "员工003")
    held.pop().continue_()
    says(page, "red", "it takes over the 1")
    page.unroute("**/field/api/tube*")
    wedge(page, "OLD9")
    says(page, "amber", "1 people moved from OLD3 to OLD9")
    wedge(page, card(4))
    bar(page, "seal")
    says(page, "green", "Tube OLD9 is sealed with 2")
    expect(page.locator("[data-queue]")).to_have_text("0")
    assert sorted(Scan.objects.filter(tube="OLD9").values_list("number", "slot")) == [(3, 1), (4, 2)]
    assert reader.complaints == []


@pytest.mark.browser
@pytest.mark.django_db(transaction=True)
def test_without_an_answer_the_table_goes_on_and_what_it_holds_is_sent(window: Opener, cast, place) -> None:
    reader = at_table(window, cast, place)
    page, asked = reader.page, []
    busy = {"status": 429, "headers": {"Retry-After": "600"}, "content_type": "application/problem+json", "body": "{}"}
    page.route("**/field/api/tube*", lambda route: (asked.append(route.request.url), route.fulfill(**busy)))
    wedge(page, "OLD1")
    says(page, "blue", "OLD1")
    wedge(page, card(1))
    bar(page, "seal")
    says(page, "green", "sealed with 1")
    expect(page.locator("[data-queue]")).to_have_text("0")
    assert len(asked) == 1, "put off, it is not asked again; and uploads wait for nothing"
    reader.context.set_offline(True)
    wedge(page, "OLD5")
    says(page, "blue", "OLD5")
    assert len(asked) == 1
