"""Alarms and deadlines with what a reader needs to act: whose, where, since when, who was told, who owns it."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TypeVar
from uuid import UUID

from django.db.models import Model, QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _

from lazaretto.accounts.models import User
from lazaretto.accounts.roles import title_of
from lazaretto.core.access import Actor
from lazaretto.core.choices import DeadlineState
from lazaretto.core.deadlines import KINDS
from lazaretto.core.models import Alarm, Deadline
from lazaretto.core.paging import Page, page
from lazaretto.deciding.deadlines import WAITING
from lazaretto.emergencies.models import Emergency
from lazaretto.emergencies.queries import emergencies
from lazaretto.headquarters.queries.rounds import of_rounds
from lazaretto.orders.models import ExceptionRequest, TransferOrder
from lazaretto.orders.queries.exceptions import exceptions
from lazaretto.orders.queries.orders import orders
from lazaretto.people.models import Person
from lazaretto.people.queries import display_names
from lazaretto.places.models import Site
from lazaretto.places.queries import sites
from lazaretto.returnees.models import Desk, Returnee
from lazaretto.returnees.queries.cases import cases as cases_of_returnees
from lazaretto.screening.models import Fever
from lazaretto.stays.models import Occupancy
from lazaretto.stranded.models import Group, Stranded
from lazaretto.stranded.queries import groups, stranded
from lazaretto.transfers.models import PlaceWord
from lazaretto.trips.models import MoveRequest, Trip

M = TypeVar("M", bound=Model)

READ = "alarms.read"
URGENT_MOST = 100
ROWS = 30


@dataclass(frozen=True)
class Whereabouts:
    """Who and where something concerns; empty where it concerns nobody in particular."""

    name: str = ""
    room: str = ""
    stay_number: str = ""
    site: Site | None = None


@dataclass(frozen=True)
class AlarmLine:
    """An alarm as the list shows it. `mine` and `may_answer` are about the reader.

    `emergency` is the number of the one that it is about, for those who read emergencies there: it is owned on its own
    page, answering the alarm is not enough. `about` is the number and the address of another record that has a page.
    """

    alarm: Alarm
    title: str
    urgent: bool
    where: Whereabouts
    role: str
    steps: int
    owner: str
    mine: bool
    may_answer: bool
    emergency: str = ""
    about: tuple[str, str] = ("", "")


@dataclass(frozen=True)
class DeadlineLine:
    """A deadline as the list shows it."""

    deadline: Deadline
    title: str
    where: Whereabouts
    overdue: bool
    about: tuple[str, str] = ("", "")


def open_alarms(actor: Actor, *, site: str = "", owner: str = "") -> QuerySet[Alarm]:
    """Unanswered alarms the actor may see; `owner` is none, mine or empty for all."""
    waiting = of_site(Alarm.objects.visible_to(actor, READ), actor, site).filter(answered_at__isnull=True)
    if owner == "none":
        return waiting.filter(owner__isnull=True)
    return waiting.filter(owner=actor.user_id) if owner == "mine" else waiting


def urgent_alarms(actor: Actor, waiting: QuerySet[Alarm]) -> list[AlarmLine]:
    """Those of urgent kinds, the oldest first."""
    found = waiting.filter(kind__in=urgent_kinds()).order_by("raised_at", "id")[:URGENT_MOST]
    return alarm_lines(actor, _with_steps(found))


def other_alarms(actor: Actor, waiting: QuerySet[Alarm], *, cursor: str = "") -> Page[AlarmLine]:
    """The rest, the oldest first. Raises `BadCursor`."""
    found = page(_with_steps(waiting.exclude(kind__in=urgent_kinds())), ("raised_at", "id"), limit=ROWS, cursor=cursor)
    return Page(alarm_lines(actor, found.items), found.next)


def answered_alarms(actor: Actor, *, site: str = "", cursor: str = "") -> Page[AlarmLine]:
    """Answered ones, the last raised first. Raises `BadCursor`."""
    done = of_site(Alarm.objects.visible_to(actor, READ), actor, site).filter(answered_at__isnull=False)
    found = page(_with_steps(done), ("-raised_at", "-id"), limit=ROWS, cursor=cursor)
    return Page(alarm_lines(actor, found.items), found.next)


def open_deadlines(
    actor: Actor, *, site: str = "", kind: str = "", cursor: str = "", at: datetime
) -> Page[DeadlineLine]:
    """What is due, the earliest first. Raises `BadCursor`. At most seven queries."""
    waiting = of_site(Deadline.objects.visible_to(actor, READ), actor, site).filter(state=DeadlineState.OPEN)
    found = page(waiting.filter(kind=kind) if kind else waiting, ("due_at", "id"), cursor=cursor)
    where = whereabouts(actor, found.items)
    words = _words(found.items, actor) | _fevers(found.items, actor) | _desks(found.items, actor)
    words |= _questions(found.items, actor) | of_rounds(found.items, actor)
    lines = [
        DeadlineLine(
            row, title_of_kind(row.kind), where[row.pk], overdue=row.overdue_at <= at,
            about=_about(words, row),
        )
        for row in found.items
    ]  # fmt: skip
    return Page(lines, found.next)


def of_site(rows: QuerySet[M], actor: Actor, code: str) -> QuerySet[M]:
    """Only those of one site, when one is named; of a site the actor may not see: none."""
    return rows.filter(unit_id__in=sites(actor).filter(code=code).values("unit_id")) if code else rows


def urgent_kinds() -> list[str]:
    """Codes of the kinds that stand first."""
    return [code for code, kind in KINDS.items() if kind.urgent]


def title_of_kind(code: str) -> str:
    """The kind in the reader's words; its code when the program no longer declares it."""
    return str(KINDS[code].title) if code in KINDS else code


def alarm_lines(actor: Actor, rows: Iterable[Alarm]) -> list[AlarmLine]:
    """Alarms with names, places and owners; four queries, one more for each kind of record that has a number."""
    alarms = list(rows)
    where = whereabouts(actor, alarms)
    numbers = _numbers(alarms, Emergency, emergencies(actor))
    records = {
        pk: (number, reverse(page_, args=[number]))
        for model, rows_, page_ in (
            (TransferOrder, orders(actor), "orders:order"),
            (ExceptionRequest, exceptions(actor), "orders:exception"),
            (Group, groups(actor), "stranded:one"),
            (Stranded, stranded(actor), "stranded:one"),
            (Returnee, cases_of_returnees(actor), "returnees:one"),
            (Trip, Trip.objects.visible_to(actor, "trips.read"), "trips:trip"),
        )
        for pk, number in _numbers(alarms, model, rows_).items()
    }
    due = [alarm.deadline for alarm in alarms]
    records |= _requests(alarms, actor) | _words(due, actor) | _fevers(due, actor) | _desks(due, actor)
    records |= _questions(due, actor) | of_rounds(due, actor)
    owners = User.objects.in_bulk({alarm.owner_id for alarm in alarms if alarm.owner_id})
    return [
        AlarmLine(
            alarm=alarm,
            title=title_of_kind(alarm.kind),
            urgent=alarm.kind in KINDS and KINDS[alarm.kind].urgent,
            where=where[alarm.pk],
            role=title_of(alarm.role),
            steps=len(alarm.steps.all()),
            owner=str(owners[alarm.owner_id]) if alarm.owner_id else "",
            mine=alarm.owner_id is not None and alarm.owner_id == actor.user_id,
            may_answer=alarm.answered_at is None and actor.may("alarms.answer", alarm.unit_id),
            emergency=numbers.get(alarm.deadline.subject_id, ""),
            about=_about(records, alarm.deadline),
        )
        for alarm in alarms
    ]


def _about(words: dict[str, tuple[str, str]], row: Deadline) -> tuple[str, str]:
    """By the deadline itself where several kinds may be about one record, else by the record."""
    return words.get(str(row.pk)) or words.get(row.subject_id, ("", ""))


def _numbers(alarms: list[Alarm], model: type[Model], seen: QuerySet[M]) -> dict[str, str]:
    """Numbers of the records of a kind that the alarms are about, by their ids as the deadlines keep them."""
    due = [alarm.deadline for alarm in alarms]
    subjects = [row.subject_id for row in due if row.subject_type == model._meta.label_lower]
    if not subjects:
        return {}
    return {str(pk): number for pk, number in seen.filter(pk__in=subjects).values_list("id", "number")}


def _words(due: Iterable[Deadline], actor: Actor) -> dict[str, tuple[str, str]]:
    """Of somebody who may leave a place of others: the handover that brought them there, where they are fetched."""
    label = PlaceWord._meta.label_lower
    subjects = [row.subject_id for row in due if row.subject_type == label]
    if not subjects:
        return {}
    seen = PlaceWord.objects.visible_to(actor, "transfers.read").filter(pk__in=subjects)
    numbers = seen.values_list("id", "handover__number")
    return {str(pk): (number, reverse("transfers:handover", args=[number])) for pk, number in numbers}


def _desks(due: Iterable[Deadline], actor: Actor) -> dict[str, tuple[str, str]]:
    """Of the queue of an area where returnees are called: the page with lists to decide and who waits by area."""
    label, words, address = Desk._meta.label_lower, _("Returnees"), reverse("returnees:overview")
    seen = [row for row in due if row.subject_type == label and actor.may("returnees.read", row.unit_id)]
    return {row.subject_id: (words, address) for row in seen}


def _questions(due: Iterable[Deadline], actor: Actor) -> dict[str, tuple[str, str]]:
    """Of what is to be decided in a round of testing: the list of it."""
    words, address = _("Questions of the round"), reverse("deciding:matters")
    seen = [row for row in due if row.kind == WAITING.code and actor.may("deciding.read", row.unit_id)]
    return {row.subject_id: (words, f"{address}?round={row.subject_id}") for row in seen}


def _requests(alarms: list[Alarm], actor: Actor) -> dict[str, tuple[str, str]]:
    """Of somebody who waits for a trip: the page that says what can be done now, for those who plan trips."""
    label = MoveRequest._meta.label_lower
    subjects = [alarm.deadline.subject_id for alarm in alarms if alarm.deadline.subject_type == label]
    if not subjects or not actor.may("trips.manage"):
        return {}
    seen = MoveRequest.objects.visible_to(actor, "trips.manage").filter(pk__in=subjects)
    words = _("Give them a trip")
    return {str(pk): (words, reverse("trips:choices", args=[pk])) for pk in seen.values_list("id", flat=True)}


def _fevers(due: Iterable[Deadline], actor: Actor) -> dict[str, tuple[str, str]]:
    """Of a fever at a testing table: how high, at which point, and the page where what was done is written down."""
    label = Fever._meta.label_lower
    subjects = [row.subject_id for row in due if row.subject_type == label]
    if not subjects:
        return {}
    seen = Fever.objects.visible_to(actor, "screening.read").filter(pk__in=subjects).select_related("point")
    return {
        str(row.pk): (f"{row.degrees} ℃ · {row.point}", reverse("screening:fevers", args=[row.round_id]))
        for row in seen
    }


def _with_steps(rows: QuerySet[Alarm]) -> QuerySet[Alarm]:
    return rows.select_related("deadline").prefetch_related("steps")


def whereabouts(actor: Actor, rows: Sequence[Alarm | Deadline]) -> dict[UUID, Whereabouts]:
    """Names, rooms and sites of what the rows concern, by the rows' ids; three queries."""
    people = Person.objects.in_bulk({row.person_id for row in rows if row.person_id})
    names = display_names(actor, people.values())
    units = {row.unit_id for row in rows if row.unit_id}
    found = {site.unit_id: site for site in Site.objects.filter(unit_id__in=units)}
    taken = Occupancy.objects.filter(ended_at__isnull=True, stay__person__in=people).select_related("room", "stay")
    rooms = {row.stay.person_id: row for row in taken}
    return {row.pk: _place(actor, row, names, found, rooms) for row in rows}


def _place(
    actor: Actor, row: Alarm | Deadline, names: dict[UUID, str], found: dict[UUID, Site], rooms: dict[UUID, Occupancy]
) -> Whereabouts:
    taken = rooms.get(row.person_id) if row.person_id else None
    site = found.get(row.unit_id) if row.unit_id else None
    if taken is not None and site is not None and taken.room.site_id != site.pk:
        taken = None  # a room of another site beside this one's code would send people to a wrong door
    return Whereabouts(
        name=names.get(row.person_id, "") if row.person_id else "",
        room=taken.room.number if taken else "",
        stay_number=taken.stay.number if taken and actor.may("stays.read", row.unit_id) else "",
        site=site,
    )


def count_unowned(actor: Actor, most: int = 100) -> int:
    """How many alarms wait for an owner; counting stops at `most`, so that the sidebar costs the same on a bad day."""
    waiting = Alarm.objects.visible_to(actor, READ).filter(answered_at__isnull=True, owner__isnull=True)
    return waiting.order_by()[:most].count()
