"""A room list as Excel gives it back: zeros cut off the numbers, and one bed in use that keeps no other row back."""

import pytest

from lazaretto.core.errors import TextTooLong
from lazaretto.places import commands
from lazaretto.places.commands.lists import SentRow
from lazaretto.places.models import Bed, Room, RoomList
from tests import factories
from tests.factories import NOW

pytestmark = pytest.mark.django_db


@pytest.fixture
def staged(cast):
    def do(*cells):
        sent = [SentRow("房间", number, row) for number, row in enumerate(cells, 2)]
        done = commands.stage_room_list(
            actor=cast.site_lead.actor, at=NOW, site=cast.site, file_name="房间.xlsx", rows=sent
        )
        return RoomList.objects.get(pk=done.list_id)

    return do


def outcomes(room_list):
    rows = room_list.rows.order_by("excel_row")
    return [(row.outcome, [issue["issue"] for issue in row.issues]) for row in rows]


def test_a_number_without_its_zero_is_the_room_it_was(cast, staged):
    before = Room.objects.filter(site=cast.site).count()
    found = staged(
        {"number": "301", "note": "靠近电梯"}, {"number": "302.0", "note": ""}, {"number": "1301", "floor": "3F"}
    )
    assert outcomes(found)[0] == ("changed", ["mended_zeros"])
    assert outcomes(found)[2][0] == "new"
    commands.apply_room_list(actor=cast.site_lead.actor, at=NOW, room_list=found)
    assert Room.objects.filter(site=cast.site).count() == before + 1
    assert Room.objects.get(site=cast.site, number="0301").note == "靠近电梯"


@pytest.mark.parametrize(("file_name", "sheet"), [("长" * 201, "房间"), ("房间.ods", "长" * 81)])
def test_names_of_files_and_sheets_are_kept_whole_or_refused(cast, file_name, sheet):
    sent = [SentRow(sheet, 2, {"number": "301"})]
    with pytest.raises(TextTooLong):
        commands.stage_room_list(actor=cast.site_lead.actor, at=NOW, site=cast.site, file_name=file_name, rows=sent)
    assert not RoomList.objects.exists()


def test_the_label_of_a_floor_made_by_a_pattern_is_kept_whole_or_refused(cast):
    with pytest.raises(TextTooLong):
        commands.create_rooms(
            actor=cast.site_lead.actor, at=NOW, site=cast.site, building="新楼", floors="3", rooms="1",
            floor_pattern="很长很长很长的楼层的名称{floor}",
        )  # fmt: skip
    assert not Room.objects.filter(floor__building__name="新楼").exists()


def test_one_number_with_and_without_its_zero_stands_twice(staged):
    held = outcomes(staged({"number": "301"}, {"number": "0301"}))
    assert [(outcome, "number_twice" in issues) for outcome, issues in held] == [("held", True), ("held", True)]


def test_a_bed_in_use_holds_its_own_row_alone(cast, staged):
    room = Room.objects.get(site=cast.site, number="0301")
    stay = factories.stay(cast.site, in_room=room)
    Bed.objects.get_or_create(room=room, label="1")
    second = Bed.objects.get_or_create(room=room, label="2")[0]
    stay.occupancies.update(bed=second)
    found = staged({"number": "0301", "beds": "1"}, {"number": "0302", "note": "新空调"})
    done = commands.apply_room_list(actor=cast.site_lead.actor, at=NOW, room_list=found)
    assert (done.changed, done.held) == (1, 1)
    assert outcomes(found)[0] == ("held", ["beds_in_use"])
    assert Room.objects.get(site=cast.site, number="0302").note == "新空调"
    assert Bed.objects.filter(room=room).count() == 2
