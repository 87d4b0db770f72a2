"""A bus comes: rooms for all, scanned on, one missing, one stranger, checked in at the desk."""

from datetime import date, timedelta

import pytest
from django.utils.translation import override

from lazaretto.arrivals import commands
from lazaretto.arrivals.choices import ExpectedState
from lazaretto.arrivals.errors import BusGone, NoRoomProposed, NotExpectedNow, PeopleUnaccounted
from lazaretto.arrivals.models import ExpectedArrival, Manifest
from lazaretto.arrivals.queries.bus import bus
from lazaretto.arrivals.queries.desk import at_the_desk
from lazaretto.core import clock
from lazaretto.core.models import JournalEntry
from lazaretto.people.commands import GivenDocument, NewPerson, register_person
from lazaretto.people.models import Person
from lazaretto.places.commands import close_site
from lazaretto.places.errors import PeopleExpected
from lazaretto.places.models import Room
from lazaretto.protocols.models import PackAdoption
from lazaretto.stays.models import Occupancy, Stay
from tests import factories
from tests.factories import NOW

pytestmark = pytest.mark.django_db
GROUNDS = {"authority": "区疾控中心", "legal_basis": "传染病防治法", "reason": "入境"}


@pytest.fixture
def manifest(cast):
    PackAdoption.objects.create(
        pack="cn-plan-9", jurisdiction="CN", starts_on=(NOW - timedelta(days=90)).date(), reason="全国", created_at=NOW
    )
    made = Manifest.objects.create(
        site=cast.site, file_name="bus.xlsx", digest="d", content=b"", category="inbound", vehicle="粤A 1",
        uploaded_at=NOW, committed_at=NOW, state="committed", expected_at=NOW,
    )  # fmt: skip
    names = [("单小燕", "1985-02-03"), ("单乐乐", "2019-05-05"), ("王小明", "1990-01-01")]
    people = [register(cast, name, born) for name, born in names]
    for number, person in enumerate(people):
        ExpectedArrival.objects.create(
            manifest=made, person=person, site=cast.site, last_exposure_at=NOW - timedelta(hours=8),
            party_id=people[0].id if number < 2 else person.id,
        )  # fmt: skip
    return made


def register(cast, name, born="1990-01-01", document=None):
    documents = (GivenDocument("passport", document, "GB"),) if document else ()
    new = NewPerson(name=name, birth_date=date.fromisoformat(born), documents=documents)
    done = register_person(actor=cast.clerk.actor, at=NOW, unit=cast.site.unit, person=new)
    return Person.objects.get(pk=done.person_id)


def expected(name):
    return ExpectedArrival.objects.get(person__name=name)


def test_rooms_are_proposed_for_all_and_a_choice_by_hand_stays(cast, manifest):
    clerk = cast.clerk.actor
    room = Room.objects.get(site=cast.site, number="0404")
    commands.give_room(actor=clerk, at=NOW, expected=expected("王小明"), room=room)
    done = commands.propose_rooms(actor=clerk, at=NOW, manifest=manifest)
    assert (done.placed, done.without) == (2, ())
    assert expected("王小明").room == room
    assert expected("单小燕").room == expected("单乐乐").room != room
    assert JournalEntry.objects.filter(command="arrivals.propose_rooms").count() == 1


def test_a_choice_says_which_rules_it_breaks(cast, manifest):
    clerk = cast.clerk.actor
    commands.propose_rooms(actor=clerk, at=NOW, manifest=manifest)
    apart = Room.objects.exclude(pk=expected("单小燕").room_id).filter(site=cast.site, number="0404").get()
    done = commands.give_room(actor=clerk, at=NOW, expected=expected("单乐乐"), room=apart)
    assert "child_alone" in done.breaks


def test_missing_and_unexpected_people_show_before_the_bus_leaves(cast, manifest):
    clerk = cast.clerk.actor
    commands.board(actor=clerk, at=NOW, expected=expected("单小燕"))
    commands.board(actor=clerk, at=NOW, expected=expected("单乐乐"))
    with pytest.raises(PeopleUnaccounted):
        commands.depart(actor=clerk, at=NOW, manifest=manifest)
    commands.mark_missing(actor=clerk, at=NOW, expected=expected("王小明"), reason="未前来")
    stranger = register(cast, "STRANGER Ann", document="GB7654321")
    assert commands.board_unexpected(actor=clerk, at=NOW, manifest=manifest, person=stranger).unexpected
    with pytest.raises(NotExpectedNow):
        commands.board_unexpected(actor=clerk, at=NOW, manifest=manifest, person=stranger)
    done = commands.depart(actor=clerk, at=NOW, manifest=manifest)
    assert (done.on_board, done.missing) == (3, 1)
    assert bus(clerk, manifest, at=NOW).counts["unexpected"] == 1
    late = register(cast, "LATE Bob")
    with pytest.raises(BusGone):
        commands.board_unexpected(actor=clerk, at=NOW, manifest=manifest, person=late)


def test_check_in_takes_the_proposed_room_and_a_household_shares_it(cast, manifest):
    clerk = cast.clerk.actor
    with pytest.raises(NoRoomProposed):
        commands.check_in(actor=clerk, at=NOW, expected=expected("单小燕"), **GROUNDS)
    commands.propose_rooms(actor=clerk, at=NOW, manifest=manifest)
    for name in ("单小燕", "单乐乐"):
        done = commands.check_in(actor=clerk, at=NOW, expected=expected(name), **GROUNDS)
    assert (done.left, expected("单乐乐").state) == (1, ExpectedState.CHECKED_IN)
    rooms = Occupancy.objects.filter(stay__in=Stay.objects.all()).values_list("room", flat=True)
    assert len(set(rooms)) == 1
    with pytest.raises(NotExpectedNow):
        commands.check_in(actor=clerk, at=NOW, expected=expected("单小燕"), **GROUNDS)


def test_the_desk_finds_by_surname_reading_initials_and_document(cast, manifest):
    clerk = cast.clerk.actor
    assert [one.person.name for one in at_the_desk(clerk, cast.site, "sxy")] == ["单小燕"]
    assert {one.person.name for one in at_the_desk(clerk, cast.site, "shan")} == {"单小燕", "单乐乐"}
    assert at_the_desk(cast.outsider.actor, cast.site, "shan") == []


class TestTheDeskInTheBrowser:
    def test_three_letters_enter_enter_and_somebody_is_in(self, cast, manifest):
        client = cast.clerk.client
        commands.propose_rooms(actor=cast.clerk.actor, at=NOW, manifest=manifest)
        panel = client.get("/sites/H01/check-in/found", {"q": "wxm", "pick": "1"}).content.decode()
        assert "王小明" in panel
        one = expected("王小明")
        answer = client.post(
            f"/sites/H01/check-in/{one.id}/confirm",
            {"room": one.room.number, "exposed_on": (NOW - timedelta(days=1)).date(), **GROUNDS},
        )
        assert answer.status_code == 200
        assert Stay.objects.get().person == one.person

    def test_at_three_in_the_morning_who_was_exposed_today_is_checked_in(self, cast, manifest, monkeypatch):
        night = NOW.replace(hour=19)  # the next day has begun in Guangdong, not yet in Greenwich
        monkeypatch.setattr(clock, "now", lambda: night)
        commands.propose_rooms(actor=cast.clerk.actor, at=night, manifest=manifest)
        one, today = expected("王小明"), clock.local_date(night, clock.zone(cast.site.time_zone))
        typed = {"room": one.room.number, "exposed_on": today, **GROUNDS}
        cast.clerk.client.post(f"/sites/H01/check-in/{one.id}/confirm", typed)
        assert one.person.stays.get().order.last_exposure_at == NOW.replace(hour=16)

    @pytest.mark.usefixtures("manifest")
    def test_a_taken_room_is_refused_in_words_and_nothing_typed_is_lost(self, cast):
        taken = factories.stay(cast.site).occupancies.get().room
        one = expected("王小明")
        typed = {"room": taken.number, "exposed_on": (NOW - timedelta(days=1)).date(), **GROUNDS}
        answer = cast.clerk.client.post(f"/sites/H01/check-in/{one.id}/confirm", typed)
        assert 'value="区疾控中心"' in answer.content.decode()
        assert one.person.stays.count() == 0

    @pytest.mark.parametrize("page", ["buses", "check-in"])
    def test_other_sites_find_nothing_and_security_may_not(self, cast, page):
        assert cast.outsider.client.get(f"/sites/H01/{page}").status_code == 404
        assert cast.security.client.get(f"/sites/H01/{page}").status_code == 403


def test_a_child_is_three_by_the_day_of_the_site(cast, manifest):
    commands.propose_rooms(actor=cast.clerk.actor, at=NOW, manifest=manifest)
    night = NOW.replace(hour=17)  # past midnight in Guangdong
    child = expected("单乐乐")
    today = clock.local_date(night, clock.zone(cast.site.time_zone))
    Person.objects.filter(pk=child.person_id).update(birth_date=today.replace(year=today.year - 3))
    commands.check_in(actor=cast.clerk.actor, at=night, expected=expected("单乐乐"), **GROUNDS)
    assert not Occupancy.objects.get(stay__person_id=child.person_id).shares_bed


def test_a_stranger_whom_nobody_knows_is_registered_on_the_bus_and_taken_along(cast, manifest):
    client, page = cast.clerk.client, f"/sites/H01/buses/{manifest.id}"
    answer = client.post(f"{page}/stranger", {"q": "E12345678"}, follow=True)
    assert 'value="E12345678"' in answer.content.decode(), "nothing typed is lost"
    answer = client.post(f"{page}/stranger", {"q": "E12345678", "name": "陌生人"}, follow=True)
    taken = ExpectedArrival.objects.get(person__name="陌生人")
    assert (taken.state, taken.on_manifest) == (ExpectedState.BOARDED, False)
    assert taken.person.documents.get().last_four == "5678"
    assert JournalEntry.objects.filter(command="arrivals.board_newcomer", person_id=taken.person_id).count() == 1
    assert "陌生人" in answer.content.decode()


def test_a_stranger_without_a_document_is_taken_along_by_name(cast, manifest):
    page = f"/sites/H01/buses/{manifest.id}/stranger"
    cast.clerk.client.post(page, {"q": "无证件", "name": "无证件"})
    taken = ExpectedArrival.objects.get(person__name="无证件")
    assert taken.state == ExpectedState.BOARDED
    assert not taken.person.documents.exists()


def test_a_bus_with_people_unaccounted_for_stays_where_it_is_and_says_so(cast, manifest):
    answer = cast.clerk.client.post(f"/sites/H01/buses/{manifest.id}/depart", follow=True)
    assert answer.status_code == 200
    assert str(PeopleUnaccounted.message) in answer.content.decode()
    manifest.refresh_from_db()
    assert manifest.departed_at is None


def test_a_site_is_not_closed_while_people_are_on_their_way_to_it(cast, manifest):
    closing = {"actor": cast.approver.actor, "at": NOW, "site": cast.site, "reason": "任务结束"}
    commands.board(actor=cast.clerk.actor, at=NOW, expected=expected("王小明"))
    with pytest.raises(PeopleExpected) as refused:
        close_site(**closing)
    assert refused.value.context["people"] == 3
    with override("en"):
        assert "3 people are still expected" in str(refused.value)
    manifest.expected.update(state=ExpectedState.MISSING)
    assert close_site(**closing).state == "closed"


@pytest.mark.usefixtures("manifest")
@pytest.mark.parametrize("checked_in", [False, True], ids=["by hand", "lives there"])
def test_a_child_joins_its_mother_whose_room_is_not_the_planners_to_give(cast, manifest, checked_in):
    mother, child = expected("单小燕"), expected("单乐乐")
    room = Room.objects.get(site=cast.site, number="0404")
    if checked_in:
        stay = factories.stay(cast.site, who=mother.person, in_room=room, day=0)
        stay.occupancies.update(party_id=mother.party_id)
        ExpectedArrival.objects.filter(pk=mother.pk).update(state=ExpectedState.CHECKED_IN, stay=stay, arrived_at=NOW)
    else:
        commands.give_room(actor=cast.clerk.actor, at=NOW, expected=mother, room=room)

    done = commands.propose_rooms(actor=cast.clerk.actor, at=NOW, manifest=manifest)
    child.refresh_from_db()
    assert (child.room, child.room_by_hand, child.without_room_because) == (room, False, "")
    assert done.without == ()
    assert expected("王小明").room not in {None, room}


def test_a_child_joins_nobody_where_every_bed_is_taken(cast, manifest):
    mother, child = expected("单小燕"), expected("单乐乐")
    room = Room.objects.get(site=cast.site, number="0404")
    room.beds.exclude(pk=room.beds.first().pk).delete()
    commands.give_room(actor=cast.clerk.actor, at=NOW, expected=mother, room=room)

    done = commands.propose_rooms(actor=cast.clerk.actor, at=NOW, manifest=manifest)
    child.refresh_from_db()
    assert (child.room, child.without_room_because) == (None, "child_without_adult")
    assert [one.expected_id for one in done.without] == [child.id]
