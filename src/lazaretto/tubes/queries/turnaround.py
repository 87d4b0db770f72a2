"""How long tubes took, leg by leg, beside what is promised: by point, by laboratory, and what still waits.

Times are counted in steps of five minutes, rounded up, so that a city's round is a few thousand sums and no list of its
tubes. A tube whose later moment lies before the earlier one (two clocks) took no time.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from math import ceil
from typing import Any, Final
from uuid import UUID

from django.db import connection
from django.utils.functional import Promise
from django.utils.translation import pgettext_lazy

from lazaretto.core.databases import on_postgresql
from lazaretto.core.prepared import adapted
from lazaretto.places.models import Site
from lazaretto.screening.models import Point, Round
from lazaretto.tubes.choices import RecallState
from lazaretto.tubes.clocks import CLOCKS
from lazaretto.tubes.models import Laboratory, Positive, Recall

STEP: Final = timedelta(minutes=5)
RESULT: Final = CLOCKS["result"].within
WHOLE: Final = CLOCKS["table"].within + CLOCKS["courier"].within + RESULT


@dataclass(frozen=True)
class Leg:
    """A part of a tube's way: where its times belong (a point, a laboratory), when it begins, when it is done; SQL."""

    code: str
    label: str | Promise
    of: str
    begins: str
    ends: str


LABORATORY = "COALESCE(NULLIF(t.laboratory, ''), b.laboratory, '')"
LEGS: Final = (
    Leg(
        "table", pgettext_lazy("leg", "At the table"), "t.point_id", "t.opened_at",
        "COALESCE(b.left_at, b.arrived_at, b.received_at, t.received_at)",
    ),
    Leg(
        "courier", pgettext_lazy("leg", "With the courier"), "t.point_id", "b.left_at",
        "COALESCE(b.arrived_at, b.received_at)",
    ),
    Leg(
        "result", pgettext_lazy("leg", "At the laboratory"), LABORATORY,
        "COALESCE(b.arrived_at, b.received_at, t.received_at)", "t.answered_at",
    ),
    Leg("whole", pgettext_lazy("leg", "From the swab to the result"), LABORATORY, "t.opened_at", "t.answered_at"),
)  # fmt: skip
SITES_DAYS: Final = 7  # tubes of quarantine sites that are looked at
ANSWERED = "CASE WHEN t.rejected_at IS NULL THEN s.answered_at END"
SITE_LEGS: Final = (
    Leg("table", pgettext_lazy("leg", "At the site"), "s.site_id", "s.opened_at", LEGS[0].ends),
    Leg("courier", LEGS[1].label, "s.site_id", LEGS[1].begins, LEGS[1].ends),
    Leg("result", LEGS[2].label, LABORATORY, LEGS[2].begins, ANSWERED),
    Leg("whole", LEGS[3].label, LABORATORY, "s.opened_at", ANSWERED),
)
RECHECK, RETEST, HAND_ON = (
    Leg("recheck", pgettext_lazy("leg", "Positive tube: recheck"), "", "", ""),
    Leg("retest", pgettext_lazy("leg", "Called back: swabbed singly"), "", "", ""),
    Leg("hand_on", pgettext_lazy("leg", "Confirmed positive: taken over"), "", "", ""),
)


@dataclass
class Took:
    """How long the tubes of one place took for a leg: how many in how many steps. `waiting`: not done yet."""

    name: str
    promised: timedelta
    steps: dict[int, int] = field(default_factory=dict)
    waiting: int = 0
    oldest: datetime | None = None

    @property
    def done(self) -> int:
        """Tubes that have it behind them."""
        return sum(self.steps.values())

    @property
    def late(self) -> int:
        """Of those, the ones that took longer than promised."""
        return sum(tubes for step, tubes in self.steps.items() if step * STEP > self.promised)

    @property
    def half(self) -> timedelta | None:
        """Half of them took no longer."""
        return self.within(50)

    @property
    def most(self) -> timedelta | None:
        """Nine of ten took no longer."""
        return self.within(90)

    @property
    def longest(self) -> timedelta | None:
        """The slowest."""
        return max(self.steps) * STEP if self.steps else None

    def within(self, share: int) -> timedelta | None:
        """What so many per cent of them took at most, to five minutes; None before any is done."""
        seen, wanted = 0, self.done * share
        for step in sorted(self.steps):
            seen += self.steps[step]
            if seen * 100 >= wanted:
                return step * STEP
        return None

    def add(self, step: int | None, tubes: int, oldest: datetime | None) -> None:
        """So many more, done in so many steps, or (None) waiting since then at the longest."""
        if step is not None:
            self.steps[step] = self.steps.get(step, 0) + tubes
            return
        self.waiting += tubes
        self.oldest = min((one for one in (self.oldest, oldest) if one), default=None)


@dataclass(frozen=True)
class Timed:
    """A leg with all its tubes (or people), and with those of each point or laboratory, the slowest first."""

    leg: Leg
    all: Took
    parts: list[Took] = field(default_factory=list)

    @property
    def late(self) -> int:
        """Those that took longer than promised, each by the hours of its own laboratory."""
        return sum(part.late for part in self.parts) if self.parts else self.all.late


def turnaround(of: Round) -> list[Timed]:
    """Every leg of a round's tubes and every step after a positive; nine queries, however many tubes there are."""
    names = {str(place.pk): f"{place.code} {place.name}" for place in Point.objects.filter(round=of)}
    hours = _name_laboratories(names)
    legs = [_timed(leg, _rows(IN_ROUND, [adapted(of.pk)], leg), names, hours) for leg in LEGS]
    return [*legs, *(_after(leg, pairs) for leg, pairs in _steps(of))]


def turnaround_of_sites(sites: Iterable[Site], *, at: datetime) -> list[Timed]:
    """Every leg of the tubes that were filled at these sites in the last days; six queries, however many there are."""
    own = list(sites)
    names = {str(site.pk): f"{site.code} {site.spoken_name}" for site in own}
    hours = _name_laboratories(names)
    given = [*(adapted(site.pk) for site in own), _stored(at - timedelta(days=SITES_DAYS))]
    source = AT_SITES.replace("{sites}", ", ".join(["%s"] * len(own)) or "NULL")
    return [_timed(leg, _rows(source, given, leg), names, hours) for leg in SITE_LEGS]


def _stored(moment: datetime) -> Any:
    return connection.ops.adapt_datetimefield_value(moment)


def _timed(
    leg: Leg, rows: Iterable[tuple[Any, ...]], names: Mapping[str, str], hours: Mapping[str, timedelta]
) -> Timed:
    usual = WHOLE if leg.code == "whole" else CLOCKS[leg.code].within
    everywhere, parts = Took("", usual), dict[str, Took]()
    for place, step, tubes, oldest in rows:
        more = hours.get(place, RESULT) - RESULT if leg.of == LABORATORY else timedelta()
        took = parts.setdefault(place, Took(names.get(place, place), usual + more))
        for one in (everywhere, took):
            one.add(step, tubes, oldest)
    return Timed(leg, everywhere, sorted(parts.values(), key=lambda one: (-(one.most or timedelta()), one.name)))


def _after(leg: Leg, pairs: Iterable[tuple[datetime | None, datetime | None]]) -> Timed:
    took = Took("", CLOCKS[leg.code].within)
    for begun, done in pairs:
        if begun is not None:
            took.add(None if done is None else _steps_of((done - begun).total_seconds()), 1, begun)
    return Timed(leg, took)


def _steps(of: Round) -> Iterable[tuple[Leg, Iterable[tuple[datetime | None, datetime | None]]]]:
    """Steps after a positive: a few people, so they are looked at one by one."""
    called = Recall.objects.filter(round=of)
    yield RECHECK, Positive.objects.filter(round=of).values_list("raised_at", "decided_at")
    yield RETEST, called.exclude(state=RecallState.CLOSED, retested_at=None).values_list("raised_at", "retested_at")
    confirmed = called.filter(state=RecallState.CONFIRMED)
    yield HAND_ON, confirmed.values_list("positive__decided_at", "handed_on_at")


def _steps_of(seconds: float) -> int:
    return max(0, ceil(seconds / STEP.total_seconds()))


def _name_laboratories(names: dict[str, str]) -> dict[str, timedelta]:
    """Put their names by code beside the others; returns their hours."""
    hours = {}
    for row in Laboratory.objects.all():
        names[row.code], hours[row.code] = row.name, timedelta(hours=row.hours)
    return hours


ROWS = """SELECT place, step, COUNT(*), MIN(begun) FROM (
    SELECT {of} AS place, CASE WHEN {ends} IS NOT NULL THEN {step} END AS step,
        CASE WHEN {ends} IS NULL THEN {begins} END AS begun
    FROM {source}
        AND {begins} IS NOT NULL
) timed GROUP BY place, step"""
IN_ROUND = """tubes_trail t LEFT JOIN tubes_bag b ON b.round_id = t.round_id AND b.code = t.bag
    WHERE t.round_id = %s
        AND ({ends} IS NOT NULL OR t.standing = '' AND t.rejected_at IS NULL)
        AND NOT (t.slip_at IS NOT NULL AND t.opened_at IS NULL)"""
AT_SITES = """(SELECT s.tube, s.state, s.collected_at AS opened_at, y.site_id,
        (SELECT MIN(r.reported_at) FROM stays_specimenresult r WHERE r.specimen_id = s.id) AS answered_at
        FROM stays_specimen s JOIN stays_stay y ON y.id = s.stay_id
        WHERE y.site_id IN ({sites}) AND s.collected_at >= %s) s
    LEFT JOIN tubes_sitetube t ON t.site_id = s.site_id AND t.code = s.tube
    LEFT JOIN tubes_sitebag b ON b.id = t.bag_id
    WHERE ({ends} IS NOT NULL OR s.state = 'pending' AND t.rejected_at IS NULL)"""
# Whole seconds, so that both databases divide whole numbers.
ON_POSTGRESQL = "CEIL(EXTRACT(EPOCH FROM {ends} - {begins}))::bigint"
ON_SQLITE = "(CAST(strftime('%%s', {ends}) AS INTEGER) - CAST(strftime('%%s', {begins}) AS INTEGER))"


Row = tuple[str, int | None, int, datetime | None]


def _rows(source: str, given: list[Any], leg: Leg) -> Iterable[Row]:
    """Where, how many steps (None: not done), how many tubes, since when the oldest of those not done waits."""
    passed = (ON_POSTGRESQL if on_postgresql() else ON_SQLITE).format(begins=leg.begins, ends=leg.ends)
    step = f"CASE WHEN {passed} > 0 THEN ({passed} + {STEP.seconds - 1}) / {STEP.seconds} ELSE 0 END"
    tubes_of = source.format(ends=leg.ends)
    text = ROWS.format(of=leg.of, begins=leg.begins, ends=leg.ends, step=step, source=tubes_of)
    with connection.cursor() as cursor:
        cursor.execute(text, given)
        for place, step, tubes, begun in cursor.fetchall():
            yield _key(place, leg), None if step is None else int(step), tubes, _moment(begun)


def _key(place: Any, leg: Leg) -> str:
    """As names are known by: a point's key on SQLite has no hyphens."""
    return str(place or "") if leg.of == LABORATORY or not place else str(UUID(str(place)))


def _moment(begun: Any) -> datetime | None:
    return datetime.fromisoformat(begun).replace(tzinfo=UTC) if isinstance(begun, str) else begun
