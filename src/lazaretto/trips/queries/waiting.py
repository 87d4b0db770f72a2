"""Requests that time or another way has answered; which trip the people of a transfer order have."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _

from lazaretto.core.access import Actor
from lazaretto.core.choices import DeadlineState
from lazaretto.core.errors import NotFound
from lazaretto.core.models import Deadline
from lazaretto.custody.models import Holding
from lazaretto.orders.hooks import Remark
from lazaretto.orders.models import OrderPerson
from lazaretto.orders.rules import ENDED
from lazaretto.trips.choices import RequestState
from lazaretto.trips.deadlines import REQUEST
from lazaretto.trips.models import MoveRequest
from lazaretto.trips.queries.board import MANAGE, READ
from lazaretto.trips.queries.limits import spoken_moment

# Nobody has fetched them yet: they wait, or are on a list that has not left their stop.
NOT_FETCHED = Q(state=RequestState.OPEN) | Q(
    state=RequestState.PLANNED, rider__leg__isnull=True, rider__closed_at__isnull=True
)


def request_of(actor: Actor, request_id: UUID) -> MoveRequest:
    """One request that the actor may plan; raises `NotFound`."""
    rows = MoveRequest.objects.visible_to(actor, MANAGE).filter(pk=request_id)
    related = ("person", "from_site", "from_external", "to_site", "to_external", "rider__trip")
    found = rows.select_related(*related).first()
    if found is None:
        raise NotFound(kind="trips.moverequest", id=request_id)
    return found


def unwatched() -> list[MoveRequest]:
    """Who waits although nothing watches it; two queries."""
    open_now = MoveRequest.objects.filter(state=RequestState.OPEN).order_by("latest_at", "id")
    watched = Deadline.objects.filter(kind=REQUEST.code, state=DeadlineState.OPEN)
    known = set(watched.values_list("subject_id", flat=True))
    return [row for row in open_now if str(row.pk) not in known]


def answered_otherwise(at: datetime) -> QuerySet[MoveRequest]:
    """Requests of orders that have ended or run out, and of people who are where they were to be brought."""
    over = Q(order_line__order__valid_until__lte=at, order_line__order__state="issued")
    over |= Q(order_line__order__state__in=ENDED)
    waiting = MoveRequest.objects.filter(NOT_FETCHED)
    return waiting.filter(over | Q(_there("to_site", "site")) | Q(_there("to_external", "external"))).order_by("id")


def _there(end: str, place: str) -> Exists:
    held = Holding.objects.filter(person=OuterRef("person"), ended_at__isnull=True)
    return Exists(held.filter(**{place: OuterRef(end)}))


def is_there(request: MoveRequest) -> bool:
    """Whether the person is held where they were to be brought."""
    held = Holding.objects.filter(person=request.person_id, ended_at__isnull=True)
    at_site = Q(site=request.to_site_id) if request.to_site_id else Q(external=request.to_external_id)
    return held.filter(at_site).exists()


def rides_of(actor: Actor, lines: Sequence[OrderPerson]) -> Mapping[UUID, Remark]:
    """For which trip people of an order wait or on which they are; one query."""
    rows = MoveRequest.objects.filter(order_line__in=lines).select_related("rider__trip", "from_site")
    found: dict[UUID, Remark] = {}
    for row in rows.order_by("asked_at", "id"):
        remark = _remark(actor, row)
        if row.order_line_id is not None and remark is not None:
            found[row.order_line_id] = remark
    return found


def _remark(actor: Actor, row: MoveRequest) -> Remark | None:
    zone = ZoneInfo(row.from_site.time_zone if row.from_site else settings.TIME_ZONE)
    if row.state == RequestState.OPEN:
        words = _("Waits for a trip; there by %(time)s at the latest") % {"time": spoken_moment(row.latest_at, zone)}
        return Remark(words, reverse("trips:plan") if actor.may(MANAGE) else "", "amber")
    if row.state == RequestState.WITHDRAWN:
        return Remark(_("Needs no trip: %(why)s") % {"why": row.reason})
    if row.rider is None:
        return None
    trip = row.rider.trip
    given = {"number": trip.number, "time": spoken_moment(trip.departed_at or trip.departs_at, zone)}
    return Remark(_("Trip %(number)s, departure %(time)s") % given, _trip(actor, trip.number))


def _trip(actor: Actor, number: str) -> str:
    return reverse("trips:trip", args=[number]) if actor.may(READ) else ""
