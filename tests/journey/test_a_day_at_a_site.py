"""A whole day in the browser: sign in, import, rooms, check in, round, release, and the certificate's QR checked."""

from datetime import datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from playwright.sync_api import expect

from lazaretto.core import clock
from lazaretto.people.models import Person
from lazaretto.places.models import Room
from lazaretto.protocols.models import PackAdoption
from lazaretto.stays import commands
from lazaretto.stays.models import Certificate, Observation, Stay
from lazaretto.stays.papers import certificate_paper
from lazaretto.ui.tests.pictures import codes_of
from tests import factories
from tests.browser import Opener, Window
from tests.factories import PASSWORD

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
ZONE = ZoneInfo("Asia/Shanghai")


@pytest.fixture
def now() -> datetime:
    return clock.now()


@pytest.fixture
def _rules(cast, now) -> None:
    PackAdoption.objects.create(
        pack="cn-plan-9", jurisdiction="CN", starts_on=(now - timedelta(days=90)).date(), reason="全国", created_at=now
    )


@pytest.fixture
def leaving(cast, _rules, now) -> Stay:
    """Somebody on their last day, with every test negative and no symptoms."""
    actor, entered = cast.site_lead.actor, now - timedelta(days=8)
    done = commands.admit(
        actor=actor, at=entered, person=factories.person("欧阳雪", at_site=cast.site), site=cast.site,
        room=Room.objects.get(site=cast.site, number="0301"), category="inbound",
        last_exposure_at=entered - timedelta(hours=6), authority="区疾控中心", legal_basis="传染病防治法",
        reason="入境",
    )  # fmt: skip
    stay = Stay.objects.get(pk=done.stay_id)
    for day in (1, 2, 3, 5, 7):
        at = entered + timedelta(days=day)
        commands.collect_specimen(actor=actor, at=at, stay=stay, tube=f"D{day}")
        commands.record_result(actor=actor, at=at, site=cast.site, tube=f"D{day}", result="negative", laboratory="L1")
    commands.observe(
        actor=actor, at=now - timedelta(hours=2), stay=stay, day=(now - timedelta(hours=2)).astimezone(ZONE).date(),
        slot="extra", temperature=Decimal("36.5"),
    )  # fmt: skip
    return stay


def manifest_file(now: datetime) -> bytes:
    """A list as an office sends it: title line, a blank, a total, GB18030."""
    day = (now - timedelta(days=1)).astimezone(ZONE).date()
    lines = [
        "转运人员名单（共2人）,,,,,", "序号,姓名,证件号码,性别,联系电话,入境日期",
        f"1,单小燕,440105199102090167,女,13812345678,{day:%Y/%m/%d}", ",,,,,",
        f"2,SMITH John,GB2036081,男,,{day:%Y.%m.%d}", "合计,2人,,,,",
    ]  # fmt: skip
    return "\r\n".join(lines).encode("gb18030")


def yesterdays_round(now: datetime) -> str:
    return f"/sites/H01/rounds?day={(now - timedelta(days=1)).astimezone(ZONE).date()}&slot=morning"


def sign_in(reader: Window, member) -> None:
    page = reader.open("/sign-in/")
    page.fill("[name=username]", member.user.username)
    page.fill("[name=password]", PASSWORD)
    page.keyboard.press("Enter")
    expect(page.locator("[name=password]")).to_have_count(0)


@pytest.mark.usefixtures("_rules")
@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_a_bus_is_imported_gets_rooms_and_is_checked_in(window: Opener, cast, now: datetime, language: str) -> None:
    type(cast.site_lead.user).objects.filter(pk=cast.site_lead.user.pk).update(language=language)
    reader = window(language=language)
    sign_in(reader, cast.site_lead)
    page = reader.open("/sites/H01/lists")
    page.set_input_files("input[type=file]", {"name": "名单.csv", "mimeType": "text/csv", "buffer": manifest_file(now)})
    page.locator("main button[type=submit]").last.click()
    page.locator("[data-progress-start]").click()
    expect(page.locator("a[href*='/buses/']").last).to_be_visible()
    page.locator("a[href*='/buses/']").last.click()
    page.locator("form[action$='/propose'] button").click()
    expect(page.locator("input[name=room]").first).not_to_have_value("")
    assert reader.problems() == []

    page = reader.open("/sites/H01/check-in")
    page.keyboard.type("sxy")
    expect(page.locator(".lz-desk-found")).to_contain_text("单小燕")
    page.keyboard.press("Enter")
    button = page.locator("[data-first]")
    expect(button).to_be_visible()
    if button.evaluate("node => node !== document.activeElement"):  # the first order of a site has no grounds yet
        for name, text in (("authority", "区疾控中心"), ("legal_basis", "传染病防治法"), ("reason", "入境")):
            page.fill(f"[name={name}]", text)
        button.focus()
    page.keyboard.press("Enter")
    expect(page.locator("[data-checked-in]")).to_be_visible()
    assert Stay.objects.get().person.name == "单小燕"
    assert {person.name for person in Person.objects.all()} == {"单小燕", "SMITH John"}
    expect(page.locator("#q")).to_be_focused()
    assert reader.problems() == []


def test_a_round_is_typed_and_a_lost_network_loses_nothing(window: Opener, cast, now: datetime, leaving: Stay) -> None:
    reader = window()
    sign_in(reader, cast.medic)
    page = reader.open(yesterdays_round(now))
    reader.context.set_offline(True)
    page.locator("[name=entry]").first.fill("378 c")
    page.keyboard.press("Tab")
    expect(page.locator("[data-round-unsent-count]")).to_have_text("1")
    assert not Observation.objects.filter(slot="morning").exists()
    reader.context.set_offline(False)
    expect(page.locator("[data-round-unsent]")).to_be_hidden()
    expect(page.locator("tr[data-door]").first).to_have_attribute("data-tone", "red")
    assert Observation.objects.get(slot="morning").symptoms == ["cough"]


def test_what_a_medic_typed_offline_is_not_sent_in_the_name_of_who_signs_in_next(
    window: Opener, cast, now: datetime, leaving: Stay
) -> None:
    reader = window(session=cast.medic.client.session.session_key)
    page = reader.open(yesterdays_round(now))
    page.route("**/rounds/save", lambda route: route.abort())
    page.locator("[name=entry]").first.fill("366")
    page.keyboard.press("Tab")
    expect(page.locator("[data-round-unsent-count]")).to_have_text("1")
    page.unroute("**/rounds/save")
    cookie = {"name": "sessionid", "url": reader.base}
    reader.context.add_cookies([{**cookie, "value": cast.site_lead.client.session.session_key}])
    page.reload()
    expect(page.locator("[data-round-others-count]")).to_have_text("1")
    expect(page.locator("[data-round-unsent]")).to_be_hidden()
    assert not Observation.objects.filter(slot="morning").exists()
    reader.context.add_cookies([{**cookie, "value": cast.medic.client.session.session_key}])
    with page.expect_response("**/rounds/save"):
        page.reload()
    expect(page.locator("[data-round-others]")).to_be_hidden()
    assert Observation.objects.get(slot="morning").taken_by == cast.medic.user


def test_a_session_that_ended_during_a_round_says_so_and_loses_nothing(
    window: Opener, cast, now: datetime, leaving: Stay
) -> None:
    reader = window(session=cast.medic.client.session.session_key)
    page = reader.open(yesterdays_round(now))
    reader.context.clear_cookies(name="sessionid")
    page.locator("[name=entry]").first.fill("367")
    page.keyboard.press("Tab")
    expect(page.locator("[data-round-signed-out]")).to_be_visible()
    assert not Observation.objects.filter(slot="morning").exists()
    page.locator("[data-round-signed-out] a").click()
    page.fill("[name=username]", cast.medic.user.username)
    page.fill("[name=password]", PASSWORD)
    with page.expect_response("**/rounds/save"):
        page.keyboard.press("Enter")
    expect(page.locator("[data-round-unsent]")).to_be_hidden()
    assert Observation.objects.get(slot="morning").temperature == Decimal("36.7")


def test_a_release_in_bulk_makes_a_certificate_whose_code_anyone_can_check(window: Opener, cast, leaving: Stay) -> None:
    reader = window()
    sign_in(reader, cast.site_lead)
    page = reader.open("/sites/H01/release")
    expect(page.locator("[name=stay]:checked")).to_have_count(1)
    assert reader.problems() == []
    page.locator("form[action$='/release/chosen'] button").click()
    expect(page.locator("a[href^='/certificates/']")).to_have_count(1)
    certificate = Certificate.objects.get()
    [code] = codes_of(certificate_paper(certificate))
    assert certificate.token in code

    anybody = window(language="en")
    page = anybody.open(code[code.index("/check") :])
    expect(page.locator("main")).to_contain_text("Genuine.")
    expect(page.locator("main")).to_contain_text("欧阳雪")
    assert anybody.problems() == []
    forged = anybody.open("/check?t=" + certificate.token[:-6] + "AAAAAA")
    expect(forged.locator("main")).to_contain_text("not a genuine certificate")
