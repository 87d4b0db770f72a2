"""What waits at a site, by time limit: urgent things one by one, the daily work as one line each."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db.models import Q

from lazaretto.core.access import Actor
from lazaretto.core.choices import DeadlineState
from lazaretto.core.clock import day_bounds, local_date
from lazaretto.core.deadlines import KINDS
from lazaretto.core.models import Alarm, Deadline
from lazaretto.places.models import Site
from lazaretto.stays.deadlines import BREACH, FEVER, NO_ANSWER, POSITIVE, RELEASE, RESULT, ROUND, TEST
from lazaretto.stays.models import Breach, Occupancy, Specimen

# Daily work: many of a kind are one line with their number.
BUNDLED = (ROUND.code, TEST.code, RESULT.code)
HEALTH = frozenset({POSITIVE.code, FEVER.code, NO_ANSWER.code, TEST.code, RESULT.code, ROUND.code})
BREACHES = frozenset({BREACH.code})
TONES = {
    POSITIVE.code: "red",
    RELEASE.code: "blue",
    BREACH.code: "orange",
    FEVER.code: "orange",
    NO_ANSWER.code: "amber",
    TEST.code: "purple",
    RESULT.code: "purple",
    ROUND.code: "teal",
}
MOST = 200


@dataclass(frozen=True)
class Todo:
    """One line: what, where, until when; `count` more than one for bundled work; `owner` of its alarm, if any."""

    kind: str
    title: str
    room: str
    due_at: datetime
    overdue: bool
    tone: str
    count: int
    alarm: bool
    owner: str


def todo_list(actor: Actor, site: Site, *, at: datetime) -> list[Todo]:
    """Open deadlines due by the end of the day and those with an alarm, overdue and urgent first. Five queries."""
    _start, end = day_bounds(local_date(at, ZoneInfo(site.time_zone)), ZoneInfo(site.time_zone))
    dues = Deadline.objects.filter(unit_id=site.unit_id, state=DeadlineState.OPEN)
    shown = list(
        dues.filter(Q(due_at__lte=end) | Q(rung__gt=0)).exclude(kind__in=_hidden(actor, site)).order_by("due_at", "id")
    )
    single = [due for due in shown if due.kind not in BUNDLED][:MOST]
    rooms = _rooms(single)
    alarms = _alarms(single)
    lines = [_line(due, rooms.get(due.subject_id, ""), alarms.get(due.id), at) for due in single]
    lines += [
        _bundle(kind, [due for due in shown if due.kind == kind], at)
        for kind in BUNDLED
        if any(due.kind == kind for due in shown)
    ]
    return sorted(lines, key=lambda line: (not line.overdue, not _urgent(line.kind), line.due_at))


def _hidden(actor: Actor, site: Site) -> frozenset[str]:
    """Kinds that tell what the actor's role does not need: health for hotel staff, breaches for the desk."""
    health = frozenset() if actor.may("stays.read", site.unit_id) else HEALTH | {RELEASE.code}
    breach = actor.may("stays.breach", site.unit_id) or actor.may("stays.read", site.unit_id)
    return health if breach else health | BREACHES


def _urgent(kind: str) -> bool:
    return kind in KINDS and KINDS[kind].urgent


def _line(due: Deadline, room: str, alarm: Alarm | None, at: datetime) -> Todo:
    title = KINDS[due.kind].title if due.kind in KINDS else due.kind
    owner = str(alarm.owner) if alarm and alarm.owner else ""
    tone = TONES.get(due.kind, "blue")
    overdue = due.overdue_at <= at
    return Todo(
        due.kind,
        str(title),
        room,
        due.due_at,
        overdue,
        "red" if overdue and tone == "blue" else tone,
        1,
        alarm is not None,
        owner,
    )


def _bundle(kind: str, dues: list[Deadline], at: datetime) -> Todo:
    first = dues[0]
    overdue = any(due.overdue_at <= at for due in dues)
    return Todo(
        kind,
        str(KINDS[kind].title),
        "",
        first.due_at,
        overdue,
        TONES[kind],
        len(dues),
        alarm=any(due.rung for due in dues),
        owner="",
    )


def _alarms(dues: list[Deadline]) -> dict[UUID, Alarm]:
    rung = [due.id for due in dues if due.rung]
    open_alarms = Alarm.objects.filter(deadline__in=rung, answered_at__isnull=True).select_related("owner")
    return {alarm.deadline_id: alarm for alarm in open_alarms}


def _rooms(dues: Iterable[Deadline]) -> dict[str, str]:
    """The room of each subject: of a stay or a specimen where the person is now, of a breach where it happened."""
    by_type: dict[str, set[str]] = {}
    for due in dues:
        by_type.setdefault(due.subject_type, set()).add(due.subject_id)
    specimens = dict(Specimen.objects.filter(pk__in=by_type.get("stays.specimen", ())).values_list("id", "stay_id"))
    stays = {*by_type.get("stays.stay", ()), *(str(stay) for stay in specimens.values())}
    taken = Occupancy.objects.filter(stay__in=stays, ended_at__isnull=True)
    rooms = {str(stay): room for stay, room in taken.values_list("stay_id", "room__number")}
    rooms |= {str(pk): rooms.get(str(stay), "") for pk, stay in specimens.items()}
    seen = Breach.objects.filter(pk__in=by_type.get("stays.breach", ()), room__isnull=False)
    return rooms | {str(pk): room for pk, room in seen.values_list("id", "room__number")}
