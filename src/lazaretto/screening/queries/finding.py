"""Somebody of a roster, looked for by number, document, name or initials; and how they stand."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db.models import Q, QuerySet

from lazaretto.headcounts.queries import digest_of, typed
from lazaretto.people.rules import BY_HAND, fold, read_documents
from lazaretto.screening.models import RosterEntry, Round, Scan
from lazaretto.screening.queries import excused
from lazaretto.screening.queries.absent import Among, among_these, named

NAMES_AMONG = 100_000  # people: in a larger round names are looked for within an enterprise
MOST = 50


@dataclass(frozen=True)
class Found:
    """Somebody on the roster: tested, or named with a reason (`said`), or at the site of that code, or missing."""

    entry: RosterEntry
    tested: bool
    said: Any
    site: str

    @property
    def missing(self) -> bool:
        """Nobody has seen them or said why."""
        return not (self.tested or self.said or self.site)


def names_are_looked_for(of: Round, organisation: UUID | None) -> bool:
    """Whether a name may be looked for: it costs by the people it is looked for among."""
    return organisation is not None or of.entries <= NAMES_AMONG


def find(of: Round, sought: str, *, organisation: UUID | None = None) -> list[Found]:
    """By number on the roster or whole document; by the beginning of a name or its initials and the end of a document
    where `names_are_looked_for`. At most `MOST`, by number.
    """
    return _standing(of, _those(of, sought, organisation)[:MOST])


def missing_among(of: Round, sought: str, *, organisation: UUID | None = None) -> QuerySet[RosterEntry]:
    """Those who are found so and are missing: not tested, not named with a reason, not in our care; by number."""
    return _those(of, sought, organisation).filter(excused.nobody_knows(of))


def _those(of: Round, sought: str, organisation: UUID | None) -> QuerySet[RosterEntry]:
    rows = among_these(RosterEntry.objects.filter(round=of), Among(organisation))
    wanted = _exact(fold(sought).replace(" ", ""))
    if names_are_looked_for(of, organisation):
        wanted |= typed(sought, "member__")
    return rows.filter(wanted).select_related("member", "organisation").order_by("number")


def _exact(sought: str) -> Q:
    wanted = Q(pk__in=[])
    if sought.isascii() and sought.isdigit() and len(sought) < 9:
        wanted |= Q(number=int(sought))
    for reading in read_documents(sought, BY_HAND):
        if reading.number and not reading.trouble:
            wanted |= Q(document_digest=digest_of(reading.kind.value, reading.number))
    return wanted


def _standing(of: Round, rows: QuerySet[RosterEntry]) -> list[Found]:
    entries = list(rows)
    numbers = [entry.number for entry in entries]
    came = set(Scan.objects.filter(round=of.pk, number__in=numbers).values_list("number", flat=True))
    said = {entry.number: row for entry, row in named(of, numbers=numbers)}
    sites = {one.entry.number: one.site for one in excused.cared_for(of, numbers=numbers)}
    return [Found(one, one.number in came, said.get(one.number), sites.get(one.number, "")) for one in entries]
