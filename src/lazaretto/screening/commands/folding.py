"""Sums of a round stay short: many deltas of one point, enterprise and hour become one that says the same."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

from django.db import connection, transaction
from django.db.models import Count, Q

from lazaretto.core.databases import on_postgresql
from lazaretto.core.prepared import adapted
from lazaretto.screening.choices import RoundState
from lazaretto.screening.models import CountDelta, CountFold, Round
from lazaretto.screening.rules import hour_of, worth_folding

_SAME = "round_id, point_id, organisation_id, hour"
_TAKE = "DELETE FROM screening_countdelta WHERE round_id = %s"
_GIVE = f"INSERT INTO screening_countdelta ({_SAME}, n) SELECT {_SAME}, sum(n) FROM "  # noqa: S608 - our own words
IN_ONE = f"""WITH gone AS ({_TAKE} RETURNING {_SAME}, n), made AS ({_GIVE} gone GROUP BY {_SAME} RETURNING n)
SELECT (SELECT count(*) FROM gone) - (SELECT count(*) FROM made)"""  # noqa: S608 - our own words
FIRST = f"{_GIVE} screening_countdelta WHERE round_id = %s GROUP BY {_SAME}"
THEN = f"{_TAKE} AND id <= %s"


LATE = timedelta(days=14)  # after that hardly anything comes in of a round that is over, and its sums stay as they are


def fold_counts(*, at: datetime) -> int:
    """Fold the deltas of each round where that makes them half as many or fewer; returns how many rows went.

    Whoever reads meanwhile sees the sums before or after it, which are the same; uploads wait for nothing.
    """
    since = at - LATE
    may_grow = Q(state=RoundState.OPEN) | Q(closed_at__gte=since) | Q(cancelled_at__gte=since)
    rows = CountDelta.objects.filter(round__in=Round.objects.filter(may_grow)).values("round").annotate(n=Count("id"))
    many = [row["round"] for row in rows.filter(n__gte=worth_folding(0)).order_by("round")]
    return sum(_fold(one) for one in Round.objects.filter(pk__in=many) if _is_worth_it(one))


def one_fewer(of: Round, point: UUID, organisation: UUID | None, moment: datetime) -> None:
    """Of the sum of a point, an enterprise and the hour of that moment, in the transaction of a correction.

    A delta goes beside a fold, and one that says one less takes its place: whoever reads or sends meanwhile waits for
    nothing; another correction or a fold of this round does.
    """
    marker = CountFold.objects.create(round=of)
    hour = hour_of(moment.astimezone(UTC))
    rows = CountDelta.objects.filter(round=of, point=point, organisation=organisation, hour=hour)
    found = rows.order_by("-n", "-id").first()
    if found is None:
        raise LookupError(f"no sum of {of.pk} at {point} in {hour}")
    rows.filter(pk=found.pk).delete()
    if found.n > 1:
        CountDelta.objects.create(round=of, point_id=point, organisation_id=organisation, hour=hour, n=found.n - 1)
    marker.delete()


def _is_worth_it(of: Round) -> bool:
    rows = CountDelta.objects.filter(round=of)
    sums = rows.order_by().values("point", "organisation", "hour").distinct().count()
    return rows.count() >= worth_folding(sums)


def _fold(of: Round) -> int:
    """One statement on PostgreSQL: what it takes away is what it adds up. SQLite lets nobody else write meanwhile."""
    own = adapted(of.pk)
    with transaction.atomic(), connection.cursor() as cursor:
        marker = CountFold.objects.create(round=of)  # another steward waits here; without it no delta goes
        if on_postgresql():
            cursor.execute(IN_ONE, [own])
            fewer = int(cursor.fetchone()[0])
        else:
            last = CountDelta.objects.filter(round=of).order_by("-id").values_list("id", flat=True)[0]
            cursor.execute(FIRST, [own])
            made = cursor.rowcount
            cursor.execute(THEN, [own, last])
            fewer = cursor.rowcount - made
        marker.delete()
    return fewer
