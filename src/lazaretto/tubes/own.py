"""The link to somebody's own result: round and number with a proof, so nothing is stored and nobody is guessed."""

import base64
import hmac
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from lazaretto.core.secrets import keyed_hash
from lazaretto.screening.models import Round, Scan
from lazaretto.tubes.choices import RecallState, Standing
from lazaretto.tubes.models import Recall, Trail

PROOF = 20  # hex digits: 80 bits


def token_of(round_id: UUID, number: int) -> str:
    """The end of a link."""
    body = base64.urlsafe_b64encode(round_id.bytes).decode().rstrip("=")
    return f"{body}.{number}.{_proof(round_id, number)}"


def read_token(token: str) -> tuple[UUID, int] | None:
    """Round and number, or None when this installation did not make it."""
    try:
        body, number, proof = token.split(".")
        round_id = UUID(bytes=base64.urlsafe_b64decode(body + "=" * (-len(body) % 4)))
        told = (round_id, int(number))
    except ValueError:
        return None
    return told if hmac.compare_digest(proof.encode(), _proof(*told).encode()) else None


def _proof(round_id: UUID, number: int) -> str:
    return keyed_hash(f"{round_id}|{number}", "own-result")[:PROOF]


@dataclass(frozen=True)
class OwnResult:
    """What somebody is told. `said` is one word of: none, waiting, negative, again, stay, confirmed, ended.

    `reason`: why a recall ended before the recheck, as whoever decided it wrote.
    """

    round_name: str
    said: str
    tube_end: str = ""
    tested_at: datetime | None = None
    answered_at: datetime | None = None
    reason: str = ""


def own_result(round_id: UUID, number: int) -> OwnResult | None:
    """In four queries at most. What the last of their tubes says; whoever is called back is told to stay."""
    of = Round.objects.filter(pk=round_id).first()
    if of is None:
        return None
    recall = Recall.objects.filter(round=of, number=number).order_by("-raised_at").first()
    if recall is not None and recall.retest_tube:
        code, at = recall.retest_tube, recall.retested_at
    else:
        scan = Scan.objects.filter(round=of.pk, number=number).values_list("tube", "taken_at").first()
        code, at = scan if scan else ("", None)
    trail = Trail.objects.filter(pk=code).first() if code else None
    said = _said(recall, trail, tested=bool(code))
    answered = trail.answered_at if trail and said not in {"none", "waiting", "ended"} else None
    reason = recall.words if recall is not None and said == "ended" else ""
    return OwnResult(of.name, said, code[-4:], at, answered, reason)


def _said(recall: Recall | None, trail: Trail | None, *, tested: bool) -> str:
    if recall is not None:
        return _of_recall(recall)
    if not tested:
        return "none"
    standing = trail.standing if trail else ""
    return "negative" if standing in {Standing.NEGATIVE, Standing.REFUTED} else "waiting"


def _of_recall(recall: Recall) -> str:
    """Ended by decision without a swab of their own: nobody is told that they are negative."""
    if recall.state in {RecallState.OPEN, RecallState.RETESTED, RecallState.POSITIVE}:
        return "stay" if recall.positive_id else "again"
    if recall.state == RecallState.CLOSED:
        return "ended" if recall.overridden else "waiting"
    return "confirmed" if recall.state == RecallState.CONFIRMED else "negative"
