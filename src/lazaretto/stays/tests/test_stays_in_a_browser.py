"""Pages of stays in Chromium: no barrier in either language, theme and width; the board by keyboard alone."""

import re
from datetime import timedelta
from decimal import Decimal

import pytest
from playwright.sync_api import Page, expect

from lazaretto.core import clock
from lazaretto.people.models import Need
from lazaretto.places.models import Room
from lazaretto.stays import commands
from lazaretto.stays.choices import BreachKind, SpecimenState
from lazaretto.stays.models import DoorCheck, Observation, Stay
from tests.browser import READERS, Opener

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def house(cast, admit) -> Stay:
    """A positive with needs, two others, a room to clean and an open breach; times are those of the wall clock."""
    now = clock.now()
    stay = admit("0301", name="陈静", at=now - timedelta(days=2))
    admit("0302", name="李娜", at=now - timedelta(days=5))  # not yet due at any hour
    Need.objects.create(person=stay.person, kind="cannot_walk", note="需要轮椅", started_at=now)
    medic = {"actor": cast.medic.actor, "at": now}
    commands.collect_specimen(**medic, stay=stay, tube="T1")
    commands.record_result(
        **medic, site=cast.site, tube="T1", result=SpecimenState.PRELIMINARY_POSITIVE, ct_value=Decimal("24.1")
    )
    commands.report_breach(
        actor=cast.security.actor, at=now, site=cast.site, kind=BreachKind.ZONE, description="穿越污染区"
    )
    Room.objects.filter(site=cast.site, number="0401").update(state="to_clean")
    return stay


@pytest.mark.parametrize(("language", "theme", "width"), READERS)
def test_no_page_has_a_barrier(window: Opener, cast, house, language: str, theme: str, width: str) -> None:
    pages = {
        "site_lead": [
            "board", "board/rooms/0301", "board/rooms/0401", "stays", f"stays/{house.number}", "register",
            f"stays/{house.number}/move", f"stays/{house.number}/end", "patrol", "breaches", "breaches/new",
        ],
        "approver": [f"stays/{house.number}/extend", f"stays/{house.number}/release-early"],
        "hotel_staff": ["board", "board/rooms/0301"],
    }  # fmt: skip
    pages["duty_officer"] = ["../../registers"]
    for role, paths in pages.items():
        member = getattr(cast, role)
        member.user.language = language
        member.user.save()
        reader = window(language=language, theme=theme, width=width, session=member.client.session.session_key)
        for path in paths:
            reader.open(f"/sites/H01/{path}")
            assert reader.problems() == [], (role, path)


def board(window: Opener, cast, role: str = "site_lead", path: str = "board") -> Page:
    reader = window(session=getattr(cast, role).client.session.session_key)
    return reader.open(f"/sites/H01/{path}")


def test_the_board_is_walked_and_opened_by_keyboard(window: Opener, cast, house) -> None:
    page = board(window, cast)
    page.locator("#r0401").focus()
    page.keyboard.press("ArrowDown")
    expect(page.locator("#r0301")).to_be_focused()
    page.keyboard.press("Enter")
    panel = page.locator("#board-panel")
    expect(panel).to_contain_text("陈静")
    expect(panel).to_contain_text("需要轮椅")
    expect(page).to_have_url(re.compile("/board/rooms/0301$"))
    page.keyboard.press("Escape")
    expect(panel).to_be_hidden()
    expect(page.locator("#r0301")).to_be_focused()


def test_a_key_shows_only_rooms_of_one_state(window: Opener, cast, house) -> None:
    page = board(window, cast)
    page.keyboard.press("1")
    expect(page.locator("#r0301")).to_be_visible()
    expect(page.locator("#r0303")).to_be_hidden()
    page.keyboard.press("0")
    expect(page.locator("#r0303")).to_be_visible()


def test_search_lights_up_the_room_and_enter_opens_it(window: Opener, cast, house) -> None:
    page = board(window, cast)
    page.keyboard.press("/")
    expect(page.locator("[data-board-find] input")).to_be_focused()
    page.keyboard.type("0302")
    expect(page.locator("#r0302")).to_have_class("lz-room lz-found")
    page.keyboard.press("Enter")
    expect(page.locator("#board-panel")).to_contain_text("李娜")


def test_a_temperature_is_written_in_the_panel_and_the_board_follows(window: Opener, cast, house) -> None:
    page = board(window, cast, "medic", "board/rooms/0302")
    page.locator("#board-panel input[name=temperature]").fill("38.4")
    page.keyboard.press("Enter")
    expect(page.locator("#board-panel")).to_contain_text("38.4")
    expect(page.locator("#r0302")).to_have_attribute("data-room", "symptoms")


def test_a_guard_taps_a_door_and_corrects_it(window: Opener, cast, house) -> None:
    page = board(window, cast, "security", "patrol")
    door = page.locator("#door-0301")
    door.locator("[value=open]").click()
    expect(door.locator("[value=open]")).to_have_attribute("aria-pressed", "true")
    door.locator("[value=closed]").click()
    expect(door.locator("[value=closed]")).to_have_attribute("aria-pressed", "true")
    assert DoorCheck.objects.filter(corrects__isnull=False).count() == 1


def test_a_fever_is_not_typed_over_by_a_slip(window: Opener, cast, house) -> None:
    page = board(window, cast, "medic", "rounds")
    answers, asked = [False, True], []

    def decide(dialog) -> None:
        asked.append(dialog.message)
        dialog.accept() if answers.pop(0) else dialog.dismiss()

    page.on("dialog", decide)
    field, state = page.locator("[data-cell]").first, page.locator("[data-state]").first
    field.fill("385")
    field.press("Enter")
    expect(page.locator("[data-door][data-tone=red]").first).to_be_visible()
    field.fill("365")
    field.press("Enter")
    expect(field).to_have_value("385")
    assert "385" in asked[0]
    field.fill("365")
    field.press("Enter")
    expect(page.locator("[data-round-unsent]")).to_be_hidden()
    expect(state).to_contain_text("已更正")
    assert Observation.objects.filter(superseded_at__isnull=True, temperature="36.5").count() == 1
