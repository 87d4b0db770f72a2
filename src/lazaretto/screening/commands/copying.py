"""The points of a round taken over into another: whoever tests daily types twelve of them once."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from lazaretto.core.access import Actor
from lazaretto.core.bulk import insert_rows
from lazaretto.core.commands import command, record
from lazaretto.core.ids import new_id
from lazaretto.screening.choices import PointState
from lazaretto.screening.commands.rounds import not_over
from lazaretto.screening.models import Point, Round
from lazaretto.screening.rules import MANAGE

TAKEN = ("code", "folded", "name", "address", "latitude", "longitude", "tables", "staff", "opens", "closes")


@dataclass(frozen=True)
class PointsCopied:
    """So many points were taken over. `closed`: short names of those that were closed in the earlier round when this
    was done; here they are open, as somebody may have closed them for the night.
    """

    round_id: UUID
    points: int
    closed: list[str]


@command("screening.copy_points", capability=MANAGE, beside=("like",))
def copy_points(*, actor: Actor, at: datetime, test_round: Round, like: Round) -> PointsCopied:
    """Add the points of an earlier round: place, address, tables, staff, hours. What a short name is taken for already
    stays as it is. Raises `IllegalTransition` for a round that is over.
    """
    not_over(test_round)
    there = set(test_round.points.values_list("folded", flat=True))
    found = [point for point in like.points.order_by("code") if point.folded not in there]
    rows = [(new_id(), test_round.pk, PointState.OPEN, *(getattr(point, name) for name in TAKEN)) for point in found]
    insert_rows(Point, ("id", "round", "state", *TAKEN), rows)
    closed = [point.code for point in found if point.state == PointState.CLOSED]
    record(test_round, unit_id=test_round.unit_id, data={"like": str(like.pk), "points": len(found)})
    return PointsCopied(test_round.pk, len(found), closed)
