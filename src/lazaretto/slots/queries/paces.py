"""How fast each point is taken to be when slots are planned anew, and how that is said."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _

from lazaretto.screening.choices import PointState
from lazaretto.screening.models import Point, Round
from lazaretto.slots.choices import PaceFrom, Why
from lazaretto.slots.models import Proposal
from lazaretto.slots.numbers import number
from lazaretto.slots.queries.problem import Settings, slow_points
from lazaretto.slots.rules import MINUTE
from lazaretto.slots.rules.paces import Assumed, assumed

HOUR_MINUTES = 60
Silent = Callable[[Round, datetime], Collection[UUID]]
_SILENT: list[Silent] = []


def silence_by(silent: Silent) -> Silent:
    """Let an app above say at which points no phone is heard from."""
    _SILENT.append(silent)
    return silent


def paces_for(
    of: Round, given: Settings, *, at: datetime, said: Mapping[UUID, int] | None = None
) -> dict[UUID, Assumed]:
    """Of each open point. What an officer `said` of one (people a table takes in an hour) holds until the deadline."""
    slow = slow_points(of, at=at)
    silent = {point for one in _SILENT for point in one(of, at)}
    found = {}
    for point in of.points.filter(state=PointState.OPEN).values_list("pk", flat=True):
        one = assumed(
            slow.get(point), planned=given.per_table_hour, least=least_pace(given), silent=point in silent, at=at,
            believed_percent=number("slot.believed_percent"), recovers=number("slot.recovers_minutes") * MINUTE,
        )  # fmt: skip
        told = (said or {}).get(point)
        if told is not None and told != one.per_table_hour:
            one = replace(one, per_table_hour=told, why=PaceFrom.SAID, until=None)
        found[point] = one
    return found


def least_pace(given: Settings) -> int:
    """One person a slot: less, and an open point would take nobody."""
    return -(-HOUR_MINUTES // given.slot_minutes)


@dataclass(frozen=True)
class PaceLine:
    """The pace that a proposal takes a point to have."""

    point: Point
    per_table_hour: int
    counted: int | None
    why: PaceFrom
    until: datetime | None


def kept_paces(found: Mapping[UUID, Assumed]) -> list[dict[str, Any]]:
    """As a proposal keeps them."""
    return [
        {
            "point": str(point), "per_table_hour": one.per_table_hour, "counted": one.counted, "why": one.why.value,
            "until": one.until.isoformat() if one.until else None,
        }
        for point, one in found.items()
    ]  # fmt: skip


def pace_lines(row: Proposal, places: Mapping[str, Point]) -> list[PaceLine]:
    """By the code of the point; of a plan from the beginning there are none."""
    found = [
        PaceLine(
            places[one["point"]], one["per_table_hour"], one["counted"], PaceFrom(one["why"]),
            datetime.fromisoformat(one["until"]) if one["until"] else None,
        )
        for one in (row.change or {}).get("paces", [])
        if one["point"] in places
    ]  # fmt: skip
    return sorted(found, key=lambda one: one.point.folded)


def why_left(why: str, paces: Collection[PaceLine], planned: int) -> str:
    """Why somebody has no slot, with the slow points that all being full comes from."""
    label = str(Why(why).label)
    slow = [one for one in paces if one.per_table_hour < planned]
    if why != Why.FULL or not slow:
        return label
    words = {PaceFrom.COUNTED: _("{code} counted at {n} an hour"), PaceFrom.SAID: _("{code} said to take {n} an hour")}
    said = [words[one.why].format(code=one.point.code, n=one.per_table_hour * one.point.tables) for one in slow]
    return f"{label} ({', '.join(said)})"
