"""Release: criteria checked item by item, certificate signed, room freed, order lifted."""

from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from django.conf import settings
from django.utils.translation import gettext

from lazaretto.core.access import Actor
from lazaretto.core.bulk import Changed
from lazaretto.core.commands import command, record
from lazaretto.core.deadlines import cancel_all, meet
from lazaretto.core.errors import ReasonRequired, whole
from lazaretto.core.numbers import next_number, of_year
from lazaretto.core.signing import sign
from lazaretto.custody.commands import let_go
from lazaretto.people.commands import close_access
from lazaretto.people.models import IdentityDocument
from lazaretto.protocols.rules import Assessment, EarlyRelease
from lazaretto.stays.choices import OrderChangeKind, ReleaseKind, SpecimenState, StayEnd
from lazaretto.stays.commands.breaches import report_alone
from lazaretto.stays.commands.holds import hold_room
from lazaretto.stays.commands.taking import leave_room, lock_places
from lazaretto.stays.deadlines import RELEASE
from lazaretto.stays.errors import AlreadyClosed, GroundUnknown, NeedsHandover, NotReleasable, StayEnded
from lazaretto.stays.models import Certificate, IsolationOrder, Occupancy, OrderChange, Release, Specimen, Stay
from lazaretto.stays.queries.courses import assessment_of, course_of
from lazaretto.stays.queries.sharing import Behind, alone_without
from lazaretto.stays.rules import mask_number

LONGEST_REASON = 200
SAME_DAY = timedelta(hours=12)
LONGEST_DESTINATION = 200


@dataclass(frozen=True)
class Released:
    """Somebody may go, with their certificate."""

    stay_id: UUID
    release_id: UUID
    certificate_id: UUID
    certificate_number: str
    kind: str


@dataclass(frozen=True)
class StayClosed:
    """A stay ended otherwise than by release."""

    stay_id: UUID
    end: str


@dataclass(frozen=True)
class CertificateRevoked:
    """A certificate no longer counts."""

    certificate_id: UUID


@command("stays.release", capability="stays.release")
def release(*, actor: Actor, at: datetime, stay: Stay, destination: str = "") -> Released:
    """Release somebody whose criteria are all met.

    Raises `StayEnded`, `NotReleasable` with the open criteria, `TextTooLong` for the destination.
    """
    _still_here(stay)
    return _let_go(stay, assessment_of(stay, at=at), destination, "", actor, at)


@command("stays.release_early", capability="stays.approve")
def release_early(
    *, actor: Actor, at: datetime, stay: Stay, ground: str, reason: str, destination: str = ""
) -> Released:
    """Release before the end on a ground that the rule pack names, by a named approver.

    Raises `StayEnded`, `ReasonRequired`, `GroundUnknown`, `NotReleasable`, `TextTooLong`.
    """
    _still_here(stay)
    if not reason.strip():
        raise ReasonRequired
    if ground not in course_of(stay.order, stay.site).rule.early_grounds:
        raise GroundUnknown(ground=ground)
    early = EarlyRelease(ground=ground, approved_by=actor.name, approved_at=at)
    return _let_go(stay, assessment_of(stay, at=at, early=early), destination, reason, actor, at)


@command("stays.end_stay", capability="stays.manage")
def end_stay(*, actor: Actor, at: datetime, stay: Stay, end: StayEnd, reason: str) -> StayClosed:
    """Close a stay that ends otherwise: by death, or because it was entered by mistake. The order ends with it.

    Raises `StayEnded`, `ReasonRequired`, `NotReleasable` for `released`, which goes through `release`, and
    `NeedsHandover` for hospital and transfer.
    """
    _still_here(stay)
    if not reason.strip():
        raise ReasonRequired
    if end == StayEnd.RELEASED:
        raise NotReleasable(stay=stay.number)
    if end in {StayEnd.HOSPITAL, StayEnd.TRANSFERRED}:
        raise NeedsHandover
    _close(stay, _leave(stay, actor, at), end, actor, at)
    let_go([stay.person_id], site=stay.site, actor=actor, at=at)
    IsolationOrder.objects.filter(pk=stay.order_id).update(lifted_at=at)
    record(stay, unit_id=stay.site.unit_id, person_id=stay.person_id, data={"end": end}, reason=reason)
    return StayClosed(stay.id, end)


@command("stays.revoke_certificate", capability="stays.approve")
def revoke_certificate(*, actor: Actor, at: datetime, certificate: Certificate, reason: str) -> CertificateRevoked:
    """Withdraw a certificate that should not have been issued; whoever checks it is told so from now on.

    Raises `ReasonRequired`, `TextTooLong`, `AlreadyClosed`.
    """
    if not reason.strip():
        raise ReasonRequired
    if certificate.revoked_at is not None:
        raise AlreadyClosed(certificate=certificate.number)
    certificate.revoked_at, certificate.revoked_reason = at, whole(reason, LONGEST_REASON)
    certificate.save(update_fields=["revoked_at", "revoked_reason"])
    stay = certificate.release.stay
    record(
        certificate,
        unit_id=stay.site.unit_id,
        person_id=stay.person_id,
        data={"number": certificate.number},
        reason=reason,
    )
    return CertificateRevoked(certificate.id)


def depart(
    stay: Stay,
    end: StayEnd,
    *,
    actor: Actor,
    at: datetime,
    place: Occupancy | None = None,
    keep_until: datetime | None = None,
    why_kept: str = "",
) -> None:
    """The stay ends because its person was signed out to another place, inside that command; the order goes with them.

    `place` is what `lock_places` found of it. With `keep_until` their room is kept for them until then. Raises
    `StayEnded`, `KeptTooShort`.
    """
    _still_here(stay)
    place = place or lock_places([stay])[stay.pk]
    if keep_until is not None:
        hold_room(stay, place, keep_until, why_kept, actor=actor, at=at)
    _close(stay, place, end, actor, at)


def lift_order(person_id: UUID, *, reason: str, actor: Actor, at: datetime) -> None:
    """Isolation ends while somebody is with others, inside the running command; nothing happens without an order."""
    order = IsolationOrder.objects.select_for_update().filter(person=person_id, lifted_at__isnull=True).first()
    if order is None:
        return
    if order.ends_at > at:
        _shorten(order, reason, actor, at)
    IsolationOrder.objects.filter(pk=order.pk).update(lifted_at=at)
    record(order, unit_id=order.site.unit_id, person_id=person_id, data={"lifted_at": at}, reason=reason)


def _still_here(stay: Stay) -> None:
    if stay.ended_at is not None:
        raise StayEnded(stay=stay.number)


def _let_go(stay: Stay, found: Assessment, destination: str, reason: str, actor: Actor, at: datetime) -> Released:
    if not found.may_release:
        raise NotReleasable(open=", ".join(item.code for item in found.open_criteria))
    kind = ReleaseKind.EARLY if found.early_by else ReleaseKind.ORDINARY
    order = IsolationOrder.objects.select_for_update().get(pk=stay.order_id)
    if kind == ReleaseKind.EARLY:
        _shorten(order, reason or found.early_by, actor, at)
    _close(stay, _leave(stay, actor, at), StayEnd.RELEASED, actor, at)
    let_go([stay.person_id], site=stay.site, actor=actor, at=at)
    IsolationOrder.objects.filter(pk=order.pk).update(lifted_at=at)
    made = Release.objects.create(
        stay=stay,
        kind=kind,
        criteria=[_stored(asdict(item)) for item in found.criteria],
        destination=whole(destination, LONGEST_DESTINATION),
        decided_at=at,
        decided_by_id=actor.user_id,
    )
    certificate = _certify(made, stay, order, at)
    record(
        stay,
        unit_id=stay.site.unit_id,
        person_id=stay.person_id,
        data={"kind": kind, "certificate": certificate.number, "criteria": [item.code for item in found.criteria]},
        reason=reason,
    )
    return Released(stay.id, made.id, certificate.id, certificate.number, kind)


def _leave(stay: Stay, actor: Actor, at: datetime) -> Occupancy:
    """The place that they leave, locked. Nobody is held for a child of theirs that stays behind, but it is told."""
    place = lock_places([stay])[stay.pk]
    report_alone(_stay_behind(stay, place, at), stay.site, gettext("The others left:"), actor=actor, at=at)
    return place


def _close(stay: Stay, place: Occupancy, end: StayEnd, actor: Actor, at: datetime) -> None:
    """End the stay, free its room, answer its release and let everything else lapse."""
    stay.ended_at, stay.end = at, end
    ends = Changed(Stay, ("ended_at", "end"), [(at, str(end), stay.pk)])
    leave_room(place, place.room, actor=actor, at=at, beside=[ends])
    if end == StayEnd.RELEASED:
        meet(RELEASE.code, stay, at=at, by=actor.user_id)
    cancel_all(stay, at=at, by=actor.user_id)
    close_access([stay.person_id], unit_id=stay.site.unit_id, at=at)


def _stay_behind(stay: Stay, place: Occupancy, at: datetime) -> list[Behind]:
    """Who stays on alone. A child whose own order ends the same day goes with its parents, one after the other."""
    alone = [one for one in alone_without([stay], at=at, rooms=[place.room_id]) if one.room is not None]
    people = [one.lonely.sharer.person.pk for one in alone]
    here = (
        Stay.objects.filter(person__in=people, ended_at__isnull=True, order__ends_at__gt=at + SAME_DAY) if alone else []
    )
    staying = {one.person_id for one in here}
    return [one for one in alone if one.lonely.sharer.person.pk in staying]


def _shorten(order: IsolationOrder, reason: str, actor: Actor, at: datetime) -> None:
    OrderChange.objects.create(
        order=order, kind=OrderChangeKind.EARLY_RELEASE, ends_before=order.ends_at, ends_after=at, reason=reason,
        approved_by_id=actor.user_id, at=at,
    )  # fmt: skip
    order.ends_at = at
    order.save(update_fields=["ends_at"])


def _certify(made: Release, stay: Stay, order: IsolationOrder, at: datetime) -> Certificate:
    series = of_year(f"{stay.site.code}-C", at)
    number = f"{series}-{next_number(series):06d}"
    return Certificate.objects.create(
        release=made, number=number, token=sign(_payload(number, stay, order, at)), issued_at=at
    )


def _payload(number: str, stay: Stay, order: IsolationOrder, at: datetime) -> dict[str, object]:
    """The words of a certificate, short keys so that the QR stays readable on cheap phones."""
    zone = ZoneInfo(stay.site.time_zone)
    document = IdentityDocument.objects.filter(person=stay.person).order_by("created_at").first()
    tests = Specimen.objects.filter(stay__order=order, state=SpecimenState.NEGATIVE).order_by("collected_at")
    return {
        "n": number,
        "p": stay.person.name,
        "d": mask_number(document.number) if document else "",
        "s": stay.site.name,
        "a": order.authority,
        "f": order.starts_at.astimezone(zone).date().isoformat(),
        "t": at.astimezone(zone).date().isoformat(),
        "x": [[taken.collected_at.astimezone(zone).date().isoformat(), taken.tube] for taken in tests],
        "u": settings.BASE_URL,
    }


def _stored(criterion: dict[str, object]) -> dict[str, object]:
    moment = criterion["earliest_at"]
    return {**criterion, "earliest_at": moment.isoformat() if isinstance(moment, datetime) else None}
