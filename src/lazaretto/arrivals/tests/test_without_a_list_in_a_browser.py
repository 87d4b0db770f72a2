"""Admission without a list in Chromium: no barrier in either language, theme and width; by keyboard alone."""

from datetime import date, timedelta

import pytest
from playwright.sync_api import expect

from lazaretto.core import clock
from lazaretto.people.models import Person
from lazaretto.protocols.models import PackAdoption
from lazaretto.stays import commands
from lazaretto.stays.models import Stay
from tests import factories
from tests.browser import READERS, Opener

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
NEW = "/sites/H01/check-in/new"


@pytest.fixture
def known(cast) -> Person:
    """Rules in force, one admission to remember, somebody our records know, and somebody alike at another site."""
    now = clock.now()
    PackAdoption.objects.create(
        pack="cn-plan-9", jurisdiction="CN", starts_on=(now - timedelta(days=90)).date(), reason="全国", created_at=now
    )
    first = factories.person("陈静", at_site=cast.site)
    commands.admit(
        actor=cast.clerk.actor, at=now, person=first, site=cast.site, room=cast.site.rooms.get(number="0301"),
        category="inbound", last_exposure_at=now - timedelta(hours=9), authority="区疾控中心",
        legal_basis="传染病防治法", reason="入境",
    )  # fmt: skip
    factories.person("李娜", at_site=cast.other_site, birth_date=date(1988, 8, 8))
    return factories.person("单小燕", at_site=cast.site, birth_date=date(1991, 2, 9))


@pytest.mark.usefixtures("known")
@pytest.mark.parametrize(("language", "theme", "width"), READERS)
def test_no_step_has_a_barrier(window: Opener, cast, language: str, theme: str, width: str) -> None:
    type(cast.clerk.user).objects.filter(pk=cast.clerk.user.pk).update(language=language)
    reader = window(language=language, theme=theme, width=width, session=cast.clerk.client.session.session_key)
    page = reader.open(NEW)
    assert reader.problems() == []
    page.fill("#id_name", "李娜")
    page.fill("#id_birth_date", "1988-08-08")
    expect(page.locator("[name=others]")).to_be_visible()
    assert reader.problems() == []
    page.locator("#walk-in-known [name=pick]").first.click()
    expect(page.locator("#id_name[type=hidden]")).to_have_count(1)
    page.wait_for_load_state()
    assert reader.problems() == []
    with page.expect_response("**/look"):
        page.fill("#id_room", "9999")
    page.locator("#walk-in .btn-primary").click()
    expect(page.locator(".lz-error-summary")).to_be_visible()
    assert [problem for problem in reader.problems() if "422" not in problem] == []


@pytest.mark.usefixtures("known")
def test_a_stranger_is_admitted_with_a_handful_of_keys(window: Opener, cast) -> None:
    reader = window(session=cast.clerk.client.session.session_key)
    page = reader.open("/sites/H01/check-in")
    page.keyboard.type("无名氏")
    expect(page.locator("#desk .lz-note")).to_be_visible()
    page.keyboard.press("Enter")
    expect(page.locator("#desk a[data-first]")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("#id_name")).to_have_value("无名氏")
    expect(page.locator("#id_document_number")).to_be_focused()
    page.wait_for_load_state()
    page.keyboard.press("Enter")
    expect(page.locator("#id_exposed_on")).to_be_focused()
    with page.expect_response("**/look"):  # the test's database has one table lock for readers and writers
        page.locator("[data-day]").nth(1).press("Enter")
    expect(page.locator("#id_exposed_on")).not_to_have_value("")
    page.keyboard.press("Enter")
    expect(page.locator("#id_why_now")).to_be_focused()
    with page.expect_response("**/look"):
        page.keyboard.type("天黑，独自到达")
    page.keyboard.press("Enter")
    expect(page.locator("[data-checked-in]")).to_contain_text("无名氏")
    expect(page.locator("#q")).to_be_focused()
    assert Stay.objects.filter(person__name="无名氏").count() == 1
    assert [problem for problem in reader.problems() if "422" not in problem] == []


def test_one_press_recognises_somebody_and_keeps_what_was_typed(window: Opener, cast, known: Person) -> None:
    reader = window(session=cast.clerk.client.session.session_key)
    page = reader.open(NEW)
    page.fill("#id_exposed_on", (clock.now() - timedelta(days=1)).date().isoformat())
    page.fill("#id_why_now", "天黑，独自到达")
    with page.expect_response("**/look"):
        page.fill("#id_name", "sxy")
    page.locator("#walk-in-known [name=pick]").click()
    expect(page.locator("#walk-in [name=same_as]")).to_have_value(str(known.pk))
    expect(page.locator("#walk-in .btn-primary")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("[data-checked-in]")).to_contain_text("单小燕")
    assert Stay.objects.get(person=known).order.authority == "区疾控中心"
    assert reader.problems() == []
