"""Numbers that tables and officers of enterprises agreed on, each beside what was counted by that moment."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import connection

from lazaretto.core.bulk import laid_out
from lazaretto.core.prepared import statement_cursor
from lazaretto.headcounts.models import Organisation
from lazaretto.headcounts.rules import folded
from lazaretto.screening.models import CountDelta, Point, RosterShare, Round
from lazaretto.tubes.choices import EventKind
from lazaretto.tubes.models import TubeEvent


@dataclass(frozen=True)
class Agreed:
    """A number agreed at a table. `ours`: people of the enterprise tested there by `at`, as far as scans came in.

    `ours` is None of an enterprise that nobody here knows: there is nothing to compare with.
    """

    organisation: Organisation | None
    said: str
    point: Point | None
    table: int | None
    at: datetime
    count: int
    ours: int | None
    officer: str
    signature: str

    @property
    def name(self) -> str:
        """Of the enterprise, as we or as the table call it."""
        return self.organisation.name if self.organisation else self.said

    @property
    def difference(self) -> int:
        """Agreed more than counted; less is negative."""
        return 0 if self.ours is None else self.count - self.ours

    @property
    def missing(self) -> int:
        """So many more were agreed than counted."""
        return max(0, self.difference)

    @property
    def beyond(self) -> int:
        """So many more were counted than agreed."""
        return max(0, -self.difference)

    @property
    def differs(self) -> bool:
        """Whether somebody has to look."""
        return self.ours is None or bool(self.difference)


def every_agreement(of: Round, organisation: UUID | None = None) -> list[Agreed]:
    """All of a round or of one enterprise, the last first; three queries."""
    rows = TubeEvent.objects.filter(round=of.pk, kind=EventKind.COUNT_AGREED, count__isnull=False)
    events = list(rows.exclude(organisation="").select_related("point").order_by("-at", "-id"))
    known = _organisations(of)
    whose = [known.get(event.organisation) or known.get(folded(event.organisation)) for event in events]
    if organisation is not None:
        kept = [(event, home) for event, home in zip(events, whose, strict=True) if home and home.pk == organisation]
        events, whose = [event for event, _home in kept], [home for _event, home in kept]
    counted = _counted(of, [(event, home) for event, home in zip(events, whose, strict=True) if home])
    return [_agreed(event, home, counted) for event, home in zip(events, whose, strict=True)]


def agreed(of: Round, organisation: UUID | None = None) -> list[Agreed]:
    """What holds: the last of each enterprise at each point, those that differ first."""
    last: dict[tuple[object, ...], Agreed] = {}
    for one in every_agreement(of, organisation):
        last.setdefault((one.organisation or folded(one.said), one.point), one)
    return sorted(last.values(), key=lambda one: (not one.differs, one.name, one.at))


def _organisations(of: Round) -> dict[str, Organisation]:
    """Of the round, by their key and by their name: a table may say either."""
    there = RosterShare.objects.filter(round=of).values("organisation")
    found = list(Organisation.objects.filter(pk__in=there))
    return {row.folded: row for row in found} | {str(row.pk): row for row in found}


def _agreed(event: TubeEvent, home: Organisation | None, counted: dict[UUID, int]) -> Agreed:
    words = json.loads(event.words) if event.words else {}
    return Agreed(
        organisation=home, said=event.organisation, point=event.point, table=event.table, at=event.at,
        count=event.count or 0, ours=counted.get(event.pk, 0) if home else None, officer=words.get("officer", ""),
        signature=words.get("signature", ""),
    )  # fmt: skip


def _counted(of: Round, asked: Sequence[tuple[TubeEvent, Organisation]]) -> dict[UUID, int]:
    """People of an enterprise tested at the point of the event (without one: anywhere) until it; one query."""
    if not asked:
        return {}
    rows = [(nth, home.pk, event.point_id, event.at) for nth, (event, home) in enumerate(asked)]
    laid = laid_out(CountDelta, ("n", "organisation", "point", "hour"), rows, "asked")
    with statement_cursor() as cursor:
        cursor.execute(
            f"""SELECT asked.n, count(*) FROM {laid.text}
            JOIN screening_rosterentry entry ON entry.round_id = %s AND entry.organisation_id = asked.organisation_id
            JOIN screening_scan scan ON scan.round_id = entry.round_id AND scan.number = entry.number
                AND scan.taken_at <= asked.hour
            JOIN screening_upload upload ON upload.id = scan.upload_id
                AND (asked.point_id IS NULL OR upload.point_id = asked.point_id)
            GROUP BY asked.n""",  # noqa: S608 - our own words
            [*laid.values, Round._meta.pk.get_db_prep_value(of.pk, connection)],
        )
        return {asked[nth][0].pk: people for nth, people in cursor.fetchall()}
