"""Who of a roster was not tested: found without walking through those who were."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db.models import Func, OuterRef, QuerySet, UUIDField
from django.db.models.expressions import RawSQL

from lazaretto.core.databases import on_postgresql
from lazaretto.core.prepared import adapted
from lazaretto.screening.models import RosterEntry, RosterShare, Round
from lazaretto.screening.queries import excused
from lazaretto.screening.queries.excused import InCare, LookedUp

FEW_LEFT = 200  # enterprises: of more than these somebody who is missing is found soon, wherever one begins


@dataclass(frozen=True)
class Among:
    """Whom a list is about: everybody, or those of an enterprise, a department, a building; "" is where nobody said."""

    organisation: UUID | None = None
    section: str | None = None
    building: str | None = None

    @property
    def everybody(self) -> bool:
        """Whether nobody is left out."""
        return self == EVERYBODY


EVERYBODY = Among()


def missing(of: Round, among: Among = EVERYBODY) -> QuerySet[RosterEntry]:
    """Who is expected, not tested, not excused and not named as missing, with their member; in the order of their
    numbers.

    Numbers follow each other enterprise by enterprise: where few enterprises are left, those that are done are not
    walked through, nor is what the first of them has done. Which these are is one query over sums, the rest another.
    """
    left = _not_done(of) if among.everybody else []
    rows = expected(of, among, since=_first_gap(of, left[0].first) if left else 1)
    if among.everybody and len(left) <= FEW_LEFT:
        rows = _of_those(rows, left)
    return rows.filter(excused.nobody_knows(of))


def named(
    of: Round, among: Among = EVERYBODY, *, numbers: Collection[int] | None = None, most: int = 500
) -> list[tuple[RosterEntry, Any]]:
    """Who is not tested and named with a reason, with what says so; in the order of their numbers."""
    said: dict[int, Any] = {}
    for rows in excused.sources():
        own = rows.filter(~excused.tested(of), round=of.pk).select_related("by").order_by("number")
        if numbers is not None:
            own = own.filter(number__in=numbers)
        if not among.everybody:
            own = own.filter(LookedUp(among_these(_entry(of), among)))
        said |= {row.number: row for row in own[:most]}
    entries = RosterEntry.objects.filter(round=of, number__in=said).select_related("member", "organisation")
    return [(entry, said[entry.number]) for entry in entries.order_by("number")[:most]]


def in_care(of: Round, among: Among = EVERYBODY, *, most: int = 500) -> list[InCare]:
    """Who is not tested, not named, and at a site of ours; in the order of their numbers."""
    return excused.cared_for(of, wanted=lambda rows: among_these(rows, among), most=most)


def _entry(of: Round) -> QuerySet[RosterEntry]:
    return RosterEntry.objects.filter(round=of, number=OuterRef("number"))


def among_these(rows: QuerySet[RosterEntry], among: Among) -> QuerySet[RosterEntry]:
    """Those of the entries whom the list is about."""
    wanted = {"organisation": among.organisation, "section": among.section, "building": among.building}
    return rows.filter(**{name: value for name, value in wanted.items() if value is not None})


def _of_those(rows: QuerySet[RosterEntry], left: Sequence[RosterShare]) -> QuerySet[RosterEntry]:
    """Those of few enterprises, in the order of their numbers.

    SQLite would fetch all of theirs by an index and sort them for one page; where they lie together on the roster it
    walks along that instead, and looks at each.
    """
    homes = [share.organisation_id for share in left]
    along = left[-1].first + left[-1].people - left[0].first if left else 0
    if on_postgresql() or along > 2 * sum(share.people for share in left):
        return rows.filter(organisation__in=homes)
    return rows.alias(home=_LookedAt("organisation")).filter(home__in=homes)


class _LookedAt(Func):
    """A key that no index is chosen for (SQLite's unary plus)."""

    template = "+%(expressions)s"
    output_field = UUIDField()


_NOT_DONE = """SELECT share.id, share.organisation_id, share.first, share.people
FROM screening_rostershare share LEFT JOIN (
    SELECT organisation_id, sum(n) AS people FROM screening_countdelta WHERE round_id = %s GROUP BY organisation_id
) tested ON tested.organisation_id = share.organisation_id
WHERE share.round_id = %s AND share.people > coalesce(tested.people, 0) ORDER BY share.first LIMIT %s"""


def _not_done(of: Round) -> list[RosterShare]:
    """Enterprises with people who are not tested, by the sums, in the order of their numbers; few, and one more."""
    own = adapted(of.pk)
    return list(RosterShare.objects.raw(_NOT_DONE, [own, own, FEW_LEFT + 1]))


_FIRST_GAP = """(SELECT CASE
    WHEN NOT EXISTS (SELECT 1 FROM screening_scan WHERE round_id = %s AND number = %s) THEN %s
    ELSE (SELECT number + 1 FROM (
        SELECT number, lead(number) OVER (ORDER BY number) AS following
        FROM screening_scan WHERE round_id = %s AND number >= %s
    ) walked WHERE following IS NULL OR following > number + 1 ORDER BY number LIMIT 1)
END)"""


def _first_gap(of: Round, since: int) -> RawSQL:
    """The first number from here on that was not tested, as the scans themselves say: no entry is looked at."""
    own = adapted(of.pk)
    return RawSQL(_FIRST_GAP, [own, since, since, own, since])  # noqa: S611 - our own words


def expected(of: Round, among: Among = EVERYBODY, since: int | RawSQL = 1) -> QuerySet[RosterEntry]:
    """Who is expected from this number on, in the order of their numbers."""
    rows = RosterEntry.objects.filter(round=of, number__gte=since).select_related("member", "organisation")
    return among_these(rows, among).order_by("number")
