"""A group more on a route: the short way of judging says what driving all of it again says; plans stay as they were."""

import time
from itertools import combinations_with_replacement, pairwise

from hypothesis import given, settings
from hypothesis import strategies as st

from lazaretto.planning.tests.trip_cases import problems
from lazaretto.planning.trips import Crew, Place, Problem, Request, greedy, propose, validate
from lazaretto.planning.trips.course import Course
from lazaretto.planning.trips.routes import groups_of, timetable
from lazaretto.planning.trips.sample import district


def driven(events, crew, problem) -> int:
    places = [crew.base, *(event.place for event in events)]
    return sum(problem.way[a, b] for a, b in pairwise(places))


def agree(problem: Problem, crew: Crew, pick) -> None:
    """Let groups on one after the other; each time every place to get on and off is judged both ways."""
    course = Course([], crew, problem)
    for group in groups_of(problem):
        if course.events and course.events[0].group.category != group.category:
            continue
        possible = []
        for on, off in combinations_with_replacement(range(len(course.events) + 1), 2):
            longer = course.longer(group, on, off)
            more = driven(longer, crew, problem) - driven(course.events, crew, problem)
            truly = crew.holds(group.load) and timetable(longer, crew, problem) is not None
            assert (crew.holds(group.load) and course.takes(group, on, off, more)) == truly, (on, off)
            possible += [longer] if truly else []
        if possible:
            course = Course(pick(possible), crew, problem)


@given(problem=problems(), which=st.integers(0, 10**6))
@settings(max_examples=60, deadline=None)
def test_one_more_is_judged_as_the_timetable_does(problem, which):
    for crew in problem.crews:
        agree(problem, crew, lambda possible: possible[which % len(possible)])


@given(
    rides=st.lists(st.tuples(st.integers(0, 3), st.integers(1, 3), st.integers(0, 90), st.integers(60, 400)),
                   min_size=3, max_size=9),
    seats=st.integers(1, 4), until=st.integers(60, 500), which=st.integers(0, 10**6), boarding=st.integers(0, 6),
)  # fmt: skip
@settings(max_examples=150, deadline=None)
def test_also_where_several_get_on_at_one_stop_and_time_is_short(rides, seats, until, which, boarding):
    places = tuple(Place(f"P{n}", 23.0 + 0.03 * n, 113.3) for n in range(4))
    requests = tuple(
        Request(f"R{n}", f"P{start}", f"P{(start + far) % 4}", "inbound", earliest, earliest + late)
        for n, (start, far, earliest, late) in enumerate(rides)
    )
    crew = Crew("X", "P0", seats, free_until=until, driving_left=until, duty_left=until)
    agree(Problem(places, requests, (crew,), boarding=boarding), crew, lambda possible: possible[which % len(possible)])


@given(problem=problems())
@settings(deadline=None)
def test_a_plan_is_the_one_that_judging_all_of_it_gives(problem):
    quick = greedy(problem)
    short, Course.takes = Course.takes, lambda self, group, on, off, _minutes: (
        timetable(self.longer(group, on, off), self.crew, self.problem) is not None
    )  # fmt: skip
    try:
        assert greedy(problem) == quick
    finally:
        Course.takes = short


def test_nobody_is_on_duty_for_longer_than_a_day_allows_whose_day_is_otherwise_free():
    problem = district(500, seed=1)
    assert problem.crews[0].duties == ()
    assert validate(greedy(problem), problem) == []


def test_500_people_are_planned_within_a_second():
    problem = district(500)
    started = time.process_time()
    propose(problem)
    assert time.process_time() - started < 3, "a second on an idle machine"
