"""Geometry of the small charts: numbers in, coordinates out. Pure; templates draw them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal

from lazaretto.stays.queries.trend import DayCount

WIDTH, HEIGHT = 280, 132
LEFT, RIGHT, TOP, BOTTOM = 24, 22, 8, 20


@dataclass(frozen=True)
class Bar:
    """A bar, its corner and its size."""

    x: float
    y: float
    width: float
    height: float


@dataclass(frozen=True)
class Tick:
    """A line of the grid with what it stands for on either side."""

    y: float
    left: int
    right: int


@dataclass(frozen=True)
class DayMark:
    """A day on the axis; `label` only for some."""

    x: float
    day: date
    label: bool


@dataclass(frozen=True)
class TrendChart:
    """Bars of admissions and releases, a line of positives on a scale of its own."""

    days: Sequence[DayCount]
    admitted: list[Bar]
    released: list[Bar]
    positive: list[tuple[float, float]]
    line: str
    ticks: list[Tick]
    marks: list[DayMark]


def trend_chart(days: Sequence[DayCount]) -> TrendChart:
    """Both scales end at a round number, so that the grid lines mean something on either side."""
    bars_to = nice_top(max((max(day.admitted, day.released) for day in days), default=0))
    line_to = nice_top(max((day.positive for day in days), default=0))
    step = (WIDTH - LEFT - RIGHT) / max(len(days), 1)
    width = step * 0.36
    middles = [LEFT + step * (place + 0.5) for place in range(len(days))]
    points = [(round(x, 1), _y(day.positive, line_to)) for x, day in zip(middles, days, strict=True)]
    return TrendChart(
        days=days,
        admitted=[_bar(x - width, day.admitted, bars_to, width) for x, day in zip(middles, days, strict=True)],
        released=[_bar(x, day.released, bars_to, width) for x, day in zip(middles, days, strict=True)],
        positive=points,
        line=" ".join(f"{x},{y}" for x, y in points),
        ticks=[Tick(_y(part, 4), bars_to * part // 4, line_to * part // 4) for part in (0, 2, 4)],
        marks=[
            DayMark(round(x, 1), day.day, place % 4 == 1)
            for place, (x, day) in enumerate(zip(middles, days, strict=True))
        ],
    )


def nice_top(value: int) -> int:
    """The next 4, 8, 20, 40, 80, 200 … at or above a value: a quarter of it is a whole number."""
    top = 4
    factors = (2, 5 / 2, 2)
    place = 0
    while top < value:
        top = int(top * factors[place % 3])
        place += 1
    return top


def _y(value: float, top: float) -> float:
    return round(HEIGHT - BOTTOM - (HEIGHT - TOP - BOTTOM) * value / top, 1)


def _bar(x: float, value: int, top: int, width: float) -> Bar:
    y = _y(value, top)
    return Bar(round(x, 1), y, round(width, 1), round(HEIGHT - BOTTOM - y, 1))


@dataclass(frozen=True)
class Reading:
    """A point of the temperature curve."""

    x: float
    y: float
    value: Decimal
    at: datetime
    fever: bool


@dataclass(frozen=True)
class TemperatureChart:
    """The curve of a stay, with the line from which it is a fever."""

    points: list[Reading]
    line: str
    fever_y: float
    ticks: list[tuple[float, int]]
    days: list[tuple[float, date]]


CURVE_WIDTH, CURVE_HEIGHT = 640, 170
COOL, HOT = Decimal(35), Decimal(41)


def temperature_chart(
    readings: Sequence[tuple[datetime, Decimal]], *, since: datetime, until: datetime, fever_from: Decimal
) -> TemperatureChart:
    """From 35 to 41 °C, colder and hotter at the edge; one line a day."""
    span = max((until - since).total_seconds(), 86400.0)

    def across(at: datetime) -> float:
        share = min(max((at - since).total_seconds() / span, 0.0), 1.0)
        return round(32 + (CURVE_WIDTH - 44) * share, 1)

    points = [Reading(across(at), _height(value), value, at, value >= fever_from) for at, value in sorted(readings)]
    count = int(span // 86400) + 1
    every = max(1, count // 12)
    days = [since + timedelta(days=offset) for offset in range(0, count, every)]
    return TemperatureChart(
        points=points,
        line=" ".join(f"{point.x},{point.y}" for point in points),
        fever_y=_height(fever_from),
        ticks=[(_height(Decimal(degree)), degree) for degree in range(int(COOL), int(HOT) + 1, 2)],
        days=[(across(day), day.date()) for day in days],
    )


def _height(value: Decimal) -> float:
    share = float((min(max(value, COOL), HOT) - COOL) / (HOT - COOL))
    return round(CURVE_HEIGHT - 24 - (CURVE_HEIGHT - 36) * share, 1)
