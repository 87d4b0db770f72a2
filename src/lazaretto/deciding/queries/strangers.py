"""Strangers of a round who may be somebody on its roster: of the same name, and nobody has tested that one.

The roster of a round is fixed and a stranger is never changed, so whoever was compared once is not compared again; what
is remembered here is no more than what the database says.
"""

from collections.abc import Iterator
from typing import Final
from uuid import UUID

from django.db.models import Exists, OuterRef

from lazaretto.deciding.rules import look_alikes
from lazaretto.headcounts.rules import folded
from lazaretto.screening.choices import Put
from lazaretto.screening.models import Correction, RosterEntry, Round, Scan, Stranger

PIECE: Final = 500
# A stranger's scan in a round: whom on the roster they may be. By UUID: two databases of one process never meet here.
_compared: dict[tuple[UUID, UUID], list[int]] = {}


def namesakes(of: Round) -> Iterator[tuple[Stranger, list[int]]]:
    """Each with the numbers of those they may be who are not tested; four queries, two more for each piece of new ones.

    Only strangers whose scan counts: whoever is a duplicate is asked about as one.
    """
    known = Correction.objects.filter(round=of, before=OuterRef("number"), put=Put.RECOGNISED)
    named = Stranger.objects.filter(~Exists(known), round=of).exclude(name="")
    rows = list(named.select_related("upload").defer("document", "phone"))
    fresh = [row for row in rows if (of.pk, row.scan) not in _compared]
    for start in range(0, len(fresh), PIECE):
        _compare(of, fresh[start : start + PIECE])
    wanted = {number for row in rows for number in _compared[of.pk, row.scan]}
    tested = set(Scan.objects.filter(round=of.pk, number__in=wanted).values_list("number", flat=True))
    for row in rows:
        left = [number for number in _compared[of.pk, row.scan] if number not in tested]
        if left:
            yield row, left


def _compare(of: Round, strangers: list[Stranger]) -> None:
    named: dict[str, list[tuple[int, UUID, str]]] = {}
    entries = RosterEntry.objects.filter(round=of.pk, member__name__in={row.name for row in strangers})
    found = entries.values_list("member__name", "number", "organisation_id", "organisation__folded").order_by("number")
    for name, number, organisation, called in found:
        named.setdefault(name, []).append((number, organisation, called))
    for row in strangers:
        _compared[of.pk, row.scan] = look_alikes(named.get(row.name, []), folded(row.organisation))
