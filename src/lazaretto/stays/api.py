"""Read endpoints of stays. Codes are given, not labels; names and health only to roles that read them."""

from datetime import date, datetime
from typing import Annotated, Any
from uuid import UUID

from django.http import HttpRequest
from ninja import Path, Query, Router, Schema
from pydantic import Field

from lazaretto.accounts.doors import actor_of, needs
from lazaretto.core import clock
from lazaretto.core.errors import Forbidden
from lazaretto.core.paging import Page, PageOut, Paging, page
from lazaretto.people.queries import display_name, display_names
from lazaretto.places.queries import site_by_code
from lazaretto.stays.choices import SpecimenState
from lazaretto.stays.models import IsolationOrder, Observation, Occupancy, RoomHold, Specimen, Stay
from lazaretto.stays.queries import listing
from lazaretto.stays.queries.file import stay_by_number
from lazaretto.stays.queries.register import exit_register

router = Router(tags=["stays"])

Code = Annotated[str, Path(max_length=12)]
Number = Annotated[str, Path(max_length=30)]


class AtSite(Paging):
    """Filters that every list has."""

    site: Annotated[str, Field(max_length=12, description="Code of a site; empty for all.")] = ""


class OfStay(AtSite):
    """Filters of lists below a stay."""

    stay: Annotated[str, Field(max_length=30, description="Number of a stay; empty for all.")] = ""


class StaysIn(AtSite):
    """Filters of stays."""

    open: bool | None = Field(None, description="True: people who are here now; false: who have left.")
    category: Annotated[str, Field(max_length=20)] = ""


class SpecimensIn(OfStay):
    """Filters of specimens."""

    state: SpecimenState | None = None


class OpenIn(OfStay):
    """Filters of rooms taken."""

    open: bool | None = None


class BreachesIn(AtSite):
    """Filters of breaches."""

    open: bool | None = None


class StayOut(Schema):
    """A stay. `name` is masked for roles that read no names."""

    id: UUID
    number: str
    site: str = Field(alias="site.code")
    person_id: UUID
    name: str
    order: str = Field(alias="order.number")
    category: str
    started_at: datetime
    ends_at: datetime = Field(alias="order.ends_at", description="When the order ends.")
    ended_at: datetime | None
    end: str
    room: str | None


class ChangeOut(Schema):
    """A change of the end of an order."""

    id: UUID
    kind: str
    ends_before: datetime
    ends_after: datetime
    reason: str
    approved_by_id: int | None
    at: datetime


class OrderOut(Schema):
    """An isolation order with every change of its end."""

    id: UUID
    number: str
    site: str = Field(alias="site.code")
    person_id: UUID
    category: str
    authority: str
    legal_basis: str
    reason: str
    pack: str
    jurisdiction: str
    last_exposure_at: datetime
    served_elsewhere: list[dict[str, str]]
    starts_at: datetime
    ends_at: datetime
    issued_at: datetime
    lifted_at: datetime | None
    changes: list[ChangeOut]

    @staticmethod
    def resolve_changes(order: IsolationOrder) -> list[Any]:
        return sorted(order.changes.all(), key=lambda change: change.at)


class ObservationOut(Schema):
    """A temperature (°C) and symptoms, or nobody answered."""

    id: UUID
    stay: str = Field(alias="stay.number")
    day: date
    slot: str
    temperature: float | None
    symptoms: list[str]
    no_answer: bool
    taken_at: datetime
    superseded_at: datetime | None


class ResultOut(Schema):
    """What a laboratory reported."""

    state: str
    laboratory: str
    reagent: str
    ct_value: float | None
    reported_at: datetime


class SpecimenOut(Schema):
    """A specimen with its results, the oldest first."""

    id: UUID
    stay: str = Field(alias="stay.number")
    tube: str
    purpose: str
    test_key: str
    swab: str
    collected_at: datetime
    state: str
    results: list[ResultOut]

    @staticmethod
    def resolve_results(specimen: Specimen) -> list[Any]:
        return sorted(specimen.results.all(), key=lambda result: result.reported_at)


class OccupancyOut(Schema):
    """A room taken by a stay for a period."""

    id: UUID
    stay: str = Field(alias="stay.number")
    site: str = Field(alias="room.site.code")
    room: str = Field(alias="room.number")
    party_id: UUID
    started_at: datetime
    ended_at: datetime | None
    reason: str


class RoomHoldOut(Schema):
    """A room that is kept for somebody until a moment; `end` says what became of it."""

    id: UUID
    site: str = Field(alias="room.site.code")
    room: str = Field(alias="room.number")
    person_id: UUID
    stay: str = Field(alias="stay.number")
    until: datetime
    reason: str
    held_at: datetime
    ended_at: datetime | None
    end: str


class BreachOut(Schema):
    """An entry of the breach register."""

    id: UUID
    site: str = Field(alias="site.code")
    room: str | None
    kind: str
    noticed_at: datetime
    description: str
    action: str
    closed_at: datetime | None

    @staticmethod
    def resolve_room(breach: Any) -> str | None:
        return breach.room.number if breach.room else None


class ExitPersonOut(Schema):
    """Somebody to be brought out, with the needs that matter in a fire."""

    person_id: UUID
    name: str
    needs: list[str]
    language: str


class ExitRoomOut(Schema):
    """A room with people in it."""

    number: str
    people: list[ExitPersonOut]


class ExitFloorOut(Schema):
    """A floor with people on it."""

    building: str
    floor: str
    rooms: list[ExitRoomOut]
    empty_rooms: int


class ExitRegisterOut(Schema):
    """Everybody in a site at a moment; `without_room` are here and have no room yet."""

    site_code: str
    site_name: str
    at: datetime
    count: int
    floors: list[ExitFloorOut]
    without_room: list[ExitPersonOut]


@router.get("/stays", response=PageOut[StayOut], summary="Stays, the latest first")
@needs(listing.READ)
def stays(request: HttpRequest, given: Query[StaysIn]) -> Page[Stay]:
    """Everybody's time at a site, open and ended."""
    actor = actor_of(request)
    found = listing.with_room(listing.stays(actor))
    if given.site:
        found = found.filter(site=site_by_code(actor, given.site))
    if given.open is not None:
        found = found.filter(ended_at__isnull=given.open)
    if given.category:
        found = found.filter(category=given.category)
    piece = page(found, ["-started_at", "-id"], limit=given.limit, cursor=given.cursor)
    names = display_names(actor, [stay.person for stay in piece.items])
    for stay in piece.items:
        _told(stay, names[stay.person_id], getattr(stay, "room_number", None))
    return piece


@router.get("/stays/{number}", response=StayOut, summary="One stay")
@needs(listing.READ)
def stay(request: HttpRequest, number: Number) -> Stay:
    """By its number."""
    actor = actor_of(request)
    found = stay_by_number(actor, number)
    taken = Occupancy.objects.filter(stay=found).select_related("room").order_by("-started_at", "-id").first()
    name = display_name(actor, found.person, unit_id=found.site.unit_id)
    return _told(found, name, taken.room.number if taken else None)


@router.get("/room-holds", response=PageOut[RoomHoldOut], summary="Rooms kept for people who come back")
@needs(listing.READ)
def room_holds(request: HttpRequest, given: Query[OpenIn]) -> Page[RoomHold]:
    """The latest first."""
    actor = actor_of(request)
    found = RoomHold.objects.visible_to(actor, listing.READ).select_related("room__site", "stay")
    if given.site:
        found = found.filter(room__site=site_by_code(actor, given.site))
    if given.stay:
        found = found.filter(stay__number=given.stay)
    if given.open is not None:
        found = found.filter(ended_at__isnull=given.open)
    return page(found, ["-held_at", "-id"], limit=given.limit, cursor=given.cursor)


@router.get("/orders", response=PageOut[OrderOut], summary="Isolation orders with their changes")
@needs(listing.READ)
def orders(request: HttpRequest, given: Query[AtSite]) -> Page[IsolationOrder]:
    """The latest first."""
    found = listing.orders(actor_of(request))
    if given.site:
        found = found.filter(site=site_by_code(actor_of(request), given.site))
    return page(found, ["-issued_at", "-id"], limit=given.limit, cursor=given.cursor)


@router.get("/observations", response=PageOut[ObservationOut], summary="Temperatures and symptoms")
@needs(listing.HEALTH)
def observations(request: HttpRequest, given: Query[OfStay]) -> Page[Observation]:
    """The latest first; a corrected one has `superseded_at`."""
    found = _of_stay(request, listing.observations(actor_of(request)).select_related("stay"), given, "stay__site")
    return page(found, ["-taken_at", "-id"], limit=given.limit, cursor=given.cursor)


@router.get("/specimens", response=PageOut[SpecimenOut], summary="Specimens with their results")
@needs(listing.HEALTH)
def specimens(request: HttpRequest, given: Query[SpecimensIn]) -> Page[Specimen]:
    """The latest first."""
    found = _of_stay(request, listing.specimens(actor_of(request)).select_related("stay"), given, "stay__site")
    found = found.filter(state=given.state) if given.state else found
    return page(found, ["-collected_at", "-id"], limit=given.limit, cursor=given.cursor)


@router.get("/occupancies", response=PageOut[OccupancyOut], summary="Who took which room when")
@needs(listing.READ)
def occupancies(request: HttpRequest, given: Query[OpenIn]) -> Page[Occupancy]:
    """The latest first."""
    found = listing.occupancies(actor_of(request)).select_related("stay", "room__site")
    found = _of_stay(request, found, given, "room__site")
    found = found if given.open is None else found.filter(ended_at__isnull=given.open)
    return page(found, ["-started_at", "-id"], limit=given.limit, cursor=given.cursor)


@router.get("/breaches", response=PageOut[BreachOut], summary="The breach register")
@needs(listing.BREACH)
def breaches(request: HttpRequest, given: Query[BreachesIn]) -> Page[Any]:
    """The latest first."""
    found = listing.breaches(actor_of(request))
    if given.site:
        found = found.filter(site=site_by_code(actor_of(request), given.site))
    if given.open is not None:
        found = found.filter(closed_at__isnull=given.open)
    return page(found, ["-noticed_at", "-id"], limit=given.limit, cursor=given.cursor)


@router.get("/sites/{code}/exit-register", response=ExitRegisterOut, summary="Who is in which room now")
@needs("stays.register")
def register(request: HttpRequest, code: Code) -> Any:
    """Everybody in a site at this moment, top floor first."""
    actor = actor_of(request)
    site = site_by_code(actor, code)
    if not actor.may("stays.register", site.unit_id):
        raise Forbidden(capability="stays.register")
    return exit_register(site, at=clock.now(), reader=actor)


def _told(found: Stay, name: str, room: str | None) -> Stay:
    """A stay with the name and the room that the answer gives."""
    found.name, found.room = name, room  # type: ignore[attr-defined]  # read by the schema
    return found


def _of_stay(request: HttpRequest, found: Any, given: OfStay, site: str) -> Any:
    actor = actor_of(request)
    if given.site:
        found = found.filter(**{site: site_by_code(actor, given.site)})
    if given.stay:
        found = found.filter(stay__number=given.stay)
    return found
