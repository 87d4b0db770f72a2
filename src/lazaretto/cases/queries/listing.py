"""Changes of status as lists and pages show them, within what an actor may see."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import UUID

from django.db.models import Count, Exists, OuterRef, Q, QuerySet
from django.utils.http import urlencode

from lazaretto.accounts.models import User
from lazaretto.cases import wording
from lazaretto.cases.choices import OF_A_PERSON, ChangeKind, ChangeState, ConsequenceKind, FollowUpState
from lazaretto.cases.models import Change, FollowUp
from lazaretto.cases.queries.refuted import case_of, declared_by, suspicion_of
from lazaretto.cases.rules import PROPOSE, Consequence, may_become
from lazaretto.core.access import Actor
from lazaretto.core.errors import NotFound
from lazaretto.headcounts.models import Member
from lazaretto.orders.choices import Urgency
from lazaretto.people.models import Person
from lazaretto.people.queries import display_names, name_for
from lazaretto.stays.models import Occupancy, Stay

READ = "cases.read"
AT_ONCE = timedelta(hours=2)  # by the plans a case is in hospital within two hours: such a move is no order of the day


def changes(actor: Actor) -> QuerySet[Change]:
    """Changes the actor may read, with what a line of a list shows."""
    related = (
        "site",
        "unit",
        "person",
        "stay__person",
        "floor",
        "building",
        "proposed_by",
        "decided_by",
        "specimen",
        "refutes",
        "refuted_by",
    )
    return Change.objects.visible_to(actor, READ).select_related(*related, "refuted_by__decided_by")


def change_by_number(actor: Actor, number: str) -> Change:
    """One of them; raises `NotFound`."""
    found = changes(actor).select_related("stay__order").filter(number=number).first()
    if found is None:
        raise NotFound(kind="cases.change", number=number)
    return found


def changes_about(actor: Actor, person: Person) -> QuerySet[Change]:
    """Those about somebody, the last first."""
    rows = changes(actor).filter(Q(stay__person=person) | Q(person=person))
    return rows.order_by("-proposed_at", "-id")


def listed(actor: Actor, state: str, *, at: datetime) -> QuerySet[Change]:
    """Those that wait for confirmation (`waiting`), those with something to do (`to_do`), or all; with the numbers of
    what still has to be done, and of what is late."""
    open_one = Q(follow_ups__state=FollowUpState.OPEN)
    rows = changes(actor)
    if state == "waiting":
        rows = rows.filter(state=ChangeState.PROPOSED)
    elif state == "to_do":
        unfinished = FollowUp.objects.filter(change=OuterRef("pk"), state=FollowUpState.OPEN)
        rows = rows.filter(Exists(unfinished), state=ChangeState.CONFIRMED)
    return rows.annotate(
        open_count=Count("follow_ups", filter=open_one),
        late_count=Count("follow_ups", filter=open_one & Q(follow_ups__due_at__lt=at)),
    )


def kinds_for(stay: Stay) -> list[ChangeKind]:
    """What can be proposed for somebody as they are now; whoever left for hospital can only have recovered."""
    refutable = case_of(stay) is not None
    if stay.ended_at is not None:
        return [kind for kind in (ChangeKind.LIFTED, ChangeKind.RECOVERED) if refutable or kind != ChangeKind.LIFTED]
    possible = {
        ChangeKind.LIFTED: refutable or suspicion_of(stay).exists(),
        ChangeKind.NO_CONTACT: declared_by(stay) is not None,
    }
    return [kind for kind in OF_A_PERSON if may_become(kind, stay.category) and possible.get(kind, True)]


@dataclass(frozen=True)
class Line:
    """A change as the list shows it: whom or what it concerns, in words."""

    change: Change
    about: str


def lines(actor: Actor, rows: Sequence[Change]) -> list[Line]:
    """With the names that the actor reads; one query."""
    people = [person for row in rows if (person := about(row))]
    names = display_names(actor, people)
    return [Line(row, names[row.subject_id] if row.subject_id else place_of(row)) for row in rows]


def about(change: Change) -> Person | None:
    """Whom it is about; None of an event at a place."""
    return change.stay.person if change.stay else change.person


def place_of(change: Change) -> str:
    """The place of an event: floor, building or the site."""
    if change.floor:
        return f"{change.place_name} {change.floor.label}"
    if change.building:
        return f"{change.place_name} {change.building.name}"
    return change.site.spoken_name if change.site else change.place_name


@dataclass(frozen=True)
class Named:
    """Somebody whom a consequence concerns: name and room now; `person` is their id, empty for staff."""

    name: str
    room: str = ""
    person: str = ""


@dataclass(frozen=True)
class Told:
    """A consequence in words."""

    kind: str
    label: str
    tone: str
    icon: str
    why: str
    named: list[Named]
    to: str = ""
    hours: int = 0
    clock_on: str = ""
    ended_on: str = ""
    ends_on: str = ""
    company: list[str] = field(default_factory=list)
    order: str = ""
    tubes: tuple[str, ...] = ()
    category: str = ""
    number: int = 0
    where: str = ""

    @property
    def says_how(self) -> bool:
        """Whether there is anything to say beside whom it concerns and why."""
        return bool(
            self.where or self.to or self.hours or self.ends_on or self.order or self.tubes or self.kind == "company"
        )


@dataclass(frozen=True)
class Names:
    """Names of people and users by id, and the rooms that people have now."""

    people: dict[UUID, str]
    rooms: dict[UUID, str]
    users: dict[int, str]
    members: dict[int, str]

    def of(self, people: Iterable[str], users: Iterable[int], members: Iterable[int] = ()) -> list[Named]:
        """Those of a consequence, in their order."""
        found = [UUID(person) for person in people]
        guests = [Named(self.people.get(one, "—"), self.rooms.get(one, ""), str(one)) for one in found]
        listed = [Named(self.members.get(member, "—")) for member in members]
        return [*guests, *listed, *(Named(self.users.get(user, "—")) for user in users)]


def names_for(actor: Actor, people: Iterable[str], users: Iterable[int], members: Iterable[int] = ()) -> Names:
    """The names that the actor reads; five queries at most."""
    wanted = {UUID(person) for person in people}
    rows = Occupancy.objects.filter(stay__person__in=wanted, ended_at__isnull=True)
    return Names(
        display_names(actor, Person.objects.filter(pk__in=wanted)),
        dict(rows.values_list("stay__person_id", "room__number")),
        {user.pk: str(user) for user in User.objects.filter(pk__in=set(users))},
        _listed(actor, set(members)),
    )


def _listed(actor: Actor, members: set[int]) -> dict[int, str]:
    """Names from headcounts, as the role reads them there."""
    if not members:
        return {}
    rows = Member.objects.filter(pk__in=members).select_related("organisation")
    return {row.pk: name_for(actor, row.name, unit_id=row.organisation.unit_id) for row in rows}


def told(actor: Actor, consequences: Sequence[Consequence], pack: str) -> list[Told]:
    """Consequences in words, with names."""
    names = names_for(
        actor,
        (person for one in consequences for person in one.people),
        (user for one in consequences for user in one.users),
        (member for one in consequences for member in one.members),
    )
    return [_told(one, names, pack) for one in consequences]


def _told(one: Consequence, names: Names, pack: str) -> Told:
    tone, icon = wording.LOOKS[one.kind]
    named = names.of(one.people, one.users, one.members)
    alone = one.kind == ConsequenceKind.COMPANY
    return Told(
        one.kind, str(ConsequenceKind(one.kind).label), tone, icon, wording.why(one.why, pack),
        named[:1] if alone else named, wording.destination(one.to, one.category), one.hours, one.clock_on,
        one.ended_on, one.ends_on, [other.name for other in named[1:]] if alone else [], one.order,
        one.tubes, wording.category_label(one.category) if one.kind == ConsequenceKind.BACK else "",
        one.number, one.where,
    )  # fmt: skip


@dataclass(frozen=True)
class FollowUpLine:
    """A follow-up as the page shows it."""

    follow_up: FollowUp
    label: str
    tone: str
    icon: str
    named: list[Named]
    to: str
    late: bool
    mine: bool
    contact: Stay | None = None
    asked: Stay | None = None
    order: str = ""


def follow_up_lines(actor: Actor, change: Change, *, at: datetime) -> list[FollowUpLine]:
    """Open ones first, by their time; seven queries at most."""
    rows = list(change.follow_ups.select_related("owner", "closed_by", "person", "from_place").order_by("due_at", "id"))
    names = names_for(actor, (p for row in rows for p in row.people), (u for row in rows for u in row.users))
    contacts = _contacts(actor, rows)
    found = []
    for row in rows:
        tone, icon = wording.LOOKS[row.kind]
        open_one = row.state == FollowUpState.OPEN
        people = row.people[:1] if row.kind == ConsequenceKind.COMPANY else row.people
        found.append(
            FollowUpLine(
                row, row.get_kind_display(), tone, icon, names.of(people, row.users),
                wording.destination(row.to, row.category), open_one and row.due_at < at,
                row.owner_id is not None and row.owner_id == actor.user_id,
                *_decided_at(change, contacts.get(row.pk)), _of_order(change, row),
            )
        )  # fmt: skip
    return sorted(found, key=lambda line: line.follow_up.state != FollowUpState.OPEN)


def _of_order(change: Change, row: FollowUp) -> str:
    """What a transfer order drafted for it begins with: why, and whether it is for at once."""
    if row.kind != ConsequenceKind.MOVE:
        return ""
    given = {"reason": f"{change.get_kind_display()} ({change.number})"}
    at_once = change.decided_at is not None and row.due_at - change.decided_at <= AT_ONCE
    return urlencode({**given, "urgency": Urgency.NOW} if at_once else given)


def _decided_at(change: Change, stay: Stay | None) -> tuple[Stay | None, Stay | None]:
    """The stay to be changed back because a case was none, or to be looked at because somebody outside is one."""
    lifted = change.kind == ChangeKind.LIFTED
    return (stay if lifted and not change.outside else None, None if lifted else stay)


def _contacts(actor: Actor, rows: Sequence[FollowUp]) -> dict[UUID, Stay]:
    """By follow-up: the stay of whom it is asked whether they stay a contact, where the actor may propose that."""
    asked = [row for row in rows if row.kind == ConsequenceKind.DECIDE and row.state == FollowUpState.OPEN]
    if not asked:
        return {}
    stays = Stay.objects.visible_to(actor, PROPOSE).filter(
        person__in=[row.person_id for row in asked], ended_at__isnull=True
    )
    found = {stay.person_id: stay for stay in stays.select_related("site", "order")}
    own = {row.change.subject_id for row in asked}
    return {row.pk: found[row.person_id] for row in asked if row.person_id in found and row.person_id not in own}
