"""Enterprises are told their slots: who was told by whom, when and how, and who said that they know."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from lazaretto.core.access import Actor
from lazaretto.core.bulk import insert
from lazaretto.core.commands import command, record
from lazaretto.core.errors import IllegalTransition, InvalidInput, whole
from lazaretto.headcounts.models import Organisation
from lazaretto.screening.choices import RoundState
from lazaretto.screening.models import Round
from lazaretto.slots.choices import Means, NoticeState, NoticeStep
from lazaretto.slots.errors import NothingToTell, NoticeStale, NotToldYet
from lazaretto.slots.models import Notice
from lazaretto.slots.queries import Holder, holders, wording
from lazaretto.slots.queries.notices import LANGUAGES
from lazaretto.slots.rules import MANAGE


@dataclass(frozen=True)
class Noticed:
    """It is written down; `state` is what the enterprise knows now."""

    notice_id: UUID
    organisation_id: UUID
    state: NoticeState


@command("slots.tell", capability=MANAGE, beside=("test_round", "organisation"))
def tell(
    *, actor: Actor, at: datetime, test_round: Round, organisation: Organisation, read: str, who: str, means: Means,
    language: str = "zh-hans",
) -> Noticed:  # fmt: skip
    """Write down that an enterprise was told its slots as they stand; `read` is the digest of what was read to them.

    Raises `NoticeStale` when others stand by now, `NothingToTell`, `InvalidInput`, `IllegalTransition` for a round that
    is closed.
    """
    if language not in LANGUAGES:
        raise InvalidInput(fields={"language": ", ".join(LANGUAGES)})
    found = _found(test_round, organisation, read)
    return _written(actor, at, found, NoticeStep.TOLD, who, means, said=wording(found, language).text)


@command("slots.confirm", capability=MANAGE, beside=("test_round", "organisation"))
def confirm(
    *, actor: Actor, at: datetime, test_round: Round, organisation: Organisation, read: str, who: str, means: Means
) -> Noticed:
    """Write down who of an enterprise said that they know its slots. Raises as `tell` does, and `NotToldYet`."""
    found = _found(test_round, organisation, read)
    if found.state not in {NoticeState.TOLD, NoticeState.CONFIRMED}:
        raise NotToldYet
    return _written(actor, at, found, NoticeStep.CONFIRMED, who, means)


def _found(of: Round, home: Organisation, read: str) -> Holder:
    if of.state == RoundState.CLOSED:
        raise IllegalTransition(state=of.state)
    found = holders(of, home.pk)
    if not found:
        raise NothingToTell
    if found[0].digest != read:
        raise NoticeStale
    return found[0]


def _written(
    actor: Actor, at: datetime, found: Holder, step: NoticeStep, who: str, means: Means, *, said: str = ""
) -> Noticed:
    if not who.strip():
        raise InvalidInput(fields={"who": "required"})
    made = insert(
        Notice(
            round=found.round, organisation=found.organisation, step=step, means=means, who=whole(who.strip(), 80),
            digest=found.digest, said=said, at=at, by_id=actor.user_id,
        )
    )  # fmt: skip
    data = {"round": str(found.round.pk), "organisation": str(found.organisation.pk), "means": means}
    record(made, unit_id=found.round.unit_id, data=data)
    state = NoticeState.CONFIRMED if step == NoticeStep.CONFIRMED else NoticeState.TOLD
    return Noticed(made.pk, found.organisation.pk, state)
