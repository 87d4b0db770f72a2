"""Enterprises are told their slots: who was told by whom, when and how, and who said that they know."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.utils.translation import gettext as _

from lazaretto.core.access import Actor
from lazaretto.core.bulk import insert, insert_rows
from lazaretto.core.commands import command, record
from lazaretto.core.errors import IllegalTransition, InvalidInput, whole
from lazaretto.core.ids import new_id
from lazaretto.headcounts.models import Organisation
from lazaretto.screening.choices import RoundState
from lazaretto.screening.models import Round
from lazaretto.slots.choices import Means, NoticeState, NoticeStep
from lazaretto.slots.errors import ListStale, NobodyToTell, NothingToTell, NoticeStale, NotToldYet
from lazaretto.slots.models import Notice
from lazaretto.slots.queries import Holder, digest_of_all, holders, to_tell, wording
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

    Of a round that is cancelled only that is told, and only until its deadline. Raises `NoticeStale` when others stand
    by now, `NothingToTell`, `InvalidInput`, `IllegalTransition` for a round that is over.
    """
    if language not in LANGUAGES:
        raise InvalidInput(fields={"language": ", ".join(LANGUAGES)})
    found = _found(test_round, organisation, read, at)
    if found.over:
        raise NothingToTell(_("All slots of this enterprise are over, or stand at a point that is closed."))
    return _written(actor, at, found, NoticeStep.TOLD, who, means, said=wording(found, language).text)


@command("slots.confirm", capability=MANAGE, beside=("test_round", "organisation"))
def confirm(
    *, actor: Actor, at: datetime, test_round: Round, organisation: Organisation, read: str, who: str, means: Means
) -> Noticed:
    """Write down who of an enterprise said that they know its slots. Raises as `tell` does, and `NotToldYet`."""
    found = _found(test_round, organisation, read, at)
    if found.state not in {NoticeState.TOLD, NoticeState.CONFIRMED}:
        raise NotToldYet
    return _written(actor, at, found, NoticeStep.CONFIRMED, who, means)


def _found(of: Round, home: Organisation, read: str, at: datetime) -> Holder:
    _still_told(of, at)
    found = holders(of, home.pk, at=at)
    if not found:
        raise NothingToTell
    if found[0].digest != read:
        raise NoticeStale
    return found[0]


def _still_told(of: Round, at: datetime) -> None:
    """Whoever was told of a round that is cancelled is told so, as long as they might come; after that nobody is."""
    if of.state == RoundState.CLOSED or (of.state == RoundState.CANCELLED and at >= of.deadline_at):
        raise IllegalTransition(state=of.state)


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


# ---- all at once


@dataclass(frozen=True)
class ToTell:
    """An enterprise that does not know yet: whom to tell, under which number, what."""

    organisation_id: UUID
    name: str
    who: str
    phone: str
    text: str


@dataclass(frozen=True)
class ToTellList:
    """Everybody to be told who can be reached; `read` names the list, `unreachable` have no officer with a number."""

    read: str
    unreachable: int
    enterprises: list[ToTell]


@dataclass(frozen=True)
class AllTold:
    """So many enterprises were told."""

    organisations: int


@command("slots.list_notices", capability=MANAGE, beside=("test_round",), keeps_answer=False)
def list_notices(*, actor: Actor, at: datetime, test_round: Round, language: str = "zh-hans") -> ToTellList:
    """Whom to tell what, with numbers, for a program that sends messages. The journal says who asked.

    Raises `InvalidInput` for another language, `NobodyToTell` where everybody knows or nobody can be reached.
    """
    rows, reached = _open_to_all(test_round, language, at)
    known = {one.organisation.pk for one in reached}
    unreachable = sum(_waits(one) and not one.over and one.organisation.pk not in known for one in rows)
    found = [
        ToTell(
            one.organisation.pk, one.organisation.name, one.organisation.contact, one.organisation.contact_phone or "",
            wording(one, language).text,
        )
        for one in reached
    ]  # fmt: skip
    record(test_round, unit_id=test_round.unit_id, data={"organisations": len(found)})
    return ToTellList(digest_of_all(reached), unreachable, found)


@command("slots.tell_all", capability=MANAGE)
def tell_all(
    *, actor: Actor, at: datetime, test_round: Round, read: str, means: Means, language: str = "zh-hans"
) -> AllTold:
    """Write down that everybody on the list was told what stands; `read` is the name of the list that was sent.

    Of two who do it at once one finds nobody left to tell: the round is locked.

    Raises `ListStale` when it would be another list by now, `NobodyToTell`, `InvalidInput`, `IllegalTransition`.
    """
    _all, reached = _open_to_all(test_round, language, at)
    if digest_of_all(reached) != read:
        raise ListStale
    fields = ("id", "round", "organisation", "step", "means", "who", "digest", "said", "at", "by")
    made = [
        (
            new_id(), test_round.pk, one.organisation.pk, NoticeStep.TOLD.value, means.value,
            whole(one.organisation.contact.strip(), 80), one.digest, wording(one, language).text, at, actor.user_id,
        )
        for one in reached
    ]  # fmt: skip
    insert_rows(Notice, fields, made)
    record(test_round, unit_id=test_round.unit_id, data={"organisations": len(made), "means": means})
    return AllTold(len(made))


def _open_to_all(of: Round, language: str, at: datetime) -> tuple[list[Holder], list[Holder]]:
    """Everybody with a notice, and those of them who are to be told now."""
    if language not in LANGUAGES:
        raise InvalidInput(fields={"language": ", ".join(LANGUAGES)})
    _still_told(of, at)
    rows = holders(of, at=at)
    reached = to_tell(rows)
    if not reached:
        raise NobodyToTell
    return rows, reached


def _waits(one: Holder) -> bool:
    return one.state in {NoticeState.UNTOLD, NoticeState.STALE}
