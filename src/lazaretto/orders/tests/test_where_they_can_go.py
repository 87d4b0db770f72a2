"""Destinations by what people need: a rule over facts, each place with its reasons, each other place with why not."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import given
from hypothesis import strategies as some

from lazaretto.orders import rules
from lazaretto.orders.choices import Caution, Fit, Obstacle
from lazaretto.orders.queries.destinations import destinations, wish_of
from lazaretto.orders.rules import Candidate, Wish, propose
from lazaretto.orders.tests.telling import checked, hospital, issued, place
from lazaretto.people.models import Need
from lazaretto.places.models import Room
from lazaretto.transfers.tests.test_an_order_goes_with_the_people import sign_out
from tests import factories
from tests.factories import NOW

TAKES = frozenset({"inbound"})
SITES = some.builds(
    Candidate, key=some.sampled_from(["site:H01", "site:H02", "site:H03"]), kind=some.just("site"),
    running=some.booleans(), categories=some.sampled_from([TAKES, frozenset()]), free=some.integers(0, 5),
    accessible=some.integers(0, 3), coming=some.integers(0, 5),
)  # fmt: skip
WISHES = some.builds(
    Wish, category=some.just("inbound"), people=some.integers(1, 4), wheelchairs=some.integers(0, 2),
    leaves=some.sampled_from(["", "site:H01"]),
)  # fmt: skip


@given(WISHES, some.lists(SITES, max_size=6))
def test_a_site_is_proposed_exactly_if_it_takes_them_all_now(wish, sites):
    found = propose(wish, sites)
    assert len(found) == len(sites)
    for one in found:
        site = one.candidate
        takes = site.running and wish.category in site.categories and site.key != wish.leaves
        room = site.free - site.coming >= wish.people and site.accessible >= wish.wheelchairs
        assert one.proposed == (takes and room)
        assert one.proposed == (not one.obstacles)
    assert [one.proposed for one in found] == sorted((one.proposed for one in found), reverse=True)


@pytest.mark.parametrize(
    ("wish", "place_", "obstacles", "fits"),
    [
        (Wish("case", 1), Candidate("p", "hospital", abilities=frozenset({"infectious"})), (), (Fit.ABILITY,)),
        (Wish("case", 1), Candidate("p", "hospital"), (Obstacle.ABILITY,), ()),
        (Wish("inbound", 1), Candidate("p", "hospital"), (Obstacle.NO_NEED,), ()),
        (
            Wish("inbound", 1, needs=frozenset({"dialysis"})),
            Candidate("p", "hospital", abilities=frozenset({"dialysis"})), (), (Fit.ABILITY,),
        ),
        (
            Wish("inbound", 1, needs=frozenset({"pregnant"})),
            Candidate("p", "hospital", abilities=frozenset({"dialysis"})), (Obstacle.ABILITY,), (),
        ),
        (Wish("inbound", 1), Candidate("p", "other_site"), (), ()),
        (Wish("inbound", 1), Candidate("p", "other"), (Obstacle.NOT_A_PLACE_TO_GO,), ()),
        (Wish("inbound", 1, leaves="p"), Candidate("p", "other_site"), (Obstacle.SAME_PLACE,), ()),
    ],
)  # fmt: skip
def test_places_of_others(wish, place_, obstacles, fits):
    (found,) = propose(wish, [place_])
    assert (found.obstacles, found.fits) == (obstacles, fits)


@pytest.mark.parametrize(
    ("needs", "languages", "caution"),
    [
        ({"dialysis"}, set(), Caution.DIALYSIS),
        ({"pregnant"}, set(), Caution.BIRTH),
        ({"infant"}, set(), Caution.INFANT),
        (set(), {"ja"}, Caution.LANGUAGE),
    ],
)
def test_what_has_to_be_arranged_at_a_site(needs, languages, caution):
    wish = Wish("inbound", 1, needs=frozenset(needs), languages=frozenset(languages))
    (found,) = propose(wish, [Candidate("s", "site", categories=TAKES, free=9)])
    assert (found.cautions, found.proposed) == ((caution,), True)


def test_where_their_language_is_spoken_comes_first():
    wish = Wish("inbound", 1, languages=frozenset({"ja"}))
    plain, spoken = (
        Candidate(key, "site", categories=TAKES, free=9, languages=frozenset(languages))
        for key, languages in (("a", ()), ("b", ("ja",)))
    )
    assert [one.candidate.key for one in propose(wish, [plain, spoken])] == ["b", "a"]
    assert Fit.LANGUAGE in rules.propose(wish, [spoken])[0].fits


def found(people, category="inbound", leaves="site:H01"):
    return {one.key: one for one in destinations(wish_of(people, category, leaves=leaves))}


@pytest.mark.django_db
def test_free_rooms_count_those_under_way_and_those_ordered_there(cast):
    stays = [factories.stay(cast.site) for _n in range(3)]
    assert (found([])["site:H02"].free, found([])["site:H02"].left) == (8, 8)
    order = checked(cast, stays[0])
    sign_out(cast, stays[0], order=order)
    sign_out(cast, stays[1])
    issued(cast, stays[2])
    there = found([])["site:H02"]
    assert (there.free, there.coming, there.left) == (8, 3, 5)


@pytest.mark.django_db
def test_needs_and_languages_are_read_from_the_records(cast):
    guest = factories.stay(cast.site, who=factories.person("佐藤", at_site=cast.site, language="ja")).person
    Need.objects.create(person=guest, kind="cannot_walk", started_at=NOW)
    Need.objects.create(person=guest, kind="dialysis", started_at=NOW)
    ward = hospital("dialysis", "accessible")
    Room.objects.filter(site=cast.other_site, number="0401").update(accessible=True)
    factories.stay(cast.other_site, who=factories.person("田中", at_site=cast.other_site, language="ja"))

    there, here, kidney = (found([guest.id])[key] for key in ("site:H02", "site:H01", f"place:{ward.pk}"))

    assert there.proposed
    assert set(there.fits) == {Fit.CATEGORY, Fit.ROOMS, Fit.ACCESSIBLE, Fit.LANGUAGE}
    assert there.cautions == (Caution.DIALYSIS,)
    assert set(here.obstacles) == {Obstacle.SAME_PLACE, Obstacle.NO_ACCESSIBLE}
    assert (kidney.proposed, kidney.fits) == (True, (Fit.ABILITY,))


@pytest.mark.django_db
def test_the_number_of_queries_does_not_grow_with_places_and_people(cast):
    def count():
        people = list(guests)
        with CaptureQueriesContext(connection) as asked:
            found(people)
        return len(asked)

    guests = [factories.stay(cast.site).person_id]
    few = count()
    for number in range(3, 8):
        guests.append(factories.stay(factories.site(f"H{number:02d}")).person_id)
        place(name=f"驿站{number}")
    assert count() == few <= 10
