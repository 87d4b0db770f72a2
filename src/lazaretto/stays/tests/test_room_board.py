"""The room board: what each role sees of it, what it costs, and what can be done from its panel."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from lazaretto.core import clock
from lazaretto.core.models import Alarm, JournalEntry
from lazaretto.people.models import Need, SearchToken
from lazaretto.places.models import Floor, Room
from lazaretto.stays import commands
from lazaretto.stays.choices import Slot, SpecimenPurpose, SpecimenState
from lazaretto.stays.models import Observation, Specimen
from lazaretto.stays.queries.board import board
from tests import factories
from tests.factories import NOW

pytestmark = pytest.mark.django_db
BOARD = "/sites/H01/board"


@pytest.fixture(autouse=True)
def _now(monkeypatch):
    monkeypatch.setattr(clock, "now", lambda: NOW)


def positive(cast, stay):
    common = {"actor": cast.medic.actor, "at": NOW}
    commands.collect_specimen(**common, stay=stay, tube="T1", purpose=SpecimenPurpose.EXTRA)
    commands.record_result(
        **common, site=cast.site, tube="T1", result=SpecimenState.PRELIMINARY_POSITIVE, ct_value=Decimal("24.1")
    )


def part(client, path, target):
    return client.get(path, headers={"HX-Request": "true", "HX-Target": target})


def test_the_board_shows_who_is_where_and_what_is_pressing(cast, admit):
    positive(cast, admit("0301", name="陈静"))
    admit("0302", name="李娜")
    page = cast.site_lead.client.get(BOARD).content.decode()
    assert 'id="r0301" data-cell data-room="positive"' in page
    assert "陈静" in page
    assert 'id="r0302" data-cell data-room="occupied"' in page
    assert 'id="r0303" data-cell data-room="ready"' in page


def test_hotel_staff_see_masked_names_and_nothing_of_health(cast, admit):
    positive(cast, admit("0301", name="陈静"))
    page = cast.hotel_staff.client.get(BOARD).content.decode()
    assert "陈*" in page
    assert "陈静" not in page
    assert 'data-room="positive"' not in page
    assert "初阳" not in page
    panel = part(cast.hotel_staff.client, f"{BOARD}/rooms/0301", "board-panel").content.decode()
    assert "陈静" not in panel
    assert "24.1" not in panel


def test_the_desk_sees_that_a_room_is_positive_but_no_result(cast, admit):
    positive(cast, admit("0301"))
    assert 'data-room="positive"' in cast.clerk.client.get(BOARD).content.decode()
    panel = part(cast.clerk.client, f"{BOARD}/rooms/0301", "board-panel").content.decode()
    assert "24.1" not in panel
    assert "24.1" in part(cast.medic.client, f"{BOARD}/rooms/0301", "board-panel").content.decode()


def test_another_site_has_no_board_and_security_none_at_all(cast):
    assert cast.outsider.client.get(BOARD).status_code == 404
    assert cast.security.client.get(BOARD).status_code == 403


def test_a_board_of_a_large_site_costs_as_many_queries_as_one_of_a_small_one(cast, admit):
    admit("0301")
    cast.site_lead.client.get(BOARD)
    with CaptureQueriesContext(connection) as small:
        cast.site_lead.client.get(BOARD)
    floor = Floor.objects.filter(building__site=cast.site).first()
    for position in range(10, 40):
        factories.stay(cast.site, in_room=factories.room(floor, f"03{position}", position=position))
    with CaptureQueriesContext(connection) as large:
        cast.site_lead.client.get(BOARD)
    assert len(large) == len(small) <= 25


def test_the_live_part_brings_cells_figures_and_the_list_of_what_is_due(cast, admit):
    positive(cast, admit("0301"))
    answer = part(cast.site_lead.client, BOARD, "board-live").content.decode()
    assert "<html" not in answer
    assert 'id="r0301"' in answer
    assert 'id="board-kpis" hx-swap-oob' in answer
    assert 'id="board-todo" hx-swap-oob' in answer
    assert "0301" in answer.split('id="board-todo"')[1]


def test_release_is_due_today_and_then_overdue(cast, admit):
    stay = admit("0301", at=NOW - timedelta(days=6, hours=20))
    ends = stay.order.ends_at
    before, after = (
        board(cast.clerk.actor, cast.site, at=moment)
        for moment in (ends - timedelta(hours=1), ends + timedelta(hours=1))
    )
    assert before.counts == {"release_today": 1, "ready": 7}
    assert after.counts == {"release_overdue": 1, "ready": 7}


def test_search_lights_up_rooms_by_number_name_and_pinyin(cast, admit):
    stay = admit("0301", name="陈静")
    SearchToken.objects.get_or_create(person=stay.person, unit_id=cast.site.unit_id, token="chenjing")
    find = reverse("stays:board_find", args=["H01"])
    for text in ("0301", "chenj"):
        assert cast.clerk.client.get(find, {"q": text}).json() == {"rooms": ["0301"]}
    assert cast.clerk.client.get(find, {"q": "04"}).json()["rooms"] == ["0401", "0402", "0403", "0404"]
    assert cast.hotel_staff.client.get(find, {"q": "chenj"}).json() == {"rooms": []}


def test_the_panel_says_what_to_do_about_needs(cast, admit):
    stay = admit("0301")
    Need.objects.create(person=stay.person, kind="dialysis", note="周二、周四", started_at=NOW)
    panel = part(cast.medic.client, f"{BOARD}/rooms/0301", "board-panel").content.decode()
    assert "周二、周四" in panel
    assert "透析" in panel


def test_a_temperature_from_the_panel_is_the_round_that_is_on(cast, admit):
    stay = admit("0301")
    url = reverse("stays:observe", args=["H01", stay.number])
    answer = cast.medic.client.post(url, {"temperature": "384"}, headers={"HX-Request": "true"})
    assert answer.status_code == 200
    assert answer["HX-Trigger-After-Settle"] == "lz:board-changed"
    seen = Observation.objects.get()
    assert (seen.temperature, seen.slot) == (Decimal("38.4"), Slot.MORNING)
    assert Alarm.objects.get(kind="stays.fever").answered_at is None
    assert JournalEntry.objects.filter(command="stays.observe", actor_id=cast.medic.user.pk).count() == 1
    assert cast.clerk.client.post(url, {"temperature": "36.5"}).status_code == 403


def test_an_impossible_temperature_is_refused_and_nothing_is_written(cast, admit):
    url = reverse("stays:observe", args=["H01", admit("0301").number])
    answer = cast.medic.client.post(url, {"temperature": "87"}, headers={"HX-Request": "true"})
    assert answer.status_code == 422
    assert not Observation.objects.exists()


def test_a_swab_from_the_panel_answers_the_test_that_is_due(cast, admit):
    stay = admit("0301", at=NOW - timedelta(days=1))
    url = reverse("stays:specimen", args=["H01", stay.number])
    assert cast.medic.client.post(url, {"tube": "t-9"}).status_code == 302
    assert Specimen.objects.get().tube == "T-9"
    assert Specimen.objects.get().test_key == "central-1"


def test_cleaners_take_a_room_one_step_on(cast):
    Room.objects.filter(number="0301", site=cast.site).update(state="to_clean")
    url = reverse("stays:room_state", args=["H01", "0301"])
    given = {"before": "to_clean", "after": "disinfecting"}
    assert cast.hotel_staff.client.post(url, given, headers={"HX-Request": "true"}).status_code == 200
    assert Room.objects.get(number="0301", site=cast.site).state == "disinfecting"
    assert cast.hotel_staff.client.post(url, given, headers={"HX-Request": "true"}).status_code == 409


@pytest.mark.parametrize(("state", "word"), [("planned", "未启用"), ("active", "空净")])
def test_a_ready_room_of_a_site_that_is_not_open_says_so(cast, state, word):
    type(cast.site).objects.filter(pk=cast.site.pk).update(state=state)
    cells = [cell for floor in cast.site_lead.client.get(BOARD).context["floors"] for cell in floor.cells]
    assert {cell.first for cell in cells} == {word}
