"""How a batch comes in: with others in one transaction where nothing is unusual, else by itself, step by step."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from django.db import IntegrityError

from lazaretto.core.access import Actor
from lazaretto.screening.commands.answers import UploadAnswer
from lazaretto.screening.commands.capturing import AnsweredBefore, upload
from lazaretto.screening.commands.scans import TakenScan, Unread
from lazaretto.screening.commands.together import NotFresh, Sent, fitting, ready


def take(
    *,
    actor: Actor,
    at: datetime,
    batch: UUID,
    point: UUID,
    sent_at: datetime,
    scans: list[TakenScan],
    unread: tuple[Unread, ...] = (),
) -> UploadAnswer:
    """`upload`, or the stored answer of a batch that is here already, from whichever phone it came."""
    if not unread:
        try:
            (answer,) = take_together([Sent(actor, batch, point, sent_at, scans)], at=at)
        except (NotFresh, IntegrityError):  # what is named by a foreign key may go meanwhile
            answer = None
        if answer is not None:
            return answer
    try:
        return upload(actor=actor, at=at, batch=batch, point=point, sent_at=sent_at, scans=scans, unread=unread)
    except AnsweredBefore as before:
        return before.answer


def take_together(sent: Sequence[Sent], *, at: datetime) -> list[UploadAnswer | None]:
    """Several batches of several actors at once; None for each of which there is more to say, which `take` does.

    Raises `NotFresh` where something of them is here already: then nothing was written, and `take` says of each what.
    """
    found = fitting(sent, at=at)
    fit = [one for one in found if one is not None]
    if not fit:
        return [None for _one in sent]
    answers = iter(upload.at_once([one.part() for one in fit], at, ready(fit)))
    return [None if one is None else next(answers) for one in found]
