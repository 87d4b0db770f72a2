"""Phones, points and cards."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Count, Max, Q, QuerySet, Sum

from lazaretto.core.access import Actor
from lazaretto.core.errors import DomainError, NotFound
from lazaretto.core.prepared import prepared
from lazaretto.core.secrets import keyed_hash
from lazaretto.field.choices import Ending
from lazaretto.field.errors import (
    DeviceEnded,
    DeviceUnknown,
    PointIsClosed,
    RoundIsOver,
    RoundNotReady,
)
from lazaretto.field.models import Device, Told
from lazaretto.field.rules import GRACE, OVERLAP, TAKING, TOLD_PIECE
from lazaretto.screening.choices import PointState, RoundState
from lazaretto.screening.models import Point, RosterEntry, Round, Tube
from lazaretto.screening.rules import CAPTURE, OVER, READ, folded
from lazaretto.tubes.models import Trail
from lazaretto.tubes.rules import HANDLE


def code_digest(code: str) -> str:
    """What is kept of a code."""
    return keyed_hash(code, "field.code")


def token_digest(token: str) -> str:
    """What is kept of a token."""
    return keyed_hash(token, "field.token")


# ---- the phone and who acts by it


def device_of(token: str, *, at: datetime) -> Device:
    """The phone with this token, also one that has ended and may still send. Raises `DeviceUnknown`."""
    found = devices_by([token], at=at).get(token)
    if found is None:
        raise DeviceUnknown
    return found


def devices_by(tokens: Collection[str], *, at: datetime) -> dict[str, Device]:
    """The same of several tokens; what opens nothing (any more) is left out. One query."""
    digests = {token_digest(token): token for token in tokens}
    return {
        digests[str(found.token_digest)]: found
        for found in _devices(digests=list(digests))
        if found.expires_at is not None and at < (found.ended_at or found.expires_at) + GRACE
    }


@prepared
def _devices(digests: Any) -> QuerySet[Device]:
    return Device.objects.filter(token_digest__among=digests).select_related("point__round")


def working(device: Device, *, at: datetime) -> Device:
    """The same one, if it may still capture. Raises `DeviceEnded`."""
    if not device.open_at(at):
        raise DeviceEnded(ending=device.ending or Ending.SHIFT)
    return device


def actor_of_device(device: Device, *, at: datetime) -> Actor:
    """Who acts by a phone: nobody by name, who may capture where its point is and reads nothing."""
    late = "" if device.open_at(at) else ", after its end"
    unit = frozenset({device.point.round.unit_id})
    name = f"phone {device.label}, table {device.table}"
    return Actor(
        user_id=None, name=name, device=f"phone {str(device.id)[-6:]}{late}", grants={CAPTURE: unit, HANDLE: unit},
        personal=frozenset(),
    )  # fmt: skip


def key_of(device: Device, purpose: str) -> str:
    """A key of this one phone, 64 hex digits: under `name` names are encrypted for it, by `match` cards are found."""
    return keyed_hash(str(device.id), f"field.{purpose}")


# ---- pages


def open_points(actor: Actor, *, q: str = "") -> list[tuple[Round, list[Point]]]:
    """Points of rounds that are not closed, by round, with their phones counted; two queries.

    With `q` those alone whose code or name has that in it.
    """
    rounds = (
        Round.objects.visible_to(actor, READ)
        .exclude(state__in=[RoundState.CLOSED, RoundState.CANCELLED])
        .order_by("-opens_at", "-id")
    )
    open_ = Q(devices__ended_at__isnull=True, devices__claimed_at__isnull=False)
    rows = (
        Point.objects.filter(Q(folded__contains=folded(q)) | Q(name__icontains=q.strip()), round__in=rounds)
        .annotate(
            phones=Count("devices", filter=open_),
            waiting=Sum("devices__queue", default=0),
            seen=Max("devices__last_seen_at"),
        )
        .order_by("code")
    )
    found: dict[UUID, list[Point]] = {}
    for row in rows:
        found.setdefault(row.round_id, []).append(row)
    return [(one, found.get(one.id, [])) for one in rounds]


def point_by_id(actor: Actor, pk: UUID) -> Point:
    """A point that the actor may look at; raises `NotFound`."""
    found = Point.objects.visible_to(actor, READ).select_related("round").filter(pk=pk).first()
    if found is None:
        raise NotFound(kind="screening.point", id=pk)
    return found


def no_phone_there(point: Point) -> DomainError | None:
    """Why no phone may be enrolled at a point, if so."""
    if point.round.state in OVER:
        return RoundIsOver(round=point.round_id)
    if point.round.state not in TAKING:
        return RoundNotReady(round=point.round_id)
    return PointIsClosed(point=point.pk) if point.state == PointState.CLOSED else None


def devices(point: Point) -> QuerySet[Device]:
    """Its phones, by table, the last first; those that nobody claimed in time are left out by the page."""
    return (
        Device.objects.filter(point=point).select_related("takes_over", "made_by").order_by("table", "-made_at", "-id")
    )


def entries_for_cards(of: Round, organisation: UUID, chosen: Mapping[str, str]) -> QuerySet[RosterEntry]:
    """People of an enterprise in a round by number; `chosen`: only those of this department or dormitory, if said."""
    rows = RosterEntry.objects.filter(round=of, organisation=organisation).select_related("member", "organisation")
    return rows.filter(**{name: said for name, said in chosen.items() if said}).order_by("number")


# ---- what phones of one point tell each other


def told_since(device: Device, since: datetime | None) -> list[Told]:
    """What other phones of the point brought since; the same may be told twice. One query."""
    rows = Told.objects.filter(point=device.point_id).exclude(device=device).select_related("device")
    if since is not None:
        rows = rows.filter(told_at__gte=since - OVERLAP)
    return list(rows.order_by("told_at", "id")[:TOLD_PIECE])


@dataclass(frozen=True)
class TubeUse:
    """In which round and at which point a tube was used first; of another unit's nothing is said but that it was."""

    round: int | None
    point: str


def used_tube(device: Device, code: str) -> TubeUse | None:
    """Whether a scan of any round and point names this tube, or it lies in a bag or a laboratory already.

    A code that was called a slip is free. By keys alone: two queries for a fresh tube, three at most for a used one.
    """
    first = Tube.objects.filter(pk=code).values_list("round_id", "point_id").first()
    if first is None:
        told = Trail.objects.real().filter(Q(received_at__isnull=False) | ~Q(bag=""), pk=code)
        first = told.values_list("round_id", "point_id").first()
    if first is None:
        return None
    home = device.point.round
    if first == (home.pk, device.point_id):
        return TubeUse(home.number, device.point.code)
    ours = Round.objects.filter(pk=first[0], unit=home.unit_id)
    number = ours.values_list("number", flat=True).first()
    point = Point.objects.filter(pk=first[1], round__in=ours).values_list("code", flat=True).first()
    return TubeUse(number, point or "")


def others_at(device: Device) -> Sequence[int]:
    """Tables of the point where another phone works."""
    rows = Device.objects.filter(point=device.point_id, ended_at__isnull=True, claimed_at__isnull=False)
    return sorted(set(rows.exclude(pk=device.pk).values_list("table", flat=True)))
