"""Rules about places: pure functions and tables; no database, no clock.

Sources: the national guide for centralised isolation sites (three zones, two passages, reserve rooms); terminal
disinfection before a room is given again; the inquiry into the converted hotel that collapsed in Quanzhou in 2020.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import takewhile
from math import ceil

from lazaretto.core.states import Edge
from lazaretto.places.choices import RoomState, SiteCategory, SiteState

S, R = SiteState, RoomState
STAY = "stay"


ROOM_EDGES: tuple[Edge, ...] = (
    Edge(R.READY, R.OCCUPIED, "stays.admit", through=STAY),
    Edge(R.OCCUPIED, R.TO_CLEAN, "stays.manage", through=STAY),
    # A room that was booked but never entered needs no cleaning.
    Edge(R.OCCUPIED, R.READY, "stays.manage", through=STAY),
    # Somebody is in hospital and comes back to it, or it is given up by decision.
    Edge(R.OCCUPIED, R.HELD, "stays.manage", through=STAY),
    Edge(R.HELD, R.OCCUPIED, "stays.admit", through=STAY),
    Edge(R.HELD, R.TO_CLEAN, "stays.manage", through=STAY),
    Edge(R.TO_CLEAN, R.DISINFECTING, "places.rooms"),
    Edge(R.DISINFECTING, R.READY, "places.rooms"),
    Edge(R.DISINFECTING, R.TO_CLEAN, "places.rooms"),
    Edge(R.READY, R.TO_CLEAN, "places.rooms"),
    Edge(R.READY, R.RESERVE, "places.manage"),
    Edge(R.RESERVE, R.READY, "places.manage"),
    Edge(R.READY, R.OUT_OF_SERVICE, "places.rooms"),
    Edge(R.RESERVE, R.OUT_OF_SERVICE, "places.rooms"),
    Edge(R.TO_CLEAN, R.OUT_OF_SERVICE, "places.rooms"),
    Edge(R.DISINFECTING, R.OUT_OF_SERVICE, "places.rooms"),
    # Workmen were in it: never straight back to a guest.
    Edge(R.OUT_OF_SERVICE, R.TO_CLEAN, "places.rooms"),
)

SITE_EDGES: tuple[Edge, ...] = (
    Edge(S.PLANNED, S.ACTIVE, "places.activate"),
    Edge(S.ACTIVE, S.PAUSED, "places.manage"),
    Edge(S.PAUSED, S.ACTIVE, "places.activate"),
    Edge(S.ACTIVE, S.CLOSED, "places.activate"),
    Edge(S.PAUSED, S.CLOSED, "places.activate"),
    Edge(S.PLANNED, S.CLOSED, "places.activate"),
)

REASON_NEEDED = frozenset({R.OUT_OF_SERVICE})


def receivable(category: str) -> frozenset[str]:
    """Categories of people whom a site of this category may receive; a mixed one keeps them apart by floor."""
    if category == SiteCategory.MIXED:
        return frozenset(SiteCategory.values) - {SiteCategory.MIXED}
    return frozenset({category})


@dataclass(frozen=True)
class Reserve:
    """Rooms kept free against the planning ratio of a site. `short` is how many are missing, never below zero."""

    in_service: int
    needed: int
    kept: int

    @property
    def short(self) -> int:
        return max(0, self.needed - self.kept)


def reserve(counts: Mapping[str, int], percent: int) -> Reserve:
    """The reserve from rooms by state. Rooms out of service count neither way; a part of a room is a room."""
    in_service = sum(counts.values()) - counts.get(R.OUT_OF_SERVICE, 0)
    return Reserve(in_service, ceil(in_service * percent / 100), counts.get(R.RESERVE, 0))


def category_obstacles(counts: Mapping[str, int], target: str, floors_without_category: int) -> list[str]:
    """What stands in the way of a change of category, as codes.

    The people there would be of the wrong category, their rooms not yet disinfected; a mixed site must say floor by
    floor whom it receives.
    """
    found = []
    if counts.get(R.OCCUPIED, 0):
        found.append("rooms_occupied")
    if counts.get(R.TO_CLEAN, 0) or counts.get(R.DISINFECTING, 0):
        found.append("rooms_not_disinfected")
    if target == SiteCategory.MIXED and floors_without_category:
        found.append("floors_without_category")
    return found


class SpanError(ValueError):
    """A span such as `3-12, 15` cannot be read; `part` is what could not."""

    def __init__(self, part: str) -> None:
        super().__init__(part)
        self.part = part


_DASHES = re.compile(r"[‐-―−~～至到]")
_SEPARATORS = re.compile(r"[,，、;；\s]+")
LONGEST_SPAN = 400


def numbers(text: str, without: str = "") -> list[int]:
    """Numbers of a span such as `3-12, 15` in order, less those of `without`. Raises `SpanError`."""
    left_out = set(_expand(without))
    return [number for number in dict.fromkeys(_expand(text)) if number not in left_out]


def _expand(text: str) -> list[int]:
    found: list[int] = []
    for part in filter(None, _SEPARATORS.split(re.sub(r"\s*-\s*", "-", _DASHES.sub("-", text)).strip())):
        match = re.fullmatch(r"(\d{1,4})(?:-(\d{1,4}))?", part)
        if match is None:
            raise SpanError(part)
        first, last = int(match[1]), int(match[2] or match[1])
        if last < first or last - first >= LONGEST_SPAN:
            raise SpanError(part)
        found += range(first, last + 1)
    return found


def room_number(pattern: str, floor: int, room: int) -> str:
    """A room number from a pattern such as `{floor}{room:02}`: `floor` and `room`, each with an optional width."""
    return re.sub(
        r"\{(floor|room)(?::0?(\d))?\}",
        lambda match: str(floor if match[1] == "floor" else room).zfill(int(match[2] or 1)),
        pattern,
    )


def pattern_is_sound(pattern: str) -> bool:
    """Whether a pattern tells floors and rooms apart and holds nothing else in braces."""
    rest = re.sub(r"\{(floor|room)(?::0?\d)?\}", "", pattern)
    return "{room" in pattern and "{floor" in pattern and "{" not in rest and "}" not in rest


def floor_label(pattern: str, storey: int) -> str:
    """A floor's label from a pattern such as `{floor}F`."""
    return room_number(pattern, storey, 0)


def storey(label: str) -> int | None:
    """The storey that a floor's label tells: 3F, 三楼 and F3 are 3, B1 and 负一 are -1; None if it tells none."""
    match = re.search(r"(负|[Bb](?=\d)|-)?(\d{1,3}|[一二三四五六七八九十]{1,3})", label)
    if match is None:
        return None
    number = int(match[2]) if match[2].isdigit() else _chinese_number(match[2])
    return -number if match[1] else number


def _chinese_number(text: str) -> int:
    digits = {sign: value for value, sign in enumerate("一二三四五六七八九", start=1)}
    tens, ten, units = text.rpartition("十")
    return (digits.get(tens, 1) * 10 if ten else 0) + digits.get(units, 0)


def common_jurisdiction(codes: Sequence[str]) -> str:
    """The nearest jurisdiction that all of these lie in (`CN-44-01`); empty where they share none."""
    parts = zip(*(code.split("-") for code in codes), strict=False)
    return "-".join(several[0] for several in takewhile(lambda several: len(set(several)) == 1, parts))
