"""Pages: who may open and use them, that they cost the same at any size, that nothing typed is lost."""

from __future__ import annotations

import io
import json

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from openpyxl import Workbook, load_workbook

from lazaretto.places import commands
from lazaretto.places.checklist import items
from lazaretto.places.models import ChecklistAnswer, Room, RoomList, RoomStateChange, Site, Zone
from tests import factories
from tests.factories import NOW

pytestmark = pytest.mark.django_db

READERS = {
    "administrator", "duty_officer", "approver", "auditor", "site_lead", "clerk", "medic", "security", "hotel_staff",
}  # fmt: skip
MANAGERS = {"administrator", "duty_officer", "site_lead"}
HANDS = {"duty_officer", "site_lead", "clerk", "hotel_staff"}
PATTERN = {"building": "A", "floors": "9", "rooms": "1-10", "pattern": "{floor}{room:02}", "floor_pattern": "{floor}F"}
PAGES = {
    "site": READERS,
    "checklist": READERS,
    "structure": READERS,
    "grid": READERS,
    "export_rooms": READERS,
    "states": READERS,
    "cleaning": READERS,
    "edit_site": MANAGERS,
    "upload_list": MANAGERS,
}


@pytest.mark.parametrize("page", PAGES)
def test_each_role_opens_the_pages_it_needs_and_no_other(cast, page):
    address = reverse(f"places:{page}", args=["H01"])
    answers = {name: member.client.get(address).status_code for name, member in cast.everyone().items()}
    for name, status in answers.items():
        expected = 200 if name in PAGES[page] else 403
        if name == "outsider":
            expected = 404
        assert status == expected, f"{page} for {name}"


@pytest.mark.parametrize(
    ("page", "body", "roles"),
    [
        ("states", {"after": "to_clean", "room": []}, HANDS),
        ("cleaning", {"room": "0301", "before": "x", "after": "ready"}, HANDS),
        ("checklist", {"item": "fire", "passed": "yes", "evidence": "x"}, MANAGERS),
        ("structure", {"kind": "clean", "name": "清洁区"}, MANAGERS),
        ("create_rooms", {**PATTERN, "beds": 1}, MANAGERS),
    ],
)
def test_each_role_changes_what_it_may(cast, page, body, roles):
    address = reverse(f"places:{page}", args=["H01"])
    for name, member in cast.everyone().items():
        status = member.client.post(address, body).status_code
        expected = {404} if name == "outsider" else {200, 302, 422} if name in roles else {403}
        assert status in expected, f"{page} by {name}: {status}"


def test_a_stranger_is_led_to_the_sign_in(client, cast):
    assert client.get("/sites/H01/").status_code == 302


@pytest.mark.parametrize("page", ["site", "grid", "states", "cleaning", "structure"])
def test_a_page_costs_the_same_at_four_hundred_rooms(cast, page, django_assert_num_queries):
    address, small = reverse(f"places:{page}", args=["H01"]), count_queries(cast, page)
    commands.create_rooms(
        actor=cast.site_lead.actor, at=NOW, site=cast.site, building="A", floors="5-24", rooms="1-20", beds=2
    )
    Room.objects.filter(site=cast.site, number__endswith="7").update(state="to_clean")
    with django_assert_num_queries(small):
        cast.duty_officer.client.get(address)
    assert small <= 17


def count_queries(cast, page) -> int:
    with CaptureQueriesContext(connection) as caught:
        cast.duty_officer.client.get(reverse(f"places:{page}", args=["H01"]))
    return len(caught)


def test_the_list_of_sites_costs_the_same_for_many(cast, django_assert_num_queries):
    with CaptureQueriesContext(connection) as caught:
        assert cast.duty_officer.client.get("/sites/").status_code == 200
    for number in range(3, 9):
        factories.site(f"H{number:02d}")
    with django_assert_num_queries(len(caught)):
        page = cast.duty_officer.client.get("/sites/").content.decode()
    assert "H08" in page


def test_each_site_sees_only_itself_in_the_list(cast):
    page = cast.site_lead.client.get("/sites/").content.decode()
    assert "H01" in page
    assert "H02" not in page


def test_a_site_is_planned_furnished_and_opened_through_the_pages(cast):
    lead = cast.duty_officer.client
    body = {
        "parent": str(factories.headquarters().pk), "code": "h07", "name": "云山酒店", "kind": "hotel",
        "category": "inbound", "reserve_percent": 10,
    }  # fmt: skip
    assert lead.post("/sites/new/", body).url == "/sites/H07/structure/"
    for kind in ("clean", "buffer", "contaminated", "staff_passage", "guest_passage"):
        lead.post("/sites/H07/structure/", {"kind": kind, "name": kind})
    lead.post("/sites/H07/structure/rooms/", {**PATTERN, "beds": 2})
    site = Site.objects.get(code="H07")
    floor = site.buildings.get().floors.get()
    zone = Zone.objects.get(site=site, kind="contaminated")
    lead.post(
        "/sites/H07/structure/floor/",
        {"building": floor.building_id, "label": "9F", "order": 9, "zone": zone.pk, "category": "inbound"},
    )
    lead.post("/sites/H07/states/", {"room": [str(site.rooms.first().pk)], "after": "reserve"})
    for code, item in items().items():
        if not item.counted:
            lead.post("/sites/H07/checklist/", {"item": code, "passed": "yes", "evidence": "查验单 12"})
    cast.approver.client.post("/sites/H07/life/", {"step": "activate"})
    site.refresh_from_db()
    assert site.state == "active"
    assert "运行中" in cast.auditor.client.get("/sites/H07/").content.decode()


def test_an_answer_without_evidence_is_shown_again_with_its_error(cast):
    answer = cast.site_lead.client.post("/sites/H01/checklist/", {"item": "fire", "passed": "yes", "evidence": ""})
    assert answer.status_code == 422
    assert not ChecklistAnswer.objects.exists()


def test_opening_too_early_says_why_and_stays(cast):
    Site.objects.filter(pk=cast.site.pk).update(state="planned")
    answer = cast.approver.client.post("/sites/H01/life/", {"step": "activate"}, follow=True)
    assert "启用核查清单尚未通过" in answer.content.decode()
    assert cast.site_lead.client.post("/sites/H01/life/", {"step": "activate"}).status_code == 403


def test_a_room_is_cleaned_with_two_taps_and_a_begun_one_taken_back(cast):
    Room.objects.filter(site=cast.site, number="0301").update(state="to_clean")
    staff = cast.hotel_staff.client
    staff.post("/sites/H01/cleaning/", {"room": "0301", "before": "to_clean", "after": "disinfecting"})
    assert staff.post("/sites/H01/room/0301/undo/").status_code == 204
    staff.post("/sites/H01/cleaning/", {"room": "0301", "before": "to_clean", "after": "disinfecting"})
    staff.post("/sites/H01/cleaning/", {"room": "0301", "before": "disinfecting", "after": "ready"})
    assert Room.objects.get(site=cast.site, number="0301").state == "ready"
    assert RoomStateChange.objects.count() == 4
    assert "0301" in staff.get("/sites/H01/room/0301/").content.decode()


def test_two_cleaners_at_one_room_do_not_step_twice(cast):
    Room.objects.filter(site=cast.site, number="0301").update(state="to_clean")
    body = {"room": "0301", "before": "to_clean", "after": "disinfecting"}
    cast.hotel_staff.client.post("/sites/H01/cleaning/", body)
    second = cast.hotel_staff.client.post("/sites/H01/cleaning/", body, follow=True)
    assert RoomStateChange.objects.count() == 1
    assert "0301" in second.content.decode()


@pytest.mark.parametrize("state", ["ready", "bogus"])
def test_states_are_filtered_and_nonsense_is_ignored(cast, state):
    Room.objects.filter(site=cast.site, number="0301").update(state="to_clean")
    page = cast.clerk.client.get(f"/sites/H01/states/?state={state}").content.decode()
    assert ('"0301 ' in page) is (state == "bogus")


def save(member, rows):
    return member.client.post("/sites/H01/rooms/save/", json.dumps({"rows": rows}), content_type="application/json")


def row(room: Room, **fields) -> dict[str, str | None]:
    base = {"building": "A", "floor": "3F", "number": room.number, "position": "1", "beds": "2", "accessible": "否",
            "has_window": "是", "note": ""}  # fmt: skip
    return {"id": str(room.pk), **base, **fields}


def test_the_room_table_saves_a_block_in_one_go(cast):
    room = Room.objects.get(site=cast.site, number="0301")
    fresh = {"id": None, "building": "A", "floor": "4F", "number": "0409", "beds": "1"}
    answer = save(cast.site_lead, [row(room, beds="3", note="朝南"), fresh])
    assert answer.json()["created"] == 1
    room.refresh_from_db()
    assert (room.note, room.beds.count()) == ("朝南", 3)
    assert Room.objects.get(site=cast.site, number="0409").beds.count() == 1


def test_the_room_table_names_every_wrong_cell_and_saves_none(cast):
    first, second = Room.objects.filter(site=cast.site).order_by("number")[:2]
    answer = save(
        cast.site_lead, [row(first, beds="many", note="新"), row(second, number="0303"), row(first, floor="99F")]
    )
    assert answer.status_code == 422
    found = [(cell["row"], cell["column"], cell["issue"]) for cell in answer.json()["cells"]]
    assert (0, "beds", "beds_invalid") in found
    assert (1, "number", "number_twice") in found
    assert (2, "floor", "floor_unknown") in found
    assert all(cell["text"] for cell in answer.json()["cells"])
    first.refresh_from_db()
    assert first.note == ""


@pytest.mark.parametrize("body", ["", "[]", '{"rows": 3}', '{"rows": [{"id": "nope"}]}', '{"rows": [3]}'])
def test_nonsense_sent_to_the_room_table_is_refused(cast, body):
    answer = cast.site_lead.client.post("/sites/H01/rooms/save/", body, content_type="application/json")
    assert answer.status_code == 422


def test_only_managers_save_the_room_table(cast):
    room = Room.objects.get(site=cast.site, number="0301")
    assert save(cast.clerk, [row(room)]).status_code == 403
    assert save(cast.outsider, [row(room)]).status_code == 404


def excel(*rows) -> io.BytesIO:
    book = Workbook()
    for line in rows:
        book.active.append(line)
    target = io.BytesIO()
    book.save(target)
    target.seek(0)
    target.name = "rooms.xlsx"
    return target


def upload(cast, file) -> RoomList:
    answer = cast.site_lead.client.post("/sites/H01/rooms/import/", {"file": file})
    assert answer.status_code == 302, answer.content.decode()[:4000]
    return RoomList.objects.get(pk=answer.url.rstrip("/").rsplit("/", 1)[1])


def test_a_room_list_is_shown_row_by_row_before_anything_happens(cast):
    staged = upload(
        cast,
        excel(
            ["江畔酒店房间清单"], [], ["楼栋", "楼层", "房号", "床位数", "无障碍", "备注"],
            ["A", "3F", "0301", 2, "否", ""], ["A", "3F", "０３０２", 3, "是", "轮椅"], ["B", "12F", "1201", 1, "", ""],
            ["A", "3F", "0303", "两", "", ""], ["A", "3F", "0309", 1, "", ""], ["A", "3F", "0309", 1, "", ""],
            ["合计", "", 6],
        ),
    )  # fmt: skip
    rows = {one.excel_row: (one.outcome, [issue["issue"] for issue in one.issues]) for one in staged.rows.all()}
    assert rows == {
        1: ("skipped", []),
        3: ("skipped", []),
        4: ("same", []),
        5: ("changed", ["mended_width"]),
        6: ("new", ["building_new"]),
        7: ("held", ["beds_invalid"]),
        8: ("held", ["number_twice"]),
        9: ("held", ["number_twice"]),
        10: ("skipped", []),
    }
    assert cast.site.rooms.count() == 8
    page = cast.site_lead.client.get(f"/sites/H01/rooms/import/{staged.pk}/").content.decode()
    assert "床位数须为 1 至 12 的整数" in page
    assert "江畔酒店房间清单" in page
    assert '<td data-label="房间">0309</td>' in page, "on a phone each cell says which column it is"


def test_an_applied_list_makes_and_changes_rooms_and_keeps_what_it_held(cast):
    staged = upload(
        cast,
        excel(["楼层", "房间号", "床位"], ["3F", "0301", 3], ["12F", "1201", 1], ["", "1202", 1], ["3F", "0302", 2]),
    )
    address = f"/sites/H01/rooms/import/{staged.pk}/"
    cast.site_lead.client.post(address)
    assert Room.objects.get(site=cast.site, number="0301").beds.count() == 3
    made = Room.objects.get(site=cast.site, number="1201")
    assert (made.floor.label, made.floor.order, made.floor.building.name) == ("12F", 12, "A")
    staged.refresh_from_db()
    assert staged.applied_at is not None
    assert staged.rows.get(outcome="held").cells["number"] == "1202"
    again = cast.site_lead.client.post(address, follow=True)
    assert "已经导入" in again.content.decode()
    assert Room.objects.filter(site=cast.site).count() == 9


def test_columns_a_list_does_not_have_stay_as_they_are(cast):
    Room.objects.filter(site=cast.site, number="0301").update(note="朝南", accessible=True, position=7)
    staged = upload(cast, excel(["房号", "床位"], ["0301", 3]))
    cast.site_lead.client.post(f"/sites/H01/rooms/import/{staged.pk}/")
    room = Room.objects.get(site=cast.site, number="0301")
    assert (room.note, room.accessible, room.position, room.beds.count(), room.floor.label) == (
        "朝南",
        True,
        7,
        3,
        "3F",
    )


@pytest.mark.parametrize("content", [b"", b"%PDF-1.7 nothing", "只有一句话".encode()])
def test_a_file_that_is_no_room_list_is_refused_with_words(cast, content):
    file = io.BytesIO(content)
    file.name = "x.xlsx"
    answer = cast.site_lead.client.post("/sites/H01/rooms/import/", {"file": file})
    assert answer.status_code == 422
    assert not RoomList.objects.exists()


def test_the_written_list_is_read_back_as_unchanged(cast):
    data = cast.clerk.client.get("/sites/H01/rooms/excel/").content
    sheet = load_workbook(io.BytesIO(data)).active
    assert [cell.value for cell in sheet[2]][:5] == ["A", "3F", "0301", 1, 2]
    file = io.BytesIO(data)
    file.name = "H01-rooms.xlsx"
    staged = upload(cast, file)
    assert staged.rows.filter(outcome="same").count() == 8
    assert staged.rows.exclude(outcome__in=["same", "skipped"]).count() == 0
