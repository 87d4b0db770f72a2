"""Endpoints of mass testing: what phones send, and how far a round is. Names as the role reads them."""

import json
from datetime import datetime, time
from typing import Annotated, Any, Literal
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from msgspec import Meta, Struct
from ninja import Query, Router, Schema
from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError

from lazaretto.accounts.doors import actor_of, needs
from lazaretto.core import clock
from lazaretto.core.errors import InvalidInput
from lazaretto.core.paging import Page, PageOut, Paging, page
from lazaretto.people.queries import name_for
from lazaretto.screening.choices import PointState, Put, Reason, RoundState, TubeRule
from lazaretto.screening.commands import Swab, TakenScan, Unread, UploadAnswer, take
from lazaretto.screening.commands.scans import Moment
from lazaretto.screening.models import Correction, DuplicateScan, Point, Round
from lazaretto.screening.queries import duplicates, points, progress, round_by_id, rounds
from lazaretto.screening.queries.absent import Among, missing
from lazaretto.screening.queries.parts import Building, buildings, standing_of
from lazaretto.screening.rules import CAPTURE, MOST_SCANS, READ

router = Router(tags=["screening"])


class PlainUpload(Struct, forbid_unknown_fields=True):
    """`UploadIn` where nothing is unusual, read faster."""

    batch: UUID
    point: UUID
    sent_at: Annotated[datetime, Meta(tz=True)]
    scans: Annotated[list[Swab], Meta(min_length=1, max_length=MOST_SCANS)]


class UploadIn(BaseModel):
    """A batch of scans from a phone. The same `batch` again gets the first answer, whoever sends it."""

    model_config = ConfigDict(extra="forbid")

    batch: UUID
    point: UUID
    sent_at: Annotated[
        Moment, Field(description="What the phone's clock says now: what it captured is put right by it.")
    ]
    scans: Annotated[list[TakenScan], Field(min_length=1, max_length=MOST_SCANS)]


_ANSWER = TypeAdapter(UploadAnswer)


class RoundOut(Schema):
    """A round; `edition` is what `screening.change_round` takes as the one that was seen."""

    id: UUID
    unit_id: UUID
    number: int
    name: str
    tube_rule: TubeRule
    opens_at: datetime
    deadline_at: datetime
    state: RoundState
    entries: int
    edition: str


class PointOut(Schema):
    """A point of a round; its hours as clocks there show them. `staff`: at the same time, null where nobody said.

    `edition` is what `screening.change_point` takes as the one that was seen.
    """

    id: UUID
    code: str
    name: str
    address: str
    latitude: float | None
    longitude: float | None
    tables: int
    staff: int | None
    opens: time
    closes: time
    state: PointState
    edition: str


class ShareOut(Schema):
    """An enterprise in a round."""

    organisation_id: UUID
    unit_id: UUID
    name: str
    expected: int
    tested: int
    excused: int
    missing: int
    also_named: int


class AtPointOut(Schema):
    """A point in the coverage; `tested` with strangers.

    What slots promised it, null where they promised nothing: people `expected`, of them `due` until now; `missing` and
    `missing_now` are those of both who are tested nowhere, `not_turned_up` those of the last who do not wait there.
    """

    point_id: UUID
    code: str
    name: str
    tested: int
    strangers: int
    expected: int | None = None
    due: int | None = None
    missing: int | None = None
    missing_now: int | None = None
    not_turned_up: int | None = None


class AreaOut(Schema):
    """Enterprises of one unit, in a round that covers several."""

    unit_id: UUID
    name: str
    expected: int
    tested: int
    excused: int
    missing: int


class ExcuseOut(Schema):
    """Why so many need not come. `kind` name: `reason` is what was said of them; care: the code of the site that has
    them, where `swabbed` of them were swabbed since the round began.
    """

    kind: Literal["name", "care"]
    reason: str
    people: int
    swabbed: int


class HourOut(Schema):
    """People tested in the hour that begins then."""

    hour: datetime
    people: int


class CoverageOut(Schema):
    """How far a round is: expected = tested + excused + missing; strangers come on top of those expected.

    `per_hour`: people over the hour that runs and the one before it. `finish`: when those missing are tested at that
    pace; null where nothing can be foretold. `late`: not by the deadline.
    """

    expected: int
    tested: int
    excused: int
    missing: int
    strangers: int
    organisations: list[ShareOut]
    points: list[AtPointOut]
    areas: list[AreaOut]
    excuses: list[ExcuseOut]
    hours: list[HourOut]
    per_hour: int
    finish: datetime | None
    late: bool


class BuildingsIn(Paging):
    """Filter of dormitory buildings: `q` is part of the name."""

    q: Annotated[str, Field(max_length=60)] = ""


class BuildingOut(Schema):
    """A dormitory building as the headcounts spell it, with people of so many enterprises."""

    name: str
    enterprises: int
    expected: int
    tested: int
    excused: int
    missing: int


class MissingIn(Paging):
    """Filter of those not tested; an empty department or building asks for those of whom nobody said one."""

    organisation: UUID | None = None
    section: str | None = None
    building: str | None = None


class MissingOut(Schema):
    """Somebody expected and not tested."""

    number: int
    name: str
    organisation_id: UUID
    section: str
    building: str


class CorrectionOut(Schema):
    """What a supervisor put right. `before`: the number the scan was captured under; `kept`: the scan that counts now,
    or never will (`again`)."""

    id: UUID
    put: Put
    number: int | None
    before: int | None
    kept_id: int | None
    scan: UUID
    tube: str
    slot: int
    reason: str
    by_id: int
    at: datetime


class DuplicateOut(Schema):
    """A scan that does not count."""

    id: int
    scan: UUID
    number: int | None
    tube: str
    slot: int
    table: int
    taken_at: datetime
    reason: Reason
    before_at: datetime | None


@router.post("/screening/uploads", response=dict[str, Any], summary="A batch of scans from a phone")
@needs(CAPTURE)
def upload(request: HttpRequest) -> HttpResponse:
    """Taken in as one transaction. Every scan counts or is kept with its reason; none is refused for what it says.

    What is no scan by its form stands under `refused`, and holds up none of the others; where nothing of the batch can
    be read it is refused as a whole.
    """
    given, unread = _read(request.body)
    actor, device = actor_of(request), request.headers.get("X-Device", "")
    answer = take(
        actor=actor.on_device(f"{actor.device} {device}") if device else actor,
        at=clock.now(),
        batch=given.batch,
        point=given.point,
        sent_at=given.sent_at,
        scans=given.scans,
        unread=unread,
    )
    return HttpResponse(_ANSWER.dump_json(answer), content_type="application/json")


def _read(body: bytes) -> tuple[UploadIn, tuple[Unread, ...]]:
    """The batch, and what of it is no scan. Raises `InvalidInput` where the rest is no batch either."""
    try:
        return UploadIn.model_validate_json(body), ()
    except ValidationError as error:
        faults = error.errors()
    said: dict[int, dict[str, str]] = {}
    for item in faults:
        where = item["loc"]
        if len(where) < 2 or where[0] != "scans" or not isinstance(where[1], int):
            raise _invalid(faults)
        said.setdefault(where[1], {})[".".join(map(str, where[2:])) or "scan"] = item["msg"]
    whole = json.loads(body)
    left = [one for place, one in enumerate(whole["scans"]) if place not in said]
    if not left:
        raise _invalid(faults)
    unread = tuple(_unread(place, whole["scans"][place], fields) for place, fields in sorted(said.items()))
    return UploadIn.model_validate_json(json.dumps({**whole, "scans": left})), unread


def _invalid(faults: list[Any]) -> InvalidInput:
    return InvalidInput(fields={".".join(str(part) for part in item["loc"]): item["msg"] for item in faults})


def _unread(place: int, one: Any, fields: dict[str, str]) -> Unread:
    try:
        number = UUID(str(one["id"]))
    except (TypeError, KeyError, ValueError):
        number = None
    return Unread(place, number, fields, json.dumps(one, sort_keys=True))


@router.get("/screening/rounds", response=PageOut[RoundOut], summary="Rounds of testing, the last first")
@needs(READ)
def round_list(request: HttpRequest, given: Query[Paging]) -> Page[Round]:
    """By opening."""
    return page(rounds(actor_of(request)), ["-opens_at", "-id"], limit=given.limit, cursor=given.cursor)


@router.get("/screening/rounds/{round_id}/points", response=PageOut[PointOut], summary="Points of a round, by code")
@needs(READ)
def point_list(request: HttpRequest, round_id: UUID, given: Query[Paging]) -> Page[Point]:
    """Open and closed."""
    return page(
        points(round_by_id(actor_of(request), round_id)), ["code", "id"], limit=given.limit, cursor=given.cursor
    )


@router.get("/screening/rounds/{round_id}/coverage", response=CoverageOut, summary="How far a round is, exact")
@needs(READ)
def coverage_of(request: HttpRequest, round_id: UUID) -> CoverageOut:
    """By enterprise, point, area and hour, with the pace and when it will be done."""
    going = progress(round_by_id(actor_of(request), round_id), at=clock.now())
    covered = going.coverage
    said = {name: getattr(covered, name) for name in CoverageOut.model_fields if hasattr(covered, name)}
    hours = [HourOut(hour=hour, people=people) for hour, people in going.hours]
    more = {"hours": hours, "per_hour": going.pace.per_hour, "finish": going.pace.finish, "late": going.late}
    found = CoverageOut.model_validate({**said, **more}, from_attributes=True)
    promised = {row.point.pk: row.promised for row in going.points}
    for row in found.points:
        if one := promised[row.point_id]:
            row.expected, row.due, row.missing, row.missing_now = one.expected, one.due, one.missing, one.missing_now
            row.not_turned_up = one.away
    return found


@router.get(
    "/screening/rounds/{round_id}/buildings", response=PageOut[BuildingOut], summary="Dormitory buildings, by name"
)
@needs(READ)
def building_list(request: HttpRequest, round_id: UUID, given: Query[BuildingsIn]) -> Page[Building]:
    """Over all enterprises; counted for those on the page."""
    of = round_by_id(actor_of(request), round_id)
    piece = page(buildings(of, q=given.q), ["building"], limit=given.limit, cursor=given.cursor)
    return Page(standing_of(of, piece.items), piece.next)


@router.get(
    "/screening/rounds/{round_id}/missing", response=PageOut[MissingOut], summary="Who is not tested, by number"
)
@needs(READ)
def missing_list(request: HttpRequest, round_id: UUID, given: Query[MissingIn]) -> Page[MissingOut]:
    """Without a count: the coverage has it."""
    actor = actor_of(request)
    of = round_by_id(actor, round_id)
    rows = missing(of, Among(given.organisation, given.section, given.building))
    piece = page(rows, ["number"], limit=given.limit, cursor=given.cursor)
    shown = [
        MissingOut(
            number=row.number,
            name=name_for(actor, row.member.name, unit_id=of.unit_id),
            organisation_id=row.organisation_id,
            section=row.section,
            building=row.building,
        )
        for row in piece.items
    ]
    return Page(shown, piece.next)


@router.get(
    "/screening/rounds/{round_id}/duplicates", response=PageOut[DuplicateOut], summary="Scans that do not count"
)
@needs(READ)
def duplicate_list(request: HttpRequest, round_id: UUID, given: Query[Paging]) -> Page[DuplicateScan]:
    """As they came, each with its reason."""
    of = round_by_id(actor_of(request), round_id)
    return page(duplicates(of), ["id"], limit=given.limit, cursor=given.cursor)


@router.get(
    "/screening/rounds/{round_id}/corrections", response=PageOut[CorrectionOut], summary="What was put right by hand"
)
@needs(READ)
def correction_list(request: HttpRequest, round_id: UUID, given: Query[Paging]) -> Page[Correction]:
    """As it was said, with who said it and why."""
    of = round_by_id(actor_of(request), round_id)
    return page(of.corrections.all(), ["at", "id"], limit=given.limit, cursor=given.cursor)
