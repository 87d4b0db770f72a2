"""Pages of orders in Chromium: no barrier in either language, theme and width; destinations follow what is chosen."""

from datetime import timedelta

import pytest
from playwright.sync_api import expect

from lazaretto.core import clock
from lazaretto.orders import commands
from lazaretto.orders.choices import Says, Source
from lazaretto.orders.models import ExceptionRequest, TransferOrder
from lazaretto.orders.tests.telling import place
from lazaretto.people.models import Need
from lazaretto.protocols.choices import Category
from tests import factories
from tests.browser import READERS, Opener

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def orders(cast) -> dict[str, TransferOrder]:
    """A draft, one about which a source disagrees, one that has expired; times are those of the wall clock."""
    now = clock.now()

    def write(ago, hours, *, issue):
        made = commands.write_order(
            actor=cast.clerk.actor, at=now - ago, from_site=cast.site, to_site="H02", category=Category.INBOUND,
            reason="腾空楼层", valid_until=now - ago + timedelta(hours=hours),
            people=tuple(commands.Passenger(person=factories.stay(cast.site).person_id) for _n in range(2)),
        )  # fmt: skip
        order = TransferOrder.objects.get(pk=made.order_id)
        if issue:
            commands.issue(actor=cast.duty_officer.actor, at=now - ago, order=order)
        return order

    minute = timedelta(minutes=1)
    found = {
        "draft": write(minute, 12, issue=False),
        "doubtful": write(9 * minute, 1, issue=True),
        "expired": write(125 * minute, 2, issue=True),
    }
    commands.check_source(
        actor=cast.clerk.actor, at=now, order=found["doubtful"], source=Source.COMMUNITY, address=Says.DIFFERENT,
        person=found["doubtful"].people.first().person_id, address_words="2单元501，不是1单元",
        told_by="陈主任",
    )  # fmt: skip
    return found


@pytest.fixture
def asked(cast) -> ExceptionRequest:
    """Somebody waits outside for an answer."""
    person = factories.person("无名老太太", at_site=cast.site)
    done = commands.ask_exception(
        actor=cast.clerk.actor, at=clock.now(), site=cast.site, person=person, why_now="93岁，独自"
    )
    return ExceptionRequest.objects.get(pk=done.request_id)


@pytest.mark.parametrize(("language", "theme", "width"), READERS)
def test_no_page_has_a_barrier(window: Opener, cast, orders, asked, language: str, theme: str, width: str) -> None:
    station = place(name="云山区健康驿站")
    pages = {
        "site_lead": [
            "/transfer-orders",
            "/transfer-orders/new?from=site:H01",
            f"/transfer-orders/new?from=place:{station.pk}",
        ],
        "duty_officer": [f"/transfer-orders/{order.number}" for order in orders.values()],
        "approver": ["/exceptions", f"/exceptions/{asked.number}"],
    }
    for role, paths in pages.items():
        member = getattr(cast, role)
        member.user.language = language
        member.user.save()
        reader = window(language=language, theme=theme, width=width, session=member.client.session.session_key)
        for path in paths:
            reader.open(path)
            assert reader.problems() == [], (role, path)


def test_where_they_can_go_follows_who_is_chosen_and_one_press_writes_the_order(window: Opener, cast) -> None:
    stay = factories.stay(cast.site)
    Need.objects.create(person=stay.person, kind="dialysis", started_at=clock.now())
    reader = window(session=cast.clerk.client.session.session_key)
    page = reader.open("/transfer-orders/new?from=site:H01")
    page.fill("#id_reason", "每周三次透析")
    expect(page.locator("#destinations")).not_to_contain_text("透析须转运至医院")
    page.locator(f"[name=people][value='{stay.person_id}']").check()
    expect(page.locator("#destinations")).to_contain_text("透析须转运至医院")
    with page.expect_response("**/transfer-orders/new?*"):  # it looks again; what was chosen stays chosen
        page.locator("[name=destination][value='site:H02']").check()
    expect(page.locator("[name=destination][value='site:H02']")).to_be_checked()
    page.get_by_role("button", name="开单").last.click()
    expect(page.locator("#person-" + str(stay.person_id))).to_be_visible()
    assert TransferOrder.objects.get().people.get().person == stay.person
    assert reader.problems() == []
