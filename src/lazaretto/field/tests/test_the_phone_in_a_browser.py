"""The phone of a table in Chromium: typed and scanned, without a network, reloaded, sent later; the loud words."""

import json
import re
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from django.urls import reverse
from playwright.sync_api import Page, expect

from lazaretto.core import clock
from lazaretto.core.models import Alarm
from lazaretto.field import commands
from lazaretto.field.models import Device
from lazaretto.field.tests.phones import enrolled
from lazaretto.field.tests.pictures import film
from lazaretto.headcounts.models import Household, Member
from lazaretto.headcounts.tests.lists import card
from lazaretto.people.queries import document_digest
from lazaretto.screening.commands import cancel_round
from lazaretto.screening.models import Fever, RosterShare, Scan, Stranger
from lazaretto.screening.tests.rounds import enterprise, open_one, opened
from lazaretto.tubes.models import TubeEvent
from lazaretto.tubes.queries.agreed import agreed
from tests.browser import EXECUTABLE, QUIET, READERS, Opener, Window, scanned_by_hand
from tests.factories import NOW

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def at_table(window: Opener, cast, place, *, language="en", width="phone", theme="light", **more) -> Window:
    """A phone that has been enrolled by its link."""
    reader = window(language=language, width=width, theme=theme)
    page = reader.open(f"{reverse('field:app')}#code={enrolled(cast, place, **more).code}")
    expect(page.locator("[data-say]")).to_have_attribute("data-tone", "blue")
    expect(page.locator("[data-synced]")).to_have_text(re.compile(r"\d\d:\d\d"))
    assert "code=" not in page.url
    return reader


def wedge(page: Page, text: str) -> None:
    """A scanner that types: a burst of keys and Enter."""
    page.locator("#scan").fill(text)
    page.locator("#scan").press("Enter")


def says(page: Page, tone: str, words: str) -> None:
    """What the phone says, in its colour."""
    expect(page.locator("[data-say]")).to_contain_text(words)
    expect(page.locator("[data-say]")).to_have_attribute("data-tone", tone)


@pytest.fixture
def place(cast, monkeypatch):
    """A point of an open round; people can be found by their initials."""
    _of, found = opened(cast, people=12)
    Member.objects.filter(document_digest__gt="").update(initials="yg")
    return found


def test_a_shift_without_a_network(window: Opener, cast, place) -> None:
    reader = at_table(window, cast, place)
    page = reader.page
    page.evaluate("navigator.serviceWorker.ready.then(() => true)")  # the worker has taken all of it in
    reader.context.set_offline(True)
    page.reload()
    expect(page.locator("[data-point]")).to_contain_text("P1")
    wedge(page, card(1))
    says(page, "amber", "now scan the tube")
    wedge(page, "TUBE0001")
    says(page, "green", "员工001 is in place 1 of 10")
    wedge(page, card(1))
    says(page, "red", "WAS TESTED BEFORE")
    wedge(page, card(2)[:-1] + ("1" if card(2)[-1] != "1" else "2"))
    says(page, "red", "NOT READ RIGHT")
    wedge(page, "LZ1:" + "0" * 32 + ":3")
    says(page, "red", "WRONG ROUND")
    wedge(page, card(2))
    says(page, "green", "员工002 is in place 2 of 10")
    page.get_by_role("button", name="Undo").click()
    says(page, "amber", "taken out again")
    wedge(page, card(3))
    says(page, "green", "place 2 of 10")

    page.reload()  # the phone died: what the screen said is there
    expect(page.locator("[data-tube-count]")).to_have_text("2 of 10")
    heat(page, "382")
    says(page, "red", "FEVER 38.2")
    wedge(page, "TUBE0002")
    says(page, "green", "tube of their own: TUBE0002")
    page.get_by_role("button", name="Not on the list").click()
    page.get_by_role("button", name="Test them").click()
    expect(page.locator("[data-stranger-said]")).to_contain_text("Say a name, a document or a telephone")
    page.get_by_role("button", name="They cannot say").click()
    page.get_by_role("button", name="Test them").click()
    expect(page.locator("[data-stranger-said]")).to_contain_text("Describe them")
    page.get_by_label("Document number").fill(card(9)[:-1] + ("1" if card(9)[-1] != "1" else "2"))
    expect(page.locator("[data-stranger-said]")).to_contain_text("CHECK DIGIT")
    page.get_by_role("button", name="Test them").click()
    page.get_by_role("button", name="The card says so").click()
    expect(page.locator("[data-stranger-said]")).to_be_empty()
    page.get_by_label("Document number").fill("")
    page.get_by_label("Name", exact=True).fill("过路人")
    page.get_by_role("button", name="Test them").click()
    says(page, "blue", "过路人, not on the list, is in place 2 of 10")
    page.get_by_role("button", name="Seal tube").click()
    says(page, "green", "sealed with 2")
    wedge(page, "TUBE0001")
    says(page, "red", "WAS USED BEFORE")
    expect(page.locator("[data-queue]")).to_have_text("7")  # three people, two tubes sealed, a fever seen and swabbed
    assert not Scan.objects.exists()

    reader.context.set_offline(False)
    expect(page.locator("[data-queue]")).to_have_text("0")
    assert sorted(Scan.objects.values_list("number", "tube", "slot"))[:2] == [(1, "TUBE0001", 1), (3, "TUBE0002", 1)]
    assert Scan.objects.get(number=3).temperature == 382
    assert Stranger.objects.get().name == "过路人"
    assert [text for text in reader.complaints if "ERR_INTERNET_DISCONNECTED" not in text] == []


def heat(page: Page, digits: str) -> None:
    """A temperature by its three keys."""
    bar(page, "heat")
    for digit in digits:
        page.locator(f'[data-digit="{digit}"]').click()


def test_no_passport_becomes_a_tube_no_tube_a_person_and_nobody_is_taken_for_a_name_alone(
    window: Opener, cast, place
) -> None:
    Member.objects.filter(name="员工002").update(name="王小明", initials="wxm", document_tail="1234")
    Member.objects.filter(name="员工003").update(name="王小红", initials="wxh", document_tail="5678")
    reader = at_table(window, cast, place)
    page = reader.page
    wedge(page, "e12345678")  # nothing is known of tubes yet, and it may be a passport
    says(page, "red", "E12345678: IS IT A TUBE OR A PERSON?")
    wedge(page, "TUBE0001")
    says(page, "red", "E12345678 FIRST")
    page.get_by_role("button", name="A PERSON", exact=True).click()
    expect(page.get_by_label("Document number")).to_have_value("E12345678")
    page.get_by_role("button", name="Close").locator("visible=true").first.click()
    wedge(page, "TUBE0001")
    says(page, "blue", "TUBE0001")
    for code in ("E12345678", "440524188001010", "440524188013010019", "OTHER-7"):
        wedge(page, code)
        says(page, "red", f"{code}: IS IT A TUBE OR A PERSON?")
        bar(page, "undo")
        says(page, "amber", "Forgotten")
    wedge(page, "1234")  # the end of a card, or a label
    expect(page.locator("[data-found] button")).to_contain_text(["王小明"])
    says(page, "amber", "Is it 王小明?")
    page.locator("[data-found] button").click()
    says(page, "green", "王小明 is in place 1 of 10")
    for typed, name in (("王小红", "王小红"), ("wangxiaoh", "王小红"), ("wxh", "王小红"), ("5678", "王小红")):
        wedge(page, typed)
        says(page, "amber", f"Is it {name}?")
        expect(page.locator("[data-tube-count]")).to_have_text("1 of 10")
    wedge(page, "王小刚")  # the surname alone is not enough
    says(page, "amber", "Nobody is found by this")
    wedge(page, "王小")
    expect(page.locator("[data-found] button")).to_have_count(2)
    wedge(page, "9012")  # nobody's last four: a label, if somebody says so, and then its like too
    page.get_by_role("button", name="A TUBE", exact=True).click()
    says(page, "amber", "Scan 9012 again")
    wedge(page, "9012")
    says(page, "blue", "Tube 9012")
    wedge(page, "9013")
    says(page, "blue", "Tube 9013")
    wedge(page, "5678")  # a tube's label and somebody's last four: asked
    says(page, "red", "5678: IS IT A TUBE OR A PERSON?")
    assert reader.problems() == []


def test_a_fever_is_told_whatever_the_table_does_next(window: Opener, cast, place) -> None:
    reader = at_table(window, cast, place)
    page = reader.page
    wedge(page, "TUBE0001")
    wedge(page, card(1))
    heat(page, "390")
    says(page, "red", "FEVER 39.0 ℃")
    page.get_by_role("button", name="Went to the clinic").click()
    says(page, "amber", "员工001, 39.0 ℃, went to the clinic")
    wedge(page, card(2))
    heat(page, "386")
    page.get_by_role("button", name="Undo").click()
    says(page, "amber", "员工002 is taken back, not counted. The 38.6 ℃ stay written")
    wedge(page, card(3))
    heat(page, "380")
    heat(page, "368")  # measured again while aside: theirs, not the one before them
    says(page, "green", "员工003: 36.8 ℃. Back in the tube")
    page.get_by_role("button", name="Not on the list").click()
    page.get_by_label("Name", exact=True).fill("过路人")
    page.get_by_label("Telephone").fill("13800001111")
    page.get_by_role("button", name="Test them").click()
    heat(page, "375")
    page.get_by_role("button", name="in the shared tube already").click()
    says(page, "red", "过路人, 37.5 ℃, IS IN THE SHARED TUBE")
    expect(page.locator("[data-queue]")).to_have_text("2")  # facts are sent while the tube is still in hand
    told = {row.number or row.name: (row.degrees, row.step) for row in Fever.objects.all()}
    assert told == {
        1: ("39.0", "clinic"), 2: ("38.6", "undone"), 3: ("38.0", "again"), "过路人": ("37.5", "inside"),
    }  # fmt: skip
    assert Alarm.objects.filter(kind="screening.fever", answered_at=None).count() == 4
    bar(page, "seal")
    expect(page.locator("[data-queue]")).to_have_text("0")
    assert Fever.objects.count() == 4
    assert reader.complaints == []


def bar(page: Page, name: str) -> None:
    """A button at the thumb, by what it presses."""
    page.locator(f'.lz-fa-bar [data-press="{name}"]').click()


def test_tubes_go_into_a_bag_to_the_courier_and_the_number_is_agreed(window: Opener, cast, place) -> None:
    reader = at_table(window, cast, place)
    page = reader.page
    for tube, number in (("TUBE0001", 1), ("TUBE0002", 2)):
        wedge(page, tube)
        wedge(page, card(number))
        bar(page, "seal")
        says(page, "green", "sealed with 1")
    bar(page, "line")
    page.locator('[data-press="bags"]').click()
    wedge(page, "BAG-17")
    wedge(page, "TUBE0001")
    says(page, "green", "TUBE0001 is in bag BAG-17")
    wedge(page, "TUBE0099")  # nobody filled it: written all the same, and said at once
    says(page, "amber", "TUBE0099 is in bag BAG-17, but nobody was scanned into it")
    bar(page, "all")
    says(page, "green", "BAG-17: 3")
    bar(page, "shut")
    page.locator("#courier").fill("粤A12345")
    page.get_by_role("button", name="Hand over").click()
    says(page, "green", "粤A12345")
    bar(page, "line")
    page.locator('[data-press="count"]').click()
    page.get_by_label("Officer of the enterprise").fill("侯主管")
    page.get_by_role("button", name="Agreed").click()
    expect(page.locator("[data-count-said]")).to_contain_text("signature is missing")
    pad = page.locator("[data-pad]").bounding_box()
    page.mouse.move(pad["x"] + 30, pad["y"] + 30)
    page.mouse.down()
    page.mouse.move(pad["x"] + 120, pad["y"] + 60, steps=4)
    page.mouse.up()
    expect(page.locator("[data-count-compared]")).to_contain_text("Counted here: 2 (this phone 2, other tables 0)")
    page.get_by_label("People tested").fill("3")
    expect(page.locator("[data-count-compared]")).to_contain_text("AGREED ARE 1 MORE")
    expect(page.locator("[data-count-compared]")).to_have_attribute("data-tone", "red")
    page.get_by_role("button", name="Agreed").click()
    expect(page.locator("[data-count-said]")).to_contain_text("The numbers differ")
    page.get_by_role("button", name="Agreed, with the difference").click()
    says(page, "green", "3 people, agreed with 侯主管")
    expect(page.locator("[data-queue]")).to_have_text("0")
    kinds = list(TubeEvent.objects.order_by("at", "id").values_list("kind", flat=True))
    assert kinds == ["sealed", "sealed", "bagged", "bagged", "bagged", "bag_closed", "handed_over", "count_agreed"]
    assert '"signature": "M' in TubeEvent.objects.get(kind="count_agreed").words
    (signed,) = agreed(place.round)
    assert (signed.count, signed.ours, signed.point, signed.table) == (3, 2, place, 1)
    key = cast.duty_officer.client.cookies["sessionid"].value
    desk = window(language="en", width="desk", session=key)
    for path in (
        reverse("screening:round", args=[place.round_id]),
        reverse("screening:enterprise", args=[place.round_id, signed.organisation.pk]),
        reverse("tubes:closing", args=[place.round_id]),
    ):
        desk.open(path)
        expect(desk.page.get_by_text("1 more agreed than counted")).to_be_visible()
        assert desk.problems() == [], path
    assert reader.complaints == []


def test_a_second_phone_takes_over_and_a_revoked_one_sends_and_wipes_itself(window: Opener, cast, place) -> None:
    first = at_table(window, cast, place)
    wedge(first.page, "TUBE0001")
    wedge(first.page, card(1))
    bar(first.page, "seal")
    expect(first.page.locator("[data-queue]")).to_have_text("0")
    first.context.set_offline(True)
    wedge(first.page, "TUBE0002")
    wedge(first.page, card(2))
    says(first.page, "green", "员工002")

    second = at_table(window, cast, place, label="8", takes_over=Device.objects.get(), width="desk")
    page = second.page
    page.locator("h1").first.focus()
    scanned_by_hand(page, "TUBE0003")
    says(page, "blue", "TUBE0003")
    wedge(page, card(1))
    says(page, "red", "WAS TESTED AT TABLE 1")
    wedge(page, "TUBE0001")
    says(page, "red", "WAS USED AT TABLE 1")
    wedge(page, card(2))
    says(page, "green", "员工002")  # nobody told it what the first one holds

    first.context.route("**/field/api/uploads", lambda route: route.abort())
    first.context.set_offline(False)
    expect(first.page.get_by_role("heading", level=1)).to_have_text("Another phone took over this table.")
    expect(first.page.locator("[data-over-unsent]")).to_contain_text("Not sent yet: 1")
    assert "TUBE0002\t1\t2" in first.page.locator("#copy").input_value()
    first.context.unroute("**/field/api/uploads")
    first.page.evaluate("dispatchEvent(new Event('online'))")
    expect(first.page.locator("[data-over-done]")).to_be_visible()
    assert Scan.objects.filter(number=2, tube="TUBE0002").exists(), "the tube in hand too"
    assert first.page.evaluate("indexedDB.databases().then((all) => all.length)") == 0

    bar(page, "seal")
    says(page, "red", "DOES NOT COUNT: 员工002, tube TUBE0003: this person was tested in this round before")
    wedge(page, "TUBE0004")
    wedge(page, card(3))
    says(page, "green", "员工003")
    cancel_round(actor=cast.duty_officer.actor, at=clock.now(), test_round=place.round, reason="typhoon")
    page.evaluate("dispatchEvent(new Event('online'))")
    says(page, "red", "THIS ROUND IS CANCELLED (typhoon)")
    expect(page.locator("[data-warn]")).to_contain_text("sent, as late")
    commands.revoke_device(actor=cast.duty_officer.actor, at=clock.now(), device=Device.objects.get(label="8"))
    page.evaluate("dispatchEvent(new Event('online'))")
    expect(page.get_by_role("heading", level=1)).to_have_text("The point revoked this phone.")
    expect(page.locator("[data-over-done]")).to_be_visible()
    assert Scan.objects.select_related("upload").get(number=3).upload.late
    assert page.evaluate("indexedDB.databases().then((all) => all.length)") == 0
    page.reload()
    expect(page.get_by_role("heading", level=1)).to_have_text("This phone is not enrolled")


@pytest.mark.parametrize("offline", [True, False], ids=["without a network", "with a network"])
def test_the_camera_reads_its_own_code_a_tube_and_a_person(
    chromium, live_server, requests_under_way, cast, place, tmp_path, offline
) -> None:
    link = f"{live_server.url}{reverse('field:app')}#code={enrolled(cast, place).code}"
    person = f"LZ1:{place.round_id.hex}:1"
    seen = film(tmp_path / "seen.y4m", ("QRCode", link), ("Code128", "TUBE0001"), ("QRCode", person))
    fake = ["--use-fake-ui-for-media-stream", "--use-fake-device-for-media-stream"]
    browser = chromium.browser_type.launch(
        executable_path=EXECUTABLE, args=[*QUIET, *fake, f"--use-file-for-fake-video-capture={seen}"]
    )
    reader = Opener(browser, live_server.url)(language="en", width="phone")
    page = reader.open(reverse("field:app"))
    page.locator('[data-press="look"]').click()
    expect(page.locator("[data-synced]")).to_have_text(re.compile(r"\d\d:\d\d"))
    page.evaluate("navigator.serviceWorker.ready.then(() => true)")  # the worker has taken all of it in
    reader.context.set_offline(offline)
    page.reload()
    page.locator('[data-press="camera"]').click()
    expect(page.locator("[data-tube-code]")).to_have_text("TUBE0001")
    expect(page.locator("[data-tube-count]")).to_have_text("1 of 10")
    page.locator('[data-press="camera"]').click()
    bar(page, "seal")
    if offline:
        expect(page.locator("[data-queue]")).to_have_text("2")
        page.reload()
        expect(page.locator("[data-queue]")).to_have_text("2")
        reader.context.set_offline(False)
    expect(page.locator("[data-queue]")).to_have_text("0")
    assert list(Scan.objects.values_list("number", "tube")) == [(1, "TUBE0001")]
    browser.close()
    requests_under_way.wait_until_answered()


def test_what_goes_wrong_is_said_and_nothing_counts_that_is_not_kept(window: Opener, cast, place) -> None:
    reader = window(language="en", width="phone")
    lost = {"left": 1}

    def answer_lost(route):
        if lost.pop("left", 0):
            route.fetch()
            route.abort()
        else:
            route.continue_()

    reader.context.route("**/field/api/claim", answer_lost)
    link = f"{reverse('field:app')}#code={enrolled(cast, place).code}"
    page = reader.open(link)
    expect(page.locator("[data-enrol-said]")).to_contain_text("There is no network")
    page.locator("#enrol-link").fill(link)
    page.locator("#enrol-link").press("Enter")  # the same question, the same answer
    says(page, "blue", "Scan a tube, then people.")
    twin = reader.context.new_page()
    twin.goto(reader.base + reverse("field:app"))
    expect(twin.locator("[data-enrol-said]")).to_contain_text("open in another window")
    twin.close()
    wedge(page, "TUBE0001")
    says(page, "blue", "TUBE0001")
    page.evaluate("""() => {
        const put = IDBObjectStore.prototype.put;
        window.mend = () => { IDBObjectStore.prototype.put = put; };
        IDBObjectStore.prototype.put = () => { throw new DOMException("full", "QuotaExceededError"); };
    }""")
    wedge(page, card(1))
    says(page, "red", "THE STORAGE IS FULL")
    expect(page.locator("[data-tube-count]")).to_have_text("0 of 10")
    expect(page.locator("[data-warn]")).to_contain_text("THE STORAGE IS FULL")
    page.evaluate("mend()")
    wedge(page, card(1))
    says(page, "green", "place 1 of 10")
    expect(page.locator("[data-warn]")).to_be_hidden()

    asked = []
    busy = {"status": 503, "headers": {"Retry-After": "1"}, "body": "{}"}
    reader.context.route(
        "**/field/api/uploads", lambda route: (asked.append(route.request.post_data_json), route.fulfill(**busy))
    )
    bar(page, "seal")
    says(page, "green", "sealed with 1")
    page.wait_for_timeout(800)
    reader.context.unroute("**/field/api/uploads")
    expect(page.locator("[data-queue]")).not_to_have_text("0")
    page.wait_for_timeout(1600)  # what the server asked for, and at most half as much again
    page.evaluate("dispatchEvent(new Event('online'))")
    expect(page.locator("[data-queue]")).to_have_text("0")
    assert str(Scan.objects.get().upload_id) == asked[0]["batch"], "the same batch again"

    unread = {"status": 422, "content_type": "application/problem+json", "body": '{"code": "invalid_input"}'}

    def poisoned(route):
        scans = route.request.post_data_json["scans"]
        route.fulfill(**unread) if any(one["number"] == 3 for one in scans) else route.continue_()

    reader.context.route("**/field/api/uploads", poisoned)
    wedge(page, "TUBE0002")
    for number in (2, 3, 4):
        wedge(page, card(number))
        expect(page.locator("[data-say]")).to_contain_text(f"员工{number:03}")
    bar(page, "seal")
    expect(page.locator("[data-queue]")).to_have_text("1")
    assert sorted(Scan.objects.values_list("number", flat=True)) == [1, 2, 4], "it holds up no other"

    page.clock.set_fixed_time(datetime(1970, 1, 2, tzinfo=UTC))  # a flat battery; then the network sets the clock
    page.evaluate("dispatchEvent(new Event('online'))")
    expect(page.locator("[data-warn]")).to_contain_text("min slow")
    page.clock.set_fixed_time(clock.now() - timedelta(minutes=40))
    page.evaluate("dispatchEvent(new Event('online'))")
    expect(page.locator("[data-warn]")).to_contain_text("40 min slow")
    page.clock.set_fixed_time(clock.now() + timedelta(days=9))  # no network told it that its time is over
    reader.context.set_offline(True)
    page.reload()
    expect(page.get_by_role("heading", level=1)).to_contain_text("its roster is wiped")
    expect(page.locator("[data-over-unsent]")).to_contain_text("does not take them: 1")
    page.locator("[data-copied]").click()
    expect(page.locator("[data-over-done]")).to_be_visible()


INVARIANT = """async (seed) => {
    const { START, step } = await import("/static/field/tube.js");
    const TYPES = ["person", "person", "person", "tube", "undo", "seal", "temperature", "stays", "gone", "insist",
        "spoilt"];
    let state = START, dice = seed;
    const roll = (n) => (dice = (dice * 1103515245 + 12345) % 2147483648) % n;
    const home = seed % 2 ? (key) => [null, 1, 2, 3][Math.floor(Number(key.slice(2)) / 100)] : undefined;
    const counted = new Map(), sealed = new Set(), hot = new Set(), facts = {
        home,
        places: [1, 5, 10, 20][seed % 4], fever: 37.3,
        used: (code) => (sealed.has(code) ? {} : null),
        tested: (key) => [...counted.values()].find((one) => one.key === key) ?? null,
    };
    for (let turn = 0; turn < 3000; turn += 1) {
        const type = TYPES[roll(TYPES.length)], who = { key: `n:${roll(400)}`, number: 1, name: "x" };
        const code = type === "spoilt" && state.tube ? state.tube.code : `T${roll(300)}`;
        const event = { type, at: "", id: `s${turn}`, code, where: "x", value: 36 + roll(3), who };
        const shared = type === "tube" ? [] : state.tube?.scans ?? [];
        const allowed = state.doubt?.apart ? state.doubt.who.key : null;
        const before = JSON.stringify(state), next = step(state, event, facts);
        if (JSON.stringify(state) !== before) return `${type} changed the state it was given`;
        state = next.state;
        for (const one of next.write) {
            if (one.do === "put") counted.set(one.scan.id, one.scan);
            else if (one.do === "drop") counted.delete(one.id);
            else if (one.do === "seal") sealed.add(one.tube);
            else hot.add(`${one.fever}/${one.step}`);
        }
        const puts = home && ["person", "tube", "insist"].includes(type);
        const fresh = puts ? next.write.filter((one) => one.do === "put") : [];
        for (const { scan } of fresh) {
            const own = home(scan.key), apart = shared.some(({ key }) => own && home(key) && home(key) !== own);
            if (apart && scan.key !== allowed) return `${type} put somebody of another household in without a word`;
        }
        const doubted = state.doubt?.apart && state.doubt.who.key !== allowed;
        if (doubted && next.say?.key !== "otherHousehold") return "a doubt unsaid";
        const wasAside = before.includes('"aside":{') && !state.aside;
        if (wasAside && !next.write.some((one) => one.do === "fever")) return `a fever dropped by ${type}`;
        if (!next.say?.key || !next.say.tone) return `${type} said nothing`;
        const held = state.tube?.scans ?? [];
        if (new Set(held.map(({ slot }) => slot)).size !== held.length) return "two people in one place";
        if (held.some(({ slot }) => slot < 1 || slot > state.tube.places)) return "a place that the tube has not";
        if (held.some(({ id }) => !counted.has(id))) return "on the screen and not written";
    }
    const places = [...counted.values()].map(({ tube, slot }) => `${tube}/${slot}`);
    const isHot = ({ temperature }) => temperature >= 37.3;
    const untold = [...counted.values()].filter((one) => isHot(one) && !hot.has(`${one.id}/measured`));
    if (untold.length) return "a fever told to nobody";
    return new Set(places).size === places.length ? "" : "one place twice";
}"""


def test_a_household_tube_is_for_one_household(window: Opener, cast) -> None:
    """Whoever is of another is said at once, and put in by a second scan; the family not yet tested is offered."""
    unit = cast.site.unit
    first, second = (Household.objects.create(unit=unit, started_at=NOW) for _ in range(2))
    enterprise(unit, "A公司", range(1, 7))
    for number, household in ((1, first), (2, first), (3, first), (4, second), (5, second)):
        Member.objects.filter(document_digest=document_digest("id_card", "CN", card(number))).update(
            household=household
        )
    _of, place = open_one(cast, tube_rule="household")
    page = at_table(window, cast, place).page
    wedge(page, "TUBE0001")
    wedge(page, card(1))
    says(page, "green", "place 1")
    expect(page.locator("[data-found] button")).to_have_count(2)
    page.locator("[data-found] button").first.click()
    says(page, "green", "place 2")
    expect(page.locator("[data-found] button")).to_have_count(1)
    wedge(page, card(4))
    says(page, "red", "ANOTHER HOUSEHOLD")
    expect(page.get_by_role("button", name="all the same")).to_be_visible()
    wedge(page, card(6))
    says(page, "green", "place 3")  # of whom no household is known may be of this one
    wedge(page, card(4))
    says(page, "red", "ANOTHER HOUSEHOLD")
    wedge(page, card(4))
    says(page, "green", "place 4")
    wedge(page, card(5))
    page.get_by_role("button", name="all the same").click()
    says(page, "green", "place 5")


EXAMPLES = json.loads(Path(__file__).with_name("codes.json").read_text(encoding="utf-8"))
CODES = 'async (said) => { const { tidyCode } = await import("/static/field/codes.js"); return said.map(tidyCode); }'
SUN = """() => axe.run({include: [[".lz-fa-top"], [".lz-fa-work"]], exclude: [[".btn-primary"]]}, {
    runOnly: ["color-contrast-enhanced"], rules: {"color-contrast-enhanced": {enabled: true}},
}).then(({violations, passes}) => (passes.length ? violations : [{nodes: [{html: "looked at nothing"}]}]).flatMap(
    ({nodes}) => nodes.map(({html, failureSummary}) => html + failureSummary)))"""


@pytest.mark.parametrize(("language", "theme", "width"), [*READERS, ("zh-hans", "light", "phone")])
def test_no_page_of_phones_has_a_barrier(window: Opener, cast, place, language, theme, width) -> None:
    reader = window(language=language, theme=theme, width=width)
    page = reader.open(reverse("field:app"))
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    assert reader.problems() == []
    reader = at_table(window, cast, place, language=language, theme=theme, width=width)
    page = reader.page
    assert [page.evaluate(INVARIANT, seed) for seed in range(1, 9)] == [""] * 8
    assert page.evaluate(CODES, [one for many in EXAMPLES.values() for one in many]) == [
        code for code, many in EXAMPLES.items() for _one in many
    ]
    wedge(page, "TUBE0001")
    for number in (1, 2):
        wedge(page, card(number))
        expect(page.locator("[data-taken]")).to_have_count(number)
    assert reader.problems() == [], "a tube in hand"
    wedge(page, card(1))
    expect(page.locator("[data-say]")).to_have_attribute("data-tone", "red")
    assert reader.problems() == [], "something wrong"
    assert page.evaluate(SUN) == [], "7:1, and 4.5:1 for what is large: read in the sun"
    for name in ("heat", "line"):
        bar(page, name)
        assert reader.problems() == [], name
        page.keyboard.press("Escape")
    page.locator('[data-press="stranger"]').click()
    assert reader.problems() == [], "stranger"
    page.keyboard.press("Escape")
    bar(page, "line")
    page.locator('[data-press="count"]').click()
    assert reader.problems() == [], "count"
    page.keyboard.press("Escape")
    bar(page, "line")
    page.locator('[data-press="bags"]').click()
    wedge(page, "BAG-17")
    assert reader.problems() == [], "bags"

    cast.duty_officer.user.language = language
    cast.duty_officer.user.save()
    key = cast.duty_officer.client.cookies["sessionid"].value
    desk = window(language=language, theme=theme, width=width, session=key)
    home = RosterShare.objects.filter(round=place.round_id).first().organisation_id
    cards = reverse("field:cards", args=[place.round_id, home])
    for path in (cards, reverse("field:points"), reverse("field:point", args=[place.pk])):
        desk.open(path)
        assert desk.problems() == [], path
    desk.page.locator("[data-dialog=enrol]").first.click()
    desk.page.locator("#enrol .btn-primary").click()
    expect(desk.page.locator("#link")).to_be_visible()
    assert desk.problems() == [], "the code"
