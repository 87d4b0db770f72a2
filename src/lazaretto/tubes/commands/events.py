"""What devices saw, taken in: one upload is one transaction, and every event in it is kept.

In this order: the receipt (a second request under the same number waits for the first), the rows of bags and tubes that
the events name, locked by code, the events, then where each of these bags and tubes is by all that is known. Everybody
locks in that order, so two devices that scan the same bag wait for each other, and the second sees what the first said.
"""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Annotated, Any
from uuid import UUID

from pydantic import Field, StringConstraints, TypeAdapter

from lazaretto.core.access import Actor, locked
from lazaretto.core.bulk import insert_few, insert_unless_taken, update_rows
from lazaretto.core.commands import command, record
from lazaretto.core.ids import new_id
from lazaretto.core.secrets import keyed_hash
from lazaretto.screening.commands.scans import Code, Line, Moment
from lazaretto.screening.models import Point, Round
from lazaretto.screening.rules import clock_error, true_time
from lazaretto.tubes.choices import Doubt, EventKind, Remark
from lazaretto.tubes.commands.recalls import retest_by_number
from lazaretto.tubes.errors import EventsReused
from lazaretto.tubes.models import Bag, EventUpload, Trail, TubeEvent
from lazaretto.tubes.queries.couriers import Meant, codes_meant
from lazaretto.tubes.queries.facts import Key, bag_facts, place_for_events, scanned, tube_facts
from lazaretto.tubes.rules import HANDLE, LONGEST_SIGNATURE, incomplete, story_of_bag, story_of_tube

Words = Annotated[str, StringConstraints(max_length=200, pattern=r"^[^\x00]*$")]
Holder = Annotated[str, StringConstraints(max_length=80, pattern=r"^[^\x00]*$")]
Signature = Annotated[
    str, StringConstraints(max_length=LONGEST_SIGNATURE, pattern=r"^[MLHVCSQTAZmlhvcsqtaz0-9 ,.\-]*$")
]
Kind = Annotated[str, StringConstraints(max_length=20, pattern=r"^[a-z_]+$")]
Few = Annotated[int | None, Field(ge=0, lt=2**31)]


@dataclass(frozen=True, slots=True)
class TakenEvent:
    """Something seen or done with a tube, a bag or a list at `at` of the device's own clock.

    docs/tubes.md says what each kind needs.
    """

    id: UUID
    kind: Kind
    at: Moment
    tube: Code | None = None
    bag: Code | None = None
    to: Holder = ""
    count: Few = None
    number: Annotated[int | None, Field(ge=1, lt=2**31)] = None
    organisation: Line = ""
    officer: Line = ""
    signature: Signature = ""
    reason: Words = ""
    table: Annotated[int | None, Field(ge=1, le=1000)] = None


@dataclass(frozen=True)
class Remarked:
    """An event with something to be said about it. It was kept all the same."""

    event: UUID
    remark: Remark
    tube: str
    bag: str


@dataclass(frozen=True)
class EventsAnswer:
    """What became of a batch: of `received` events `taken` are new. The same for the same batch again."""

    batch: UUID
    received: int
    taken: int
    skew_seconds: int
    remarks: list[Remarked]


EVENTS = TypeAdapter(list[TakenEvent])
ANSWER = TypeAdapter(EventsAnswer)


class AnsweredBefore(Exception):
    """The batch is here already."""

    def __init__(self, answer: EventsAnswer) -> None:
        self.answer = answer
        super().__init__()


def take_events(
    *,
    actor: Actor,
    at: datetime,
    batch: UUID,
    sent_at: datetime,
    events: list[TakenEvent],
    point: UUID | None = None,
    test_round: UUID | None = None,
) -> EventsAnswer:
    """`upload_events`, or the stored answer of a batch that is here already, from whichever device it came."""
    try:
        return upload_events(
            actor=actor, at=at, batch=batch, sent_at=sent_at, events=events, point_id=point, round_id=test_round
        )
    except AnsweredBefore as before:
        return before.answer


@command("tubes.upload_events", capability=HANDLE, internal=True)
def upload_events(
    *,
    actor: Actor,
    at: datetime,
    batch: UUID,
    sent_at: datetime,
    events: list[TakenEvent],
    point_id: UUID | None = None,
    round_id: UUID | None = None,
) -> EventsAnswer:
    """Take in a batch of events of a point, or (of couriers and laboratories) of a round.

    Raises `EventsReused` for the same batch with other events, `NotFound`, `Forbidden`.
    """
    of, place = place_for_events(actor, point_id=point_id, round_id=round_id)
    receipt = _claim(actor, at, batch, of, place, sent_at, events)
    error = clock_error(sent_at, at)
    fresh = keep_events(receipt, events, error)
    swabs = [one for one in events if one.kind == EventKind.RETESTED and one.tube and one.number and one.id in fresh]
    nobody = retest_by_number(of.id, [(one.number or 0, one.tube or "", true_time(one.at, error, at)) for one in swabs])
    remarks = _remarks(receipt, events, fresh, nobody)
    answer = EventsAnswer(receipt.id, len(events), len(fresh), receipt.skew_seconds, remarks)
    receipt.received, receipt.taken = answer.received, answer.taken
    receipt.answer = ANSWER.dump_python(answer, mode="json")
    receipt.save(update_fields=["received", "taken", "answer"])
    record(receipt, unit_id=of.unit_id, data={"received": answer.received, "taken": answer.taken})
    return answer


def keep_events(receipt: EventUpload, events: Sequence[TakenEvent], error: timedelta) -> set[UUID]:
    """Write the facts, and where their tubes and bags are by them; inside a command. Returns those that are new."""
    events = couriers_by_code(receipt.round.unit_id, events)
    tubes = sorted({event.tube for event in events if event.tube})
    bags = sorted({event.bag for event in events if event.bag})
    homes = _lock_rows(receipt, bags, tubes)
    fresh = _write(receipt, events, error)
    follow([(receipt.round_id, code) for code in bags], homes)
    return fresh


_HANDED = frozenset({EventKind.HANDED_OVER, EventKind.TAKEN})


def couriers_by_code(unit_id: UUID, events: Sequence[TakenEvent]) -> Sequence[TakenEvent]:
    """A courier's name or number plate, typed at a table, and the code on their badge are one and the same. Whom nobody
    named is kept as it came, with that as the reason: a doubt until somebody looked.
    """
    meant = codes_meant(unit_id, {one.to for one in events if one.kind in _HANDED})
    return [_meant(one, meant) if one.kind in _HANDED else one for one in events]


def _meant(event: TakenEvent, meant: Meant) -> TakenEvent:
    if event.kind == EventKind.HANDED_OVER and event.to in meant.unknown:
        return replace(event, reason=Doubt.UNKNOWN_COURIER.value)
    return replace(event, to=meant.codes.get(event.to, event.to))


def _claim(
    actor: Actor, at: datetime, batch: UUID, of: Round, place: Point | None, sent_at: datetime,
    events: Sequence[TakenEvent],
) -> EventUpload:  # fmt: skip
    said = f"{of.id}|{place.id if place else ''}|{EVENTS.dump_json(list(events)).decode()}"
    receipt = EventUpload(
        id=batch, round=of, point=place, body_digest=keyed_hash(said, "events"), sent_at=sent_at, received_at=at,
        skew_seconds=int(clock_error(sent_at, at).total_seconds()), by_id=actor.user_id, device=actor.device[:80],
    )  # fmt: skip
    if insert_unless_taken(receipt):
        return receipt
    before = EventUpload.objects.get(pk=batch)
    if before.body_digest != receipt.body_digest:
        raise EventsReused(batch=batch)
    raise AnsweredBefore(ANSWER.validate_python(before.answer))


# ---- rows of bags and tubes

_BAG = ("id", "code", "round", "point", "state", "holder", "laboratory", "doubts")
_TRAIL = ("code", "round", "point", "opened_at", "bag", "laboratory", "reason", "doubts", "standing")


def _lock_rows(receipt: EventUpload, bags: Sequence[str], tubes: Sequence[str]) -> list[Key]:
    """Those named for the first time get theirs; then all are locked, so that no other device folds beside us.

    Returns the tubes with the round each is of.
    """
    place = receipt.point_id
    fresh: list[tuple[Any, ...]] = [(new_id(), code, receipt.round_id, place, "open", "", "", []) for code in bags]
    insert_few(Bag, _BAG, fresh, ignore_conflicts=True)
    known = scanned(tubes)
    rows = [
        (code, *known.get(code, (receipt.round_id, place, None)), "", "", "", [], "")
        for code in tubes
    ]  # fmt: skip
    insert_few(Trail, _TRAIL, rows, ignore_conflicts=True)
    held = locked(Bag.objects.filter(round=receipt.round_id, code__in=bags)).order_by("code")
    nowhere = [pk for pk, point in held.values_list("pk", "point") if point is None]
    if nowhere and place is not None:  # a courier, who knows no point, told of it first
        Bag.objects.filter(pk__in=nowhere).update(point=place)
    return lock_tubes(tubes)


def lock_tubes(codes: Sequence[str]) -> list[Key]:
    """By code, after the bags: the one order of everybody who writes them. Returns each with its round."""
    rows = locked(Trail.objects.filter(pk__in=codes)).order_by("pk")
    return [(round_id, code) for round_id, code in rows.values_list("round_id", "pk")]


_EVENT = (
    "id", "upload", "round", "point", "kind", "at", "said_at", "tube", "bag", "to", "count", "number", "organisation",
    "reason", "table", "words",
)  # fmt: skip


def _write(receipt: EventUpload, events: Iterable[TakenEvent], error: timedelta) -> set[UUID]:
    once = {event.id: event for event in events}
    rows = [
        (
            event.id, receipt.id, receipt.round_id, receipt.point_id, event.kind,
            true_time(event.at, error, receipt.received_at), event.at, event.tube or "", event.bag or "", event.to,
            event.count, event.number, event.organisation, event.reason, event.table, words_of(event),
        )
        for event in sorted(once.values(), key=lambda event: event.id)
    ]  # fmt: skip
    return {UUID(str(pk)) for pk in insert_few(TubeEvent, _EVENT, rows, ignore_conflicts=True, returning=True)}


def words_of(event: TakenEvent) -> str | None:
    """Officer and signature as they are kept, encrypted; None for neither."""
    if not (event.officer or event.signature):
        return None
    return json.dumps({"officer": event.officer, "signature": event.signature}, ensure_ascii=False)


BAG_FOLLOWS = (
    "state", "closed_at", "said_tubes", "left_at", "holder", "arrived_at", "received_at", "laboratory", "counted",
    "doubts",
)  # fmt: skip
_TUBE_FOLLOWS = (
    "sealed_at", "bag", "bagged_at", "received_at", "laboratory", "rejected_at", "reason", "slip_at",
    "doubts",
)  # fmt: skip


def follow(bags: Sequence[Key], tubes: Sequence[Key]) -> None:
    """Where these bags and tubes are by all their facts; their rows are locked."""
    for model, keys, facts_of, fold, names in (
        (Bag, bags, bag_facts, story_of_bag, BAG_FOLLOWS),
        (Trail, tubes, tube_facts, story_of_tube, _TUBE_FOLLOWS),
    ):
        known = facts_of(keys)
        rows = [values_of(fold(known[key]), names, key) for key in keys]
        update_rows(model, names, rows, by=("round", "code"))


def values_of(story: Any, names: Sequence[str], key: Sequence[Any]) -> tuple[Any, ...]:
    """What of a story is kept in a row, and then the row's key."""
    found = [getattr(story, name) for name in names]
    return (*(list(value) if isinstance(value, tuple) else value for value in found), *key)


# ---- what is said about them


def _remarks(receipt: EventUpload, events: Sequence[TakenEvent], fresh: set[UUID], nobody: set[str]) -> list[Remarked]:
    trails = {row.code: row for row in Trail.objects.filter(pk__in={event.tube for event in events if event.tube})}
    seen: set[UUID] = set()
    found = []
    for event in events:
        trail = trails.get(event.tube or "")
        remark = _remark(receipt, event, trail, repeated=event.id in seen or event.id not in fresh)
        seen.add(event.id)
        if remark is None and event.kind == EventKind.RETESTED and event.tube in nobody:
            remark = Remark.NOBODY_CALLED
        if remark is not None:
            found.append(Remarked(event.id, remark, event.tube or "", event.bag or ""))
    return found


def said_by(event: TakenEvent) -> dict[str, object]:
    """What of an event its kind may need."""
    return {name: getattr(event, name) for name in ("tube", "bag", "count", "number", "organisation", "reason")}


def _remark(receipt: EventUpload, event: TakenEvent, trail: Trail | None, *, repeated: bool) -> Remark | None:
    if repeated:
        return Remark.SAME_EVENT
    if event.kind not in EventKind.values:
        return Remark.UNKNOWN_KIND
    if incomplete(event.kind, said_by(event)):
        return Remark.INCOMPLETE
    if trail is not None and trail.round_id != receipt.round_id:
        return Remark.OTHER_ROUND
    if trail is not None and trail.opened_at is None and event.kind != EventKind.RETESTED:
        return Remark.UNKNOWN_TUBE
    return None
