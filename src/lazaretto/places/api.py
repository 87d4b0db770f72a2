"""Read endpoints of places. Codes are given, not labels: a program reads them."""

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from django.http import HttpRequest
from ninja import Path, Query, Router, Schema
from pydantic import Field

from lazaretto.accounts.doors import actor_of, needs
from lazaretto.core.paging import Page, PageOut, Paging, page
from lazaretto.places import queries
from lazaretto.places.choices import RoomState, SiteCategory, SiteState
from lazaretto.places.models import Floor, Room, RoomStateChange, Site

router = Router(tags=["places"])

Code = Annotated[str, Path(max_length=12)]


class SiteOut(Schema):
    """A site."""

    id: UUID
    unit_id: UUID
    code: str
    name: str
    name_en: str
    kind: str
    category: str
    state: str
    jurisdiction: str
    time_zone: str
    address: str
    phone: str
    reserve_percent: int
    opened_at: datetime | None


class ReserveOut(Schema):
    """Rooms kept against the planning ratio; `short` is how many are missing."""

    in_service: int
    needed: int
    kept: int
    short: int


class SiteFiguresOut(SiteOut):
    """A site with what it has now."""

    receives: list[str]
    rooms: dict[str, int] = Field(description="Rooms by state.")
    beds: int
    reserve: ReserveOut


class FloorOut(Schema):
    """A floor."""

    id: UUID
    building: str = Field(alias="building.name")
    label: str
    order: int
    zone: str | None = Field(description="Kind of the zone, such as contaminated.")
    category: str

    @staticmethod
    def resolve_zone(floor: Floor) -> str | None:
        return None if floor.zone is None else floor.zone.kind


class RoomOut(Schema):
    """A room."""

    id: UUID
    number: str
    floor_id: UUID
    floor: str = Field(alias="floor.label")
    building: str = Field(alias="floor.building.name")
    position: int
    beds: int = Field(alias="bed_count")
    accessible: bool
    has_window: bool
    state: str
    state_since: datetime
    note: str


class RoomStepOut(Schema):
    """A step of a room from a state to another."""

    id: int
    room_id: UUID
    room: str = Field(alias="room.number")
    before: str
    after: str
    at: datetime
    by_id: int | None
    reason: str


class ChecklistItemOut(Schema):
    """An item of the activation checklist. `passed` is null while nobody has answered; `counted`: by the program."""

    code: str
    text: dict[str, str]
    counted: bool
    passed: bool | None
    evidence: str
    problems: list[str]
    source: str


class ChecklistOut(Schema):
    """The activation checklist of a site."""

    passed: bool
    items: list[ChecklistItemOut]


class SiteFilter(Paging):
    """What to show of the sites."""

    state: SiteState | None = None
    category: SiteCategory | None = None


class RoomFilter(Paging):
    """What to show of the rooms."""

    state: RoomState | None = None
    floor_id: UUID | None = None
    accessible: bool | None = None


@router.get("/sites", response=PageOut[SiteOut], summary="Sites")
@needs("places.read")
def sites(request: HttpRequest, wanted: Query[SiteFilter]) -> Page[Site]:
    """By code."""
    found = queries.sites(actor_of(request)).filter(**_given(wanted, "state", "category"))
    return page(found, ("code",), limit=wanted.limit, cursor=wanted.cursor)


@router.get("/sites/{code}", response=SiteFiguresOut, summary="One site with its figures")
@needs("places.read")
def site(request: HttpRequest, code: Code) -> dict[str, Any]:
    """Rooms by state, reserve, whom it may receive."""
    found = queries.site_by_code(actor_of(request), code)
    figures = queries.figures_of([found])[0]
    return {
        **{name: getattr(found, name) for name in SiteOut.model_fields},
        "receives": sorted(queries.receivable_categories(found)),
        "rooms": figures.counts,
        "beds": figures.beds,
        "reserve": figures.reserve,
    }


@router.get("/sites/{code}/floors", response=list[FloorOut], summary="Floors of a site")
@needs("places.read")
def floors(request: HttpRequest, code: Code) -> list[Floor]:
    """By building, lowest first."""
    return queries.floors(queries.site_by_code(actor_of(request), code))


@router.get("/sites/{code}/rooms", response=PageOut[RoomOut], summary="Rooms of a site")
@needs("places.read")
def rooms(request: HttpRequest, code: Code, wanted: Query[RoomFilter]) -> Page[Room]:
    """By number."""
    actor = actor_of(request)
    found = queries.rooms(actor).filter(site=queries.site_by_code(actor, code))
    found = found.filter(**_given(wanted, "state", "floor_id", "accessible"))
    return page(found, ("number", "id"), limit=wanted.limit, cursor=wanted.cursor)


@router.get("/sites/{code}/room-steps", response=PageOut[RoomStepOut], summary="Changes of state of a site's rooms")
@needs("places.read")
def room_steps(request: HttpRequest, code: Code, wanted: Query[Paging]) -> Page[RoomStateChange]:
    """The latest first."""
    found = queries.steps_of_site(queries.site_by_code(actor_of(request), code))
    return page(found, ("-id",), limit=wanted.limit, cursor=wanted.cursor)


@router.get("/sites/{code}/checklist", response=ChecklistOut, summary="The activation checklist of a site")
@needs("places.read")
def checklist(request: HttpRequest, code: Code) -> dict[str, Any]:
    """What is answered with which evidence, what the program counted, what is missing."""
    checked = queries.checklist(queries.site_by_code(actor_of(request), code))
    return {
        "passed": all(one.passed for one in checked),
        "items": [
            {
                "code": one.item.code,
                "text": one.item.text,
                "counted": one.item.counted,
                "passed": one.passed,
                "evidence": one.evidence,
                "problems": list(one.problems),
                "source": one.item.source["en"],
            }
            for one in checked
        ],
    }


def _given(wanted: Schema, *names: str) -> dict[str, Any]:
    """Filters that were asked for."""
    return {name: getattr(wanted, name) for name in names if getattr(wanted, name) is not None}
