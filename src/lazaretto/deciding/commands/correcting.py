"""What a supervisor puts right settles the question about it, in their name and with their reason."""

from lazaretto.core.access import locked
from lazaretto.deciding.choices import Kind
from lazaretto.deciding.models import Matter
from lazaretto.deciding.queries.sources import KEYS, unanswered
from lazaretto.screening.choices import Put
from lazaretto.screening.commands import told_of_corrections
from lazaretto.screening.models import Correction, Stranger


@told_of_corrections
def settle_by(made: Correction) -> None:
    """Once nothing of it is left: a tube at two points is one question about many people."""
    key = _about(made)
    if key is None:
        return
    rows = Matter.objects.filter(round=made.round_id, kind=key[0], subject=key[1], closed_at__isnull=True)
    for row in locked(rows).order_by("pk"):
        row.closed_at, row.closed_by_id, row.words = made.at, made.by_id, made.reason
        row.save(update_fields=["closed_at", "closed_by", "words"])


def _about(made: Correction) -> tuple[Kind, str] | None:
    """Kind and subject of the question that is answered by it."""
    if made.put == Put.RECOGNISED and made.before is not None:
        stranger = Stranger.objects.get(round=made.round_id, number=made.before)
        return Kind.NAMESAKE, str(stranger.pk)
    if made.kept is None or made.kept.reason not in KEYS:
        return None
    kind, key_of = KEYS[made.kept.reason]
    subject = key_of(made.kept)
    left = any(key_of(row) == subject for row in unanswered(made.round).filter(reason=made.kept.reason))
    return None if left else (kind, subject)
