"""The park: enterprises, people, points. Invented; the same for the same seed."""

from dataclasses import dataclass, field
from functools import cached_property
from random import Random

from lazaretto.headcounts.tests.lists import card

SURNAMES = "王李张刘陈杨黄赵吴周徐孙马朱胡郭何高林罗郑梁谢宋唐许韩冯邓曹"
GIVEN = "安邦承德恩方冠海吉景康乐明宁平启仁书泰文"
STRANGERS_FROM = 200_000  # numbers of their cards lie beyond everybody's of the park
FAR = 70_001  # from one number to another that no other is moved to
PER_TABLE = 540  # people a table does in nine hours
CENTRE = (31.10, 121.40)


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody of the park; `key` counts from 0."""

    key: int
    home: int

    @property
    def name(self) -> str:
        """Nobody else of the park is called so."""
        one, two = divmod(self.key // len(SURNAMES), len(GIVEN))
        third = GIVEN[one // len(GIVEN) % len(GIVEN)] if one >= len(GIVEN) else ""
        return SURNAMES[self.key % len(SURNAMES)] + GIVEN[two] + GIVEN[one % len(GIVEN)] + third

    @property
    def card(self) -> str:
        """Their identity card."""
        return _card(self.key)


@dataclass(frozen=True, slots=True)
class Outsider:
    """Somebody who comes and is on no list; without a card they say a name and a telephone."""

    key: int
    has_card: bool

    @property
    def name(self) -> str:
        """As they say it."""
        return f"路{SURNAMES[self.key % len(SURNAMES)]}{GIVEN[self.key % len(GIVEN)]}"

    @property
    def card(self) -> str:
        """Of a region of its own."""
        return _card(STRANGERS_FROM + self.key)


Swabbed = Person | Outsider


@dataclass(frozen=True, slots=True)
class Home:
    """An enterprise: where it is, and between which hours its people can come."""

    name: str
    latitude: float
    longitude: float
    hours: tuple[str, str] | None


@dataclass(frozen=True, slots=True)
class Place:
    """A point: its tables, where it is."""

    code: str
    name: str
    tables: int
    latitude: float
    longitude: float


@dataclass(frozen=True)
class Habits:
    """How often what happens: shares of people, of phones, of answers."""

    excused: float = 0.006  # ill, on leave: their enterprise says so
    no_show: float = 0.02
    comes_when_called: float = 0.6  # of those who did not come
    late: float = 0.06
    elsewhere: float = 0.004  # to another point than they were told
    twice: float = 0.004  # again, at another point, to be sure
    stranger: float = 0.005
    fever: float = 0.0004
    offline_phones: float = 0.1
    night_phones: float = 0.03  # without a network until the night
    dead_phones: float = 0.05
    wrong_clocks: float = 0.1
    lost_answers: float = 0.01
    invalid_tubes: float = 0.0007


@dataclass(frozen=True)
class Plan:
    """What is simulated. A person of the park is infected before round `positive_round` (0: nobody ever is)."""

    people: int = 22_000
    homes: int = 60
    points: int = 12
    rounds: int = 7
    seed: int = 1
    positive_round: int = 3
    steward_minutes: int = 10  # how often the installation does what it does by itself, while a round is under way
    habits: Habits = field(default_factory=Habits)

    def dice(self, *of: object) -> Random:
        """Chance of its own for each use, so that one more draw in one place changes nothing in another."""
        return Random(f"{self.seed}|{'|'.join(map(str, of))}")  # noqa: S311 - wanted: the same every time

    @cached_property
    def enterprises(self) -> list[Home]:
        """A few large ones, many small ones."""
        dice = self.dice("homes")
        shifts = [("07:00", "14:00"), ("12:00", "19:00")]
        return [
            Home(
                f"{GIVEN[n % len(GIVEN)]}{SURNAMES[n // len(GIVEN)]}{n + 1:02}厂", *_near(dice),
                dice.choice(shifts) if dice.random() < 0.2 else None,
            )
            for n in range(self.homes)
        ]  # fmt: skip

    @cached_property
    def everybody(self) -> list[Person]:
        """By enterprise; nobody's enterprise has fewer than two."""
        dice = self.dice("sizes")
        weights = [dice.lognormvariate(0, 1.0) for _home in range(self.homes)]
        free, total = self.people - 2 * self.homes, sum(weights)
        homes = [home for home, weight in enumerate(weights) for _one in range(2 + int(free * weight / total))]
        homes += [home % self.homes for home in range(self.people - len(homes))]
        return [Person(key, home) for key, home in enumerate(sorted(homes))]

    @cached_property
    def places(self) -> list[Place]:
        """Points with as many tables as everybody needs."""
        dice, tables = self.dice("points"), max(self.points, -(-self.people // PER_TABLE))
        each = [tables // self.points + (n < tables % self.points) for n in range(self.points)]
        return [Place(f"P{n + 1:02}", f"{n + 1}号采样点", count, *_near(dice)) for n, count in enumerate(each)]


def _card(number: int) -> str:
    """Nobody's ends in three zeros: the program takes such a number for one that a spreadsheet rounded."""
    found = card(number)
    return card(FAR + number) if found.endswith("000") else found


def _near(dice: Random) -> tuple[float, float]:
    return round(CENTRE[0] + dice.uniform(-0.02, 0.02), 5), round(CENTRE[1] + dice.uniform(-0.02, 0.02), 5)
