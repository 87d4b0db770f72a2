"""Rounds of an area one after another, under a pack that says when the next one is. Invented."""

from datetime import date, time, timedelta

from lazaretto.cadence import commands
from lazaretto.cadence.models import Plan
from lazaretto.cadence.queries import Area, areas
from lazaretto.core.choices import DeadlineState
from lazaretto.core.models import Deadline
from lazaretto.protocols.models import PackAdoption
from lazaretto.screening.models import Point, Round
from tests.factories import LONG_AGO, NOW

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
TODAY = date(2026, 11, 21)  # of NOW, in Guangzhou


def in_force(pack: str = "cn-measures-20") -> None:
    """A pack is in force everywhere."""
    PackAdoption.objects.create(
        pack=pack, jurisdiction="CN", starts_on=LONG_AGO.date(), reason="通告", created_at=LONG_AGO
    )


def held(unit, days_ago: int, *, state="closed", apart=False, tubes="10", cadence="") -> Round:
    """A round that began at ten in the morning so many days ago, and closed in the evening of that day."""
    began = NOW - days_ago * DAY
    number = Round.objects.filter(unit=unit).count() + 1
    ended = {"closed": {"closed_at": began + 11 * HOUR}, "cancelled": {"cancelled_at": began + HOUR, "reason": "暴雨"}}
    made = Round.objects.create(
        unit=unit, number=number, name=f"第{number}轮", tube_rule=tubes, opens_at=began,
        deadline_at=began + 8 * HOUR, state=state, frozen_at=began, opened_at=began, **ended.get(state, {}),
    )  # fmt: skip
    Plan.objects.create(round=made, cadence=cadence, apart=apart, at=began)
    return made


def with_points(of: Round, *codes: str, closed: str = "") -> None:
    """Points of a round; one of them was closed."""
    for code in codes:
        Point.objects.create(
            round=of, code=code, folded=code.casefold(), name=f"采样点{code}", address="东门路", tables=3, staff=5,
            opens=time(7), closes=time(19),
            state="closed" if code == closed else "open", latitude=23.1, longitude=113.2,
        )  # fmt: skip


def area(cast, *, at=NOW) -> Area:
    """The area of the cast's site."""
    return areas([cast.site.unit], at=at)[0]


def follow(*, at=NOW) -> None:
    """What the installation does by itself every minute."""
    commands.follow_rounds(at=at)
    commands.follow_areas(at=at)


def standing(kind: str) -> list[Deadline]:
    """Open deadlines of a kind."""
    return list(Deadline.objects.filter(kind=kind, state=DeadlineState.OPEN).order_by("due_at"))
