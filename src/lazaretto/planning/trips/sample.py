"""An invented district of any size, the same every time: for measuring and for tests."""

from random import Random

from lazaretto.planning.trips.problem import Crew, Place, Problem, Request

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
