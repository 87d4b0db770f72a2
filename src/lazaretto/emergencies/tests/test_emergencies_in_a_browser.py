"""Pages of emergencies in Chromium: no barrier in either language, theme and width; the button by keyboard."""

import re
from datetime import timedelta

import pytest
from playwright.sync_api import expect

from lazaretto.core import clock
from lazaretto.emergencies import commands
from lazaretto.emergencies.choices import EmergencyState
from lazaretto.emergencies.models import Emergency
from tests import factories
from tests.browser import READERS, Opener

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def three(cast) -> dict[str, Emergency]:
    """One that nobody has, one on its way, one closed; times are those of the wall clock."""
    factories.headquarters()
    now, medic = clock.now(), cast.medic.actor

    def report(minutes, **said):
        done = commands.report(actor=cast.clerk.actor, at=now - timedelta(minutes=minutes), site=cast.site, **said)
        return Emergency.objects.get(pk=done.emergency_id)

    made = {
        "new": report(3, where="0301", kind="labour", what="孕妇见红，阵痛"),
        "going": report(16, where="0402", kind="chest_pain", who="李娜", what="胸口疼，出冷汗"),
        "over": report(90, where="大堂", kind="injury", who="王小明"),
    }
    commands.own(actor=medic, at=now - timedelta(minutes=14), emergency=made["going"])
    commands.step(actor=medic, at=now - timedelta(minutes=12), emergency=made["going"], to=EmergencyState.CALLED)
    commands.add_word(actor=cast.security.actor, at=now, emergency=made["going"], words="电梯已留好，车从东门进")
    commands.step(actor=medic, at=now - timedelta(minutes=70), emergency=made["over"], to=EmergencyState.CLOSED)
    return made


@pytest.mark.parametrize(("language", "theme", "width"), READERS)
def test_no_page_has_a_barrier(window: Opener, cast, three, language: str, theme: str, width: str) -> None:
    pages = {
        "site_lead": ["", "/new?site=H01&room=0301", f"/{three['new'].number}", f"/{three['going'].number}"],
        "approver": [f"/{three['over'].number}"],
        "hotel_staff": ["/new", f"/{three['new'].number}/said"],
    }
    for role, paths in pages.items():
        member = getattr(cast, role)
        member.user.language = language
        member.user.save()
        reader = window(language=language, theme=theme, width=width, session=member.client.session.session_key)
        for path in paths:
            reader.open(f"/emergencies{path}")
            assert reader.problems() == [], (role, path)


def test_the_button_works_by_keyboard_from_any_page(window: Opener, cast) -> None:
    reader = window(session=cast.hotel_staff.client.session.session_key)
    page = reader.open("/account/")
    page.keyboard.press("!")
    expect(page).to_have_url(re.compile(r"/emergencies/new\?site=H01$"))
    send = page.get_by_role("button", name="立即求助")
    send.focus()
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile(r"/emergencies/H01-E\d{4}-0001/said$"))
    assert Emergency.objects.get().site == cast.site


def test_two_taps_on_a_phone_are_enough(window: Opener, cast) -> None:
    reader = window(width="phone", session=cast.security.client.session.session_key)
    page = reader.open("/account/")
    page.locator(".lz-topbar .lz-frame-button").click()
    send = page.get_by_role("button", name="立即求助")
    expect(send).to_be_in_viewport()
    send.click()
    expect(page.locator("#said")).to_contain_text("已通知医护人员")


def test_what_somebody_is_writing_outlives_the_news(window: Opener, cast, three) -> None:
    reader = window(session=cast.medic.client.session.session_key)
    page = reader.open(f"/emergencies/{three['new'].number}")
    page.locator("#words").fill("血压80")
    page.locator("h1").click()  # out of the field
    commands.own(actor=cast.site_lead.actor, at=clock.now(), emergency=three["new"])
    page.evaluate("for (const part of document.querySelectorAll('[data-live]')) htmx.trigger(part, 'lz:refresh')")
    expect(page.locator("#now")).to_contain_text(str(cast.site_lead.user))
    expect(page.locator("#happened li")).to_have_count(2)
    expect(page.locator("#words")).to_have_value("血压80")


def test_a_page_that_stays_open_hears_of_an_emergency(window: Opener, cast) -> None:
    reader = window(session=cast.medic.client.session.session_key)
    page = reader.open("/account/")
    expect(page.locator(".lz-banner-alarm")).to_have_count(0)
    commands.report(actor=cast.clerk.actor, at=clock.now(), site=cast.site, what="晕倒")
    page.evaluate("document.querySelector('[data-banner]').dispatchEvent(new Event('lz:refresh'))")
    expect(page.locator(".lz-banner-alarm")).to_contain_text("无人接手")
