"""What arrivals can prove about the promises (`lazaretto verify`)."""

from datetime import datetime

from django.db.models import Count, Exists, OuterRef, Q
from django.utils.translation import gettext_lazy as _

from lazaretto.arrivals.choices import LineKind, ManifestState, RowOutcome, RowResolution
from lazaretto.arrivals.models import ExpectedArrival, Manifest, ManifestRow
from lazaretto.core.promises import Finding, Offender, proof


@proof(6, "lists_balance", _("Every row of every list is accounted for"))
def lists_balance(_at: datetime) -> Finding:
    """Rows read = rows kept; a made or matched row has its person on the way; a committed list leaves no row open."""
    people = Q(rows__kind=LineKind.PERSON)
    taken = Q(rows__resolution__in=[RowResolution.CREATED, RowResolution.MATCHED])
    lists = Manifest.objects.annotate(
        kept=Count("rows"),
        ready=Count("rows", filter=people & Q(rows__outcome=RowOutcome.READY, rows__resolution="")),
        taken=Count("rows", filter=people & taken),
        held=Count("rows", filter=people & Q(rows__outcome=RowOutcome.HELD, rows__resolution="")),
    )
    figures = {"lists": 0, "rows_of_lists": 0, "people_taken_from_lists": 0, "rows_held": 0}
    offenders: list[Offender] = []
    for one in lists.values("id", "state", "kept", "ready", "taken", "held", "report"):
        figures["lists"] += 1
        figures["rows_of_lists"] += one["kept"]
        figures["people_taken_from_lists"] += one["taken"]
        figures["rows_held"] += one["held"]
        if one["report"].get("totals", {"rows": one["kept"]})["rows"] != one["kept"]:
            offenders.append(Offender("manifest", str(one["id"]), "rows are missing"))
        if one["state"] == ManifestState.COMMITTED and one["ready"]:
            offenders.append(Offender("manifest", str(one["id"]), "committed with rows left behind"))
    offenders += [Offender("manifest_row", str(pk), "taken, but nobody is expected") for pk in _unexpected()]
    return Finding(figures, offenders, in_use=figures["lists"] > 0)


def _unexpected() -> list[int]:
    """Rows whose person was made or matched without being put on the way, merged records followed."""
    rows = ManifestRow.objects.filter(resolution__in=[RowResolution.CREATED, RowResolution.MATCHED])
    expected = ExpectedArrival.objects.filter(manifest=OuterRef("manifest"))
    there = expected.filter(Q(person=OuterRef("person")) | Q(person__merged_from=OuterRef("person")))
    kept = expected.filter(person=OuterRef("person__merged_into"))
    return list(rows.filter(~Exists(there), ~Exists(kept)).values_list("pk", flat=True)[:1000])
