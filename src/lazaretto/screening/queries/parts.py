"""How far the departments and dormitories are: counted over the people of one enterprise, or of a few buildings."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from django.db.models import Case, Count, QuerySet, Value, When

from lazaretto.headcounts.models import Organisation
from lazaretto.screening.models import RosterBuilding, RosterEntry, Round
from lazaretto.screening.queries import excused
from lazaretto.screening.queries.absent import Among, among_these
from lazaretto.screening.queries.covering import OfThose

MOST_AT_ONCE, PEOPLE_AT_ONCE = 300, 25_000  # buildings and their people: more are counted page by page


@dataclass(frozen=True)
class Part(OfThose):
    """A department or a building."""

    name: str
    expected: int
    tested: int
    excused: int


def parts(of: Round, organisation: Organisation, by: Literal["section", "building"]) -> list[Part]:
    """How far the departments or dormitories of one enterprise are, most missing first; one query over its people."""
    found = _counted(of, RosterEntry.objects.filter(round=of, organisation=organisation), by)
    return sorted(found, key=lambda part: (-part.missing, part.name))


def total(found: Sequence[Part]) -> Part:
    """All of them together."""
    return Part(
        "", sum(part.expected for part in found), sum(part.tested for part in found),
        sum(part.excused for part in found),
    )  # fmt: skip


def figures(of: Round, among: Among) -> Part:
    """The same of those whom a list is about, counted over them; one query."""
    return total(_counted(of, among_these(RosterEntry.objects.filter(round=of), among), "building"))


# ---- buildings of the whole round


@dataclass(frozen=True)
class Building(OfThose):
    """A dormitory building with people of so many enterprises."""

    name: str
    enterprises: int
    expected: int
    tested: int
    excused: int


def buildings(of: Round, *, q: str = "") -> QuerySet[RosterBuilding]:
    """Those of a roster, by name; `q` is part of it."""
    rows = RosterBuilding.objects.filter(round=of).order_by("building")
    return rows.filter(building__icontains=q.strip()) if q.strip() else rows


def standing_of(of: Round, rows: Sequence[RosterBuilding]) -> list[Building]:
    """How far these buildings are, in their order; one query over their people."""
    people = RosterEntry.objects.filter(round=of, building__in=[row.building for row in rows])
    found = {part.name: part for part in _counted(of, people, "building")}
    parts = [(row, found.get(row.building, Part(row.building, 0, 0, 0))) for row in rows]
    return [Building(row.building, row.enterprises, part.expected, part.tested, part.excused) for row, part in parts]


def few_enough(rows: QuerySet[RosterBuilding]) -> list[RosterBuilding] | None:
    """All of them, where they are so few, with so few people, that they are counted at once; else None."""
    found = list(rows[: MOST_AT_ONCE + 1])
    return found if len(found) <= MOST_AT_ONCE and sum(row.people for row in found) <= PEOPLE_AT_ONCE else None


def _counted(of: Round, rows: QuerySet[RosterEntry], by: str) -> list[Part]:
    """Each entry is looked up once: tested; if not, excused."""
    standing = Case(
        When(excused.tested(of), then=Value("tested")), When(excused.excused(of), then=Value("excused")),
        default=Value("missing"),
    )  # fmt: skip
    sums: dict[str, dict[str, int]] = {}
    for name, stands, people in rows.annotate(stands=standing).values_list(by, "stands").annotate(n=Count("number")):
        sums.setdefault(name, {})[stands] = people
    return [
        Part(name, sum(found.values()), found.get("tested", 0), found.get("excused", 0)) for name, found in sums.items()
    ]
