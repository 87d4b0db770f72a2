"""What comes through the API typed but senseless is refused by name, on every database alike."""

from __future__ import annotations

import pytest

from lazaretto.core.errors import InvalidInput
from lazaretto.core.models import JournalEntry
from lazaretto.places import commands
from lazaretto.places.choices import SiteCategory, ZoneKind
from lazaretto.places.errors import PatternUnreadable, RoomRowsRefused
from lazaretto.places.models import Room, Site
from lazaretto.places.rows import RoomRow
from tests import factories
from tests.factories import NOW

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("fields", "column"),
    [
        ({"number": " "}, "number"), ({"number": "0" * 13}, "number"), ({"beds": 0}, "beds"), ({"beds": 10**9}, "beds"),
        ({"position": -1}, "position"), ({"position": 10**6}, "position"), ({"note": "长" * 121}, "note"),
        ({"floor": ""}, "floor"), ({"building": "长" * 41}, "building"),
    ],
)  # fmt: skip
def test_a_typed_room_keeps_the_same_limits_as_a_written_one(cast, fields, column):
    row = RoomRow(**{"building": "A", "floor": "3F", "number": "0399", **fields})
    with pytest.raises(RoomRowsRefused) as refused:
        commands.save_rooms(actor=cast.site_lead.actor, at=NOW, site=cast.site, rows=[row])
    assert column in {fault.column for fault in refused.value.faults}
    assert Room.objects.filter(site=cast.site).count() == 8


@pytest.mark.parametrize(
    "fields", [{"code": "H" * 13}, {"name": "长" * 121}, {"reserve_percent": 101}, {"phone": "1" * 41}]
)
def test_a_site_with_a_field_that_cannot_be_stored_is_not_planned(cast, fields):
    given = {"code": "H09", "name": "云山", "category": SiteCategory.INBOUND, **fields}
    with pytest.raises(InvalidInput) as refused:
        commands.open_site(actor=cast.duty_officer.actor, at=NOW, parent=factories.headquarters(), **given)
    assert list(refused.value.fields) == list(fields)
    assert not Site.objects.filter(unit__code__startswith="H0", code="H09").exists()


def test_names_of_zones_buildings_and_floors_have_their_length(cast):
    lead = {"actor": cast.site_lead.actor, "at": NOW}
    with pytest.raises(InvalidInput):
        commands.add_zone(**lead, site=cast.site, kind=ZoneKind.CLEAN, name="长" * 61)
    with pytest.raises(InvalidInput):
        commands.add_building(**lead, site=cast.site, name="")
    with pytest.raises(InvalidInput):
        commands.save_floor(**lead, building=cast.site.buildings.get(), label="九" * 13)


@pytest.mark.parametrize("fields", [{"floors": "1-99", "rooms": "1-99"}, {"pattern": "room-{floor}-{room:02}"}])
def test_a_pattern_makes_no_thousands_and_no_numbers_too_long(cast, fields):
    given = {"building": "A", "floors": "9", "rooms": "1", **fields}
    with pytest.raises(PatternUnreadable):
        commands.create_rooms(actor=cast.site_lead.actor, at=NOW, site=cast.site, **given)


def test_a_site_is_corrected_and_only_what_changed_is_noted(cast):
    commands.change_site(actor=cast.site_lead.actor, at=NOW, site=cast.site, name="新江畔酒店", reserve_percent=12)
    cast.site.refresh_from_db()
    assert (cast.site.name, cast.site.reserve_percent) == ("新江畔酒店", 12)
    assert JournalEntry.objects.get(command="places.change_site").data["fields"] == ["name", "reserve_percent"]
