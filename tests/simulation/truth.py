"""The simulation's own books of a round: what the server must know by now, worked out without asking it.

The rules are those of the documents (docs/field.md, docs/rounds.md), written a second time: the first scan of a person
that comes in counts, whoever is known by their card is one person, a batch is taken once.
"""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from tests.simulation.plan import Outsider, Person, Plan, Swabbed
from tests.simulation.server import ZONE

HOUR, MINUTE = timedelta(hours=1), timedelta(minutes=1)
NEVER = datetime.max.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Swab:
    """Somebody's swab in a tube, as a phone captured it; `at` is the true time."""

    id: str
    who: Swabbed
    tube: str
    slot: int
    at: datetime
    number: int | None
    temperature: float | None = None


@dataclass
class Tube:
    """What is in a tube, whether or not any phone has told it."""

    code: str
    place: int
    people: list[Swabbed] = field(default_factory=list)
    swabs: list[Swab] = field(default_factory=list)  # of the phone that has it in hand
    outcome: str = ""


@dataclass(frozen=True)
class Counted:
    """A swab that counts: where and when it was taken, and when the server learnt of it."""

    place: int
    at: datetime
    known_at: datetime


@dataclass(frozen=True)
class Check:
    """A figure that was shown, beside the books."""

    at: datetime
    what: str
    shown: Any
    books: Any

    @property
    def agrees(self) -> bool:
        """Whether both say the same."""
        return bool(self.shown == self.books)


@dataclass
class Books:
    """Of one round."""

    plan: Plan
    number: int
    opens_at: datetime
    deadline_at: datetime
    expected: frozenset[Person]
    counted: dict[Any, Counted] = field(default_factory=dict)
    swabbed: dict[Any, datetime] = field(default_factory=dict)  # by anybody, told or not
    batches: set[str] = field(default_factory=set)
    received: int = 0
    kept: int = 0
    late: int = 0  # that came in after the deadline
    hours_late: list[float] = field(default_factory=list)
    excused: dict[Person, str] = field(default_factory=dict)
    named: dict[Person, str] = field(default_factory=dict)  # excused or missing, as the duty officer said
    checks: list[Check] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)
    tubes: dict[str, Tube] = field(default_factory=dict)
    tallies: Counter[str] = field(default_factory=Counter)
    timeline: list[tuple[datetime, str]] = field(default_factory=list)
    forecasts: list[tuple[datetime, str]] = field(default_factory=list)
    marks: dict[str, datetime] = field(default_factory=dict)
    patients: frozenset[Person] = frozenset()  # ill, and found in this round first
    slots_end: datetime = NEVER  # of the last one; none is known before they are given

    # ---- what comes in

    def take(self, batch: str, place: int, swabs: Iterable[Swab], *, at: datetime) -> tuple[int, int]:
        """A batch reached the server; returns how many of it count and how many do not. Again it changes nothing."""
        rows = sorted(swabs, key=lambda swab: swab.at)
        if batch in self.batches:
            return 0, 0
        self.batches.add(batch)
        before = len(self.counted)
        for swab in rows:
            self.counted.setdefault(identity(swab), Counted(place, swab.at, at))
        taken = len(self.counted) - before
        self.received, self.kept = self.received + len(rows), self.kept + len(rows) - taken
        if at > self.deadline_at:
            self.late += len(rows)
        self.hours_late += [hours for hours in ((at - swab.at) / HOUR for swab in rows) if hours > 0.5]
        return taken, len(rows) - taken

    # ---- what must be shown

    def tested(self) -> set[Person]:
        """Of those expected."""
        return {who for who in self.counted if isinstance(who, Person)}

    def let_off(self) -> int:
        """How many are excused by name and did not come after all."""
        tested = self.tested()
        return sum(1 for who, kind in self.named.items() if kind == "excused" and who not in tested)

    def strangers(self) -> int:
        """Who came on top."""
        return sum(1 for who in self.counted if not isinstance(who, Person))

    def coverage(self) -> dict[str, Any]:
        """As `GET …/coverage` must say it, by names."""
        tested, expected = self.tested(), Counter(person.home for person in self.expected)
        homes = Counter(person.home for person in tested)
        places = Counter(row.place for row in self.counted.values())
        return {
            "expected": len(self.expected), "tested": len(tested), "excused": self.let_off(),
            "missing": len(self.expected) - len(tested) - self.let_off(), "strangers": self.strangers(),
            "organisations": {
                self.plan.enterprises[home].name: (people, homes[home]) for home, people in expected.items()
            },
            "points": {place.code: places[nth] for nth, place in enumerate(self.plan.places)},
        }  # fmt: skip

    def to_be_called(self) -> dict[str, list[str]]:
        """Of each positive tube of a table everybody whose swab is in it, whether or not their scan counts."""
        return {
            code: sorted({who.name for who in tube.people})
            for code, tube in self.tubes.items()
            if tube.outcome == "positive" and tube.swabs
        }

    def missing(self) -> set[str]:
        """Names of those expected, not tested as far as the server was told, and not named."""
        return {person.name for person in self.expected - self.tested() if person not in self.named}

    def wall(self, now: datetime, *, working: bool) -> dict[str, str]:
        """The figures on the wall: people in this hour and the one before, and what follows for those missing."""
        due = len(self.expected) - self.let_off()
        left = due - len(self.tested())
        first = max(self.opens_at, _hour(now) - HOUR)
        minutes = max((now - first) / MINUTE, 1.0)
        people = sum(1 for row in self.counted.values() if row.at >= _hour(first))
        finish, per_hour = "–", round(people * 60 / minutes)
        best = max(Counter(_hour(row.at) for row in self.counted.values()).values(), default=0)
        done = len(self.tested()) >= 0.8 * due and per_hour < 0.1 * best and now >= self.slots_end
        if not left:
            finish = "all"
        elif working and now - self.opens_at >= HOUR and done:
            finish = "left"  # only those who did not come
        elif working and now - self.opens_at >= HOUR / 2 and people:
            done_at = now + left * minutes / people * MINUTE
            finish = "far" if done_at > self.deadline_at + 24 * HOUR else f"{done_at.astimezone(ZONE):%H:%M}"
        return {
            "tested": str(len(self.tested())), "expected": str(len(self.expected)), "missing": str(left),
            "an_hour": str(per_hour), "strangers": str(self.strangers()), "finish": finish,
        }  # fmt: skip

    def by_hour(self) -> dict[str, int]:
        """People by the hour, on clocks there, in which they were swabbed."""
        found = Counter(f"{row.at.astimezone(ZONE):%H}" for row in self.counted.values())
        return dict(sorted(found.items()))

    # ---- comparing

    def compare(self, at: datetime, what: str, shown: Any, books: Any) -> None:
        """Note both; parts that agree are left out of one that does not."""
        check = Check(at, what, shown, books)
        if not check.agrees and isinstance(shown, dict) and isinstance(books, dict):
            odd = {key for key in shown.keys() | books.keys() if shown.get(key) != books.get(key)}
            check = Check(at, what, {k: shown.get(k) for k in odd}, {k: books.get(k) for k in odd})
        self.checks.append(check)

    def tell(self, at: datetime, words: str) -> None:
        """A line of the timeline of the positive."""
        self.timeline.append((at, words))


def identity(swab: Swab) -> Any:
    """Who it is as far as anybody can know: whoever shows no card is another one each time."""
    who = swab.who
    return who if isinstance(who, Person) or who.has_card else (swab.id, who)


def is_outsider(who: Swabbed) -> bool:
    """Somebody who is on no list."""
    return isinstance(who, Outsider)


def _hour(moment: datetime) -> datetime:
    return moment.replace(minute=0, second=0, microsecond=0)
