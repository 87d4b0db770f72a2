"""Who of a roster need not come: excused by name, or in our care at a site. A test wins over both.

What an app above says of somebody by name wins over their care: whoever is named as missing is missing.
"""

from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import connection
from django.db.models import Case, Exists, Max, OuterRef, Q, QuerySet, Value, When
from django.db.models.expressions import RawSQL

from lazaretto.core.prepared import adapted
from lazaretto.screening.models import RosterEntry, Round, Scan
from lazaretto.stays.models import Specimen, Stay

Named = Callable[[], QuerySet[Any]]
Wanted = Callable[[QuerySet[RosterEntry]], QuerySet[RosterEntry]]
_NAMED: list[Named] = []
_EXCUSING: list[Named] = []


def named_in(rows: Named, excusing: Named) -> None:
    """Let an app above say who of those not tested is named with a reason: rows with `round`, `number`, `reason`, `by`.

    They are called no more; their reason is shown where they are listed. `excusing` are those of the rows that excuse.
    """
    _NAMED.append(rows)
    _EXCUSING.append(excusing)


def sources() -> list[QuerySet[Any]]:
    """Rows about people who are named with a reason, of all rounds."""
    return [rows() for rows in _NAMED]


class LookedUp(Exists):
    """`EXISTS` that stays one: each row is looked up by its key. PostgreSQL makes no join of what has an offset.

    While scans come in it knows too little of the newest to choose one: a page of fifty then compared each of a few
    thousand rows with thousands of others.
    """

    template = "EXISTS(%(subquery)s OFFSET 0)"  # Django ends the subquery with LIMIT 1


def tested(of: Round) -> LookedUp:
    """Of an entry of its roster: whether they were."""
    return LookedUp(Scan.objects.filter(round=of.pk, number=OuterRef("number")))


def named(of: Round) -> Q:
    """Of an entry: whether somebody said by name why they were not tested."""
    return _among(_NAMED, of)


def in_care(of: Round) -> Q:
    """Of an entry: whether they are at a site now (of a round that is over: were, when it ended).

    They are known by the document on the roster, or because the headcount says which person they are.
    """
    there = Stay.objects.filter(_while(of))
    return Q(LookedUp(there.filter(person__documents__digest=OuterRef("document_digest")))) | Q(
        LookedUp(there.filter(person__headcounts=OuterRef("member_id")))
    )


def excused(of: Round) -> Q:
    """Of an entry of which it is known that they were not tested: whether they are excused."""
    return _among(_EXCUSING, of) | ~named(of) & in_care(of)


def nobody_knows(of: Round) -> Case:
    """Of an entry: whether they are neither tested nor named nor in our care.

    One condition, not four: PostgreSQL halves what it expects for each that it cannot know, and would then fetch and
    sort all of an enterprise's people where it should walk along them and stop.
    """
    no = Value(False)
    known = [When(why, then=no) for why in (tested(of), named(of), in_care(of))]
    return Case(*known, default=Value(True))


def _among(sources: list[Named], of: Round) -> Q:
    found = Q(pk__in=[])
    for rows in sources:
        found |= Q(LookedUp(rows().filter(round=of.pk, number=OuterRef("number"))))
    return found


def _while(of: Round) -> Q:
    over_at = of.closed_at or of.cancelled_at
    if over_at is None:
        return Q(ended_at__isnull=True)
    return Q(started_at__lte=over_at) & (Q(ended_at__isnull=True) | Q(ended_at__gt=over_at))


# ---- sums


@dataclass(frozen=True)
class Counted:
    """So many people of an enterprise: tested at a point (`kind` empty), or excused by name or by the care of a site.

    `reason` is what was said of them, or the code of the site; `swabbed`: so many of those in care were swabbed there
    since the round began.
    """

    kind: str
    point_id: UUID | None
    organisation_id: UUID | None
    reason: str
    people: int
    swabbed: int


BY_NAME, CARE = "name", "care"

_TESTED = """SELECT '', point_id, organisation_id, '', sum(n), 0
FROM screening_countdelta WHERE round_id = %s GROUP BY point_id, organisation_id"""
_HOME = """(SELECT entry.organisation_id FROM screening_rosterentry entry
    WHERE entry.round_id = %s AND entry.number = {number})"""
_NO_SCAN = "(SELECT 1 FROM screening_scan scan WHERE scan.round_id = %s AND scan.number = {number}) IS NULL"
_SAID = """SELECT 'name', NULL, home, reason, count(*), 0 FROM (
    SELECT {home} AS home, said.reason FROM ({said}) said WHERE {no_scan}
) excused GROUP BY home, reason"""

# Who is at a site is looked up on the roster, not the other way round: they are few. The same two ways as `in_care`.
_CARE = """WITH cared AS (
    SELECT stay.id AS stay_id, stay.person_id, site.code
    FROM stays_stay stay JOIN places_site site ON site.id = stay.site_id WHERE {during}
), known AS (
    SELECT cared.stay_id, cared.code, (
        SELECT entry.number FROM screening_rosterentry entry
        WHERE entry.round_id = %s AND entry.document_digest = document.digest
    ) AS number FROM cared JOIN people_identitydocument document ON document.person_id = cared.person_id
    UNION
    SELECT cared.stay_id, cared.code, CASE WHEN member.document_digest = '' THEN (
        SELECT entry.number FROM screening_rosterentry entry
        WHERE entry.round_id = %s AND entry.organisation_id = member.organisation_id AND entry.member_id = member.id
    ) ELSE (
        SELECT entry.number FROM screening_rosterentry entry
        WHERE entry.round_id = %s AND entry.document_digest = member.document_digest AND entry.member_id = member.id
    ) END FROM cared JOIN headcounts_member member ON member.person_id = cared.person_id
), turns AS (
    SELECT known.*, row_number() OVER (PARTITION BY number ORDER BY code, stay_id) AS turn
    FROM known WHERE number IS NOT NULL
), care AS (
    SELECT number, stay_id, code FROM turns WHERE turn = 1 AND {no_scan} AND {unnamed}
)"""
_SWABBED = """(SELECT max(specimen.collected_at) FROM stays_specimen specimen
    WHERE specimen.stay_id = care.stay_id AND specimen.collected_at >= %s)"""
_OF_CARE = " SELECT number, code, stay_id FROM care"
_CARED_FOR = """SELECT 'care', NULL, home, code, count(*), count(swabbed) FROM (
    SELECT {home} AS home, code, {swabbed} AS swabbed FROM care
) cared_for GROUP BY home, code"""


def counted(of: Round) -> Iterator[Counted]:
    """All sums of a round at one moment: one statement, so that nobody is counted twice or not at all.

    It costs by enterprises and points, and by those who are excused; nothing by those who come.
    """
    parts = [(_TESTED, [of.pk]), *_said(of)]
    care, given = _care(of)
    cared_for = _CARED_FOR.format(home=_HOME.format(number="care.number"), swabbed=_SWABBED)
    parts.append((cared_for, [of.pk, of.opens_at]))
    text = " UNION ALL ".join(part for part, _values in parts)
    values = [*given, *(value for _part, told in parts for value in told)]
    with connection.cursor() as cursor:
        cursor.execute(f"{care} {text}", [adapted(value) for value in values])
        for kind, point, home, reason, people, swabbed in cursor.fetchall():
            yield Counted(kind, _key(point), _key(home), reason, int(people), int(swabbed))


def _said(of: Round) -> Iterator[tuple[str, list[Any]]]:
    for rows in _EXCUSING:
        said, values = rows().filter(round=of.pk).order_by().values("number", "reason").query.sql_with_params()
        home, no_scan = _HOME.format(number="said.number"), _NO_SCAN.format(number="said.number")
        yield _SAID.format(home=home, said=said, no_scan=no_scan), [of.pk, *values, of.pk]


def _care(of: Round) -> tuple[str, list[Any]]:
    """The common part of statements about those in care: who of them is on the roster, not tested, not named."""
    over_at = of.closed_at or of.cancelled_at
    during, times = "stay.ended_at IS NULL", []
    if over_at is not None:
        during, times = "stay.started_at <= %s AND (stay.ended_at IS NULL OR stay.ended_at > %s)", [over_at, over_at]
    unnamed: str = "true"
    said: list[Any] = []
    for rows in _NAMED:
        own = rows().filter(round=of.pk, number=RawSQL("turns.number", [])).order_by().values("number")[:1]
        text, values = own.query.sql_with_params()
        unnamed, said = f"{unnamed} AND ({text}) IS NULL", [*said, *values]
    text = _CARE.format(during=during, no_scan=_NO_SCAN.format(number="turns.number"), unnamed=unnamed)
    return text, [*times, of.pk, of.pk, of.pk, of.pk, *said]


def _key(found: Any) -> UUID | None:
    return UUID(found) if isinstance(found, str) else found


# ---- by name


@dataclass(frozen=True)
class InCare:
    """Somebody on a roster who is at a site, not tested and not named; `swabbed_at`: there, since the round began."""

    entry: RosterEntry
    site: str
    swabbed_at: datetime | None


def cared_for(
    of: Round, *, numbers: Collection[int] | None = None, wanted: Wanted | None = None, most: int = 500
) -> list[InCare]:
    """Who of a roster is in our care, not tested and not named, by number; `numbers`, `wanted`: only those of them."""
    care, given = _care(of)
    with connection.cursor() as cursor:
        cursor.execute(care + _OF_CARE, [adapted(value) for value in given])
        found = {number: (code, _key(stay)) for number, code, stay in cursor.fetchall()}
    among = sorted(found.keys() if numbers is None else found.keys() & set(numbers))
    entries = RosterEntry.objects.filter(round=of, number__in=among).select_related("member", "organisation")
    rows = list((wanted(entries) if wanted else entries).order_by("number")[:most])
    stays = [found[entry.number][1] for entry in rows]
    swabs = Specimen.objects.filter(stay__in=stays, collected_at__gte=of.opens_at)
    last = dict(swabs.values_list("stay").annotate(last=Max("collected_at")))
    made = [(entry, *found[entry.number]) for entry in rows]
    return [InCare(entry, code, last.get(stay)) for entry, code, stay in made]
