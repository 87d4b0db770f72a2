"""The style guide in Chromium: accessible in every language, theme and width, and every small module at work."""

import json
from collections.abc import Callable

import pytest
from playwright.sync_api import Route, expect

from lazaretto.ui.styleguide import PARTS
from tests.browser import READERS, Opener, Window

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

PALETTE = {
    "groups": [
        {"label": "人员", "items": [{"label": "陈静", "detail": "1201", "url": "#chen", "icon": "user"}]},
        {"label": "页面", "items": [{"label": "房间看板", "url": "#board", "icon": "building"}]},
    ]
}


@pytest.fixture(autouse=True)
def _guide(settings) -> None:
    settings.UI_STYLEGUIDE = True


def answer(window: Window, path: str, body: object, status: int = 200) -> list[Route]:
    """Answer an address of the page with JSON; returns the requests as they come."""
    seen: list[Route] = []

    def reply(route: Route) -> None:
        seen.append(route)
        route.fulfill(status=status, content_type="application/json", body=json.dumps(body))

    window.context.route(lambda url: path in url, reply)
    return seen


@pytest.mark.parametrize(("language", "theme", "width"), READERS)
def test_no_page_has_a_barrier(window: Opener, language: str, theme: str, width: str) -> None:
    reader = window(language=language, theme=theme, width=width)
    for part in PARTS:
        reader.open(f"/styleguide/{part}/" + ("?name=" if part == "form" else ""))
        assert reader.problems() == [], part


def test_open_dialogs_and_notices_have_no_barrier(window: Opener) -> None:
    for theme in ("light", "dark"):
        reader = window(theme=theme)
        answer(reader, "/palette?", PALETTE)
        page = reader.open("/styleguide/board/?toast")
        page.keyboard.press("?")
        expect(page.locator("#lz-keys")).to_be_visible()
        assert reader.problems() == []
        page.keyboard.press("Escape")
        page.keyboard.press("Control+k")
        expect(page.get_by_role("option").first).to_be_visible()
        assert reader.problems() == []


def test_the_palette_is_worked_by_keyboard_alone(window: Opener) -> None:
    reader = window()
    asked = answer(reader, "/palette?", PALETTE)
    page = reader.open("/styleguide/board/")
    page.keyboard.press("/")
    expect(page.locator("#lz-palette")).to_be_visible()
    with page.expect_response(lambda response: response.url.endswith("q=chj")) as answered:
        page.keyboard.type("chj")
    answered.value.finished()
    expect(page.get_by_role("option", name="陈静")).to_have_attribute("aria-selected", "true")
    page.keyboard.press("ArrowDown")
    expect(page.get_by_role("option", name="房间看板")).to_have_attribute("aria-selected", "true")
    page.keyboard.press("Enter")
    expect(page).to_have_url(f"{reader.base}/styleguide/board/#board")
    assert asked[-1].request.url.endswith("q=chj")


def test_enter_in_the_palette_waits_for_the_answer_to_what_was_typed(window: Opener) -> None:
    reader = window()
    asked = answer(reader, "/palette?", PALETTE)
    page = reader.open("/styleguide/board/")
    page.keyboard.press("Control+k")
    page.keyboard.insert_text("LZ1.abc")
    page.keyboard.press("Enter")
    expect(page).to_have_url(f"{reader.base}/styleguide/board/#chen")
    assert asked[-1].request.url.endswith("q=LZ1.abc")


def test_enter_is_not_lost_when_the_answer_takes_its_time(window: Opener) -> None:
    reader, waiting = window(), []
    page = reader.open("/styleguide/board/")

    def hold(route):
        waiting.append(route)

    page.route("**/palette?*", hold)
    page.keyboard.press("Control+k")
    page.keyboard.insert_text("LZ1.abc")
    page.keyboard.press("Enter")
    page.wait_for_timeout(400)  # longer than the field waits for the next letter
    for route in waiting:
        route.fulfill(json=PALETTE)
    expect(page).to_have_url(f"{reader.base}/styleguide/board/#chen")


def test_a_palette_that_gets_no_answer_says_so(window: Opener) -> None:
    reader = window(language="en")
    answer(reader, "/palette?", {}, status=503)
    page = reader.open("/styleguide/board/")
    page.keyboard.press("Control+k")
    expect(page.get_by_text("The search does not answer.")).to_be_visible()


def test_the_theme_changes_at_once_and_is_remembered(window: Opener) -> None:
    page = window(theme="light").open("/styleguide/board/")
    with page.expect_response("**/preferences/theme"):
        page.locator(".lz-head [data-theme-form] button").click()
    expect(page.locator("html")).to_have_attribute("data-bs-theme", "dark")
    page.reload()
    expect(page.locator("html")).to_have_attribute("data-bs-theme", "dark")


def test_the_device_decides_when_nobody_chose(window: Opener) -> None:
    reader = window(theme="auto")
    reader.page.emulate_media(color_scheme="dark")
    page = reader.open("/styleguide/board/")
    expect(page.locator("html")).to_have_attribute("data-bs-theme", "dark")
    page.emulate_media(color_scheme="light")
    expect(page.locator("html")).to_have_attribute("data-bs-theme", "light")


def test_arrows_walk_the_board_and_it_is_one_tab_stop(window: Opener) -> None:
    page = window().open("/styleguide/board/")
    expect(page.locator('[data-cell][tabindex="0"]')).to_have_count(1)
    page.locator('[href="#1201"]').focus()
    page.keyboard.press("ArrowRight")
    expect(page.locator('[href="#1202"]')).to_be_focused()
    page.keyboard.press("ArrowDown")
    expect(page.locator('[href="#1211"]')).to_be_focused()
    page.keyboard.press("ArrowUp")
    page.keyboard.press("Home")
    expect(page.locator('[href="#1201"]')).to_be_focused()


def test_enter_goes_down_a_column_of_fields(window: Opener) -> None:
    page = window().open("/styleguide/")
    cells = page.locator("[data-grid=inputs] [data-cell]")
    cells.nth(0).fill("36.5")
    cells.nth(0).press("Enter")
    expect(cells.nth(1)).to_be_focused()
    cells.nth(1).press("ArrowUp")
    expect(cells.nth(0)).to_be_focused()


def test_a_scanners_burst_reaches_its_field_from_anywhere(window: Opener) -> None:
    page = window().open("/styleguide/form/")
    page.evaluate(
        """for (const key of [..."LZ:P:0192w/?", "Enter"])
           document.body.dispatchEvent(new KeyboardEvent("keydown", {key, bubbles: true, cancelable: true}))"""
    )
    page.wait_for_url("**/styleguide/form/?code=LZ%3AP%3A0192w%2F%3F")
    expect(page.locator("dialog[open]")).to_have_count(0)


def test_slow_typing_is_not_taken_for_a_scan(window: Opener) -> None:
    page = window().open("/styleguide/form/")
    page.keyboard.type("abcdefgh", delay=80)
    page.keyboard.press("Enter")
    expect(page.locator("[data-scan]")).to_have_value("")


def test_an_undo_is_posted_once_and_the_page_shows_the_old_state(window: Opener) -> None:
    reader = window()
    posted = answer(reader, "/undo-sample", {})
    page = reader.open("/styleguide/board/?toast")
    with page.expect_navigation():
        page.locator(".lz-toast [data-undo]").click()
    assert [route.request.method for route in posted] == ["POST"]
    assert posted[0].request.headers["x-csrftoken"]


def test_long_work_goes_on_after_a_lost_answer(window: Opener) -> None:
    reader = window()
    steps: list[Callable[[Route], None]] = [
        lambda route: route.fulfill(json={"done": False, "at": 40, "of": 100, "text": "40 / 100"}),
        lambda route: route.abort(),
        lambda route: route.fulfill(json={"done": True, "at": 100, "of": 100, "text": "100 / 100"}),
    ]
    reader.context.route("**/progress-sample", lambda route: steps.pop(0)(route))  # noqa: PLW0108
    page = reader.open("/styleguide/")
    page.locator("[data-progress-start]").click()
    expect(page.locator("[data-progress-url] output")).to_have_text("100 / 100")
    expect(page.locator("[data-progress-url] progress")).to_have_attribute("value", "100")


def test_a_change_elsewhere_refreshes_its_region_and_the_pill_says_live(window: Opener) -> None:
    reader = window()
    reader.context.route(
        "**/live/site/H01",
        lambda route: route.fulfill(content_type="text/event-stream", body="event: change\nid: 7\ndata: 7\n\n"),
    )
    reader.context.route("**/live-sample", lambda route: route.fulfill(content_type="text/html", body="<p>fresh</p>"))
    page = reader.open("/styleguide/board/?live=H01")
    expect(page.get_by_text("fresh")).to_be_visible()
    expect(page.locator("[data-live-pill]")).to_contain_text("实时")


def test_a_lost_stream_is_shown_with_the_time_of_the_last_word(window: Opener) -> None:
    reader = window(language="en")
    reader.context.route(
        "**/live/site/H01", lambda route: route.fulfill(content_type="text/event-stream", body=": still here\n\n")
    )
    page = reader.open("/styleguide/board/?live=H01")
    expect(page.locator('[data-live-pill][data-state="live"]')).to_be_visible()
    reader.context.set_offline(True)
    expect(page.locator("#lz-offline")).to_be_visible()
    expect(page.locator('[data-live-pill][data-state="offline"]')).to_contain_text("Offline since")


def test_the_drawer_opens_on_a_phone_and_closes_by_escape(window: Opener) -> None:
    reader = window(width="phone")
    page = reader.open("/styleguide/board/")
    page.locator("[data-nav-toggle]").click()
    expect(page.locator("#lz-sidebar a").first).to_be_focused()
    assert reader.problems() == []
    page.keyboard.press("Escape")
    expect(page.locator("#lz-sidebar")).to_be_hidden()
    expect(page.locator("[data-nav-toggle]")).to_be_focused()


def test_what_cannot_be_taken_back_is_asked_first(window: Opener) -> None:
    page = window().open("/styleguide/board/")
    page.get_by_role("button", name="安排转运").click()
    expect(page.locator("dialog#move")).to_be_visible()
    expect(page.locator("dialog#move [data-close]")).to_be_focused()
    page.keyboard.press("Escape")
    expect(page.locator("dialog#move")).to_be_hidden()


def test_fingers_in_gloves_find_every_control_on_a_phone(window: Opener) -> None:
    page = window(width="phone").open("/styleguide/form/")
    heights = page.locator(
        "main button, main .btn, main .form-control, main .form-select, main .lz-chips label"
    ).evaluate_all("nodes => nodes.filter(node => node.offsetParent).map(node => node.getBoundingClientRect().height)")
    assert min(heights) >= 44


def test_a_press_before_the_modules_have_come_is_not_lost(window: Opener) -> None:
    reader = window()
    held: list[Route] = []

    def hold(route: Route) -> None:
        held.append(route)

    reader.context.route("**/ui/js/app.js", hold)
    reader.page.goto(reader.base + "/styleguide/board/", wait_until="commit")
    # The desk's button by name: until the style sheet has come, the phone's is visible as well.
    button = reader.page.locator("button[data-palette]:not(.lz-phone-only)").first
    button.click()
    expect(button).to_have_attribute("aria-busy", "true")
    expect(reader.page.locator("#lz-palette")).to_be_hidden()
    held[0].continue_()
    expect(reader.page.locator("#lz-palette")).to_be_visible()
