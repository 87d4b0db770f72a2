"""Makers of problems of trips. Everything is invented."""

from hypothesis import strategies as st

from lazaretto.planning.trips import Crew, Place, Problem, Request
from lazaretto.planning.trips.sample import CATEGORIES


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
