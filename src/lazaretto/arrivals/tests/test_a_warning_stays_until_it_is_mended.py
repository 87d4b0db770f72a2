"""What a choice of rooms breaks, and why somebody has none, stands beside them for as long as it is so."""

from datetime import date, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils.translation import override

from lazaretto.arrivals import commands
from lazaretto.arrivals.models import ExpectedArrival, Manifest
from lazaretto.arrivals.queries.bus import bus
from lazaretto.places.models import Room
from lazaretto.protocols.models import PackAdoption
from tests import factories
from tests.factories import NOW

pytestmark = pytest.mark.django_db
ENGLISH = {"accept-language": "en"}
GROUNDS = {"authority": "区疾控中心", "legal_basis": "传染病防治法", "reason": "入境"}


@pytest.fixture(autouse=True)
def in_english():
    with override("en"):
        yield


@pytest.fixture
def manifest(cast):
    PackAdoption.objects.create(
        pack="cn-plan-9", jurisdiction="CN", starts_on=(NOW - timedelta(days=90)).date(), reason="全国", created_at=NOW
    )
    made = Manifest.objects.create(
        site=cast.site, file_name="bus.xlsx", digest="d", content=b"", category="inbound", vehicle="粤A 1",
        uploaded_at=NOW, committed_at=NOW, state="committed", expected_at=NOW,
    )  # fmt: skip
    mother = coming(cast, made, "单小燕", "1985-02-03")
    coming(cast, made, "单乐乐", "2016-05-05", party=mother.party_id)
    coming(cast, made, "王小明", "1990-01-01")
    return made


def coming(cast, manifest, name, born, party=None):
    person = factories.person(name, at_site=cast.site, birth_date=date.fromisoformat(born))
    return ExpectedArrival.objects.create(
        manifest=manifest, person=person, site=cast.site, last_exposure_at=NOW - timedelta(hours=8),
        party_id=party or person.id,
    )  # fmt: skip


def expected(name):
    return ExpectedArrival.objects.get(person__name=name)


def room(number):
    return Room.objects.get(number=number, site__code="H01")


def give(cast, name, number):
    return commands.give_room(actor=cast.clerk.actor, at=NOW, expected=expected(name), room=room(number))


def warnings(cast, manifest, who=None):
    found = bus((who or cast.clerk).actor, manifest, at=NOW).passengers
    return {one.expected.person.name: one.breaks for one in found if one.breaks}


def page(cast, manifest):
    return cast.clerk.client.get(f"/sites/H01/buses/{manifest.id}", headers=ENGLISH).content.decode()


def test_a_child_put_apart_is_warned_of_until_it_is_back(cast, manifest):
    commands.propose_rooms(actor=cast.clerk.actor, at=NOW, manifest=manifest)
    assert warnings(cast, manifest) == {}
    give(cast, "单乐乐", "0404")
    assert "a child would be alone" in warnings(cast, manifest)["单乐乐"]
    assert "a child would be alone" in page(cast, manifest)
    assert "a child would be alone" in page(cast, manifest), "a second look says the same"
    give(cast, "单乐乐", expected("单小燕").room.number)
    assert warnings(cast, manifest) == {}


def test_the_child_is_warned_of_when_it_is_the_mother_who_was_put_elsewhere(cast, manifest):
    commands.propose_rooms(actor=cast.clerk.actor, at=NOW, manifest=manifest)
    give(cast, "单小燕", "0404")
    assert "a child would be alone" in warnings(cast, manifest)["单乐乐"]


def test_the_line_of_the_child_changes_with_the_choice_for_the_mother(cast, manifest):
    commands.propose_rooms(actor=cast.clerk.actor, at=NOW, manifest=manifest)
    client, mother, child = cast.clerk.client, expected("单小燕"), expected("单乐乐")
    answer = client.post(f"/sites/H01/expected/{mother.id}/room", {"room": "0404"}, headers=ENGLISH).content.decode()
    assert f'id="e-{child.id}"' in answer
    assert "hx-swap-oob" in answer.split(f'id="e-{child.id}"')[1].split(">")[0]
    assert "a child would be alone" in answer


def test_an_occupied_room_is_called_occupied_and_by_whom_as_far_as_the_reader_may_see(cast, manifest):
    stay = factories.stay(cast.site)
    taken = stay.occupancies.get().room
    give(cast, "王小明", taken.number)
    assert f"the room is occupied: {stay.person.name}" in warnings(cast, manifest)["王小明"]
    [masked] = [text for text in warnings(cast, manifest, cast.auditor)["王小明"] if "occupied" in text]
    assert stay.person.name not in masked
    assert "not ready" not in page(cast, manifest)


def test_a_room_promised_on_another_bus_is_said_to_be(cast, manifest):
    other = Manifest.objects.create(
        site=cast.site, file_name="two.xlsx", digest="e", content=b"", category="inbound", uploaded_at=NOW,
    )  # fmt: skip
    coming(cast, other, "李大山", "1980-01-01")
    give(cast, "李大山", "0404")
    give(cast, "王小明", "0404")
    assert "the room is promised on another bus: 李大山" in warnings(cast, manifest)["王小明"]


def test_a_room_under_disinfection_is_not_ready_and_says_why(cast, manifest):
    Room.objects.filter(pk=room("0404").pk).update(state="disinfecting")
    give(cast, "王小明", "0404")
    assert warnings(cast, manifest)["王小明"] == ("the room is not ready: disinfecting",)


def test_the_room_of_the_mother_who_is_in_already_is_no_broken_rule_for_her_child(cast, manifest):
    commands.propose_rooms(actor=cast.clerk.actor, at=NOW, manifest=manifest)
    commands.check_in(actor=cast.clerk.actor, at=NOW, expected=expected("单小燕"), **GROUNDS)
    assert warnings(cast, manifest) == {}


def test_why_somebody_is_left_without_a_room_stays_beside_them_until_they_have_one(cast, manifest):
    Room.objects.filter(site=cast.site).exclude(number="0404").update(state="out_of_service")
    commands.propose_rooms(actor=cast.clerk.actor, at=NOW, manifest=manifest)
    without = {one.expected.person.name: one.without for one in bus(cast.clerk.actor, manifest, at=NOW).passengers}
    assert without["单乐乐"] or without["王小明"]
    name = "王小明" if without["王小明"] else "单乐乐"
    assert f"without a room: {without[name]}" in page(cast, manifest)
    give(cast, name, "0404")
    assert expected(name).without_room_because == ""
    commands.give_room(actor=cast.clerk.actor, at=NOW, expected=expected(name), room=None)
    assert "without a room: taken out by hand" in page(cast, manifest)


def test_a_full_bus_asks_the_database_no_more_often_than_an_empty_one(cast, manifest):
    give(cast, "王小明", "0404")
    few = _queries(cast, manifest)
    for number in range(12):
        coming(cast, manifest, f"客{number}", "1990-01-01")
    give(cast, "客1", "0403")
    factories.stay(cast.site)
    assert _queries(cast, manifest) == few <= 16


def _queries(cast, manifest):
    manifest = Manifest.objects.select_related("site").get(pk=manifest.pk)
    with CaptureQueriesContext(connection) as seen:
        bus(cast.clerk.actor, manifest, at=NOW)
    return len(seen)
