"""Endpoints of tubes: what devices saw, where tubes are, what laboratories report, whether a round may close."""

from dataclasses import asdict
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Annotated, Any, TypeVar
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from ninja import Query, Router, Schema
from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError

from lazaretto.accounts.doors import actor_of, needs
from lazaretto.core import clock
from lazaretto.core.access import Actor
from lazaretto.core.errors import InvalidInput
from lazaretto.core.paging import Page, PageOut, Paging, page
from lazaretto.screening.commands.scans import Moment
from lazaretto.screening.models import Round
from lazaretto.screening.queries import round_by_id as screened
from lazaretto.screening.rules import READ as READ_ROUNDS
from lazaretto.tubes.choices import AbsenceKind, FileState, Hold, LineState, RecallState, Source, Stage
from lazaretto.tubes.commands import (
    EventsAnswer,
    RawLine,
    TakenEvent,
    commit_results,
    stage_results,
    take_events,
    take_site_events,
)
from lazaretto.tubes.models import Absence, Recall, ResultFile, Trail
from lazaretto.tubes.queries.balance import absences, balance_of, recalls
from lazaretto.tubes.queries.people import Somebody, people_of, shown
from lazaretto.tubes.queries.results import account_of, blocked, file_by_id, laboratory_by_code, lines_of
from lazaretto.tubes.queries.site_trails import sites_of
from lazaretto.tubes.queries.strangers import stranger_lines, strangers
from lazaretto.tubes.queries.trails import round_by_id, trails
from lazaretto.tubes.queries.turnaround import Timed, Took, turnaround, turnaround_of_sites
from lazaretto.tubes.rules import HANDLE, MOST_EVENTS, MOST_RESULTS, READ, REPORT

B = TypeVar("B", bound=BaseModel)

router = Router(tags=["tubes"])


class StrangersIn(Paging):
    """Filter of strangers: `q` begins a name or an enterprise, or is a number or the code of a tube."""

    q: Annotated[str, Field(max_length=40)] = ""


class StrangerOut(Schema):
    """Somebody tested who stands on no roster. `known`: their number on it, where somebody recognised them.

    `tube`, `point`, `taken_at` are null where no scan of theirs counts; `result` is empty while nobody knows.
    """

    number: int
    name: str
    organisation: str
    phone: str
    point: str | None
    tube: str | None
    taken_at: datetime | None
    result: str
    known: int | None


class EventsIn(BaseModel):
    """A batch of events from a device, of a point, of a round or of a quarantine site. The same `batch` again gets the
    first answer.
    """

    model_config = ConfigDict(extra="forbid")

    batch: UUID
    point: UUID | None = None
    round: UUID | None = None
    site: UUID | None = None
    sent_at: Annotated[
        Moment, Field(description="What the device's clock says now: what it captured is put right by it.")
    ]
    events: Annotated[list[TakenEvent], Field(min_length=1, max_length=MOST_EVENTS)]


_ANSWER = TypeAdapter(EventsAnswer)


class ResultIn(BaseModel):
    """A result of a tube, in the laboratory's own words or as `negative`, `positive`, `suspect`, `invalid`."""

    model_config = ConfigDict(extra="forbid")

    tube: Annotated[str, Field(min_length=1, max_length=80)]
    result: Annotated[str, Field(min_length=1, max_length=60)]
    ct_n: Annotated[float | None, Field(ge=0, le=99)] = None
    ct_orf: Annotated[float | None, Field(ge=0, le=99)] = None


class ResultsIn(BaseModel):
    """Results of a laboratory. The same `batch` again is the same results, whatever is in it."""

    model_config = ConfigDict(extra="forbid")

    batch: UUID
    round: UUID
    laboratory: Annotated[str, Field(min_length=1, max_length=40, description="Its code.")]
    stage: Stage = Stage.FIRST
    declared_negative: bool = False
    results: Annotated[list[ResultIn], Field(min_length=1, max_length=MOST_RESULTS)]


class HeldOut(Schema):
    """A result that waits for somebody, and why."""

    number: int
    tube: str
    said: str
    holds: list[Hold]


class ResultsOut(Schema):
    """What became of results: `lines` is the sum of all but `positives`."""

    file_id: UUID
    state: FileState
    lines: int
    taken: int
    ready: int
    held: int
    repeated: int
    empty: int
    left_out: int
    at_site: int
    positives: int
    waiting: list[HeldOut]


class BalanceOut(Schema):
    """The two sums of a round. It closes when nothing of `unanswered`, `preliminary`, `unnamed`, `recalls`, `handed`
    is left: tubes = answered + rejected, headcount = tested + excused + missing.
    """

    tubes: int
    answered: int
    rejected: int
    unanswered: int
    preliminary: int
    headcount: int
    tested: int
    excused: int
    missing: int
    unnamed: int
    recalls: int
    handed: int
    closes: bool


class TookOut(Schema):
    """How many tubes (after a positive: people) took how long, in minutes, to five and rounded up. `late`: longer than
    promised. `waiting` are not done, the oldest of them since `oldest`.
    """

    name: str
    promised: int
    done: int
    half_within: int | None
    nine_of_ten_within: int | None
    longest: int | None
    late: int
    waiting: int
    oldest: datetime | None


class LegOut(Schema):
    """A leg of a tube's way, with all its tubes and those of each point or laboratory, the slowest first."""

    leg: str
    all: TookOut
    parts: list[TookOut]


class TrailOut(Schema):
    """A tube of a round and where it is. Without `opened_at` nobody's scan names it yet."""

    code: str
    point_id: UUID | None
    opened_at: datetime | None
    sealed_at: datetime | None
    bag: str
    received_at: datetime | None
    rejected_at: datetime | None
    doubts: list[str]
    standing: str
    answered_at: datetime | None


class RecallsIn(Paging):
    """What to show of the people called back."""

    state: RecallState | None = None


class RecallOut(Schema):
    """Somebody called back because of `tube`; by `id` they are called, swabbed again and handed on."""

    id: UUID
    number: int
    name: str
    tube: str
    state: RecallState
    raised_at: datetime
    due_at: datetime
    reached_at: datetime | None
    retest_tube: str | None
    retested_at: datetime | None
    closed_at: datetime | None
    handed_on_at: datetime | None


class AbsencesIn(Paging):
    """Which of those named as not tested."""

    kind: AbsenceKind | None = None


class AbsenceOut(Schema):
    """Somebody not tested and named with a reason. `id` is what `tubes.take_back_absence` takes, and what
    `tubes.name_absent` takes in `instead_of`.
    """

    id: int
    number: int
    name: str
    kind: AbsenceKind
    reason: str
    by: str
    at: datetime


def _read(shape: type[B], request: HttpRequest) -> B:
    """What was sent, after the actor was asked; raises `InvalidInput` naming the fields."""
    try:
        return shape.model_validate_json(request.body)
    except ValidationError as error:
        faults = {".".join(str(part) for part in item["loc"]): item["msg"] for item in error.errors()}
        raise InvalidInput(fields=faults) from error


@router.post("/tubes/events", response=dict[str, Any], summary="A batch of events of tubes and bags from a device")
@needs(HANDLE)
def events(request: HttpRequest) -> HttpResponse:
    """Taken in as one transaction. Every event is kept; none is refused for what it says, or for coming late."""
    given = _read(EventsIn, request)
    actor, device = actor_of(request), request.headers.get("X-Device", "")
    if device:
        actor = actor.on_device(f"{actor.device} {device}")
    if given.site is not None and (given.point or given.round):
        raise InvalidInput(fields={"site": "a site, or a point or round"})
    sent: dict[str, Any] = {"batch": given.batch, "sent_at": given.sent_at, "events": given.events}
    if given.site is not None:
        answer = take_site_events(actor=actor, at=clock.now(), site=given.site, **sent)
    else:
        answer = take_events(actor=actor, at=clock.now(), point=given.point, test_round=given.round, **sent)
    return HttpResponse(_ANSWER.dump_json(answer), content_type="application/json")


@router.get("/tubes/rounds/{round_id}/tubes", response=PageOut[TrailOut], summary="Tubes of a round, by code")
@needs(READ)
def tube_list(request: HttpRequest, round_id: UUID, given: Query[Paging]) -> Page[Trail]:
    """With the bag that has them."""
    rows = trails(round_by_id(actor_of(request), round_id))
    return page(rows, ["code"], limit=given.limit, cursor=given.cursor)


@router.post("/tubes/results", response=ResultsOut, summary="Results of a laboratory")
@needs(REPORT)
def results(request: HttpRequest) -> ResultsOut:
    """Laid out, and what nobody has to decide counts at once; the rest is `waiting`, each with its reason.

    Of results declared negative nothing counts while a positive among them waits.
    """
    given = _read(ResultsIn, request)
    actor, at = actor_of(request), clock.now()
    staged = stage_results(
        actor=actor, at=at, test_round=round_by_id(actor, given.round), laboratory=laboratory_by_code(given.laboratory),
        file_name=str(given.batch), digest=sha256(given.batch.bytes).hexdigest(), header=_HEADER,
        lines=[
            RawLine(number, [one.tube, one.result, _text(one.ct_n), _text(one.ct_orf)])
            for number, one in enumerate(given.results, start=1)
        ],
        declared_negative=given.declared_negative, stage=given.stage, source=Source.API,
    )  # fmt: skip
    file = file_by_id(actor, staged.file_id)
    if file.state == FileState.STAGED and not blocked(file):
        commit_results(actor=actor, at=at, result_file=file, lines=MOST_RESULTS)
    return _results_out(file_by_id(actor, staged.file_id))


_HEADER = ["tube", "result", "ct_n", "ct_orf"]


def _text(value: float | None) -> str:
    return "" if value is None else str(value)


def _results_out(file: ResultFile) -> ResultsOut:
    waiting = [HeldOut.from_orm(row) for row in lines_of(file, LineState.HELD).order_by("number")[:MOST_RESULTS]]
    return ResultsOut(file_id=file.id, state=FileState(file.state), waiting=waiting, **asdict(account_of(file)))


@router.get("/tubes/results/{file_id}", response=ResultsOut, summary="What became of results")
@needs(READ)
def results_now(request: HttpRequest, file_id: UUID) -> ResultsOut:
    """Counted now."""
    return _results_out(file_by_id(actor_of(request), file_id))


@router.get("/tubes/rounds/{round_id}/balance", response=BalanceOut, summary="Whether a round may close")
@needs(READ)
def balance(request: HttpRequest, round_id: UUID) -> BalanceOut:
    """Tubes out = results in, headcount = tested + excused + missing."""
    return BalanceOut.from_orm(balance_of(round_by_id(actor_of(request), round_id)))


@router.get(
    "/tubes/rounds/{round_id}/absences", response=PageOut[AbsenceOut], summary="Excused and missing by name, by number"
)
@needs(READ)
def absence_list(request: HttpRequest, round_id: UUID, given: Query[AbsencesIn]) -> Page[AbsenceOut]:
    """What holds, without whoever was tested after all. Names as the role reads them."""
    actor = actor_of(request)
    of = round_by_id(actor, round_id)
    rows = absences(of) if given.kind is None else absences(of).filter(kind=given.kind)
    piece = page(rows, ["number"], limit=given.limit, cursor=given.cursor)
    people = people_of(of, [row.number for row in piece.items])
    return Page([_absence(actor, of, row, people.get(row.number)) for row in piece.items], piece.next)


def _absence(actor: Actor, of: Round, row: Absence, who: Somebody | None) -> AbsenceOut:
    name = shown(actor, of, who, calls=False).name if who else ""
    kind = AbsenceKind(row.kind)
    return AbsenceOut(
        id=row.pk, number=row.number, name=name, kind=kind, reason=row.reason, by=row.by.display_name, at=row.at
    )


@router.get("/tubes/rounds/{round_id}/turnaround", response=list[LegOut], summary="How long tubes took")
@needs(READ)
def turnaround_now(request: HttpRequest, round_id: UUID) -> list[LegOut]:
    """From the table to the result, leg by leg, and after a positive."""
    return _legs(turnaround(round_by_id(actor_of(request), round_id)))


@router.get("/tubes/sites/turnaround", response=list[LegOut], summary="How long tubes of quarantine sites took")
@needs(READ)
def turnaround_at_sites(request: HttpRequest) -> list[LegOut]:
    """Those filled in the last seven days at the sites where the actor may read tubes, by site and by laboratory."""
    return _legs(turnaround_of_sites(sites_of(actor_of(request)), at=clock.now()))


def _legs(found: list[Timed]) -> list[LegOut]:
    return [
        LegOut(leg=one.leg.code, all=_took(one.all, one.late), parts=[_took(part, part.late) for part in one.parts])
        for one in found
    ]


def _took(one: Took, late: int) -> TookOut:
    return TookOut(
        name=one.name, promised=one.promised // timedelta(minutes=1), done=one.done, half_within=_minutes(one.half),
        nine_of_ten_within=_minutes(one.most), longest=_minutes(one.longest), late=late, waiting=one.waiting,
        oldest=one.oldest,
    )  # fmt: skip


def _minutes(time: timedelta | None) -> int | None:
    return None if time is None else time // timedelta(minutes=1)


@router.get("/tubes/rounds/{round_id}/recalls", response=PageOut[RecallOut], summary="People called back, by when")
@needs(READ)
def recall_list(request: HttpRequest, round_id: UUID, given: Query[RecallsIn]) -> Page[RecallOut]:
    """Names as the role reads them; telephone numbers are on the page of the positive."""
    actor = actor_of(request)
    of = round_by_id(actor, round_id)
    piece = page(recalls(of, given.state), ["raised_at", "id"], limit=given.limit, cursor=given.cursor)
    people = people_of(of, [row.number for row in piece.items])
    return Page([_recall(actor, of, row, people.get(row.number)) for row in piece.items], piece.next)


def _recall(actor: Actor, of: Round, row: Recall, who: Somebody | None) -> RecallOut:
    name = shown(actor, of, who, calls=False).name if who else ""
    fields = {field: getattr(row, field) for field in RecallOut.model_fields if field != "name"}
    return RecallOut(name=name, **fields)


@router.get(
    "/tubes/rounds/{round_id}/strangers", response=PageOut[StrangerOut], summary="Who was tested and is on no roster"
)
@needs(READ_ROUNDS)
def stranger_list(request: HttpRequest, round_id: UUID, given: Query[StrangersIn]) -> Page[StrangerOut]:
    """By number; names and telephones as the role reads them."""
    actor = actor_of(request)
    of = screened(actor, round_id)
    piece = page(strangers(of, given.q), ["number"], limit=given.limit, cursor=given.cursor)
    shown_ = [
        StrangerOut(
            number=line.row.number, name=line.name, organisation=line.row.organisation, phone=line.phone,
            point=line.scan.upload.point.code if line.scan else None, tube=line.scan.tube if line.scan else None,
            taken_at=line.scan.taken_at if line.scan else None, result=line.result, known=line.known,
        )
        for line in stranger_lines(actor, of, piece.items)
    ]  # fmt: skip
    return Page(shown_, piece.next)
