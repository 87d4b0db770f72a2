"""Somebody stands at the desk whom no list names: recognised or registered, and never turned away."""

from datetime import date, timedelta
from uuid import uuid4

import pytest

from lazaretto.arrivals.choices import ExpectedState
from lazaretto.arrivals.commands import admit_walk_in
from lazaretto.arrivals.errors import NobodyNamed, NoRoomProposed, PossiblyKnown
from lazaretto.arrivals.models import ExpectedArrival, Manifest
from lazaretto.core.errors import NotFound
from lazaretto.core.models import JournalEntry
from lazaretto.orders.commands import Plea
from lazaretto.people.commands import GivenDocument, GivenNeed, NewPerson, add_phone
from lazaretto.people.errors import DocumentInvalid
from lazaretto.people.models import Need, PartyMember, Person, PersonAccess
from lazaretto.places.models import Room
from lazaretto.protocols.models import PackAdoption
from lazaretto.stays.errors import PersonAlreadyStaying, StayEnded
from lazaretto.stays.models import IsolationOrder, Occupancy, Stay
from tests import factories
from tests.factories import NOW
from tests.threads import at_once, needs_server

pytestmark = pytest.mark.django_db
PLEA = Plea("独自到达，天黑无处可去")
GROUNDS = {"authority": "区疾控中心", "legal_basis": "传染病防治法", "reason": "入境"}
CARD = "440105199102090167"


@pytest.fixture(autouse=True)
def _rules(db):
    PackAdoption.objects.create(
        pack="cn-plan-9", jurisdiction="CN", starts_on=(NOW - timedelta(days=90)).date(), reason="全国", created_at=NOW
    )


def admit(cast, newcomer=None, *, by=None, **more):
    values = {"category": "inbound", "last_exposure_at": NOW - timedelta(hours=20), "plea": PLEA, **GROUNDS, **more}
    actor = (by or cast.clerk).actor
    return admit_walk_in(actor=actor, at=NOW, site=cast.site, newcomer=newcomer, **values)


class TestWhoTheyAre:
    def test_nobody_is_turned_away_for_want_of_a_document(self, cast):
        done = admit(cast, NewPerson(name="无名氏"))
        stay = Stay.objects.get()
        assert (done.known, stay.person.name, stay.number) == (False, "无名氏", done.stay_number)
        assert Occupancy.objects.get(stay=stay).room.number == done.room
        assert IsolationOrder.objects.get().reason == "入境"
        entry = JournalEntry.objects.get(command="arrivals.admit_walk_in", subject_type="stays.stay")
        assert (entry.person_id, entry.unit_id) == (stay.person_id, cast.site.unit_id)

    def test_one_known_by_the_document_is_not_doubled_and_what_is_new_is_added(self, cast):
        first = admit(cast, NewPerson(name="单小燕", documents=(GivenDocument("id_card", CARD),)))
        Stay.objects.update(ended_at=NOW, end="released")
        IsolationOrder.objects.update(lifted_at=NOW)
        Occupancy.objects.update(ended_at=NOW)
        again = NewPerson(
            name="单小燕", documents=(GivenDocument("id_card", CARD),), phones=("13812345678",),
            needs=(GivenNeed("pregnant"),),
        )  # fmt: skip
        done = admit(cast, again, room=Room.objects.get(site=cast.site, number="0404"))
        assert (done.known, done.person_id) == (True, first.person_id)
        person = Person.objects.get()
        assert person.contacts.count() == 1
        assert Need.objects.get(person=person).kind == "pregnant"
        assert person.documents.count() == 1

    @pytest.mark.parametrize(
        "said",
        [
            NewPerson(name="王小明", birth_date=date(1990, 1, 1)),
            NewPerson(name="汪小明", birth_date=date(1990, 1, 1)),
            NewPerson(name="王小明", phones=("13812345678",)),
        ],
        ids=["name and birth date", "sound and birth date", "phone"],
    )
    def test_one_who_is_alike_must_be_looked_at_first(self, cast, said):
        known = register(cast, "王小明", birth_date=date(1990, 1, 1), phones=("13812345678",))
        with pytest.raises(PossiblyKnown) as refused:
            admit(cast, said)
        assert str(known.id) in refused.value.context["people"]
        assert not Stay.objects.exists()
        assert admit(cast, said, same_as=known.id).person_id == known.id
        assert Person.objects.count() == 1

    def test_somebody_else_of_the_same_name_is_registered_when_said_so(self, cast):
        known = register(cast, "王小明", birth_date=date(1990, 1, 1))
        done = admit(cast, NewPerson(name="王小明", birth_date=date(1990, 1, 1)), not_same_as=(known.id,))
        assert done.person_id != known.id
        entry = JournalEntry.objects.get(command="arrivals.admit_walk_in", subject_type="stays.stay")
        assert entry.data["not_same_as"] == [str(known.id)]

    def test_one_known_elsewhere_is_recognised_by_what_they_say_and_by_nothing_less(self, cast):
        elsewhere = factories.person("李娜", at_site=cast.other_site, birth_date=date(1988, 8, 8))
        with pytest.raises(NotFound):
            admit(cast, same_as=elsewhere.id)
        done = admit(cast, NewPerson(name="李娜", birth_date=date(1988, 8, 8)), same_as=elsewhere.id)
        assert (done.known, done.person_id) == (True, elsewhere.id)
        assert PersonAccess.objects.filter(person=elsewhere, unit_id=cast.site.unit_id).exists()

    def test_somebody_must_be_named_somehow(self, cast):
        with pytest.raises(NobodyNamed):
            admit(cast)

    def test_a_wrong_check_digit_is_named_and_nothing_is_written(self, cast):
        with pytest.raises(DocumentInvalid):
            admit(cast, NewPerson(name="单小燕", documents=(GivenDocument("id_card", CARD[:-1] + "8"),)))
        assert not Person.objects.exists()

    def test_one_who_is_here_already_is_not_admitted_twice(self, cast):
        done = admit(cast, NewPerson(name="王小明"))
        with pytest.raises(PersonAlreadyStaying):
            admit(cast, same_as=done.person_id)


class TestTheirRoom:
    def test_the_planner_proposes_and_an_accessible_room_goes_to_who_needs_it(self, cast):
        Room.objects.filter(site=cast.site, number="0402").update(accessible=True)
        assert admit(cast, NewPerson(name="王小明", needs=(GivenNeed("cannot_walk"),))).room == "0402"

    def test_a_room_promised_to_a_bus_is_kept_for_it(self, cast):
        for room in Room.objects.filter(site=cast.site).exclude(number="0404"):
            expected(cast, factories.person(f"李{room.number}"), room=room)
        assert admit(cast, NewPerson(name="王小明")).room == "0404"

    def test_without_any_room_the_reason_is_said(self, cast):
        Room.objects.filter(site=cast.site).update(state="to_clean")
        with pytest.raises(NoRoomProposed) as refused:
            admit(cast, NewPerson(name="王小明"))
        assert refused.value.context["why"] == "no_free_room"
        assert not Person.objects.exists()

    def test_a_child_joins_the_household_and_the_room_of_a_parent(self, cast):
        mother = admit(cast, NewPerson(name="单小燕", birth_date=date(1991, 2, 9)))
        child = NewPerson(name="单乐乐", birth_date=date(2025, 5, 5))
        done = admit(cast, child, companion=Stay.objects.get(pk=mother.stay_id))
        assert done.room == mother.room
        taken = Occupancy.objects.get(stay=done.stay_id)
        assert (taken.shares_bed, taken.party_id) == (True, Occupancy.objects.get(stay=mother.stay_id).party_id)
        assert PartyMember.objects.values("party").distinct().count() == 1

    def test_a_grown_member_of_the_household_gets_another_room_unless_somebody_judged_it(self, cast):
        first = admit(cast, NewPerson(name="单小燕", birth_date=date(1991, 2, 9)))
        companion = Stay.objects.get(pk=first.stay_id)
        apart = admit(cast, NewPerson(name="王小明", birth_date=date(1990, 1, 1)), companion=companion)
        assert apart.room != first.room
        judged = {"companion": companion, "assessment": "李医生评估：可同住"}
        together = admit(cast, NewPerson(name="单小军", birth_date=date(1990, 1, 1)), **judged)
        assert together.room == first.room

    def test_who_has_left_is_no_companion(self, cast):
        mother = Stay.objects.get(pk=admit(cast, NewPerson(name="单小燕")).stay_id)
        Stay.objects.filter(pk=mother.pk).update(ended_at=NOW, end="released")
        with pytest.raises(StayEnded):
            admit(cast, NewPerson(name="单乐乐"), companion=mother)


class TestListsThatNamedThemAfterAll:
    def test_one_expected_here_is_checked_in_into_the_room_of_the_list(self, cast):
        person = register(cast, "王小明")
        one = expected(cast, person, room=Room.objects.get(site=cast.site, number="0403"))
        done = admit(cast, same_as=person.id)
        one.refresh_from_db()
        assert (one.state, one.stay_id, done.room) == (ExpectedState.CHECKED_IN, done.stay_id, "0403")

    def test_one_expected_elsewhere_is_expected_there_no_more_and_that_site_reads_why(self, cast):
        person = register(cast, "王小明")
        one = expected(cast, person, site=cast.other_site)
        admit(cast, same_as=person.id)
        one.refresh_from_db()
        assert one.state == ExpectedState.CANCELLED
        told = JournalEntry.objects.get(command="arrivals.admit_walk_in", unit_id=cast.other_site.unit_id)
        assert told.data == {"came_to": "H01"}

    @pytest.mark.parametrize(("days", "state"), [(1, ExpectedState.CHECKED_IN), (30, ExpectedState.MISSING)])
    def test_one_marked_missing_lately_has_come(self, cast, days, state):
        person = register(cast, "王小明")
        one = expected(cast, person, state=ExpectedState.MISSING)
        Manifest.objects.update(expected_at=NOW - timedelta(days=days))
        admit(cast, same_as=person.id)
        one.refresh_from_db()
        assert one.state == state


def register(cast, name, **said):
    person = factories.person(name, at_site=cast.site, birth_date=said.get("birth_date"))
    if said.get("phones"):
        add_phone(actor=cast.clerk.actor, at=NOW, person=person, phone=said["phones"][0])
    return person


def expected(cast, person, *, site=None, state=ExpectedState.EXPECTED, room=None):
    site = site or cast.site
    manifest, _made = Manifest.objects.get_or_create(
        site=site, digest=site.code,
        defaults={
            "file_name": "bus.xlsx", "content": b"", "category": "inbound", "uploaded_at": NOW, "expected_at": NOW,
            "state": "committed", "committed_at": NOW,
        },
    )  # fmt: skip
    return ExpectedArrival.objects.create(
        manifest=manifest, person=person, site=site, party_id=person.id, state=state, room=room
    )


class TestThePage:
    URL = "/sites/H01/check-in/new"

    def form(self, **more):
        values = {
            "client_id": str(uuid4()), "name": "王小明", "category": "inbound",
            "exposed_on": (NOW - timedelta(days=1)).date(), "why_now": PLEA.why_now, **GROUNDS,
        }  # fmt: skip
        return {**values, **more}

    def test_the_desk_that_finds_nobody_leads_here_with_what_was_typed(self, cast):
        found = cast.clerk.client.get("/sites/H01/check-in/found", {"q": "王小明"}).content.decode()
        assert "/sites/H01/check-in/new?q=%E7%8E%8B%E5%B0%8F%E6%98%8E" in found
        assert 'value="王小明"' in cast.clerk.client.get(self.URL, {"q": "王小明"}).content.decode()

    def test_one_form_admits_and_the_desk_shows_the_papers(self, cast):
        answer = cast.clerk.client.post(self.URL, self.form(proposed="0402"), follow=True)
        stay = Stay.objects.get()
        page = answer.content.decode()
        assert answer.redirect_chain[0][0] == f"/sites/H01/check-in?done={stay.number}"
        for paper in ("order", "door-card", "guest-card"):
            assert f"/stays/{stay.number}/{paper}" in page
        assert Occupancy.objects.get().room.number == "0402"

    def test_the_form_sent_twice_admits_once(self, cast):
        form = self.form(proposed="0402")
        answers = [cast.clerk.client.post(self.URL, form) for _again in range(2)]
        assert [answer.status_code for answer in answers] == [302, 302]
        assert Stay.objects.count() == Person.objects.count() == 1

    def test_a_refusal_stands_at_its_field_and_nothing_typed_is_lost(self, cast):
        taken = factories.stay(cast.site).occupancies.get().room
        answer = cast.clerk.client.post(self.URL, self.form(room=taken.number, document_number="E12345678"))
        page = answer.content.decode()
        assert answer.status_code == 422
        for typed in ("王小明", "E12345678", "区疾控中心", taken.number):
            assert f'value="{typed}"' in page
        assert 'id="id_room_error"' in page
        assert Stay.objects.count() == 1

    def test_one_who_is_alike_is_shown_and_chosen_without_losing_the_rest(self, cast):
        known = register(cast, "王小明", birth_date=date(1990, 1, 1))
        form = self.form(birth_date="1990-01-01", phone="13812345678")
        shown = cast.clerk.client.post(self.URL, form)
        assert shown.status_code == 422
        assert str(known.id) in shown.content.decode()
        picked = cast.clerk.client.post(self.URL, {**form, "pick": str(known.id)})
        page = picked.content.decode()
        assert f'name="same_as" value="{known.id}"' in page
        assert 'value="13812345678"' in page
        cast.clerk.client.post(self.URL, {**form, "same_as": str(known.id)})
        assert Stay.objects.get().person == known

    def test_somebody_new_beside_one_alike_needs_one_tick(self, cast):
        known = register(cast, "王小明", birth_date=date(1990, 1, 1))
        cast.clerk.client.post(self.URL, self.form(birth_date="1990-01-01", others=str(known.id)))
        assert Stay.objects.get().person != known

    def test_while_typing_the_known_and_the_room_are_looked_up(self, cast):
        register(cast, "单小燕")
        Room.objects.filter(site=cast.site, number="0403").update(accessible=True)
        form = self.form(name="sxy", needs=["cannot_walk"])
        page = cast.clerk.client.post(f"{self.URL}/look", form).content.decode()
        assert "单小燕" in page
        assert 'name="proposed" value="0403"' in page

    def test_one_of_another_site_is_masked_until_recognised(self, cast):
        factories.person("李小娜", at_site=cast.other_site, birth_date=date(1988, 8, 8))
        form = self.form(name="李小娜", birth_date="1988-08-08")
        page = cast.clerk.client.post(f"{self.URL}/look", form).content.decode()
        assert "李**" in page
        assert "李小娜" not in page

    def test_the_next_of_a_household_begins_with_what_is_known_of_the_first(self, cast):
        cast.clerk.client.post(self.URL, self.form(proposed="0402", name="单小燕"))
        page = cast.clerk.client.get(self.URL, {"with": Stay.objects.get().number}).content.decode()
        assert 'name="with_room" value="0402"' in page
        assert 'value="区疾控中心"' in page

    def test_the_rules_of_sharing_stand_beside_the_room(self, cast):
        first = admit(cast, NewPerson(name="单小燕", birth_date=date(1991, 2, 9)))
        grown = self.form(with_room=first.room, birth_date="1990-01-01")
        look = f"{self.URL}/look"
        assert f'name="proposed" value="{first.room}"' not in cast.clerk.client.post(look, grown).content.decode()
        child = cast.clerk.client.post(look, {**grown, "birth_date": "2018-06-01"}).content.decode()
        assert f'name="proposed" value="{first.room}"' in child
        refused = cast.clerk.client.post(self.URL, {**grown, "room": first.room})
        assert 'id="id_assessment_error"' in refused.content.decode()

    def test_the_last_admission_of_the_site_is_remembered(self, cast):
        admit(cast, NewPerson(name="王小明"))
        page = cast.clerk.client.get(self.URL).content.decode()
        assert all(f'value="{text}"' in page for text in GROUNDS.values())

    @pytest.mark.parametrize("path", ["", "/look"])
    def test_who_may_not_admit_is_refused_and_another_site_finds_nothing(self, cast, path):
        assert cast.medic.client.post(self.URL + path).status_code == 403
        assert cast.security.client.post(self.URL + path).status_code == 403
        assert cast.outsider.client.post(self.URL + path).status_code == 404
        assert not Stay.objects.exists()


@needs_server
@pytest.mark.django_db(transaction=True)
def test_desks_that_admit_at_the_same_moment_are_proposed_rooms_of_their_own(cast):
    desks = [lambda name=name: admit(cast, NewPerson(name=name)) for name in ("赵一", "钱二", "孙三")]
    answers = at_once(desks)
    assert len({answer.room for answer in answers}) == 3
    assert len({answer.stay_number for answer in answers}) == 3


def test_the_api_offers_it_with_a_client_id(cast):
    form = {
        "site": str(cast.site.id), "category": "inbound", "last_exposure_at": NOW - timedelta(days=1), **GROUNDS,
        "plea": {"why_now": PLEA.why_now},
        "newcomer": {"name": "王小明", "documents": [{"kind": "passport", "number": "E12345678", "country": "CHN"}]},
    }  # fmt: skip
    first, again = (
        cast.clerk.client.post(
            "/api/v1/commands/arrivals.admit_walk_in", form, content_type="application/json",
            headers={"Idempotency-Key": "0193f0a0-0000-7000-8000-000000000001"},
        )
        for _time in range(2)
    )  # fmt: skip
    assert first.status_code == 200, first.content
    assert first.json() == again.json()
    assert Stay.objects.count() == 1
