"""What somebody puts right by name: a doubt that was looked into, a code that was a slip. Nothing is deleted."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from lazaretto.core.access import Actor
from lazaretto.core.commands import command, record
from lazaretto.core.errors import Forbidden, InvalidInput, NotFound, ReasonRequired, whole
from lazaretto.core.ids import new_id
from lazaretto.screening.models import Round
from lazaretto.tubes.choices import EventKind
from lazaretto.tubes.commands.events import TakenEvent, upload_events
from lazaretto.tubes.errors import SwabsInTube
from lazaretto.tubes.models import Trail, TubeEvent
from lazaretto.tubes.rules import HANDLE, LOOK


@dataclass(frozen=True)
class LookedInto:
    """A fact was written down: what did not fit was looked into, or a code was a slip."""

    round_id: UUID
    tube: str
    bag: str


@command("tubes.look_into", capability=LOOK)
def look_into(
    *, actor: Actor, at: datetime, test_round: Round, reason: str, tube: str = "", bag: str = ""
) -> LookedInto:
    """Say what was found out about a tube or a bag that did not fit; its doubts and questions in this round end.

    What comes later raises them again. Raises `ReasonRequired`, `InvalidInput`, `NotFound`, `Forbidden` for the program
    itself.
    """
    bag = "" if tube else bag
    told = TubeEvent.objects.filter(round=test_round.pk, tube=tube, **({} if tube else {"bag": bag}))
    if not (tube or bag):
        raise InvalidInput(fields={"tube": "a tube, or a bag", "bag": "a tube, or a bag"})
    if not told.exists():
        raise NotFound(kind="tubes.trail" if tube else "tubes.bag", code=tube or bag)
    _tell(actor, at, test_round, EventKind.LOOKED_INTO, reason, tube=tube, bag=bag)
    return LookedInto(test_round.id, tube, bag)


@command("tubes.call_slip", capability=HANDLE)
def call_slip(*, actor: Actor, at: datetime, test_round: Round, tube: str, reason: str) -> LookedInto:
    """Say that a code was a slip: there is no such tube, and its round does not wait for it. Whoever sees it later, or
    a scan that names it, makes it a tube again.

    Raises `SwabsInTube` when a scan names it, `NotFound`, `ReasonRequired`, `Forbidden` for the program itself.
    """
    trail = Trail.objects.filter(round=test_round.pk, code=tube).first()
    if trail is None:
        raise NotFound(kind="tubes.trail", code=tube)
    if trail.opened_at is not None or trail.standing:
        raise SwabsInTube(tube=tube)
    _tell(actor, at, test_round, EventKind.SLIP, reason, tube=tube)
    return LookedInto(test_round.id, tube, "")


def _tell(
    actor: Actor, at: datetime, of: Round, kind: EventKind, reason: str, *, tube: str = "", bag: str = ""
) -> None:
    if actor.user_id is None:
        raise Forbidden(capability=LOOK)
    if not reason.strip():
        raise ReasonRequired
    event = TakenEvent(
        id=new_id(), kind=kind, at=at, tube=tube or None, bag=bag or None, reason=whole(reason, 200)
    )  # fmt: skip
    upload_events(
        actor=actor.also_with([HANDLE], of.unit_id), at=at, batch=new_id(), sent_at=at, events=[event], round_id=of.id
    )
    record(of, unit_id=of.unit_id, data={"tube": tube, "bag": bag}, reason=reason.strip())
