"""Makers of problems of trips. Everything is invented."""

from random import Random

from hypothesis import strategies as st

from lazaretto.planning.trips import Crew, Place, Problem, Request

CATEGORIES = ("close_contact", "inbound", "secondary_contact")


def district(people: int, *, crews: int = 6, categories: int = 3, seed: int = 1, hours: int = 14) -> Problem:
    """A district with that many people to be fetched at their doors and brought to six sites."""
    random = Random(seed)  # noqa: S311 - wanted: the same every time

    def place(name: str) -> Place:
        return Place(name, 23.0 + random.random() * 0.2, 113.2 + random.random() * 0.25)

    sites = [place(f"S{number}") for number in range(6)]
    doors = [place(f"D{number}") for number in range(people)]
    requests, number = [], 0
    while number < people:
        size = min(random.choice((1, 1, 2, 3)), people - number)
        category, to = CATEGORIES[random.randrange(categories)], random.choice(sites).id
        earliest = random.randrange(0, 60 * (hours - 8))
        berth = random.choices(("seat", "wheelchair"), (20, 1))[0]
        for member in range(size):
            requests.append(
                Request(
                    f"R{number}",
                    doors[number - member].id if member else doors[number].id,
                    to,
                    category,
                    earliest,
                    60 * hours,
                    berth,
                    f"H{number - member}",
                    number % 25 == 0,
                )
            )
            number += 1
    fleet = [
        Crew(
            f"C{number}", sites[number % 6].id, 45, 4, category=CATEGORIES[number % categories] if number % 2 else None,
            free_until=60 * hours, driving_left=480, duty_left=720,
        )
        for number in range(crews)
    ]  # fmt: skip
    return Problem((*sites, *doors), tuple(requests), tuple(fleet), boarding=1)


@st.composite
def problems(draw: st.DrawFn) -> Problem:
    """Small ones of every kind, tight and loose."""
    count = draw(st.integers(2, 6))
    spots = st.tuples(st.integers(0, 20), st.integers(0, 20))
    points = draw(st.lists(spots, min_size=count, max_size=count))
    places = tuple(Place(f"P{n}", 23 + y / 100, 113 + x / 100) for n, (x, y) in enumerate(points))
    ids = [place.id for place in places]
    requests = []
    for number in range(draw(st.integers(1, 8))):
        origin, destination = draw(st.permutations(ids))[:2]
        earliest = draw(st.integers(0, 300))
        requests.append(
            Request(
                f"R{number}",
                origin,
                destination,
                draw(st.sampled_from(CATEGORIES[:2])),
                earliest,
                earliest + draw(st.integers(10, 600)),
                draw(st.sampled_from(["seat", "seat", "wheelchair", "stretcher"])),
                draw(st.sampled_from([None, "A", "B"])),
                draw(st.booleans()),
            )
        )
    crews = tuple(
        Crew(
            f"C{number}", draw(st.sampled_from(ids)), draw(st.integers(0, 4)), draw(st.integers(0, 1)),
            draw(st.integers(0, 1)), draw(st.sampled_from([None, *CATEGORIES[:2]])), draw(st.integers(0, 100)),
            draw(st.integers(200, 900)), draw(st.integers(0, 300)), draw(st.integers(60, 720)),
        )
        for number in range(draw(st.integers(1, 3)))
    )  # fmt: skip
    return Problem(places, tuple(requests), crews)
