"""Writes about phones at the tables: enrolled, claimed, ended; who is expected at a point."""

import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.db.models import F, Q
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from lazaretto.core.access import Actor, locked
from lazaretto.core.bulk import insert_unless_taken
from lazaretto.core.commands import command, record
from lazaretto.core.errors import InvalidInput, NotFound, whole
from lazaretto.field.choices import Ending
from lazaretto.field.errors import CodeInvalid, DeviceOver, NobodyForCards, RoundNotReady, TooManyCards
from lazaretto.field.models import Device, Expected, Told
from lazaretto.field.queries import (
    code_digest,
    entries_for_cards,
    no_phone_there,
    roster_state,
    token_digest,
)
from lazaretto.field.rules import CARD, CODE_LIFE, MOST_CARDS, TAKING, TOKEN, token_until
from lazaretto.screening.commands import Swab, TakenScan, UploadAnswer, follows_a_change
from lazaretto.screening.models import Point, Round
from lazaretto.screening.rules import CAPTURE, MANAGE
from lazaretto.tubes.queries.own import token_of

SEEN_NOTED_EVERY = timedelta(seconds=20)
FORGOTTEN_AT_ONCE = 2_000  # batches


@dataclass(frozen=True)
class DeviceEnrolled:
    """A phone may claim this code until then. The code is shown once and kept nowhere."""

    device_id: UUID
    code: str
    expires_at: datetime


@dataclass(frozen=True)
class DeviceClaimed:
    """A phone has its token."""

    device_id: UUID
    expires_at: datetime


@dataclass(frozen=True)
class DeviceStopped:
    """A phone takes nobody any more."""

    device_id: UUID
    ending: str


@dataclass(frozen=True)
class PointExpects:
    """How many enterprises were added to a point by hand. None, and none with a slot: all of the round come."""

    point_id: UUID
    organisations: int


@command("field.enrol_device", capability=MANAGE, keeps_answer=False)
def enrol_device(
    *, actor: Actor, at: datetime, point: Point, table: int, label: str, takes_over: Device | None = None
) -> DeviceEnrolled:
    """Make a code with which one phone becomes the phone of a table, within a quarter of an hour.

    `takes_over`: the phone whose table it takes; that one ends when the code is claimed. Raises `RoundNotReady`,
    `RoundIsOver`, `PointIsClosed`, `RosterTooLarge`, `InvalidInput`, `TextTooLong`, `DeviceOver` for a phone that was
    taken over before.
    """
    faults = {}
    if not 1 <= table <= point.tables:
        faults["table"] = _("This point has tables 1 to %(n)s.") % {"n": point.tables}
    if not label.strip():
        faults["label"] = _("Write what stands on the phone.")
    if takes_over is not None and takes_over.point_id != point.id:
        faults["takes_over"] = _("This phone is of another point.")
    if faults:
        raise InvalidInput(fields=faults)
    _somebody_comes(point)
    if takes_over is not None and takes_over.ending == Ending.TAKEN_OVER:
        raise DeviceOver(device=takes_over.id)
    code = secrets.token_urlsafe(24)
    made = Device.objects.create(
        point=point, table=table, label=whole(label, 40), made_at=at, made_by_id=actor.user_id,
        code_digest=code_digest(code), code_expires_at=at + CODE_LIFE, takes_over=takes_over,
    )  # fmt: skip
    over = str(takes_over.id) if takes_over else None
    record(made, unit_id=point.round.unit_id, data={"point": str(point.id), "table": table, "takes_over": over})
    return DeviceEnrolled(made.id, code, made.code_expires_at)


def _somebody_comes(point: Point) -> None:
    """Raise the named error where nobody comes to be tested, or has no number yet, or more than a phone keeps."""
    refused = no_phone_there(point)
    if refused is not None:
        raise refused
    roster_state(point)


@command("field.claim_device", capability=CAPTURE, internal=True)
def claim_device(*, actor: Actor, at: datetime, code: str, token: str) -> DeviceClaimed:
    """A phone exchanges its code for the token that it made itself; again with the same token the answer is the same.

    So a phone whose network went away in between simply asks again. Raises `CodeInvalid`, and `RoundIsOver`,
    `PointIsClosed` or `RosterTooLarge` where that happened since the code was made.
    """
    found = locked(Device.objects.filter(code_digest=code_digest(code))).select_related("point__round").first()
    if found is None or not TOKEN.fullmatch(token):
        raise CodeInvalid
    if found.token_digest == token_digest(token) and found.expires_at is not None:
        record(found, unit_id=found.point.round.unit_id, data={"again": True})
        return DeviceClaimed(found.id, found.expires_at)
    if found.token_digest is not None or found.ended_at is not None or found.code_expires_at <= at:
        raise CodeInvalid
    _somebody_comes(found.point)
    found.token_digest, found.claimed_at, found.last_seen_at = token_digest(token), at, at
    found.expires_at = token_until(found.point.round.deadline_at, at)
    found.save(update_fields=["token_digest", "claimed_at", "last_seen_at", "expires_at"])
    record(found, unit_id=found.point.round.unit_id, data={"expires_at": found.expires_at})
    if found.takes_over_id is not None:
        _end_other(found.takes_over_id, at=at)
    return DeviceClaimed(found.id, found.expires_at)


def _end_other(pk: UUID, *, at: datetime) -> None:
    """The phone whose table was taken takes nobody any more; what it holds it may still send."""
    other = locked(Device.objects.filter(pk=pk)).select_related("point__round").get()
    if other.ended_at is None:
        _end(other, Ending.TAKEN_OVER, at=at)


@command("field.revoke_device", capability=MANAGE)
def revoke_device(*, actor: Actor, at: datetime, device: Device, reason: str = "") -> DeviceStopped:
    """A phone was lost or is not to be used any more: it wipes itself when it hears of it. Raises `DeviceOver`."""
    if device.ended_at is not None:
        raise DeviceOver(device=device.id)
    return _end(device, Ending.REVOKED, at=at, reason=reason)


@command("field.end_shift", capability=CAPTURE, internal=True)
def end_shift(*, actor: Actor, at: datetime, device_id: UUID) -> DeviceStopped:
    """The phone itself says that its shift is over; again it changes nothing. Raises `NotFound`."""
    found = locked(Device.objects.filter(pk=device_id)).select_related("point__round").first()
    if found is None:
        raise NotFound(kind="field.device", id=device_id)
    if found.ended_at is not None:
        record(found, unit_id=found.point.round.unit_id, data={"again": True})
        return DeviceStopped(found.id, found.ending)
    return _end(found, Ending.SHIFT, at=at)


@follows_a_change
def tokens_last_as_long(of: Round, at: datetime) -> str:
    """A round that ends later is outlived by its phones as any other; those whose time is over stay so."""
    until = token_until(of.deadline_at, at)
    rows = Device.objects.filter(point__round=of, ended_at__isnull=True, expires_at__gt=at, expires_at__lt=until)
    rows.update(expires_at=until)
    return ""


@follows_a_change
def phones_without_a_table(of: Round, at: datetime) -> str:
    """Said to whoever took tables away; the phones go on, and what they send says the table they had."""
    rows = Device.objects.filter(point__round=of, ended_at__isnull=True, expires_at__gt=at)
    n = rows.filter(table__gt=F("point__tables")).count()
    said = ngettext(
        "%(n)s phone is enrolled for a table that is no more: end it, or enrol it for another one.",
        "%(n)s phones are enrolled for tables that are no more: end them, or enrol them for others.", n,
    )  # fmt: skip
    return said % {"n": n} if n else ""


@dataclass(frozen=True)
class PersonCard:
    """Somebody on a roster; `code` is what the phone at the table reads, `own` the end of the link to their result."""

    number: int
    name: str
    section: str
    building: str
    code: str
    own: str = ""


@dataclass(frozen=True)
class Cards:
    """Cards of people of one enterprise, in the order of their numbers."""

    round: str
    organisation: str
    people: list[PersonCard]


@command("field.print_cards", capability=MANAGE, beside=("test_round",), keeps_answer=False)
def print_cards(
    *, actor: Actor, at: datetime, test_round: Round, organisation: UUID, section: str = "", building: str = ""
) -> Cards:
    """Cards for the people of an enterprise, or of one department or dormitory of it; the journal says who had them.

    Raises `RoundNotReady`, `NobodyForCards`, `TooManyCards`.
    """
    if test_round.state not in TAKING:
        raise RoundNotReady(round=test_round.pk)
    chosen = {"section": section, "building": building}
    rows = list(entries_for_cards(test_round, organisation, chosen)[: MOST_CARDS + 1])
    if not rows:
        raise NobodyForCards(organisation=organisation)
    if len(rows) > MOST_CARDS:
        raise TooManyCards(most=MOST_CARDS)
    said = {"organisation": str(organisation), "people": len(rows), "in_part": bool(section or building)}
    record(test_round, unit_id=test_round.unit_id, data=said)
    people = [
        PersonCard(
            row.number, row.member.name, row.section, row.building,
            CARD.format(round=test_round.pk.hex, number=row.number), token_of(test_round.pk, row.number),
        )
        for row in rows
    ]  # fmt: skip
    return Cards(f"{test_round.number} · {test_round.name}", rows[0].organisation.name, people)


@dataclass(frozen=True)
class RosterRead:
    """A phone began to take the names of its round."""

    device_id: UUID


@command("field.read_roster", capability=CAPTURE, internal=True)
def read_roster(*, actor: Actor, at: datetime, device_id: UUID) -> RosterRead:
    """Write down that a phone takes the roster, from its beginning; once for all pieces. Raises `NotFound`."""
    found = Device.objects.filter(pk=device_id).select_related("point__round").first()
    if found is None:
        raise NotFound(kind="field.device", id=device_id)
    record(found, unit_id=found.point.round.unit_id, data={"point": found.point.code})
    return RosterRead(found.id)


def _end(device: Device, why: Ending, *, at: datetime, reason: str = "") -> DeviceStopped:
    device.ended_at, device.ending = max(at, device.made_at), why
    device.save(update_fields=["ended_at", "ending"])
    record(device, unit_id=device.point.round.unit_id, data={"ending": why}, reason=reason)
    return DeviceStopped(device.id, why)


# ---- whose people come, beside those who have a slot


@command("field.expect_also", capability=MANAGE)
def expect_also(*, actor: Actor, at: datetime, point: Point, organisation: UUID) -> PointExpects:
    """One more enterprise comes to a point, slot or not; again it changes nothing. Raises `InvalidInput`."""
    if not point.round.shares.filter(organisation=organisation).exists():
        raise InvalidInput(fields={"organisation": "not in this round"})
    Expected.objects.bulk_create([Expected(point=point, organisation_id=organisation)], ignore_conflicts=True)
    return _expects(point, {"added": str(organisation)})


@command("field.expect_no_more", capability=MANAGE)
def expect_no_more(*, actor: Actor, at: datetime, point: Point, organisation: UUID) -> PointExpects:
    """An enterprise that was added by hand does not come; where it has a slot there it comes all the same."""
    Expected.objects.filter(point=point, organisation=organisation).delete()
    return _expects(point, {"removed": str(organisation)})


def _expects(point: Point, data: dict[str, str]) -> PointExpects:
    record(point, unit_id=point.round.unit_id, data=data)
    return PointExpects(point.id, point.expected.count())


# ---- traces: nothing is decided by them, so they are no commands


def note_contact(device: Device, *, at: datetime, queue: int, skew_seconds: int) -> None:
    """Remember when a phone was heard last, and what it said of itself."""
    same = device.queue == queue and device.skew_seconds == skew_seconds
    if same and device.last_seen_at is not None and at - device.last_seen_at < SEEN_NOTED_EVERY:
        return
    Device.objects.filter(pk=device.pk).update(last_seen_at=at, queue=queue, skew_seconds=skew_seconds)


def tell_others(device: Device, answer: UploadAnswer, scans: Iterable[TakenScan | Swab], *, at: datetime) -> None:
    """Lay down for the other phones of the point who was tested now and which tubes were used.

    What a batch says is a fact already; the same batch again tells nothing twice.
    """
    given = list(scans)
    lost = {kept.scan for kept in answer.duplicates}
    numbers = {one.number for one in given if one.number and one.id not in lost}
    numbers |= {one.number for one in answer.numbers if one.scan not in lost}
    insert_unless_taken(
        Told(
            point_id=device.point_id, device=device, upload=answer.batch, numbers=sorted(numbers),
            tubes=sorted({one.tube for one in given}), told_at=at,
        )
    )  # fmt: skip


def forget_told(*, over_before: datetime, piece: int = FORGOTTEN_AT_ONCE) -> int:
    """Delete what phones told each other in rounds that were over by then, a piece at a time; returns how many.

    The scans themselves stay with their round.
    """
    over = Q(point__round__closed_at__lt=over_before) | Q(point__round__cancelled_at__lt=over_before)
    gone = list(Told.objects.filter(over).order_by("id").values_list("id", flat=True)[:piece])
    Told.objects.filter(pk__in=gone).delete()
    return len(gone)
