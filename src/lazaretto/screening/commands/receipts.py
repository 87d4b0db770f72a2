"""The receipt of a batch: who brought what, and what the journal remembers of it."""

from collections.abc import Sequence
from datetime import UTC, datetime
from uuid import UUID

import msgspec

from lazaretto.core.access import Actor
from lazaretto.core.journal import Note
from lazaretto.core.secrets import keyed_hash
from lazaretto.screening.commands.answers import UploadAnswer
from lazaretto.screening.commands.scans import Swab, TakenScan, Unread
from lazaretto.screening.models import Point, Upload
from lazaretto.screening.rules import OVER, clock_error

_SAID = msgspec.json.Encoder()


def receipt_of(actor: Actor, at: datetime, batch: UUID, place: Point, sent_at: datetime, digest: str) -> Upload:
    """As it is before anything of the batch was looked at."""
    return Upload(
        id=batch, round=place.round, point=place, body_digest=digest, sent_at=sent_at.astimezone(UTC), received_at=at,
        skew_seconds=int(clock_error(sent_at, at).total_seconds()), by_id=actor.user_id,
        late=at > place.round.deadline_at or place.round.state in OVER, device=actor.device[:80],
    )  # fmt: skip


def batch_digest(point: UUID, scans: Sequence[Swab | TakenScan], unread: Sequence[Unread] = ()) -> str:
    """By which the same batch is known again, in whatever spelling it comes; when it was sent is another moment each
    time.
    """
    said = b"%s|%s" % (str(point).encode(), _SAID.encode(scans))
    return keyed_hash(said + "".join(f"|{one.place} {one.said}" for one in unread).encode(), "upload")


def note_of(answer: UploadAnswer, place: Point) -> Note:
    """For the journal."""
    figures = {"received": answer.received, "taken": answer.taken, "strangers": answer.strangers}
    figures |= {"refused": len(answer.refused)} if answer.refused else {}
    data = {"point": str(place.pk), **figures}
    return Note(Upload._meta.label_lower, str(answer.batch), unit_id=place.round.unit_id, data=data)
