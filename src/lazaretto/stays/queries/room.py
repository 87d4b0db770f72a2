"""One room as the side panel shows it: who is in it, how they are, what is to be done."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from lazaretto.core.access import Actor
from lazaretto.core.choices import DeadlineState
from lazaretto.core.clock import day_bounds, local_date
from lazaretto.core.models import Deadline
from lazaretto.custody.models import HandedOver
from lazaretto.people.choices import NeedKind
from lazaretto.people.models import Need, Person
from lazaretto.people.needs import what_to_do
from lazaretto.people.queries import display_name
from lazaretto.places.models import Room, Site
from lazaretto.stays.choices import SpecimenState
from lazaretto.stays.deadlines import FEVER, NO_ANSWER, RELEASE, TEST
from lazaretto.stays.models import Observation, Occupancy, RoomHold, Specimen, Stay
from lazaretto.stays.queries.courses import day_number

POSITIVES = (SpecimenState.PRELIMINARY_POSITIVE, SpecimenState.CONFIRMED_POSITIVE)


@dataclass(frozen=True)
class NeedLine:
    """A need, with the note of whoever wrote it down."""

    kind: NeedKind
    note: str

    @property
    def advice(self) -> str:
        """What to do about it at every round, in the reader's language."""
        return what_to_do(self.kind).each_round


@dataclass(frozen=True)
class RoomGuest:
    """Somebody in the room. What the actor's role does not need is left out: None, or empty."""

    stay: Stay
    person: Person
    name: str
    day: int
    days: int
    release_at: datetime
    language: str = ""
    needs: tuple[NeedLine, ...] = ()
    observation: Observation | None = None
    specimen: Specimen | None = None
    positive: Specimen | None = None
    recheck_taken: bool = False
    test_due: str = ""
    no_answer: bool = False
    fever: bool = False

    @property
    def positive_step(self) -> int:
        """Where the matter stands: 1 take a second specimen, 2 await it, 3 move out, counted from 1."""
        if self.positive is None:
            return 0
        if self.positive.state == SpecimenState.CONFIRMED_POSITIVE:
            return 3
        return 2 if self.recheck_taken else 1


@dataclass(frozen=True)
class Kept:
    """Somebody the room is kept for."""

    hold: RoomHold
    name: str
    overdue: bool
    handover: str = ""


@dataclass(frozen=True)
class RoomPanel:
    """A room with its guests; `reads_health` says whether temperatures and results may be shown."""

    room: Room
    guests: list[RoomGuest]
    reads_stays: bool
    reads_health: bool
    overdue: bool
    kept: tuple[Kept, ...] = ()


@dataclass
class _Known:
    """What is known of the stays in a room, by stay id."""

    needs: dict[UUID, list[NeedLine]] = field(default_factory=lambda: defaultdict(list))
    observations: dict[UUID, Observation] = field(default_factory=dict)
    specimens: dict[UUID, list[Specimen]] = field(default_factory=lambda: defaultdict(list))
    dues: dict[str, dict[str, str]] = field(default_factory=lambda: defaultdict(dict))


def room_panel(actor: Actor, site: Site, number: str, *, at: datetime) -> RoomPanel | None:
    """The room of that number, None when the site has none. At most seven queries."""
    room = Room.objects.filter(site=site, number=number).select_related("floor__building", "site").first()
    if room is None:
        return None
    taken = Occupancy.objects.filter(room=room, ended_at__isnull=True).select_related("stay__person", "stay__order")
    stays = [place.stay for place in taken.order_by("started_at", "id")]
    reads, health = actor.may("stays.read", site.unit_id), actor.may("stays.health", site.unit_id)
    known = _known(stays, site, at, health=health) if reads and stays else _Known()
    guests = [_guest(actor, site, stay, known, at) for stay in stays]
    overdue = any(guest.release_at <= at for guest in guests)
    return RoomPanel(room, guests, reads, health, overdue, _kept(actor, room, at))


def kept_rooms(people: Iterable[UUID], site: Site | None) -> dict[UUID, str]:
    """The numbers of the rooms that a site keeps for these people; one query."""
    if site is None:
        return {}
    rows = RoomHold.objects.filter(person__in=people, room__site=site, ended_at__isnull=True)
    return {person: number for person, number in rows.values_list("person", "room__number") if person}


def _kept(actor: Actor, room: Room, at: datetime) -> tuple[Kept, ...]:
    holds = RoomHold.objects.filter(room=room, ended_at__isnull=True).select_related("person").order_by("until", "id")
    named = [(hold, display_name(actor, hold.person, unit_id=room.site.unit_id)) for hold in holds]
    gone = HandedOver.objects.filter(person__in=[hold.person_id for hold in holds], handover__from_site=room.site_id)
    sent = dict(gone.order_by("handover__signed_out_at").values_list("person_id", "handover__number")) if named else {}
    return tuple(Kept(hold, name, hold.until <= at, sent.get(hold.person_id, "")) for hold, name in named)


def _known(stays: list[Stay], site: Site, at: datetime, *, health: bool) -> _Known:
    known = _Known()
    for need in Need.objects.filter(person__in=[stay.person_id for stay in stays], ended_at__isnull=True).order_by(
        "kind"
    ):
        known.needs[need.person_id].append(NeedLine(NeedKind(need.kind), (need.note or "") if health else ""))
    _start, tomorrow = day_bounds(local_date(at, ZoneInfo(site.time_zone)), ZoneInfo(site.time_zone))
    dues = Deadline.objects.filter(
        subject_id__in=[str(stay.id) for stay in stays],
        state=DeadlineState.OPEN,
        kind__in=[TEST.code, NO_ANSWER.code, FEVER.code, RELEASE.code],
        due_at__lte=tomorrow,
    )
    for subject, kind, slot in dues.order_by("-due_at").values_list("subject_id", "kind", "slot"):
        known.dues[subject][kind] = slot or kind
    specimens = Specimen.objects.filter(stay__in=stays).order_by("-collected_at", "-id")
    for specimen in specimens.prefetch_related("results") if health else specimens:
        known.specimens[specimen.stay_id].append(specimen)
    if health:
        _last_seen(known, stays)
    return known


def _last_seen(known: _Known, stays: Iterable[Stay]) -> None:
    seen = Observation.objects.filter(stay__in=list(stays), superseded_at__isnull=True)
    for observation in seen.order_by("taken_at", "id"):
        known.observations[observation.stay_id] = observation


def _guest(actor: Actor, site: Site, stay: Stay, known: _Known, at: datetime) -> RoomGuest:
    zone = ZoneInfo(site.time_zone)
    specimens = known.specimens[stay.id]
    positive = next((taken for taken in specimens if taken.state in POSITIVES), None)
    dues = known.dues[str(stay.id)]
    health = actor.may("stays.health", site.unit_id)
    return RoomGuest(
        stay=stay,
        person=stay.person,
        name=display_name(actor, stay.person, unit_id=site.unit_id),
        day=day_number(stay.order, local_date(at, zone), zone),
        days=day_number(stay.order, local_date(stay.order.ends_at, zone), zone),
        release_at=stay.order.ends_at,
        language=stay.person.language if actor.may("stays.read", site.unit_id) else "",
        needs=tuple(known.needs[stay.person_id]),
        observation=known.observations.get(stay.id),
        specimen=specimens[0] if health and specimens else None,
        positive=positive,
        recheck_taken=positive is not None and any(taken.confirms_id == positive.id for taken in specimens),
        test_due=dues.get(TEST.code, ""),
        no_answer=NO_ANSWER.code in dues,
        fever=FEVER.code in dues,
    )
