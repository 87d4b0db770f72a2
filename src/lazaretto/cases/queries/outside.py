"""Somebody who stays at no site of ours: what they are, where they are, what a change of theirs depends on."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db.models import Q

from lazaretto.cases.choices import OUTSIDE, ChangeKind, ChangeState
from lazaretto.cases.models import Change
from lazaretto.cases.queries.refuted import confirmed_case, moot_for_case, suspicion_about, undone_outside
from lazaretto.cases.queries.surroundings import Found, Known, around, known_above
from lazaretto.cases.rules import NO_CATEGORY, PROPOSE, Clock, Near, Scene, may_become
from lazaretto.core.access import Actor
from lazaretto.core.clock import local_date
from lazaretto.custody.models import Holding
from lazaretto.headcounts.choices import OrganisationKind
from lazaretto.headcounts.queries import members_of, sleeps_at
from lazaretto.people.models import Need, Person, PersonAccess
from lazaretto.people.queries import age_on
from lazaretto.places import queries as places
from lazaretto.places.choices import ExternalKind
from lazaretto.places.models import ExternalPlace
from lazaretto.places.queries import Home
from lazaretto.protocols.choices import Category
from lazaretto.protocols.rules import Lodging, Occupant, Pack
from lazaretto.stays.queries.going_on import unlifted_order
from lazaretto.stays.rules import with_ties

LOOK_BACK = timedelta(days=4)  # as the plans have it; only to find the tube that a change rests on
C = ChangeKind
BECAME = {C.CASE: Category.CASE, C.CONTACT: Category.CLOSE_CONTACT, C.RECOVERED: Category.RECOVERED}


def home_of(change: Change) -> Home:
    """Those of the site; of a unit that runs none, those at home."""
    return Home(change.site.time_zone, change.site.jurisdiction) if change.site else places.home_of(change.unit_id)


def category_of(person_id: UUID, *, at: datetime) -> str:
    """What somebody outside is now: by the last change that holds, else by an order in force; empty for nothing yet."""
    rows = Change.objects.filter(person=person_id, state=ChangeState.CONFIRMED, refuted_by__isnull=True)
    last = rows.filter(kind__in=list(BECAME)).order_by("-decided_at", "-id").first()
    if last is not None:
        return BECAME[C(last.kind)]
    order = unlifted_order(person_id)
    return order.category if order is not None and order.ends_at > at else NO_CATEGORY


def kinds_outside(person_id: UUID, *, at: datetime) -> list[ChangeKind]:
    """What can be proposed for somebody who stays at no site."""
    category = category_of(person_id, at=at)
    refutable = confirmed_case(person_id) is not None or suspicion_about(person_id).exists()
    return [kind for kind in OUTSIDE if may_become(kind, category) and (kind != C.LIFTED or refutable)]


def unit_for(actor: Actor, person_id: UUID) -> UUID | None:
    """The unit for which this actor proposes something about them: one that cares for them, the last to begin first."""
    rows = PersonAccess.objects.filter(person=person_id).order_by("ended_at", "-started_at", "id")
    units = [row.unit_id for row in sorted(rows, key=lambda row: row.ended_at is not None)]
    return next((unit for unit in units if actor.may(PROPOSE, unit)), None)


@dataclass(frozen=True)
class Whereabouts:
    """Where somebody outside is: a place that holds them, else where they sleep by their headcount or their record."""

    held_by: ExternalPlace | None
    kind: ExternalKind
    organisation: str
    address: str

    @property
    def spoken(self) -> str:
        """In one line; empty where nobody has said."""
        held = str(self.held_by) if self.held_by else ""
        return " · ".join(part for part in (held, self.organisation, self.address) if part)


def where_is(person: Person) -> Whereabouts:
    """Three queries."""
    held = Holding.objects.filter(person=person, ended_at__isnull=True).select_related("external").first()
    home = members_of(person.pk).exclude(organisation__kind=OrganisationKind.NONE).first()
    works = home is not None and home.organisation.kind == OrganisationKind.ENTERPRISE
    return Whereabouts(
        held.external if held else None, ExternalKind.LODGING if works else ExternalKind.HOME,
        home.organisation.name if home else person.employer,
        sleeps_at(person),
    )  # fmt: skip


def scene_outside(change: Change, *, at: datetime, since: datetime, zone: ZoneInfo, pack: Pack) -> Scene:
    """Everything that the rules want to know. A fixed number of queries however many are near."""
    person = change.person
    if person is None:
        raise ValueError("a change outside is about somebody")
    known = known_above(change, since)
    near = around(change, known)
    close = [one for each in near if each.contacts for one in each.people]
    occupants = _occupants(person, close, pack, local_date(at, zone))
    held = Holding.objects.filter(person=person, ended_at__isnull=True).select_related("external").first()
    external = held.external if held else None
    case = confirmed_case(person.pk) if change.kind == C.LIFTED else None
    return Scene(
        pack=pack, receives=frozenset(), outside=True, around=near, staff=_staff(known),
        subject=_near(occupants[str(person.pk)]), near=tuple(_near(occupants[one]) for one in close),
        on=local_date(change.happened_at, zone).isoformat(), today=local_date(at, zone).isoformat(),
        own=_own(person.pk, at, zone), here=not (external and external.kind == ExternalKind.HOSPITAL),
        suspected=suspicion_about(person.pk).exists(),
        moot=moot_for_case(person.pk) if change.kind == C.CASE else (),
        undone=undone_outside(case, elsewhere=external is not None, zone=zone) if case else None,
    )  # fmt: skip


def unsettled(change: Change, since: datetime) -> str:
    """What it rests on that is not confirmed (any more), as apps above know; empty for nothing."""
    return next((one.unsettled for one in known_above(change, since) if one.unsettled), "")


def findings(change: Change) -> list[Found]:
    """Positives of theirs that stand, as apps above know, since what the change speaks of was found."""
    return [one for each in known_above(change, _looked_back(change)) for one in each.stands]


def still_positive(change: Change) -> list[Found]:
    """Those of them that no recheck that was confirmed later refutes, and no recovery is behind."""
    about = Q(person=change.subject_id) | Q(stay__person=change.subject_id)
    ended = Change.objects.filter(about, kind__in=[C.LIFTED, C.RECOVERED], state=ChangeState.CONFIRMED)
    last = ended.order_by("-happened_at").values_list("happened_at", flat=True).first()
    return [one for one in findings(change) if last is None or one.found_at > last]


def _looked_back(change: Change) -> datetime:
    """Of a recheck: from the finding that it speaks of."""
    moments = [change.happened_at]
    who = change.subject_id
    if change.kind == C.LIFTED and who is not None:
        case = confirmed_case(who)
        suspected = Change.objects.filter(Q(person=who) | Q(stay__person=who), kind=C.CASE, state=ChangeState.PROPOSED)
        moments += [*suspected.values_list("happened_at", flat=True), *([case.happened_at] if case else [])]
    return min(moments) - LOOK_BACK


def _staff(known: Sequence[Known]) -> tuple[int, ...]:
    return tuple(sorted({user for one in known for user in one.staff}))


def _own(person_id: UUID, at: datetime, zone: ZoneInfo) -> Clock | None:
    order = unlifted_order(person_id)
    if order is None or order.ends_at <= at:
        return None
    return Clock(ended_on=local_date(order.ends_at, zone).isoformat())


def _near(occupant: Occupant) -> Near:
    """Outside there are no rooms of ours."""
    return Near(stay="", occupant=occupant, lodging=Lodging(id=occupant.id, building="", floor=0, room=""))


def _occupants(person: Person, close: Sequence[str], pack: Pack, today: date) -> dict[str, Occupant]:
    """The subject and those close to them as the rules for company see them: one household."""
    people = [person, *Person.objects.filter(pk__in=close).order_by("pk")]
    needs: dict[UUID, set[str]] = {}
    told = Need.objects.filter(person__in=[one.pk for one in people], ended_at__isnull=True)
    for who, kind in told.values_list("person_id", "kind"):
        needs.setdefault(who, set()).add(kind)
    listed = [
        Occupant(
            id=str(one.pk), age=age_on(one.birth_date, today), household=str(person.pk), category="",
            needs=frozenset(needs.get(one.pk, ())),
        )
        for one in people
    ]  # fmt: skip
    return {one.id: one for one in with_ties(pack.rooms, listed)}
