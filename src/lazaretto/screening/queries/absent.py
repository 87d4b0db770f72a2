"""Who of a roster was not tested: found without walking through those who were."""

from collections.abc import Callable, Sequence
from typing import Any
from uuid import UUID

from django.db.models import Exists, Func, OuterRef, QuerySet, UUIDField
from django.db.models.expressions import RawSQL

from lazaretto.core.databases import on_postgresql
from lazaretto.core.prepared import adapted
from lazaretto.screening.models import RosterEntry, RosterShare, Round, Scan

FEW_LEFT = 200  # enterprises: of more than these somebody who is missing is found soon, wherever one begins

Named = Callable[[], QuerySet[Any]]
_NAMED: list[Named] = []


def named_in(rows: Named) -> Named:
    """Let an app above say who of those not tested is named with a reason: rows with `round`, `number`, `reason`, `by`.

    They are called no more; their reason is shown where they are listed.
    """
    _NAMED.append(rows)
    return rows


def missing(of: Round, *, organisation: UUID | None = None) -> QuerySet[RosterEntry]:
    """Who is expected, not tested and not named with a reason, with their member; in the order of their numbers.

    Numbers follow each other enterprise by enterprise: where few enterprises are left, those that are done are not
    walked through, nor is what the first of them has done. Which these are is one query over sums, the rest another.
    """
    left = _not_done(of) if organisation is None else []
    rows = _untested(of, organisation, since=_first_gap(of, left[0].first) if left else 1)
    if organisation is None and len(left) <= FEW_LEFT:
        rows = _of_those(rows, left)
    for named in _NAMED:
        rows = _without(rows, named().filter(round=of.pk))
    return rows


def named(of: Round, *, organisation: UUID | None = None, most: int = 500) -> list[tuple[RosterEntry, Any]]:
    """Who is not tested and named with a reason, with what says so; in the order of their numbers."""
    found = {row.number: row for rows in _NAMED for row in rows().filter(round=of.pk).select_related("by")}
    entries = _untested(of, organisation).filter(number__in=found)[:most] if found else []
    return [(entry, found[entry.number]) for entry in entries]


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


class _LookedUp(Exists):
    """`EXISTS` that stays one: each row is looked up by its key. PostgreSQL makes no join of what has an offset.

    While scans come in it knows too little of the newest to choose one: a page of fifty then compared each of a few
    thousand rows with thousands of others.
    """

    template = "EXISTS(%(subquery)s OFFSET 0)"  # Django ends the subquery with LIMIT 1


def _without(rows: QuerySet[RosterEntry], others: QuerySet[Any]) -> QuerySet[RosterEntry]:
    """Those whose number no other row has."""
    return rows.filter(~_LookedUp(others.filter(number=OuterRef("number"))))


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


def _untested(of: Round, organisation: UUID | None, since: int | RawSQL = 1) -> QuerySet[RosterEntry]:
    expected = RosterEntry.objects.filter(round=of, number__gte=since).select_related("member", "organisation")
    rows = _without(expected, Scan.objects.filter(round=of.pk))
    if organisation is not None:
        rows = rows.filter(organisation=organisation)
    return rows.order_by("number")
