"""Read endpoints of trips. Codes are given, not labels; places are a site's code or the id of a place of others."""

from datetime import datetime
from typing import Any
from uuid import UUID

from django.http import HttpRequest
from ninja import Path, Query, Router, Schema
from pydantic import Field

from lazaretto.accounts.doors import actor_of, needs
from lazaretto.core import clock
from lazaretto.core.paging import Page, PageOut, Paging, page
from lazaretto.trips.choices import RequestState, TripState
from lazaretto.trips.models import MoveRequest, Rider, Stop, Trip
from lazaretto.trips.queries import board as queries
from lazaretto.trips.queries.board import MANAGE, READ
from lazaretto.trips.queries.choices import Choice, choices_for
from lazaretto.trips.queries.riders import stretches
from lazaretto.trips.queries.waiting import request_of

router = Router(tags=["trips"])


class TripsIn(Paging):
    """Filters of trips."""

    state: TripState | None = None


class RequestsIn(Paging):
    """Filters of requests."""

    state: RequestState | None = Field(None, description="open: nobody has planned it.")


class StopOut(Schema):
    """A stop: planned and true times."""

    position: int
    site: str | None
    place_id: UUID | None
    arrives_at: datetime
    departs_at: datetime
    arrived_at: datetime | None
    departed_at: datetime | None


class RiderOut(Schema):
    """Somebody of the list; stops by their positions.

    `alone` says why they must not ride alone and nobody of theirs is with them; `minded_by` who looks after them.
    """

    person_id: UUID
    from_stop: int
    to_stop: int
    berth: str
    handover: str | None
    seen_on_at: datetime | None
    seen_off_at: datetime | None
    left_behind: str
    alone: str
    minded_by: str


class TripOut(Schema):
    """A trip with its stops."""

    id: UUID
    number: str
    state: str
    vehicle: str
    driver: str
    escort: str
    category: str
    departs_at: datetime
    arrives_at: datetime
    departed_at: datetime | None
    ended_at: datetime | None
    km: float
    driving_minutes: int
    stops: list[StopOut]


class StretchOut(Schema):
    """From a stop to the next: free berths by kind; less than none where a list is too long."""

    from_stop: int
    free: dict[str, int]


class WholeTripOut(TripOut):
    """A trip with its list."""

    riders: list[RiderOut]
    stretches: list[StretchOut]


class VehicleOut(Schema):
    """A vehicle. `carried` is the category since it was last disinfected."""

    id: UUID
    plate: str
    kind: str
    seats: int
    wheelchairs: int
    stretchers: int
    category: str
    state: str
    state_since: datetime
    carried: str


class DriverOut(Schema):
    """A driver."""

    id: UUID
    name: str
    phone: str


class RequestOut(Schema):
    """Somebody is to be moved."""

    id: UUID
    person_id: UUID
    category: str
    from_site: str | None
    from_place_id: UUID | None
    to_site: str | None
    to_place_id: UUID | None
    berth: str
    urgency: str
    earliest_at: datetime
    latest_at: datetime
    state: str


class LaterOut(Schema):
    """A stop that is reached later, and for how many."""

    place: str
    minutes: int
    people: int


class ChoiceOut(Schema):
    """One way to bring somebody there. Without a `trip` it is a vehicle of their own. `beyond` needs an override."""

    token: str
    trip: str | None
    plate: str
    fetched_at: datetime
    there_at: datetime
    late_minutes: int
    longest_delay: int
    driving: int
    later: list[LaterOut]
    beyond: list[str]


@router.get("/trips", response=PageOut[TripOut], summary="Trips, the latest departure first")
@needs(READ)
def trips(request: HttpRequest, given: Query[TripsIn]) -> Page[Any]:
    """Of the units that one reads, and those that stop at one's sites."""
    rows = queries.trips(actor_of(request))
    rows = rows.filter(state=given.state) if given.state else rows
    piece = page(rows, ["-departs_at", "-id"], limit=given.limit, cursor=given.cursor)
    return Page([_trip(row) for row in piece.items], piece.next)


@router.get("/trips/{number}", response=WholeTripOut, summary="One trip with its list")
@needs(READ)
def trip(request: HttpRequest, number: Path[str]) -> dict[str, Any]:
    """Stops, people, their handovers."""
    row = queries.trip_by_number(actor_of(request), number)
    riders = list(row.riders.select_related("from_stop", "to_stop", "leg__handover").order_by("id"))
    free = [
        {"from_stop": number, "free": {kind.code: kind.free for kind in one.berths}}
        for number, one in enumerate(stretches(row, riders))
    ]
    alone = queries.alone_on(row, riders)
    return {**_trip(row), "riders": [_rider(one, alone.get(one.pk, "")) for one in riders], "stretches": free}


@router.get("/vehicles", response=PageOut[VehicleOut], summary="Vehicles and whether they are ready")
@needs(READ)
def vehicles(request: HttpRequest, given: Query[Paging]) -> Page[Any]:
    """By plate."""
    return page(queries.vehicles(actor_of(request)), ["plate", "id"], limit=given.limit, cursor=given.cursor)


@router.get("/drivers", response=PageOut[DriverOut], summary="Those who drive")
@needs(READ)
def drivers(request: HttpRequest, given: Query[Paging]) -> Page[Any]:
    """By name."""
    return page(queries.drivers(actor_of(request)), ["name", "id"], limit=given.limit, cursor=given.cursor)


@router.get("/move-requests", response=PageOut[RequestOut], summary="Who is to be moved")
@needs(READ)
def requests(request: HttpRequest, given: Query[RequestsIn]) -> Page[Any]:
    """The most pressing first."""
    rows = MoveRequest.objects.visible_to(actor_of(request), READ).select_related("from_site", "to_site")
    rows = rows.filter(state=given.state) if given.state else rows
    piece = page(rows, ["latest_at", "id"], limit=given.limit, cursor=given.cursor)
    return Page([_request(row) for row in piece.items], piece.next)


@router.get(
    "/move-requests/{request_id}/choices", response=list[ChoiceOut], summary="Where somebody could be put in now"
)
@needs(MANAGE)
def choices(request: HttpRequest, request_id: Path[UUID]) -> list[Any]:
    """Up to three, the cheapest within the limits first; `trips.insert_urgent` takes the token of one."""
    actor = actor_of(request)
    return [_choice(one) for one in choices_for(actor, request_of(actor, request_id), at=clock.now()).choices]


def _choice(one: Choice) -> dict[str, Any]:
    names = ("token", "plate", "fetched_at", "there_at", "late_minutes", "longest_delay", "driving")
    later = [{"place": cost.place, "minutes": cost.minutes, "people": len(cost.names)} for cost in one.costs]
    return {
        **{name: getattr(one, name) for name in names},
        "trip": one.number or None, "beyond": list(one.beyond), "later": later,
    }  # fmt: skip


def _trip(row: Trip) -> dict[str, Any]:
    names = (
        "id", "number", "state", "escort", "category", "departs_at", "arrives_at", "departed_at", "ended_at", "km",
        "driving_minutes",
    )  # fmt: skip
    return {
        **{name: getattr(row, name) for name in names},
        "vehicle": row.vehicle.plate,
        "driver": row.driver.name,
        "stops": [_stop(one) for one in row.stops.all()],
    }


def _stop(row: Stop) -> dict[str, Any]:
    names = ("position", "arrives_at", "departs_at", "arrived_at", "departed_at")
    site = row.site.code if row.site else None
    return {**{name: getattr(row, name) for name in names}, "site": site, "place_id": row.external_id}


def _rider(row: Rider, alone: str) -> dict[str, Any]:
    names = ("person_id", "berth", "seen_on_at", "seen_off_at", "left_behind", "minded_by")
    return {
        **{name: getattr(row, name) for name in names},
        "alone": alone,
        "from_stop": row.from_stop.position,
        "to_stop": row.to_stop.position,
        "handover": row.leg.handover.number if row.leg else None,
    }


def _request(row: MoveRequest) -> dict[str, Any]:
    names = ("id", "person_id", "category", "berth", "urgency", "earliest_at", "latest_at", "state")
    return {
        **{name: getattr(row, name) for name in names},
        "from_site": row.from_site.code if row.from_site else None,
        "from_place_id": row.from_external_id,
        "to_site": row.to_site.code if row.to_site else None,
        "to_place_id": row.to_external_id,
    }
