"""Points of a round: added, changed, closed, opened again, removed while nothing has happened there."""

from dataclasses import dataclass
from datetime import datetime, time
from typing import Any
from uuid import UUID

from django.db.models import ProtectedError
from django.utils.translation import gettext as _

from lazaretto.core.access import Actor
from lazaretto.core.bulk import insert
from lazaretto.core.commands import command, record
from lazaretto.core.errors import InvalidInput, whole
from lazaretto.places.commands import point as point_on_the_map
from lazaretto.screening.choices import PointState
from lazaretto.screening.commands.rounds import differences, following, not_over, permitted, unless_edited
from lazaretto.screening.errors import PointInUse, PointNameTaken
from lazaretto.screening.models import Point, Round
from lazaretto.screening.rules import MANAGE, POINT_EDGES, folded

MOST_TABLES, MOST_STAFF = 1000, 5000
LONGEST_FOLDED = 40  # one letter may stand for several: ㎏


@dataclass(frozen=True)
class PointAdded:
    """A point belongs to a round."""

    point_id: UUID


@dataclass(frozen=True)
class PointChanged:
    """A point took a step; `follows` says in words what that does to what stands."""

    point_id: UUID
    state: str
    follows: list[str]


@dataclass(frozen=True)
class PointEdited:
    """What is known of a point was changed; `follows` says in words what that does to what stands."""

    point_id: UUID
    follows: list[str]


@dataclass(frozen=True)
class PointRemoved:
    """A point is gone; its round has so many left."""

    round_id: UUID
    left: int


@command("screening.add_point", capability=MANAGE)
def add_point(
    *,
    actor: Actor,
    at: datetime,
    test_round: Round,
    code: str,
    name: str,
    tables: int,
    opens: time,
    closes: time,
    address: str = "",
    staff: int | None = None,
    latitude: float | None = None,
    longitude: float | None = None,
) -> PointAdded:
    """Add a place where people are tested, with its tables and the hours of each day; coordinates if they are known.

    Raises `IllegalTransition` for a round that is closed, `InvalidInput`, `PointNameTaken`.
    """
    said = _sound(code, name, tables, opens, closes, address, staff) | point_on_the_map(latitude, longitude)
    not_over(test_round)
    _free_code(test_round, said["folded"])
    made = insert(Point(round=test_round, **said))
    record(made, unit_id=test_round.unit_id, data={"round": str(test_round.id), "tables": tables})
    return PointAdded(made.id)


@command("screening.change_point", capability=MANAGE)
def change_point(
    *,
    actor: Actor,
    at: datetime,
    point: Point,
    code: str,
    name: str,
    tables: int,
    opens: time,
    closes: time,
    address: str = "",
    staff: int | None = None,
    latitude: float | None = None,
    longitude: float | None = None,
    edition: str = "",
) -> PointEdited:
    """Put right what is said of a point, all of it at once; slots and phones there stay as they are.

    `edition` is that of the point as the writer saw it: if it stands no more, nothing is written. Without one, whatever
    stands is written over. Raises `EditedMeanwhile`, `IllegalTransition` for a point of a round that is closed,
    `InvalidInput`, `PointNameTaken`.
    """
    said = _sound(code, name, tables, opens, closes, address, staff) | point_on_the_map(latitude, longitude)
    not_over(point.round)
    _free_code(point.round, said["folded"], but=point.pk)
    before = {key: getattr(point, key) for key in said}
    unless_edited(edition, point.edition, differences(before, said))
    follows = following(point.round, at)
    for key, value in said.items():
        setattr(point, key, value)
    point.save(update_fields=list(said))
    record(point, unit_id=point.round.unit_id, data=differences(before, said))
    return PointEdited(point.id, follows())


@command("screening.remove_point", capability=MANAGE)
def remove_point(*, actor: Actor, at: datetime, point: Point) -> PointRemoved:
    """Take away a point at which nothing has happened and nothing is planned.

    Raises `PointInUse` for one with scans, phones or slots, `IllegalTransition` for one of a round that is over.
    """
    not_over(point.round)
    of, pk = point.round, point.pk
    try:
        point.delete()
    except ProtectedError as error:
        raise PointInUse(point=pk) from error
    point.pk = pk
    record(point, unit_id=of.unit_id, data={"round": str(of.pk), "code": point.code, "name": point.name})
    return PointRemoved(of.pk, of.points.count())


def _sound(
    code: str, name: str, tables: int, opens: time, closes: time, address: str, staff: int | None
) -> dict[str, Any]:
    """The columns of a point as they were said. Raises `InvalidInput`, `TextTooLong`."""
    on_clocks = opens.tzinfo is None and closes.tzinfo is None
    faults = {
        **({} if folded(code) else {"code": _("Say what the point is called on lists, such as P1.")}),
        **({} if name.strip() else {"name": _("Say what the place is called.")}),
        **({} if 1 <= tables <= MOST_TABLES else {"tables": _("From 1 to 1000 tables.")}),
        **({} if not on_clocks or opens != closes else {"closes": _("It must be another hour than the opening.")}),
        **({} if on_clocks else {"opens": _("The hour as clocks there show it.")}),
        **({} if staff is None or 0 <= staff <= MOST_STAFF else {"staff": _("From 0 to 5000 people.")}),
    }
    if faults:
        raise InvalidInput(fields=faults)
    return {
        "code": whole(code.strip(), 20), "folded": whole(folded(code), LONGEST_FOLDED),
        "name": whole(name.strip(), 120), "address": whole(address.strip(), 200), "tables": tables, "opens": opens,
        "closes": closes, "staff": staff,
    }  # fmt: skip


def _free_code(of: Round, code: str, *, but: UUID | None = None) -> None:
    """The database refuses a second one too; this names it."""
    others = of.points.filter(folded=code)
    if (others.exclude(pk=but) if but else others).exists():
        raise PointNameTaken(code=code)


@command("screening.close_point", capability=MANAGE)
def close_point(*, actor: Actor, at: datetime, point: Point) -> PointChanged:
    """A point closes; what its phones captured before is taken in as ever. Raises `IllegalTransition`."""
    return _move_point(point, PointState.CLOSED, at)


@command("screening.open_point", capability=MANAGE)
def open_point(*, actor: Actor, at: datetime, point: Point) -> PointChanged:
    """A closed point opens again. Raises `IllegalTransition`."""
    return _move_point(point, PointState.OPEN, at)


def _move_point(point: Point, after: PointState, at: datetime) -> PointChanged:
    not_over(point.round)
    permitted(POINT_EDGES, point.state, after)
    follows = following(point.round, at)
    point.state = after
    point.save(update_fields=["state"])
    record(point, unit_id=point.round.unit_id, data={"state": after})
    return PointChanged(point.id, after, follows())
