"""Facts as the fold reads them, and where events may be captured. For commands."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import QuerySet

from lazaretto.core.access import Actor
from lazaretto.core.errors import Forbidden, InvalidInput, NotFound
from lazaretto.core.prepared import prepared
from lazaretto.screening.models import Point, Round, Tube
from lazaretto.tubes.models import TubeEvent
from lazaretto.tubes.rules import HANDLE, Fact, incomplete

_FACT = ("id", "kind", "at", "tube", "bag", "to", "count", "reason", "number", "organisation", "round")
Key = tuple[UUID, str]  # a round, and a code in it


def place_for_events(
    actor: Actor, *, point_id: UUID | None, round_id: UUID | None, capability: str = HANDLE
) -> tuple[Round, Point | None]:
    """The round, and the point where it is named; not locked, because devices do not wait for each other.

    Raises `InvalidInput` when neither is named, `NotFound`, `Forbidden`.
    """
    if point_id is None and round_id is None:
        raise InvalidInput(fields={"point": "a point, or a round", "round": "a point, or a round"})
    place = Point.objects.select_related("round").filter(pk=point_id).first() if point_id is not None else None
    found = place.round if place else None
    if point_id is None and round_id is not None:
        found = Round.objects.filter(pk=round_id).first()
    if found is None or not (actor.everywhere() or found.unit_id in actor.units):
        raise NotFound(kind="screening.round", id=point_id or round_id)
    if not actor.may(capability, found.unit_id):
        raise Forbidden(capability=capability)
    return found, place


@prepared
def _of_tubes(codes: Any) -> QuerySet[TubeEvent, tuple[Any, ...]]:
    return TubeEvent.objects.filter(tube__among=codes).values_list(*_FACT)


@prepared
def _of_bags(codes: Any) -> QuerySet[TubeEvent, tuple[Any, ...]]:
    return TubeEvent.objects.filter(bag__among=codes, tube="").values_list(*_FACT)


def tube_facts(keys: Sequence[Key]) -> dict[Key, list[Fact]]:
    """Facts about each of these tubes, told in its own round; those that say nothing are left out."""
    return _sorted_out(keys, _of_tubes(codes=_codes(keys)) if keys else [], 3)


def bag_facts(keys: Sequence[Key]) -> dict[Key, list[Fact]]:
    """Facts about each of these bags of a round as a whole."""
    return _sorted_out(keys, _of_bags(codes=_codes(keys)) if keys else [], 4)


def _codes(keys: Iterable[Key]) -> list[str]:
    return sorted({code for _round, code in keys})


def _sorted_out(keys: Iterable[Key], rows: Iterable[tuple[Any, ...]], place: int) -> dict[Key, list[Fact]]:
    found: dict[Key, list[Fact]] = {key: [] for key in keys}
    for row in rows:
        facts = found.get((row[10], row[place]))  # of another round it is a question (`queries.trails.strays`)
        if facts is not None and not incomplete(row[1], dict(zip(_FACT, row, strict=True))):
            facts.append(Fact(*row[:8]))
    return found


@prepared
def _scanned(codes: Any) -> QuerySet[Tube, tuple[str, UUID, UUID, datetime]]:
    return Tube.objects.filter(code__among=codes).values_list("code", "round_id", "point_id", "opened_at")


def scanned(codes: Sequence[str]) -> dict[str, tuple[UUID, UUID, datetime]]:
    """Tubes that a scan named: round, point, first swab."""
    return {code: (round_id, point, at) for code, round_id, point, at in _scanned(codes=codes)} if codes else {}
