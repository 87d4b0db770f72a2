"""What is known of single points: counts of one of them, and what apps above say that points were promised or ask."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import Sum
from django.utils import timezone

from lazaretto.core.access import Actor
from lazaretto.core.errors import Text
from lazaretto.screening.choices import PointState, RoundState
from lazaretto.screening.models import CountDelta, Point, Round


@dataclass(frozen=True)
class Promised:
    """What a point was promised and what came of it: people expected, `due` until now, `tested` of those expected.

    Tested here or elsewhere: whoever is, is looked for no more. `away`: those due whose enterprises do not turn up;
    `stays_away`: these are too many. `behind`: too many of the others are not tested.
    """

    expected: int
    due: int
    tested: int
    missing_now: int
    behind: bool
    away: int = 0
    stays_away: bool = False

    @property
    def missing(self) -> int:
        """Expected, and tested nowhere."""
        return self.expected - self.tested


Promises = Callable[[Round, datetime], Mapping[UUID, Promised]]
_PROMISES: list[Promises] = []


def promised_by(promises: Promises) -> Promises:
    """Let an app above say what each point of a round was promised until a moment; empty: it promised nothing there."""
    _PROMISES.append(promises)
    return promises


def promised(of: Round, *, at: datetime) -> dict[UUID, Promised]:
    """By point, where somebody promised something."""
    return {point: one for promises in _PROMISES for point, one in promises(of, at).items()}


@dataclass(frozen=True)
class Question:
    """So many questions about a point wait for a decision, under a word for them; `url` leads to them."""

    said: Text
    count: int
    url: str


Questions = Callable[[Actor, Point], list[Question]]
_QUESTIONS: list[Questions] = []


def questions_by(questions: Questions) -> Questions:
    """Let an app above say what waits for a decision at a point."""
    _QUESTIONS.append(questions)
    return questions


def questions_at(actor: Actor, point: Point) -> list[Question]:
    """What waits for a decision at a point, as far as the actor may see it; most of a kind first."""
    found = [one for questions in _QUESTIONS for one in questions(actor, point)]
    return sorted(found, key=lambda one: (-one.count, str(one.said)))


@dataclass(frozen=True)
class Counted:
    """People tested at a point, of them so many strangers, and by the hour in which they were tested."""

    tested: int
    strangers: int
    by_hour: dict[datetime, int]


def counted_at(point: Point) -> Counted:
    """Of one point; one query over its own sums."""
    tested, strangers = 0, 0
    by_hour: dict[datetime, int] = {}
    sums = CountDelta.objects.filter(round=point.round_id, point=point).values("hour", "organisation_id")
    for row in sums.annotate(people=Sum("n")):
        tested += row["people"]
        strangers += 0 if row["organisation_id"] else row["people"]
        by_hour[row["hour"]] = by_hour.get(row["hour"], 0) + row["people"]
    return Counted(tested, strangers, by_hour)


def works_at(point: Point, of: Round, *, at: datetime) -> bool:
    """Whether a point of a round tests people then; one that closes before it opens works through the night."""
    clocks, opens, closes = timezone.localtime(at).time(), point.opens, point.closes
    open_now = opens <= clocks < closes if opens < closes else clocks >= opens or clocks < closes
    return of.state == RoundState.OPEN and point.state == PointState.OPEN and open_now
