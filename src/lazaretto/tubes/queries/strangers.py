"""Strangers of a round: who they said they are, in which tube they are, what it says, and who they turned out to be."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import Q, QuerySet

from lazaretto.core.access import Actor
from lazaretto.core.codes import tidy_code
from lazaretto.people.queries import name_for
from lazaretto.screening.models import Round, Scan, Stranger
from lazaretto.screening.queries.corrections import recognised
from lazaretto.screening.rules import MANAGE
from lazaretto.tubes.choices import Standing
from lazaretto.tubes.models import Trail


@dataclass(frozen=True)
class StrangerLine:
    """A stranger as the actor reads them; `phone` is empty for a role that calls nobody.

    `scan` is None where none of theirs counts. `known`: their number on the roster, where somebody recognised them.
    `result` is what their tube says, empty while nobody knows.
    """

    row: Stranger
    name: str
    phone: str
    scan: Scan | None
    known: int | None
    result: str


def strangers(of: Round, q: str = "") -> QuerySet[Stranger]:
    """Of a round, by number; with this number, beginning of a name or of an enterprise, or in this tube."""
    rows = Stranger.objects.filter(round=of).order_by("number")
    if not q:
        return rows
    there = Scan.objects.filter(round=of.pk, tube=tidy_code(q)).values("scan")
    wanted = Q(name__startswith=q) | Q(organisation__startswith=q) | Q(scan__in=there)
    return rows.filter(wanted | Q(number=int(q)) if q.isascii() and q.isdigit() and len(q) < 9 else wanted)


def stranger_lines(actor: Actor, of: Round, rows: Sequence[Stranger]) -> list[StrangerLine]:
    """With tube, point and result; four queries at most."""
    known = recognised(of.pk, [row.number for row in rows])
    numbers = [known.get(row.number, row.number) for row in rows]
    scans = Scan.objects.filter(round=of.pk, number__in=numbers).select_related("upload__point")
    by_number = {scan.number: scan for scan in scans}
    tubes = Trail.objects.filter(pk__in={scan.tube for scan in by_number.values()}).exclude(standing="")
    results = {code: str(Standing(said).label) for code, said in tubes.values_list("pk", "standing")}
    calls = actor.may(MANAGE, of.unit_id)
    lines = []
    for row in rows:
        scan = by_number.get(known.get(row.number, row.number))
        name = name_for(actor, row.name, unit_id=of.unit_id) if row.name else ""
        phone = (row.phone or "") if calls else ""
        result = results.get(scan.tube, "") if scan else ""
        lines.append(StrangerLine(row, name, phone, scan, known.get(row.number), result))
    return lines
