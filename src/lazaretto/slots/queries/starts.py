"""Moving a slot by hand: where and when its people find room."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from lazaretto.screening.models import Point
from lazaretto.slots.models import Load, Slot
from lazaretto.slots.queries.problem import free_spans, rooms_of, settings_of
from lazaretto.slots.rules import MINUTE, rows_of


@dataclass(frozen=True)
class Start:
    """When somebody could begin at a point, and the steps they would fill."""

    point: Point
    starts_at: datetime
    portions: tuple[int, ...]


def free_starts(slot: Slot, *, at: datetime) -> list[Start]:
    """Every beginning at which all people of a slot find room in a row, in the hours of their enterprise."""
    of = slot.round
    given = settings_of(of, slot.proposal)
    rooms = rooms_of(of, given, begins=max(of.opens_at, at))
    step = given.slot_minutes * MINUTE
    for load in Load.objects.filter(point__round=of):
        place = (load.starts_at - given.counts_from) // step
        if place < len(rooms.get(load.point_id, [])):
            rooms[load.point_id][place] -= load.taken
    for number, people in enumerate(slot.portions):
        rooms[slot.point_id][(slot.starts_at - given.counts_from) // step + number] += people
    spans = free_spans(slot.organisation, of, given)
    return [
        Start(place, given.counts_from + first * step, portions)
        for place in of.points.order_by("folded")
        for begin, end in spans
        for first in range(-(-begin // given.slot_minutes), end // given.slot_minutes)
        for portions in [rows_of(slot.people, rooms[place.pk][first : end // given.slot_minutes])]
        if portions and given.counts_from + first * step > at
    ]
