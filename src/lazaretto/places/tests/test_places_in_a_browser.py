"""Places in Chromium: no barrier in either language, theme and width; the room table by keyboard alone."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from lazaretto.places.models import Room
from tests.browser import READERS, Opener

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

PAGES = [
    "/sites/", "/sites/new/", "/sites/H01/", "/sites/H01/edit/", "/sites/H01/checklist/", "/sites/H01/structure/",
    "/sites/H01/rooms/", "/sites/H01/rooms/import/", "/sites/H01/states/", "/sites/H01/cleaning/",
    "/sites/H01/room/0301/",
]  # fmt: skip


@pytest.mark.parametrize(("language", "theme", "width"), READERS)
def test_no_page_has_a_barrier(window: Opener, cast, language: str, theme: str, width: str) -> None:
    for number, state in (("0301", "to_clean"), ("0302", "disinfecting"), ("0303", "reserve"), ("0304", "occupied")):
        Room.objects.filter(site=cast.site, number=number).update(state=state)
    member = cast.duty_officer
    member.user.language = language
    member.user.save()
    reader = window(language=language, theme=theme, width=width, session=member.client.session.session_key)
    for path in PAGES:
        reader.open(path)
        assert reader.problems() == [], path


def table(window: Opener, cast) -> Page:
    """The room table of the site, with its first cell active."""
    reader = window(session=cast.site_lead.client.session.session_key)
    reader.context.grant_permissions(["clipboard-read", "clipboard-write"], origin=reader.base)
    page = reader.open("/sites/H01/rooms/")
    cell(page, 1, "number").focus()
    return page


def cell(page: Page, row: int, column: str):
    names = ["building", "floor", "number", "position", "beds", "accessible", "has_window", "note"]
    return page.locator(f".lz-sheet tbody tr:nth-child({row}) td:nth-child({names.index(column) + 2})")


def test_rooms_are_edited_and_saved_by_keyboard_alone(window: Opener, cast) -> None:
    page = table(window, cast)
    for key in ("ArrowDown", "ArrowRight", "ArrowRight"):
        page.keyboard.press(key)
    page.keyboard.type("3")
    page.keyboard.press("Enter")
    page.keyboard.press("Shift+ArrowDown")
    page.keyboard.type("1")
    page.keyboard.press("Tab")
    page.keyboard.press("Space")
    expect(page.locator("[data-sheet-status]")).to_contain_text("2")
    page.keyboard.press("Control+s")
    expect(page.locator(".lz-toast")).to_be_visible()
    rooms = {room.number: room for room in cast.site.rooms.all()}
    assert rooms["0302"].beds.count() == 3
    assert rooms["0303"].beds.count() == 2, "typing fills the active cell only"
    assert rooms["0304"].beds.count() == 1
    assert rooms["0304"].accessible is True


def test_a_block_from_excel_is_pasted_and_a_wrong_cell_keeps_everything(window: Opener, cast) -> None:
    page = table(window, cast)
    page.evaluate("navigator.clipboard.writeText('0391\\t1\\t2\\n0392\\t2\\tmany')")
    page.keyboard.press("Control+v")
    page.keyboard.press("Control+s")
    expect(page.locator("[data-sheet-faults] li")).to_have_count(1)
    expect(cell(page, 2, "beds")).to_have_attribute("aria-invalid", "true")
    expect(cell(page, 1, "number")).to_have_text("0391")
    assert not Room.objects.filter(number="0391").exists()
    page.keyboard.type("2")
    page.keyboard.press("Enter")
    page.keyboard.press("Control+s")
    expect(page.locator("[data-sheet-faults]")).to_be_hidden()
    expect(page.locator(".lz-toast")).to_be_visible()
    assert set(Room.objects.filter(site=cast.site, number__startswith="039").values_list("number", flat=True)) == {
        "0391",
        "0392",
    }


def test_new_rooms_come_with_a_paste_over_the_end_and_undo_takes_it_back(window: Opener, cast) -> None:
    page = table(window, cast)
    page.keyboard.press("Control+ArrowDown")
    page.evaluate("navigator.clipboard.writeText('0404\\n0405\\n0406')")
    page.keyboard.press("Control+v")
    expect(page.locator(".lz-sheet tbody tr")).to_have_count(10)
    expect(cell(page, 10, "floor")).to_have_text("4F")
    page.keyboard.press("Control+s")
    expect(page.locator(".lz-toast")).to_be_visible()
    assert Room.objects.filter(site=cast.site).count() == 10
    cell(page, 1, "note").focus()
    page.keyboard.type("靠电梯")
    page.keyboard.press("Enter")
    page.keyboard.press("Control+z")
    expect(cell(page, 1, "note")).to_have_text("")


def test_two_taps_bring_a_room_back_on_a_phone(window: Opener, cast) -> None:
    Room.objects.filter(site=cast.site, number="0301").update(state="to_clean")
    reader = window(width="phone", session=cast.hotel_staff.client.session.session_key)
    page = reader.open("/sites/H01/cleaning/")
    button = page.get_by_role("button", name="开始终末消毒")
    assert button.bounding_box()["height"] >= 56
    button.click()
    page.get_by_role("button", name="空净").click()
    expect(page.get_by_text("近 12 小时完成")).to_be_visible()
    assert Room.objects.get(site=cast.site, number="0301").state == "ready"
    assert reader.problems() == []


def test_a_floor_is_chosen_at_once_and_sent_to_cleaning(window: Opener, cast) -> None:
    reader = window(session=cast.clerk.client.session.session_key)
    page = reader.open("/sites/H01/states/")
    page.locator("[data-choose-all]").first.check()
    page.get_by_role("button", name="转待清洁").click()
    expect(page.locator(".lz-toast")).to_contain_text("4")
    assert Room.objects.filter(site=cast.site, state="to_clean").count() == 4
