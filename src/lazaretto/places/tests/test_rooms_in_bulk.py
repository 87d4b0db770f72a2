"""Four hundred rooms are made by a pattern, changed as a block, and removed only while nobody ever used them."""

from __future__ import annotations

from dataclasses import replace

import pytest

from lazaretto.core.access import Actor
from lazaretto.core.errors import NotFound
from lazaretto.core.models import JournalEntry
from lazaretto.places import commands, queries, rules
from lazaretto.places.errors import PatternUnreadable, RoomHasHistory, RoomRowsRefused
from lazaretto.places.models import Bed, Floor, Room
from lazaretto.places.rows import RoomRow, read
from tests import factories
from tests.factories import NOW

pytestmark = pytest.mark.django_db


def rows_of(site) -> list[RoomRow]:
    return [queries.row_of(room) for room in queries.rooms(Actor.system("tests")).filter(site=site)]


@pytest.mark.parametrize(
    ("text", "without", "expected"),
    [
        ("3-5", "", [3, 4, 5]),
        ("1-6", "4", [1, 2, 3, 5, 6]),
        ("1, 3，5-6", "", [1, 3, 5, 6]),
        ("3～5", "", [3, 4, 5]),
        ("3 - 5", "", [3, 4, 5]),
        ("5", "5", []),
    ],
)
def test_spans_are_read_as_people_write_them(text, without, expected):
    assert rules.numbers(text, without) == expected


@pytest.mark.parametrize("text", ["a", "5-3", "1-9999", "3--5"])
def test_a_span_that_cannot_be_read_is_refused(text):
    with pytest.raises(rules.SpanError):
        rules.numbers(text)


@pytest.mark.parametrize(
    ("label", "storey"),
    [("3F", 3), ("12层", 12), ("三楼", 3), ("十二楼", 12), ("二十", 20), ("B1", -1), ("负一楼", -1), ("G", None)],
)
def test_a_floors_label_tells_its_storey(label, storey):
    assert rules.storey(label) == storey


def test_a_whole_hotel_is_made_by_one_pattern(cast, django_assert_max_num_queries):
    with django_assert_max_num_queries(30):
        made = commands.create_rooms(
            actor=cast.site_lead.actor,
            at=NOW,
            site=cast.site,
            building="A",
            floors="5-24",
            rooms="1-21",
            without="4",
            beds=2,
        )
    assert len(made.created) == 400
    assert {"0501", "2421"} <= set(made.created)
    assert "0504" not in made.created
    assert Room.objects.filter(site=cast.site, floor__label="24F").count() == 20
    assert Bed.objects.filter(room__site=cast.site, room__number="1001").count() == 2
    assert Floor.objects.get(building__site=cast.site, label="24F").order == 24
    entry = JournalEntry.objects.get(command="places.create_rooms")
    assert len(entry.data["rooms"]) == 400


def test_rooms_that_exist_are_left_alone_and_named(cast):
    Room.objects.filter(site=cast.site, number="0301").update(note="旧房")
    made = commands.create_rooms(
        actor=cast.site_lead.actor, at=NOW, site=cast.site, building="A", floors="3", rooms="1-6"
    )
    assert (made.created, made.existing) == (["0305", "0306"], ["0301", "0302", "0303", "0304"])
    assert Room.objects.get(site=cast.site, number="0301").note == "旧房"


@pytest.mark.parametrize("bad", [{"floors": "x"}, {"pattern": "{room}"}, {"pattern": "{floor}{room}{x}"}, {"beds": 0}])
def test_a_pattern_that_makes_no_sense_makes_nothing(cast, bad):
    good = {"floors": "9", "rooms": "1-2", "pattern": "{floor}{room:02}", "beds": 1}
    with pytest.raises(PatternUnreadable):
        commands.create_rooms(actor=cast.site_lead.actor, at=NOW, site=cast.site, building="A", **{**good, **bad})
    assert cast.site.rooms.count() == 8


def test_a_block_of_rows_changes_and_makes_rooms_in_one_go(cast):
    rows = rows_of(cast.site)
    changed = [replace(rows[0], number="0399", beds=3, accessible=True, note="轮椅"), rows[1]]
    saved = commands.save_rooms(
        actor=cast.site_lead.actor, at=NOW, site=cast.site, rows=[*changed, RoomRow("A", "4F", "0405", 5, 1)]
    )
    assert (saved.created, saved.changed, saved.same) == (1, 1, 1)
    room = Room.objects.get(pk=rows[0].room_id)
    assert (room.number, room.accessible, room.note, room.beds.count()) == ("0399", True, "轮椅", 3)
    noted = JournalEntry.objects.filter(command="places.save_rooms", subject_id=str(room.pk)).get()
    assert noted.data["fields"] == ["accessible", "beds", "note", "number"]


def test_two_rooms_may_exchange_their_numbers(cast):
    one, other = rows_of(cast.site)[:2]
    swapped = [replace(one, number=other.number), replace(other, number=one.number)]
    commands.save_rooms(actor=cast.site_lead.actor, at=NOW, site=cast.site, rows=swapped)
    assert Room.objects.get(pk=one.room_id).number == other.number


def test_every_wrong_cell_is_named_and_nothing_is_saved(cast):
    one, other = rows_of(cast.site)[:2]
    rows = [replace(one, number="0304"), replace(other, floor="99F"), RoomRow("B座", "3F", "0901")]
    with pytest.raises(RoomRowsRefused) as refused:
        commands.save_rooms(actor=cast.site_lead.actor, at=NOW, site=cast.site, rows=rows)
    assert [(one.row, one.column, str(one.issue)) for one in refused.value.faults] == [
        (0, "number", "number_twice"),
        (1, "floor", "floor_unknown"),
        (2, "building", "building_unknown"),
    ]
    assert rows_of(cast.site)[0] == one


def test_a_bed_that_somebody_slept_in_is_not_taken_away(cast):
    guest = factories.stay(cast.site)
    taken = guest.occupancies.get()
    row = next(row for row in rows_of(cast.site) if row.room_id == taken.room_id)
    Bed.objects.filter(pk=taken.bed_id).update(label="9")
    with pytest.raises(RoomRowsRefused) as refused:
        commands.save_rooms(actor=cast.site_lead.actor, at=NOW, site=cast.site, rows=[replace(row, beds=1)])
    assert refused.value.faults[0].issue == "beds_in_use"


def test_rooms_of_another_site_cannot_be_named(cast):
    strange = rows_of(cast.other_site)[0]
    with pytest.raises(RoomRowsRefused) as refused:
        commands.save_rooms(actor=cast.site_lead.actor, at=NOW, site=cast.site, rows=[replace(strange, number="0777")])
    assert refused.value.faults[0].issue == "room_unknown"
    with pytest.raises(NotFound):
        commands.save_rooms(actor=cast.outsider.actor, at=NOW, site=cast.site, rows=[])


def test_a_room_recorded_by_mistake_goes_one_with_a_history_stays(cast):
    unused, used = rows_of(cast.site)[:2]
    commands.change_room_state(
        actor=cast.site_lead.actor, at=NOW, room=Room.objects.get(pk=used.room_id), after="to_clean"
    )
    with pytest.raises(RoomHasHistory):
        commands.remove_rooms(actor=cast.site_lead.actor, at=NOW, site=cast.site, rooms=[unused.room_id, used.room_id])
    assert Room.objects.filter(pk=unused.room_id).exists(), "all or none"
    commands.remove_rooms(actor=cast.site_lead.actor, at=NOW, site=cast.site, rooms=[unused.room_id])
    assert not Room.objects.filter(pk=unused.room_id).exists()


def test_cells_are_read_as_offices_write_them():
    good = read(
        {
            "building": "Ａ座",
            "floor": "３F",
            "number": "０３０１",
            "beds": 2.0,
            "accessible": "是",
            "note": "朝南，安静",
        },
        row=7,
    )
    assert good.room == RoomRow("A座", "3F", "0301", 0, 2, True, True, "朝南，安静")
    assert {fault.column for fault in good.mended} == {"building", "floor", "number"}
    bad = read({"floor": "3F", "number": "", "beds": "many", "accessible": "maybe", "position": "-1"}, row=8)
    assert bad.room is None
    assert {(fault.row, fault.column) for fault in bad.faults} == {
        (8, "number"), (8, "beds"), (8, "accessible"), (8, "position"),
    }  # fmt: skip
