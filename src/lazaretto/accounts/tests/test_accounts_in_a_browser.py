"""Accounts in Chromium: no barrier in either language, theme and width; signing in by keyboard."""

import pytest
from playwright.sync_api import expect

from lazaretto.accounts import commands
from lazaretto.accounts.models import User
from lazaretto.core import clock
from tests.browser import READERS, Opener
from tests.factories import PASSWORD

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

PAGES = [
    "/accounts/users/", "/accounts/users/new/", "/accounts/units/", "/accounts/units/new/", "/accounts/roles/",
    "/account/", "/account/password/", "/journal/", "/journal/?subject_id=x",
]  # fmt: skip


@pytest.mark.parametrize(("language", "theme", "width"), READERS)
def test_no_page_has_a_barrier(window: Opener, cast, language: str, theme: str, width: str) -> None:
    member = cast.administrator
    commands.choose_language(actor=member.actor, at=clock.now(), language=language)
    commands.rename_unit(actor=member.actor, at=clock.now(), unit=cast.site.unit, name="江畔酒店专班")
    commands.issue_token(actor=member.actor, at=clock.now(), username=member.user.username, label="scanner")
    reader = window(language=language, theme=theme, width=width, session=member.client.session.session_key)
    for path in [*PAGES, f"/accounts/users/{cast.clerk.user.pk}/", f"/accounts/units/{cast.site.unit_id}/"]:
        reader.open(path)
        assert reader.problems() == [], path


@pytest.mark.parametrize(("language", "theme", "width"), READERS)
def test_signing_in_has_no_barrier_and_needs_no_mouse(window: Opener, cast, language, theme, width) -> None:
    commands.choose_language(actor=cast.clerk.actor, at=clock.now(), language=language)
    reader = window(language=language, theme=theme, width=width)
    page = reader.open("/sign-in/?next=/account/")
    assert reader.problems() == []
    page.keyboard.type(cast.clerk.user.username)
    page.keyboard.press("Tab")
    page.keyboard.type("wrong")
    page.keyboard.press("Enter")
    expect(page.get_by_role("alert")).to_be_visible()
    assert reader.problems() == []
    page.locator("#id_password").fill(PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url("**/account/")


def test_the_first_visit_has_no_barrier(window: Opener, db) -> None:
    reader = window(language="zh-hans", theme="light", width="phone")
    page = reader.open("/")
    page.wait_for_url("**/set-up/")
    assert reader.problems() == []
    for name, value in [("district", "江畔区"), ("display_name", "林一"), ("username", "lin")]:
        page.locator(f"#id_{name}").fill(value)
    page.locator("#id_password").fill(PASSWORD)
    page.locator("#id_again").fill(PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url(f"{reader.base}/")
    assert User.objects.get().username == "lin"
