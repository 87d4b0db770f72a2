"""Who shared something with somebody who does not stay at a site; apps above say what they know of it."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TypeVar
from uuid import UUID

from lazaretto.cases.choices import ChangeState, Why
from lazaretto.cases.models import Change
from lazaretto.cases.rules import Around
from lazaretto.headcounts.choices import OrganisationKind
from lazaretto.headcounts.models import Member
from lazaretto.headcounts.queries import members_of
from lazaretto.people.choices import PartyKind
from lazaretto.people.models import PartyMember
from lazaretto.protocols.choices import Category
from lazaretto.stays.models import Stay


@dataclass(frozen=True, kw_only=True)
class Shared:
    """People who shared something (`why`, `where`): by their headcounts, and `number` of more without a record."""

    why: Why
    where: str = ""
    members: tuple[Member, ...] = ()
    number: int = 0


@dataclass(frozen=True)
class Found:
    """A positive of theirs that nobody has taken back: `confirmed` by a second finding, or preliminary."""

    tube: str
    found_at: datetime
    confirmed: bool


@dataclass(frozen=True)
class Known:
    """What an app above knows about somebody. `unsettled` names what a change rests on that is not confirmed (any
    more); `staff` are users who came near; `stands` are positives of theirs that stand."""

    shared: tuple[Shared, ...] = ()
    staff: tuple[int, ...] = ()
    unsettled: str = ""
    stands: tuple[Found, ...] = ()


Key = TypeVar("Key", bound=UUID | str | int)
Teller = Callable[[Change, datetime], Known]
_tellers: list[Teller] = []


def told_by(teller: Teller) -> None:
    """An app above says what it knows about somebody since a moment; called when it is ready."""
    if teller not in _tellers:
        _tellers.append(teller)


def known_above(change: Change, since: datetime) -> list[Known]:
    """What the apps above know."""
    return [teller(change, since) for teller in _tellers]


def around(change: Change, known: Iterable[Known]) -> tuple[Around, ...]:
    """Household, dormitory, and what apps above know; each person once, under the nearest.

    A fixed number of queries for each headcount they are on.
    """
    person = change.person_id
    if person is None:
        return ()
    household = list(_household(person))
    rooms = list(_dormitory(person))
    shared = [*rooms, *(one for each in known for one in each.shared)]
    everybody = {*household, *(row.person_id for one in shared for row in one.members if row.person_id)}
    sorting = _Sorting(person, _staying(everybody), _cases(everybody))
    found = [sorting.of(Why.SAME_HOUSEHOLD, contacts=True, people=household)]
    found += [sorting.shared(one) for one in shared]
    return tuple(one for one in found if one.people or one.staying or one.members or one.cases or one.number)


class _Sorting:
    """Whoever was named already is not named again."""

    def __init__(self, subject: UUID, staying: dict[UUID, Stay], cases: set[UUID]) -> None:
        self.seen: set[UUID | str | int] = {subject}
        self.staying, self.cases = staying, cases

    def of(
        self, why: Why, *, contacts: bool, people: Iterable[UUID] = (), members: Sequence[Member] = (), number: int = 0,
        where: str = "",
    ) -> Around:  # fmt: skip
        """Those of one kind, by what has to be done about them."""
        known = self._new([*people, *(row.person_id for row in members if row.person_id)])
        listed = {row.document_digest or row.pk: row.pk for row in members if row.person_id is None}
        free = [one for one in known if one not in self.staying and one not in self.cases]
        here = [one for one in known if one in self.staying and one not in self.cases]
        return Around(
            why=why, contacts=contacts, number=number, where=where,
            people=tuple(sorted(str(one) for one in free)),
            staying=tuple(sorted((str(one), str(self.staying[one].pk)) for one in here)),
            cases=tuple(sorted(str(one) for one in known if one in self.cases)),
            members=tuple(sorted(listed[key] for key in self._new(listed))),
        )  # fmt: skip

    def shared(self, one: Shared) -> Around:
        """The same of what is known by headcounts."""
        close = one.why == Why.SAME_DORMITORY
        return self.of(one.why, contacts=close, members=one.members, number=one.number, where=one.where)

    def _new(self, keys: Iterable[Key]) -> list[Key]:
        found = [key for key in dict.fromkeys(keys) if key not in self.seen]
        self.seen.update(found)
        return found


def _household(person: UUID) -> Iterable[UUID]:
    own = PartyMember.objects.filter(person=person, ended_at__isnull=True, party__kind=PartyKind.HOUSEHOLD)
    rows = PartyMember.objects.filter(party__in=own.values("party"), ended_at__isnull=True)
    return rows.exclude(person=person).values_list("person_id", flat=True)


def _dormitory(person: UUID) -> Iterable[Shared]:
    """Whoever sleeps in the same room by the headcount of their enterprise or community.

    What is said of people who belong to neither is where somebody met them, which is no room.
    """
    own = list(members_of(person).exclude(room="").exclude(organisation__kind=OrganisationKind.NONE))
    for mine in own:
        rows = Member.objects.filter(
            organisation=mine.organisation_id, building=mine.building, room=mine.room, ended_at__isnull=True
        ).exclude(pk__in=[one.pk for one in own])
        yield Shared(why=Why.SAME_DORMITORY, where=mine.organisation.name, members=tuple(rows.order_by("pk")))


def _staying(people: Iterable[UUID]) -> dict[UUID, Stay]:
    rows = Stay.objects.filter(person__in=list(people), ended_at__isnull=True)
    return {row.person_id: row for row in rows}


def _cases(people: Iterable[UUID]) -> set[UUID]:
    """Who is a case themselves: in one of our rooms, or by a confirmed change that nobody refuted."""
    ids = list(people)
    stays = Stay.objects.filter(person__in=ids, ended_at__isnull=True, category=Category.CASE)
    rows = Change.objects.filter(person__in=ids, kind="case", state=ChangeState.CONFIRMED, refuted_by__isnull=True)
    return {*stays.values_list("person_id", flat=True), *(pk for pk in rows.values_list("person_id", flat=True) if pk)}
