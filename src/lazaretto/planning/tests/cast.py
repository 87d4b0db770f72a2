"""Small hotels and people for the tests of room planning."""

from __future__ import annotations

from datetime import date
from typing import Any

from lazaretto.planning.rooms import Floor, Options, Person, Plan, Problem, Room, Site

TODAY = date(2022, 3, 14)


def person(id_: str, **given: Any) -> Person:
    return Person(id_, **{"category": "inbound", "cohort": TODAY, "age": 35, **given})


def family(household: str, *ages: int | None, **given: Any) -> list[Person]:
    return [person(f"{household}{n}", age=age, household=household, **given) for n, age in enumerate(ages)]


def hotel(floors: int, rooms: int, *, site: str = "H01", beds: int = 2, accessible: tuple[int, ...] = ()) -> Problem:
    """A hotel with nobody in it; `accessible` are positions that are so on each floor."""
    levels = [Floor(f"{site}-{level:02d}", site, level) for level in range(1, floors + 1)]
    doors = [
        Room(f"{floor.id}{n:02d}", floor.id, n, beds=beds, accessible=n in accessible)
        for floor in levels
        for n in range(1, rooms + 1)
    ]
    return Problem((), (Site(site),), tuple(levels), tuple(doors))


def chain(hotels: int, floors: int, rooms: int, **given: Any) -> Problem:
    """Several equal hotels as one problem."""
    all_ = [hotel(floors, rooms, site=f"H{n:02d}", **given) for n in range(1, hotels + 1)]
    return Problem(
        (),
        tuple(site for one in all_ for site in one.sites),
        tuple(floor for one in all_ for floor in one.floors),
        tuple(room for one in all_ for room in one.rooms),
    )


def options(**given: Any) -> Options:
    """Options with a deadline that never cuts a test short."""
    return Options(**{"deadline": 60.0, **given})


def room_of(plan: Plan, person_id: str) -> str | None:
    return next((one.room for one in plan.placements if one.person == person_id), None)


def reasons(plan: Plan) -> dict[str, str]:
    return {one.person: one.reason.value for one in plan.unplaced}
