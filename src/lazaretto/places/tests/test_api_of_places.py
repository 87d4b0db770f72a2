"""What programs read of places: the same to each role as the pages, page by page, at a fixed cost."""

from __future__ import annotations

import json

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from lazaretto.places import commands
from lazaretto.places.models import Room
from tests.factories import NOW

pytestmark = pytest.mark.django_db

ADDRESSES = ["/sites/H01", "/sites/H01/rooms", "/sites/H01/floors", "/sites/H01/room-steps", "/sites/H01/checklist"]


@pytest.mark.parametrize("address", ADDRESSES)
def test_each_role_reads_its_own_site_and_no_other(cast, address):
    for name, member in cast.everyone().items():
        expected = 404 if name == "outsider" else 200
        assert member.client.get(f"/api/v1{address}").status_code == expected, name


def test_sites_are_those_one_works_in(cast):
    codes = {name: [one["code"] for one in member.client.get("/api/v1/sites").json()["items"]]
             for name, member in cast.everyone().items()}  # fmt: skip
    assert codes["duty_officer"] == ["H01", "H02"]
    assert codes["clerk"] == ["H01"]
    assert codes["outsider"] == ["H02"]


def test_a_site_tells_its_rooms_reserve_and_whom_it_receives(cast):
    Room.objects.filter(site=cast.site, number="0301").update(state="reserve")
    told = cast.auditor.client.get("/api/v1/sites/H01").json()
    assert told["rooms"] == {"ready": 7, "reserve": 1}
    assert told["reserve"] == {"in_service": 8, "needed": 1, "kept": 1, "short": 0}
    assert told["receives"] == ["inbound"]


def test_rooms_come_page_by_page_and_filtered(cast):
    Room.objects.filter(site=cast.site, number="0302").update(state="to_clean")
    seen, cursor = [], ""
    while cursor is not None:
        answer = cast.clerk.client.get(f"/api/v1/sites/H01/rooms?limit=3&cursor={cursor}").json()
        seen += [one["number"] for one in answer["items"]]
        cursor = answer["next"]
    assert seen == ["0301", "0302", "0303", "0304", "0401", "0402", "0403", "0404"]
    dirty = cast.clerk.client.get("/api/v1/sites/H01/rooms?state=to_clean").json()["items"]
    assert [(one["number"], one["beds"], one["floor"]) for one in dirty] == [("0302", 2, "3F")]
    assert cast.clerk.client.get("/api/v1/sites/H01/rooms?state=bogus").status_code == 422


def test_a_page_of_rooms_costs_the_same_at_any_size(cast, django_assert_num_queries):
    with CaptureQueriesContext(connection) as caught:
        cast.clerk.client.get("/api/v1/sites/H01/rooms?limit=200")
    commands.create_rooms(actor=cast.site_lead.actor, at=NOW, site=cast.site, building="A", floors="5-14", rooms="1-20")
    with django_assert_num_queries(len(caught)):
        assert len(cast.clerk.client.get("/api/v1/sites/H01/rooms?limit=200").json()["items"]) == 200


def test_a_room_is_cleaned_through_the_api_and_its_steps_told(cast):
    room = Room.objects.get(site=cast.site, number="0301")
    body = {"room": str(room.pk), "after": "to_clean"}
    answer = cast.hotel_staff.client.post(
        "/api/v1/commands/places.change_room_state", json.dumps(body), content_type="application/json"
    )
    assert answer.status_code == 200, answer.content
    steps = cast.auditor.client.get("/api/v1/sites/H01/room-steps").json()["items"]
    assert [(one["room"], one["before"], one["after"]) for one in steps] == [("0301", "ready", "to_clean")]


def test_occupying_a_room_is_no_command_of_the_api(cast):
    for name in ("places.occupy_room", "places.vacate_room"):
        assert (
            cast.duty_officer.client.post(f"/api/v1/commands/{name}", "{}", content_type="application/json").status_code
            == 404
        )


def test_wrong_cells_are_told_as_a_problem_document(cast):
    row = {"building": "A", "floor": "99F", "number": "0999"}
    answer = cast.site_lead.client.post(
        "/api/v1/commands/places.save_rooms",
        json.dumps({"site": str(cast.site.pk), "rows": [row]}),
        content_type="application/json",
    )
    assert (answer.status_code, answer.json()["code"]) == (422, "room_rows_refused")
    assert json.loads(answer.json()["context"]["cells"]) == [{"row": 0, "column": "floor", "issue": "floor_unknown"}]


def test_the_checklist_says_what_is_missing(cast):
    told = cast.auditor.client.get("/api/v1/sites/H01/checklist").json()
    assert told["passed"] is False
    zones = next(one for one in told["items"] if one["code"] == "zones")
    assert zones["problems"][0] == "zone:clean"
