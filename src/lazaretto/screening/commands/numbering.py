"""People whom only a scan that does not count tells of: they get a number, so that somebody can call them."""

import json
from collections.abc import Collection

from lazaretto.core.bulk import insert_few, next_ids
from lazaretto.screening.models import DuplicateScan, Stranger


def number_kept(keys: Collection[int]) -> int:
    """Make strangers of the people of these kept scans, with what was said of them; inside a command.

    For scans without a number that means anybody. Safe to run twice: a scan is one stranger. Returns how many are new.
    Nobody is looked for by document here: a second number for somebody is called once more, a wrong one not at all.
    """
    rows = list(DuplicateScan.objects.filter(pk__in=keys).select_related("round").order_by("pk"))
    fields = (
        "id", "round", "number", "scan", "upload", "name", "organisation", "document_kind", "document_digest",
        "document", "phone",
    )  # fmt: skip
    made = []
    for pk, row in zip(next_ids(Stranger, len(rows)) if rows else [], rows, strict=True):
        said = json.loads(row.words) if row.words else {}
        made.append(
            (
                pk, row.round_id, row.round.entries + pk, row.scan, row.upload_id, said.get("name", ""),
                said.get("organisation", ""), "", "", said.get("document") or None, said.get("phone") or None,
            )
        )  # fmt: skip
    return len(insert_few(Stranger, fields, made, ignore_conflicts=True, returning=True))
