"""The pages of headquarters in Chromium, and the palette against the real search."""

import gzip
from datetime import timedelta

import pytest
from playwright.sync_api import Response, expect

from lazaretto.core import clock
from lazaretto.core.deadlines import Due, raise_alarm, set_deadlines
from tests import factories
from tests.browser import READERS, Opener

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

PAGES = (
    "/",
    "/figures/in-house",
    "/figures/release-overdue?site=H01",
    "/alarms",
    "/alarms?tab=answered",
    "/deadlines",
    "/search?q=030",
)


@pytest.fixture
def guest(cast):
    """Somebody overdue for release, with a fever."""
    now = clock.now()
    stay = factories.stay(cast.site, who=factories.person("单雪梅", at_site=cast.site))
    past = now - timedelta(hours=3)
    set_deadlines([Due("stays.release", stay, past, "", cast.site.unit_id, stay.person_id)], at=past)
    raise_alarm(Due("stays.fever", stay, past, "", cast.site.unit_id, stay.person_id), at=past)
    return stay


def session(member) -> str:
    return member.client.cookies["sessionid"].value


@pytest.mark.parametrize(("language", "theme", "width"), READERS)
def test_no_page_has_a_barrier(window: Opener, cast, guest, language, theme, width):
    reader = window(language=language, theme=theme, width=width, session=session(cast.duty_officer))
    for path in PAGES:
        reader.open(path)
        assert reader.problems() == [], path


def test_from_the_palette_to_a_person_by_three_letters(window: Opener, cast, guest):
    reader = window(session=session(cast.clerk))
    page = reader.open("/alarms")
    page.keyboard.press("/")
    expect(page.locator("#lz-palette")).to_be_visible()
    page.keyboard.type("sxm")
    expect(page.get_by_role("option").filter(has_text="单雪梅")).to_contain_text("H01 0301")


def test_an_alarm_is_taken_and_answered_by_clicks(window: Opener, cast, guest):
    page = window(session=session(cast.medic)).open("/alarms")
    page.get_by_role("button", name="认领").click()
    expect(page.locator(".lz-toast")).to_contain_text("告警已由您认领")
    page.locator("summary", has_text="答复").click()
    page.get_by_label("处置情况").fill("已查看")
    page.locator(".lz-answer button").click()
    expect(page.locator(".lz-alarm-row")).to_have_count(0)


def test_the_first_page_is_small(window: Opener, cast, guest):
    """Style, script and icons of the console, compressed as they are served, without fonts: at most 150 kB."""
    reader = window(session=session(cast.duty_officer))
    answers: list[Response] = []
    reader.page.on("response", lambda answer: answers.append(answer))  # noqa: PLW0108 - playwright marks its handlers
    reader.open("/")
    expect(reader.page.locator("[data-live-pill]")).to_be_visible()
    parts = [answer for answer in answers if "woff2" not in answer.url and "/live/" not in answer.url]
    sizes = [_compressed(answer.body()) for answer in parts]
    assert len(sizes) > 10
    assert sum(sizes) < 150_000


def _compressed(body: bytes) -> int:

    return len(gzip.compress(body, 9))
