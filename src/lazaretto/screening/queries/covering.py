"""How far a round is, in sums: by enterprise, point and area. Expected = tested + excused + missing, everywhere."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from uuid import UUID

from django.db.models import Count

from lazaretto.accounts.models import Unit
from lazaretto.headcounts.models import Organisation
from lazaretto.screening.models import AlsoNamed, Point, RosterShare, Round
from lazaretto.screening.queries.excused import CARE, Counted, counted


class OfThose:
    """What follows from its sums; where `tested` comes after `excused`, a test wins."""

    expected: int
    tested: int
    excused: int

    @property
    def due(self) -> int:
        """Expected and not excused."""
        return self.expected - self.excused

    @property
    def missing(self) -> int:
        """Expected, not tested and not excused."""
        return self.expected - self.tested - self.excused


@dataclass(frozen=True)
class Share(OfThose):
    """An enterprise in a round. `also_named`: people it names too, who are counted with another."""

    organisation_id: UUID
    unit_id: UUID
    name: str
    expected: int
    tested: int
    excused: int
    also_named: int


@dataclass(frozen=True)
class AtPoint:
    """How many were tested at a point, of them so many strangers."""

    point_id: UUID
    code: str
    name: str
    tested: int
    strangers: int


@dataclass(frozen=True)
class Area(OfThose):
    """Enterprises of one unit in a round that covers several."""

    unit_id: UUID
    name: str
    expected: int
    tested: int
    excused: int


@dataclass(frozen=True)
class Excuse:
    """Why so many people need not come: what was said of them by name, or the site that cares for them (`kind` care).

    `swabbed`: those of a site who were swabbed there since the round began.
    """

    kind: str
    reason: str
    people: int
    swabbed: int


@dataclass(frozen=True)
class Coverage(OfThose):
    """How far a round is: exact, from what was committed when it was asked. Strangers come on top, never capped.

    `areas` are those of the units below, where the round covers several; `excuses` the reasons, most people first.
    """

    expected: int
    tested: int
    excused: int
    strangers: int
    organisations: list[Share]
    points: list[AtPoint]
    areas: list[Area]
    excuses: list[Excuse]


def coverage(of: Round, places: Iterable[Point] | None = None) -> Coverage:
    """By enterprise, point and area: three queries, none of them over those who came. One more for the names of areas,
    and one for enterprises of whom everybody is counted elsewhere.

    `places` are its points, for a caller who has read them: one who reads them again may find another one added.
    """
    if places is None:
        places = Point.objects.filter(round=of).order_by("code")
    sums = list(counted(of))
    shares = _shares(of, sums)
    at_point = _by_point(sums)
    return Coverage(
        expected=of.entries,
        tested=sum(row.tested for row in shares),
        excused=sum(row.excused for row in shares),
        strangers=sum(unknown for _known, unknown in at_point.values()),
        organisations=shares,
        points=[
            AtPoint(row.id, row.code, row.name, sum(found), found[1])
            for row in places
            for found in [at_point.get(row.id, [0, 0])]
        ],
        areas=_areas(shares),
        excuses=_excuses(sums),
    )


def _by_point(sums: Iterable[Counted]) -> dict[UUID, list[int]]:
    """Of each point those of the roster, and strangers."""
    found: dict[UUID, list[int]] = {}
    for row in sums:
        if row.point_id is not None:
            known, unknown = found.get(row.point_id, [0, 0])
            mine = [known + row.people, unknown] if row.organisation_id else [known, unknown + row.people]
            found[row.point_id] = mine
    return found


def _by_enterprise(sums: Iterable[Counted], *, excused: bool) -> dict[UUID, int]:
    found: dict[UUID, int] = {}
    for row in sums:
        if row.organisation_id is not None and bool(row.kind) == excused:
            found[row.organisation_id] = found.get(row.organisation_id, 0) + row.people
    return found


def _shares(of: Round, sums: Sequence[Counted]) -> list[Share]:
    tested, excused = _by_enterprise(sums, excused=False), _by_enterprise(sums, excused=True)
    rows = RosterShare.objects.filter(round=of).select_related("organisation")
    held = {row.organisation_id: (row.organisation, row.people) for row in rows}
    also = _also_named(of.pk) if of.frozen_at else {}
    alone = also.keys() - held.keys()  # all of theirs are counted with others
    held |= {row.id: (row, 0) for row in (Organisation.objects.filter(pk__in=alone) if alone else ())}
    made = [
        Share(pk, home.unit_id, home.name, people, tested.get(pk, 0), excused.get(pk, 0), also.get(pk, 0))
        for pk, (home, people) in held.items()
    ]
    return sorted(made, key=most_missing_first)


def most_missing_first(share: Share) -> tuple[int, str, UUID]:
    """The order of enterprises on screens."""
    return -share.missing, share.name, share.organisation_id


@lru_cache(maxsize=64)
def _also_named(round_id: UUID) -> dict[UUID, int]:
    """How many each enterprise names who are counted with another. A roster is fixed once, so this never changes.

    By UUID: two databases of one process never meet here.
    """
    return dict(AlsoNamed.objects.filter(round=round_id).values_list("organisation").annotate(n=Count("id")))


def _areas(shares: Sequence[Share]) -> list[Area]:
    """By unit of the enterprises, where there are several."""
    by_unit: dict[UUID, list[Share]] = {}
    for share in shares:
        by_unit.setdefault(share.unit_id, []).append(share)
    if len(by_unit) < 2:
        return []
    names = dict(Unit.objects.filter(pk__in=by_unit).values_list("pk", "name"))
    made = [
        Area(
            unit, names[unit], sum(one.expected for one in own), sum(one.tested for one in own),
            sum(one.excused for one in own),
        )
        for unit, own in by_unit.items()
    ]  # fmt: skip
    return sorted(made, key=lambda area: (-area.missing, area.name, area.unit_id))


def _excuses(sums: Iterable[Counted]) -> list[Excuse]:
    found: dict[tuple[str, str], list[int]] = {}
    for row in sums:
        if row.kind:
            people, swabbed = found.get((row.kind, row.reason), [0, 0])
            found[row.kind, row.reason] = [people + row.people, swabbed + row.swabbed]
    made = [Excuse(kind, reason, people, swabbed) for (kind, reason), (people, swabbed) in found.items()]
    return sorted(made, key=lambda one: (one.kind != CARE, -one.people, one.reason))
