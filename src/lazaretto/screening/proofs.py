"""What mass testing can prove: every scan that came in counts once or is kept with its reason."""

from collections.abc import Iterator
from datetime import datetime
from uuid import UUID

from django.db.models import Count, F, Q, Sum
from django.utils.translation import gettext_lazy as _

from lazaretto.core.promises import Finding, Offender, proof
from lazaretto.screening.choices import Put
from lazaretto.screening.models import Correction, CountDelta, DuplicateScan, Round, Scan, Upload

Sums = dict[UUID, dict[str, int]]


@proof(6, "scans_balance", _("Every scan that came in counts once or is kept with its reason"))
def scans_balance(at: datetime) -> Finding:
    """Of each round: what the receipts say + what was counted from those kept = scans + duplicates, strangers too;
    deltas = scans.
    """
    uploads = _by_round(
        Upload.objects.values("round").annotate(
            received=Sum("received"),
            taken=Sum("taken"),
            strangers=Sum("strangers"),
            duplicates=Sum("duplicates"),
            refused=Sum("refused"),
        )
    )
    beyond = Q(number__gt=F("round__entries"))
    scans = _by_round(
        Scan.objects.values("round").annotate(n=Count("number"), strangers=Count("number", filter=beyond))
    )
    kept = _by_round(DuplicateScan.objects.values("round").annotate(n=Count("id")))
    put = _by_round(
        Correction.objects.values("round").annotate(
            counted=Count("id", filter=Q(put=Put.COUNTED)),
            strangers=Count("id", filter=Q(put__in=[Put.COUNTED, Put.CHANGED]) & beyond),
            known=Count("id", filter=Q(before__gt=F("round__entries"))),
        )
    )
    deltas = _by_round(CountDelta.objects.values("round").annotate(n=Sum("n")))
    offenders = [
        Offender("round", str(pk), why)
        for pk in Round.objects.values_list("pk", flat=True)
        for why in _faults(*(found.get(pk, {}) for found in (uploads, scans, kept, put, deltas)))
    ]
    figures = {
        "scans_received": sum(row["received"] for row in uploads.values()),
        "scans_counted": sum(row["n"] for row in scans.values()),
        "scans_kept_beside": sum(row["n"] for row in kept.values()),
        "scans_refused": sum(row["refused"] for row in uploads.values()),
        "scans_counted_by_hand": sum(row["counted"] for row in put.values()),
    }
    return Finding(figures, offenders, in_use=bool(uploads))


def _by_round(rows: object) -> Sums:
    return {row["round"]: row for row in rows}  # type: ignore[attr-defined]


def _faults(
    uploads: dict[str, int], scans: dict[str, int], kept: dict[str, int], put: dict[str, int], deltas: dict[str, int]
) -> Iterator[str]:
    more = put.get("counted", 0)
    said = uploads.get("received", 0) - uploads.get("refused", 0) + more
    there = scans.get("n", 0) + kept.get("n", 0)
    if said != there:
        yield f"{said} scans received that can be read, with {more} counted by hand; {there} there"
    strangers = uploads.get("strangers", 0) + put.get("strangers", 0) - put.get("known", 0)
    for name, said, there in (
        ("counted", uploads.get("taken", 0) + more, scans.get("n", 0)),
        ("of strangers", strangers, scans.get("strangers", 0)),
        ("kept beside", uploads.get("duplicates", 0), kept.get("n", 0)),
        ("in the sums", deltas.get("n", 0), scans.get("n", 0)),
    ):
        if said != there:
            yield f"{name}: {said} said, {there} there"


@proof(6, "corrections_count", _("What a supervisor put right counts as they said"))
def corrections_count(at: datetime) -> Finding:
    """Where a scan was put right, it counts for the number that was said last, in that tube."""
    rows = Correction.objects.exclude(put=Put.AGAIN).order_by("at", "id")
    last = {(row.round_id, row.scan): row for row in rows.iterator()}
    offenders = []
    for row in last.values():
        counting = Q(round=row.round_id, number=row.number, scan=row.scan, tube=row.tube, slot=row.slot)
        if not Scan.objects.filter(counting).exists():
            offenders.append(Offender("correction", str(row.pk), f"number {row.number} is not counted by it"))
    return Finding({"scans_put_right": len(last)}, offenders, in_use=bool(last))
