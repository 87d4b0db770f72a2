"""Somebody urgent joins trips that go anyway: no promise is broken, nobody loses a place, nothing that left changes."""

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from lazaretto.planning.trips import Going, Promise, Wanted, insertions

STAY = 10
FAR = {"A": 0, "B": 12, "C": 25, "D": 40, "E": 55}  # minutes along one road


def ways(start, end):
    return None if "?" in {start, end} else abs(FAR[start] - FAR[end])


def going(*places, start=60, slack=20, seats=4, loads=None, **more) -> Going:
    """A trip along the road with ten minutes at each stop."""
    stops, now = [], start
    for number, place in enumerate(places):
        last = number == len(places) - 1
        way = 0 if last else ways(place, places[number + 1])
        leaves = now if last else now + (STAY if number else 0)
        stops.append(Promise(place, now, leaves, way, slack))
        now = leaves + way
    return Going("R1", tuple(stops), loads or ({},) * (len(places) - 1), {"seat": seats}, **more)


def wanted(origin="B", destination="D", *, earliest=0, latest=600, seats=1) -> Wanted:
    return Wanted(origin, destination, earliest, latest, {"seat": seats})


def test_they_get_on_and_off_where_it_stops_anyway_and_nobody_notices():
    best = insertions(going("A", "B", "C", "D"), wanted(), ways, stay=STAY)[0]
    assert (best.get_on, best.get_off, best.delays, best.driving) == (1, 3, (0, 0, 0, 0), 0)


def test_a_place_on_the_way_costs_the_others_one_stop():
    best = insertions(going("A", "D"), wanted("B", "D"), ways, stay=STAY)[0]
    assert [one.place for one in best.stops] == ["A", "B", "D"]
    assert (best.delays, best.driving) == ((0, STAY), 0)


def test_nobody_is_made_later_than_the_slack():
    tight = going("A", "D", slack=STAY - 1)
    assert insertions(tight, wanted("B", "D"), ways, stay=STAY) == []
    far = insertions(tight, wanted("A", "E"), ways, stay=STAY)
    # Behind the last stop nobody is upset any more.
    assert [one.place for one in far[0].stops] == ["A", "D", "E"]
    assert far[0].delays == (0, 0)


def test_nobody_gets_into_a_vehicle_that_everybody_has_left_before_it_is_disinfected():
    assert insertions(going("A", "C"), wanted("C", "E"), ways, stay=STAY) == []
    assert insertions(going("A", "C", slack=0), wanted("D", "E"), ways, stay=STAY) == []


def test_what_has_been_left_and_what_it_drives_to_stays_as_it_is():
    found = insertions(going("A", "C", "E", first=1, slack=60), wanted("B", "E"), ways, stay=STAY)
    assert [[one.place for one in way.stops] for way in found] == [["A", "C", "B", "E"]]
    assert found[0].stops[:1] == insertions(going("A", "C", "E"), wanted("A", "E"), ways, stay=STAY)[0].stops[:1]


def test_nobody_loses_a_place_on_any_stretch():
    full = ({"seat": 4}, {"seat": 1})
    found = insertions(going("A", "C", "E", loads=full), wanted("C", "E"), ways, stay=STAY)
    assert found[0].get_on == 1
    crowded = going("A", "C", loads=({"seat": 4},))
    assert insertions(crowded, wanted("A", "C"), ways, stay=STAY) == []


def test_who_has_to_be_there_sooner_or_cannot_be_fetched_so_soon_is_not_put_in():
    assert insertions(going("A", "B", "D"), wanted(latest=80), ways, stay=STAY) == []
    assert all(
        way.stops[way.get_on].departs >= 200
        for way in insertions(going("A", "B", "D"), wanted(earliest=200), ways, stay=STAY)
    )
    late = insertions(going("A", "B", "D", late=500), wanted(latest=600), ways, stay=STAY)
    assert late == []


def test_a_detour_takes_no_less_than_the_way_that_somebody_typed():
    slow = Going("R1", (Promise("A", 60, 60, 90, 20), Promise("D", 150, 150, 0, 20)), ({},), {"seat": 4})
    best = insertions(slow, wanted("B", "D"), ways, stay=STAY)[0]
    assert (best.driving, best.delays) == (0, (0, STAY))


def test_a_place_that_nobody_can_find_is_driven_to_only_where_the_trip_stops_anyway():
    assert insertions(going("A", "D"), wanted("?", "D"), ways, stay=STAY) == []


@st.composite
def trips(draw: st.DrawFn) -> tuple[Going, Wanted]:
    places = draw(st.lists(st.sampled_from(sorted(FAR)), min_size=2, max_size=5))
    places = [one for number, one in enumerate(places) if not number or one != places[number - 1]]
    if len(places) < 2:
        places = ["A", "B"]
    loads = tuple({"seat": draw(st.integers(0, 3))} for _stretch in places[1:])
    trip = going(
        *places, start=draw(st.integers(0, 100)), slack=draw(st.integers(0, 30)), seats=draw(st.integers(1, 4)),
        loads=loads, first=draw(st.integers(0, len(places) - 1)), until=draw(st.integers(100, 600)),
        late=draw(st.integers(0, 30)),
    )  # fmt: skip
    origin, destination = draw(st.permutations(sorted(FAR)))[:2]
    earliest = draw(st.integers(0, 200))
    who = wanted(
        origin,
        destination,
        earliest=earliest,
        latest=earliest + draw(st.integers(0, 400)),
        seats=draw(st.integers(1, 2)),
    )
    return trip, who


@given(told=trips())
def test_whatever_is_proposed_keeps_every_promise(told):
    trip, who = told
    for way in insertions(trip, who, ways, stay=STAY):
        olds = [one for one in way.stops if one.old is not None]
        assert [one.old for one in olds] == list(range(len(trip.stops)))
        assert way.get_on < way.get_off
        assert (way.stops[way.get_on].place, way.stops[way.get_off].place) == (who.origin, who.destination)
        for number in range(trip.first):
            before = trip.stops[number]
            assert (way.stops[number].arrives, way.stops[number].departs) == (before.arrives, before.departs)
        assert trip.first <= way.get_on < [one.old for one in way.stops].index(len(trip.stops) - 1)
        for one in olds:
            promised = trip.stops[one.old]
            assert promised.arrives <= one.arrives <= promised.arrives + promised.slack
        for a, b in pairwise(way.stops):
            assert b.arrives >= a.departs + ways(a.place, b.place)
            assert a.place != b.place
        assert way.stops[way.get_off].arrives + trip.late <= who.latest
        assert way.stops[way.get_on].departs + trip.late >= who.earliest
        assert way.stops[-1].arrives + trip.late <= trip.until
        for number in range(way.get_on, way.get_off):
            behind = [one.old for one in way.stops[: number + 1] if one.old is not None][-1]
            aboard = trip.loads[behind]["seat"] if behind < len(trip.loads) else 0
            assert aboard + who.load["seat"] <= trip.room["seat"]
