"""What the tubes of rounds say of them as a whole: a positive stands, or something is not answered."""

from collections.abc import Collection
from uuid import UUID

from lazaretto.tubes.choices import Standing
from lazaretto.tubes.models import Positive, Trail


def with_positive(rounds: Collection[UUID]) -> set[UUID]:
    """Those of these rounds in which a positive stands, confirmed or not decided yet. One query."""
    rows = Positive.objects.filter(round__in=rounds, standing__in=[Standing.PRELIMINARY, Standing.CONFIRMED])
    return set(rows.order_by().values_list("round", flat=True).distinct())


def with_open_tubes(rounds: Collection[UUID]) -> set[UUID]:
    """Those of these rounds with a tube out whose result is not in. One query; for rounds that are over: of one that
    runs it would look at all its tubes.
    """
    rows = Trail.objects.real().filter(round__in=rounds, standing="", rejected_at__isnull=True)
    return set(rows.order_by().values_list("round", flat=True).distinct())
