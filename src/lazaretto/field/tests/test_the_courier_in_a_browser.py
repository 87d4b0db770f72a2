"""The courier's phone in Chromium, and the badge at the table: scanned, typed, seen by the camera; offline; late."""

import json
import re
from datetime import timedelta

import pytest
from django.urls import reverse
from playwright.sync_api import Page, expect

from lazaretto.core import clock
from lazaretto.field.tests.pictures import film
from lazaretto.field.tests.test_the_phone_in_a_browser import at_table, bar, says, wedge
from lazaretto.headcounts.tests.lists import card
from lazaretto.screening.tests.rounds import opened
from lazaretto.tubes import commands
from lazaretto.tubes.models import Bag, Courier, TubeEvent
from lazaretto.tubes.tests.ways import laboratory, seen, tell
from tests.browser import EXECUTABLE, QUIET, READERS, Opener, Window, scanned_by_hand

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def place(cast):
    """A point of an open round, with a laboratory."""
    _of, found = opened(cast, people=4)
    laboratory(cast)
    return found


def courier(cast, code="C07", name="张强", plate="粤A12345") -> Courier:
    """Somebody with a badge."""
    made = commands.add_courier(
        actor=cast.duty_officer.actor, at=clock.now(), unit=cast.site.unit, code=code, name=name, plate=plate
    )
    return Courier.objects.get(pk=made.courier_id)


def link(cast, one: Courier) -> str:
    """What the QR for their phone says."""
    key = commands.make_courier_key(actor=cast.duty_officer.actor, at=clock.now(), courier=one).key
    return f"{reverse('field:carrying')}#key={key}"


def carrying(window: Opener, cast, *, language="en", theme="light", width="phone") -> Window:
    """A courier's phone that was opened by its link."""
    reader = window(language=language, width=width, theme=theme)
    page = reader.open(link(cast, courier(cast)))
    expect(page.locator("[data-synced]")).to_have_text(re.compile(r"\d\d:\d\d"))
    assert "key=" not in page.url
    return reader


def bagged(cast, place, code: str, *tubes: str) -> None:
    """A closed bag at the table."""
    now = clock.now()
    events = [*(seen("bagged", tube=one, bag=code, at=now) for one in tubes)]
    tell(cast, place, *events, seen("bag_closed", bag=code, count=len(tubes), at=now), at=now)


def again(page: Page) -> None:
    """It asks the server now."""
    page.evaluate("dispatchEvent(new Event('online'))")


def test_bags_are_taken_and_handed_in_without_a_network(window: Opener, cast, place) -> None:
    bagged(cast, place, "B-17", "T1", "T2")
    reader = carrying(window, cast)
    page = reader.page
    says(page, "blue", "Scan the bags at the point")
    page.evaluate("navigator.serviceWorker.ready.then(() => true)")
    reader.context.set_offline(True)
    page.reload()
    expect(page.locator("[data-courier]")).to_have_text("C07 张强")
    page.locator("h1").first.focus()
    scanned_by_hand(page, "BAG-B99")
    says(page, "amber", "Nothing is known of it yet: count its tubes")
    page.get_by_role("button", name="Undo").click()
    says(page, "amber", "BAG-B99 is taken back")
    wedge(page, "b-17")
    says(page, "green", f"B-17 from {place.code} {place.name}. Tubes: 2. At the laboratory by")
    wedge(page, "B-17")
    says(page, "amber", "is with you already")
    wedge(page, card(1))
    says(page, "red", "THIS IS A PERSON")
    expect(page.locator("[data-bags] li")).to_have_count(1)
    expect(page.locator("[data-bags] li")).to_contain_text("at the laboratory by")
    wedge(page, "B-18")
    says(page, "amber", "Nothing is known")
    page.reload()  # the phone died
    expect(page.locator("[data-queue]")).to_have_text("2")
    expect(page.locator("[data-bags] li")).to_have_count(2)
    page.get_by_role("button", name="Hand in at a laboratory").click()
    wedge(page, "B-17")
    says(page, "red", "WHICH LABORATORY?")
    wedge(page, "LZL1:LAB9")
    says(page, "red", "LAB9 is no laboratory of this area")
    wedge(page, "LZL1:LAB1")
    says(page, "blue", "LAB1 检测所")
    wedge(page, "B-17")
    says(page, "red", "WHO TAKES THEM?")
    page.get_by_label("Who takes them").fill("李检")
    wedge(page, "B-17")
    says(page, "green", "B-17 is handed in at LAB1 检测所 to 李检. Tubes: 2.")
    wedge(page, "B-17")
    says(page, "amber", "is handed in already")
    page.get_by_role("button", name="Hand in all of them: 1").click()
    says(page, "green", "1 bags")
    expect(page.locator("[data-bags] li")).to_have_count(0)
    assert not TubeEvent.objects.filter(kind="taken").exists()
    reader.context.set_offline(False)
    again(page)
    expect(page.locator("[data-queue]")).to_have_text("0")
    assert {one.code: (one.state, one.laboratory) for one in Bag.objects.all()} == {
        "B-17": ("arrived", "LAB1"), "B-18": ("arrived", "LAB1"),
    }  # fmt: skip
    assert [text for text in reader.complaints if "ERR_INTERNET_DISCONNECTED" not in text] == []


def test_what_is_late_is_red_and_a_phone_that_was_ended_keeps_what_it_holds(window: Opener, cast, place) -> None:
    bagged(cast, place, "B-17", "T1")
    reader = carrying(window, cast)
    page = reader.page
    wedge(page, "B-17")
    says(page, "green", "B-17")
    expect(page.locator("[data-queue]")).to_have_text("0")
    page.clock.set_fixed_time(clock.now() + timedelta(hours=2, minutes=10))
    page.get_by_role("button", name="Take at a point").click()
    expect(page.locator("[data-bags] li")).to_have_attribute("data-tone", "red")
    expect(page.locator("[data-bags] li")).to_contain_text(re.compile(r"LATE: was due at \d\d:\d\d, (9|10) min ago"))
    reader.context.set_offline(True)
    wedge(page, "B-20")
    commands.end_courier(actor=cast.duty_officer.actor, at=clock.now(), courier=Courier.objects.get())
    reader.context.set_offline(False)
    page.reload()
    expect(page.locator("[data-enrol-said]")).to_contain_text("opens nothing any more. Not sent: 1")
    Courier.objects.all().update(ended_at=None)
    page.locator("#key-link").fill(link(cast, Courier.objects.get()))
    page.locator("#key-link").press("Enter")
    expect(page.locator("[data-queue]")).to_have_text("1")
    again(page)
    expect(page.locator("[data-queue]")).to_have_text("0")
    assert Bag.objects.get(code="B-20").holder == "C07"


def away(page: Page, when: str = "") -> None:
    """The door of scans fails, for batches that say this."""
    page.route(
        "**/courier/scans", lambda route: route.abort() if when in route.request.post_data else route.continue_()
    )


def answered(page: Page, when: str, status: int, **problem: str) -> None:
    """The door of scans answers so, for batches that say this."""
    said = {"status": status, "content_type": "application/problem+json", "body": json.dumps(problem)}
    page.route(
        "**/courier/scans",
        lambda route: route.fulfill(**said) if when in route.request.post_data else route.continue_(),
    )


def test_what_one_courier_scanned_is_never_sent_as_anothers(window: Opener, cast, place) -> None:
    bagged(cast, place, "B-17", "T1")
    bagged(cast, place, "B-18", "T2")
    reader = carrying(window, cast)
    page = reader.page
    away(page)
    wedge(page, "B-17")
    says(page, "green", "B-17")
    wedge(page, link(cast, courier(cast, "C08", "李四", "粤B1")))  # the badge changes while something waits
    expect(page.locator("[data-courier]")).to_have_text("C08 李四")
    expect(page.locator("[data-others] li")).to_have_text(["Scans of C07 that wait: 1. They go out as those of C07."])
    expect(page.locator("[data-bags] li")).to_have_count(0)
    wedge(page, "B-18")
    says(page, "green", "B-18")
    wedge(page, "B-17")
    says(page, "red", "WAS WITH C07")
    page.get_by_role("button", name="Undo").click()
    expect(page.locator("[data-queue]")).to_have_text("2")
    page.reload()
    expect(page.locator("[data-queue]")).to_have_text("2")
    assert reader.problems() == [] or all("ERR_FAILED" in one for one in reader.problems())
    page.unroute("**/courier/scans")
    again(page)
    expect(page.locator("[data-queue]")).to_have_text("0")
    expect(page.locator("[data-others]")).to_be_hidden()
    assert dict(TubeEvent.objects.filter(kind="taken").values_list("bag", "to")) == {"B-17": "C07", "B-18": "C08"}
    assert page.evaluate("Object.keys(JSON.parse(localStorage.getItem('lz-courier-keys')))") == ["C08"]


def test_scans_of_a_key_that_is_over_wait_for_a_new_one_of_theirs_and_hold_up_nobody(
    window: Opener, cast, place
) -> None:
    reader = carrying(window, cast)
    page, first = reader.page, Courier.objects.get()
    away(page)
    wedge(page, "B-17")
    says(page, "amber", "B-17")
    wedge(page, link(cast, courier(cast, "C08", "李四", "粤B1")))
    expect(page.locator("[data-courier]")).to_have_text("C08 李四")
    wedge(page, "B-18")
    says(page, "amber", "B-18")
    commands.end_courier(actor=cast.duty_officer.actor, at=clock.now(), courier=first)
    page.reload()
    page.unroute("**/courier/scans")
    again(page)
    expect(page.locator("[data-queue]")).to_have_text("1")
    expect(page.locator("[data-courier]")).to_have_text("C08 李四")
    expect(page.locator("[data-others] li")).to_contain_text("Scan the code for the phone of C07: then they are sent")
    assert dict(TubeEvent.objects.values_list("bag", "to")) == {"B-18": "C08"}
    Courier.objects.all().update(ended_at=None)
    wedge(page, link(cast, first))
    expect(page.locator("[data-queue]")).to_have_text("0")
    assert dict(TubeEvent.objects.values_list("bag", "to")) == {"B-17": "C07", "B-18": "C08"}


def test_what_the_server_refuses_is_put_aside_and_shown_and_the_rest_goes_on(window: Opener, cast, place) -> None:
    reader = carrying(window, cast)
    page = reader.page
    away(page)
    for code in ("B-17", "BAD-1", "B-18", "B-19"):
        wedge(page, code)
        says(page, "amber", code)
    page.unroute("**/courier/scans")
    answered(page, "BAD-1", 422, code="invalid_input", title="Not so.", detail="Call the desk.")
    page.reload()
    again(page)
    expect(page.locator("[data-queue]")).to_have_text("0")
    says(
        page, "red", "NOT TAKEN BY THE SERVER: BAD-1 (1 in all). It stays on this phone, below. Not so. Call the desk."
    )
    assert set(Bag.objects.values_list("code", flat=True)) == {"B-17", "B-18", "B-19"}
    page.reload()
    page.get_by_text("The server did not take: 1").click()
    expect(page.locator("[data-aside] li")).to_contain_text("Not so. Call the desk.")
    assert page.locator("#c-copy").input_value().startswith("BAD-1\ttaken\t")
    assert [one for one in reader.problems() if "Failed to load" not in one] == []
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    page.get_by_role("button", name="I have copied them").click()
    page.get_by_role("button", name="Press again").focus()
    expect(page.locator("[data-aside] li")).to_have_count(1)
    page.unroute("**/courier/scans")
    page.get_by_role("button", name="Send them again").click()
    expect(page.locator("[data-aside-box]")).to_be_hidden()
    expect(page.locator("[data-queue]")).to_have_text("0")
    assert Bag.objects.filter(code="BAD-1").exists()


def test_what_is_put_aside_after_the_others_were_copied_is_not_forgotten_with_them(window: Opener, cast, place) -> None:
    page = carrying(window, cast).page
    answered(page, "BAD-", 422, code="invalid_input", title="Not so.", detail="Call the desk.")
    wedge(page, "BAD-1")
    page.get_by_text("The server did not take: 1").click(timeout=15_000)
    page.get_by_role("button", name="I have copied them").click()
    wedge(page, "BAD-2")
    expect(page.locator("[data-aside] li")).to_have_count(2, timeout=15_000)
    page.get_by_role("button", name="Press again").click()
    expect(page.locator("[data-aside] li")).to_have_count(1)
    expect(page.locator("[data-aside] li")).to_contain_text("BAD-2")
    page.get_by_role("button", name="I have copied them").click()
    page.get_by_role("button", name="Press again").click()
    expect(page.locator("[data-aside-box]")).to_be_hidden()


def test_a_server_in_trouble_over_one_scan_gets_the_others_and_that_one_is_kept(window: Opener, cast, place) -> None:
    reader = carrying(window, cast)
    page = reader.page
    away(page)
    for code in ("BAD-1", "B-17", "B-18"):
        wedge(page, code)
        says(page, "amber", code)
    page.unroute("**/courier/scans")
    answered(page, "BAD-1", 500)
    page.reload()
    expect(page.locator("[data-queue]")).to_have_text("3")
    for _turn in range(5):  # in smaller pieces each time
        with page.expect_response("**/courier/state"):
            again(page)
    expect(page.locator("[data-queue]")).to_have_text("1")
    assert set(Bag.objects.values_list("code", flat=True)) == {"B-17", "B-18"}


def test_two_windows_of_one_phone_lose_none_of_each_others_scans(window: Opener, cast, place) -> None:
    reader = carrying(window, cast)
    page = reader.page
    other = reader.context.new_page()
    other.goto(page.url)
    reader.context.set_offline(True)
    for one, code in ((page, "B-17"), (other, "B-18"), (page, "B-19")):
        wedge(one, code)
        says(one, "amber", code)
    expect(page.locator("[data-queue]")).to_have_text("3")
    expect(other.locator("[data-queue]")).to_have_text("3")
    reader.context.set_offline(False)
    again(page)
    expect(other.locator("[data-queue]")).to_have_text("0")
    assert set(Bag.objects.values_list("code", flat=True)) == {"B-17", "B-18", "B-19"}


def full_bag(page: Page) -> None:
    """A tube sealed, in a bag that is in hand."""
    wedge(page, "TUBE0001")
    wedge(page, card(1))
    bar(page, "seal")
    says(page, "green", "sealed with 1")
    bar(page, "line")
    page.locator('[data-press="bags"]').click()
    wedge(page, "BAG-17")
    wedge(page, "TUBE0001")
    says(page, "green", "TUBE0001 is in bag BAG-17")


def test_the_badge_is_scanned_at_the_table_and_opens_no_bag(window: Opener, cast, place) -> None:
    courier(cast)
    reader = at_table(window, cast, place)
    page = reader.page
    wedge(page, "LZC1:C07")
    says(page, "amber", "C07 IS A COURIER. Turn to the bags")
    full_bag(page)
    wedge(page, "LZC1:C07")
    says(page, "red", "BAG BAG-17 IS NOT CLOSED YET (tubes: 1)")
    bar(page, "shut")
    page.locator("h1").first.focus()
    scanned_by_hand(page, "LZC1:C07")
    says(page, "green", "Bags given to C07 张强: 1")
    wedge(page, "lzc1:c07")
    says(page, "amber", "No closed bag waits for a courier")
    wedge(page, "BAG-18")
    wedge(page, "TUBE0009")
    bar(page, "shut")
    page.locator("#courier").fill("LZC1:C07")
    page.get_by_role("button", name="Hand over").click()
    says(page, "green", "Bags given to C07 张强: 1")
    expect(page.locator("[data-queue]")).to_have_text("0")
    assert set(Bag.objects.values_list("code", "holder")) == {("BAG-17", "C07"), ("BAG-18", "C07")}
    assert reader.complaints == []


def test_a_badge_of_nobody_is_said_in_the_hand_and_a_press_gives_them_the_bags_all_the_same(
    window: Opener, cast, place
) -> None:
    courier(cast)
    reader = at_table(window, cast, place)
    page = reader.page
    full_bag(page)
    bar(page, "shut")
    page.evaluate("navigator.serviceWorker.ready.then(() => true)")
    reader.context.set_offline(True)
    for said in ("LZC1:C99", "LZC1:C99"):  # a second scan is no word of anybody
        wedge(page, said)
        says(page, "red", "C99: NO COURIER WHOM THIS PHONE KNOWS")
    expect(page.locator("[data-closed]")).to_contain_text("waits for the courier")
    wedge(page, "lzc1:c07")
    says(page, "green", "Bags given to C07 张强: 1")
    wedge(page, "BAG-18")
    wedge(page, "TUBE0009")
    bar(page, "shut")
    page.locator("#courier").fill("李四")
    page.get_by_role("button", name="Hand over").click()
    says(page, "red", "李四: NO COURIER")
    assert [one for one in reader.problems() if "ERR_INTERNET_DISCONNECTED" not in one] == []
    page.get_by_role("button", name="A new courier: give them the bags").click()
    says(page, "amber", "Bags given to 李四, whom nobody named: 1. Written; somebody looks into it.")
    expect(page.get_by_role("button", name="A new courier")).to_be_hidden()
    reader.context.set_offline(False)
    again(page)
    expect(page.locator("[data-queue]")).to_have_text("0")
    found = {row.code: (row.holder, row.doubts) for row in Bag.objects.all()}
    assert found == {"BAG-17": ("C07", []), "BAG-18": ("李四", ["unknown_courier"])}


def test_the_camera_hands_bags_to_a_badge_and_the_courier_sees_them_with_it(
    chromium, live_server, requests_under_way, cast, place, tmp_path
) -> None:
    one = courier(cast)
    eyes = film(tmp_path / "seen.y4m", ("QRCode", "LZC1:C07"))
    fake = ["--use-fake-ui-for-media-stream", "--use-fake-device-for-media-stream"]
    browser = chromium.browser_type.launch(
        executable_path=EXECUTABLE, args=[*QUIET, *fake, f"--use-file-for-fake-video-capture={eyes}"]
    )
    reader = at_table(Opener(browser, live_server.url), cast, place)
    page = reader.page
    full_bag(page)
    bar(page, "shut")
    page.locator('[data-press="camera"]').click()
    says(page, "green", "Bags given to C07 张强: 1")
    page.locator('[data-press="camera"]').click()
    expect(page.locator("[data-bag-code]")).to_have_text("No bag in hand")
    expect(page.locator("[data-queue]")).to_have_text("0")
    assert Bag.objects.get().holder == "C07"
    phone = Opener(browser, live_server.url)(language="en", width="phone")
    phone.open(link(cast, one))
    expect(phone.page.locator("[data-bags] li")).to_contain_text("BAG-17")
    browser.close()
    requests_under_way.wait_until_answered()


@pytest.mark.parametrize(("language", "theme", "width"), [*READERS, ("zh-hans", "light", "phone")])
def test_no_page_of_couriers_has_a_barrier(window: Opener, cast, place, language, theme, width) -> None:
    bagged(cast, place, "B-17", "T1")
    reader = window(language=language, theme=theme, width=width)
    expect(reader.open(reverse("field:carrying")).locator("h1").first).to_be_visible()
    assert reader.problems() == []
    reader = carrying(window, cast, language=language, theme=theme, width=width)
    wedge(reader.page, "B-17")
    expect(reader.page.locator("[data-say]")).to_have_attribute("data-tone", "green")
    assert reader.problems() == [], "a bag taken"
    reader.page.locator('[data-mode-of="handing"]').click()
    reader.page.locator(".lz-fa-badge summary").click()
    reader.page.clock.set_fixed_time(clock.now() + timedelta(hours=3))
    wedge(reader.page, "B-17")
    expect(reader.page.locator("[data-say]")).to_have_attribute("data-tone", "red")
    assert reader.problems() == [], "handing in, late"
    cast.duty_officer.user.language = language
    cast.duty_officer.user.save()
    desk = window(
        language=language, theme=theme, width=width, session=cast.duty_officer.client.cookies["sessionid"].value
    )
    one = Courier.objects.get()
    for path in (reverse("field:couriers"), reverse("field:courier", args=[one.pk]), reverse("field:own_courier")):
        desk.open(path)
        assert desk.problems() == [], path
