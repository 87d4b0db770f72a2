"""What supervisors put right: who a stranger turned out to be, what was said of kept scans, who is swabbed again."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from uuid import UUID

from django.db.models import OuterRef, Q, QuerySet

from lazaretto.core.access import Actor
from lazaretto.core.codes import tidy_code
from lazaretto.people.queries import name_for
from lazaretto.screening.choices import Put
from lazaretto.screening.models import Correction, DuplicateScan, RosterEntry, Round, Scan, Stranger
from lazaretto.screening.queries.excused import LookedUp
from lazaretto.screening.rules import MANAGE

MOST_AGAIN = 200  # on the list of who is missing


def recognised(round_id: UUID, numbers: Collection[int]) -> dict[int, int]:
    """Numbers on the roster of those of these strangers who were recognised, as it was put right last. Two queries at
    most, one where none was, none where nobody is asked for."""
    if not numbers:
        return {}
    rows = Correction.objects.filter(round=round_id, before__in=numbers, put=Put.RECOGNISED)
    scans: dict[int, UUID] = {row.before: row.scan for row in rows if row.before is not None}
    if not scans:
        return {}
    last: dict[UUID, int] = {}
    for row in Correction.objects.filter(round=round_id, scan__in=scans.values()).order_by("at", "id"):
        if row.number is not None:
            last[row.scan] = row.number
    return {number: last[scan] for number, scan in scans.items()}


def said_of(kept: Iterable[int]) -> dict[int, list[Correction]]:
    """What was said of these kept scans, by whom; in order. One query."""
    found: dict[int, list[Correction]] = {}
    for row in Correction.objects.filter(kept__in=list(kept)).select_related("by").order_by("at", "id"):
        found.setdefault(row.kept_id or 0, []).append(row)
    return found


def to_swab_again(of: Round) -> list[Correction]:
    """Who is to be swabbed again and was not yet, with who says so and why, by number; at most `MOST_AGAIN`."""
    rows = Correction.objects.filter(round=of, put=Put.AGAIN, number__isnull=False)
    swabbed = LookedUp(Scan.objects.filter(round=of.pk, number=OuterRef("number")))
    return list(rows.filter(~swabbed).select_related("by").order_by("number", "at")[:MOST_AGAIN])


# ---- for the pages


@dataclass(frozen=True)
class Somebody:
    """Whom a number of a round means, as the actor reads names; `phone` is empty for a role that calls nobody."""

    number: int
    name: str
    organisation: str
    phone: str
    stranger: bool


def people_with(actor: Actor, of: Round, numbers: Collection[int]) -> dict[int, Somebody]:
    """By number; two queries."""
    calls = actor.may(MANAGE, of.unit_id)

    def shown(number: int, name: str, home: str, phone: str | None, stranger: bool) -> Somebody:
        said = name_for(actor, name, unit_id=of.unit_id) if name else ""
        return Somebody(number, said, home, (phone or "") if calls else "", stranger)

    entries = RosterEntry.objects.filter(round=of.pk, number__in=numbers).select_related("member", "organisation")
    found = {
        row.number: shown(row.number, row.member.name, row.organisation.name, row.member.phone, False)
        for row in entries
    }
    strangers = Stranger.objects.filter(round=of, number__in=[one for one in numbers if one > of.entries])
    return found | {row.number: shown(row.number, row.name, row.organisation, row.phone, True) for row in strangers}


def scan_of(of: Round, number: int) -> Scan | None:
    """The scan that counts under a number."""
    return Scan.objects.filter(round=of.pk, number=number).select_related("upload__point").first()


def stranger_with(of: Round, number: int) -> Stranger | None:
    """The stranger of a number."""
    return Stranger.objects.filter(round=of, number=number).first()


def kept_scans(of: Round, *, only: Sequence[int] = (), reason: str = "", q: str = "") -> QuerySet[DuplicateScan]:
    """Scans that do not count, as they came; of a reason, with this number or tube (`q`), or only these."""
    rows = of.duplicates.select_related("upload__point").order_by("id")
    if only:
        rows = rows.filter(pk__in=only)
    if reason:
        rows = rows.filter(reason=reason)
    if q:
        number = Q(number=int(q)) if q.isascii() and q.isdigit() and len(q) < 9 else Q(pk__in=[])
        rows = rows.filter(number | Q(tube=tidy_code(q)))
    return rows


@dataclass(frozen=True)
class KeptLine:
    """A scan that does not count, whom it says, and what was said of it since."""

    row: DuplicateScan
    who: Somebody | None
    said: list[Correction]

    @property
    def done(self) -> bool:
        """Whether somebody has counted it."""
        return any(one.put == Put.COUNTED for one in self.said)


def kept_lines(actor: Actor, of: Round, rows: Sequence[DuplicateScan]) -> list[KeptLine]:
    """With names and what was said; three queries."""
    people = people_with(actor, of, [row.number for row in rows if row.number])
    said = said_of(row.pk for row in rows)
    return [KeptLine(row, people.get(row.number or 0), said.get(row.pk, [])) for row in rows]
