"""Somebody is found: written down with what is known, recognised, in our care from that moment."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Annotated
from uuid import UUID

from pydantic import Field

from lazaretto.accounts.models import Unit
from lazaretto.core.access import Actor
from lazaretto.core.commands import command, record
from lazaretto.core.deadlines import Due, set_deadlines
from lazaretto.core.errors import whole
from lazaretto.core.numbers import next_number, of_year
from lazaretto.custody.commands import Seen, write_facts
from lazaretto.custody.rules import FactKind
from lazaretto.people.choices import Likeness, PartyKind, Sex
from lazaretto.people.commands import (
    GivenDocument,
    GivenNeed,
    NewPerson,
    add_people,
    clean_person,
    form_parties,
    open_access,
)
from lazaretto.people.errors import DocumentTaken
from lazaretto.people.models import Person
from lazaretto.people.queries import alike, person_by_id
from lazaretto.stranded import rules
from lazaretto.stranded.choices import StepKind, Why
from lazaretto.stranded.commands.common import MOST, found_place, settle, watch_place, write_step
from lazaretto.stranded.commands.recognised import complete_known
from lazaretto.stranded.deadlines import OWNER
from lazaretto.stranded.errors import (
    FoundAlready,
    NobodyFound,
    NothingToKnowBy,
    NotLaterThanNow,
    PossiblyFoundBefore,
    WhereMissing,
)
from lazaretto.stranded.models import Group, Stranded
from lazaretto.stranded.queries import nameless, zone_of

REGISTER, PLACES = rules.REGISTER, rules.PLACE
NOBODY_IN_PARTICULAR = "无名"  # stands for a name while the rest is cleaned; never stored
Line = Annotated[str, Field(max_length=120)]
Words = Annotated[str, Field(max_length=500)]
Age = Annotated[int, Field(ge=0, le=130)]


@dataclass(frozen=True)
class FoundPerson:
    """One of those found. Something to know them by is enough: a few words, a name, a paper or who they are.

    `same_as` is the known person they are, `not_same_as` those who are alike and somebody else.
    """

    known_as: Words = ""
    name: Line = ""
    sex: Sex = Sex.UNKNOWN
    age: Age | None = None
    birth_date: date | None = None
    document: GivenDocument | None = None
    phone: Line = ""
    employer: Line = ""
    address: Words = ""
    language: Annotated[str, Field(max_length=12)] = "zh-hans"
    needs: tuple[GivenNeed, ...] = ()
    same_as: UUID | None = None
    not_same_as: tuple[UUID, ...] = ()

    def cleaned(self, *, at: datetime) -> NewPerson:
        """What is said of them in normal form; the name stands in for one where there is none.

        Raises what `people.commands.clean_person` raises.
        """
        return clean_person(
            NewPerson(
                name=self.name.strip() or NOBODY_IN_PARTICULAR, sex=self.sex, birth_date=self.birth_date,
                documents=(self.document,) if self.document else (), phones=(self.phone,) if self.phone.strip() else (),
                employer=self.employer, address=self.address, language=self.language, needs=self.needs,
            ),
            at=at,
        )  # fmt: skip

    @property
    def is_known_by_something(self) -> bool:
        """Whether somebody could tell them from the next."""
        return bool(self.known_as.strip() or self.name.strip() or self.document or self.phone.strip() or self.same_as)


@dataclass(frozen=True)
class Registered:
    """They are in our care. `place_by` is when the first of them has to have a place."""

    group_id: UUID
    number: str
    people: tuple[UUID, ...]
    place_by: datetime | None


def alike_to(found: FoundPerson, clean: NewPerson) -> dict[UUID, list[str]]:
    """Who in the district may be this one, with the reasons (`people.choices.Likeness`)."""
    names = (clean.name, *clean.other_names) if found.name.strip() else ()
    numbers = [document.number for document in clean.documents]
    return alike(names, numbers=numbers, phones=clean.phones, birth_date=clean.birth_date)


@command("stranded.register", capability=REGISTER)
def register(
    *,
    actor: Actor,
    at: datetime,
    unit: Unit,
    why: Why,
    where: str,
    people: tuple[FoundPerson, ...],
    found_at: datetime | None = None,
    found_by: str = "",
    words: str = "",
    cold: bool = False,
    fed_by_us: bool = True,
    family: bool = False,
) -> Registered:
    """Write down people who were found, or a household that was left without anybody, and take them into our care.

    From this moment `unit` has them (a fact of custody), and clocks run from `found_at`: an owner, a place, food,
    company for whoever must not be alone. Whoever registers and may give places owns it at once. Somebody known whom
    another place holds is moved by nothing: the place is asked. Raises `NobodyFound`, `NothingToKnowBy`,
    `WhereMissing`, `PossiblyFoundBefore`, `FoundAlready`, `NotLaterThanNow`, and what `people` raises about who they
    are: `NameInvalid`, `DocumentInvalid`, `DocumentTaken`, `PhoneInvalid`, `BirthDateImpossible`.
    """
    place, moment = whole(where, 500), found_at or at
    if not place:
        raise WhereMissing
    if not people:
        raise NobodyFound
    if moment > at:
        raise NotLaterThanNow
    owns = actor.user_id is not None and actor.may(PLACES, unit.pk)
    series = of_year(f"{unit.code}-F", at)
    group = Group.objects.create(
        number=f"{series}-{next_number(series):04d}", unit=unit, why=why, where=place, words=whole(words, MOST) or None,
        found_at=moment, found_by=whole(found_by, 120), cold=cold, fed_by_us=fed_by_us, registered_at=at,
        registered_by_id=actor.user_id, owner_id=actor.user_id if owns else None, owned_at=at if owns else None,
    )  # fmt: skip
    rows = [_write(group, position, one, actor, at) for position, one in enumerate(people, start=1)]
    ids = [row.person_id for row in rows]
    _keep_together(group, ids, at, family=family or group.at_home)
    facts = [Seen(person, FactKind.TAKEN_IN, moment, external=found_place(unit)) for person in ids]
    write_facts(facts, actor=actor, at=at)
    due = watch_place(group, rows, moment, at=at)
    if not owns:
        owner_due = rules.within("owner", moment, zone_of(unit))
        set_deadlines([Due(OWNER.code, group, owner_due, unit_id=unit.pk)], at=at)
    write_step(group, StepKind.REGISTERED, (), actor=actor, at=at, words=group.found_by)
    settle(group, actor=actor, at=at)
    record(group, unit_id=unit.pk, data={"number": group.number, "why": why, "people": len(rows)})
    return Registered(group.pk, group.number, tuple(row.pk for row in rows), due)


def _keep_together(group: Group, people: Sequence[UUID], at: datetime, *, family: bool) -> None:
    if len(people) > 1:
        kind = PartyKind.HOUSEHOLD if family else PartyKind.COMPANIONS
        form_parties({group.number: list(people)}, at=at, kind=kind, label=group.number)


def _write(group: Group, position: int, one: FoundPerson, actor: Actor, at: datetime) -> Stranded:
    if not one.is_known_by_something:
        raise NothingToKnowBy
    clean = one.cleaned(at=at)
    named = bool(one.name.strip())
    if not named:
        clean = replace(clean, name=nameless(group.number, position))
    person, differs = _who(group, one, clean, actor, at)
    earlier = Stranded.objects.filter(person=person, ended_at__isnull=True).select_related("group").first()
    if earlier is not None:
        raise FoundAlready(group=earlier.group.number)
    row = Stranded.objects.create(
        group=group, position=position, person_id=person, nameless=not named and one.same_as is None,
        known_as=whole(one.known_as, 500) or None, age=one.age,
    )  # fmt: skip
    record(row, unit_id=group.unit_id, person_id=person, data={"group": group.number, "nameless": row.nameless})
    if differs:
        write_step(group, StepKind.DIFFERS, [row], actor=actor, at=at, words=differs)
    return row


def _who(group: Group, one: FoundPerson, clean: NewPerson, actor: Actor, at: datetime) -> tuple[UUID, str]:
    """The record of this one: the known one that somebody recognised, or a new one; what was said that differs from it.

    Raises `PossiblyFoundBefore`, `DocumentTaken`, `FoundAlready`.
    """
    likely = alike_to(one, clean)
    if one.same_as is None:
        unseen = set(likely) - set(one.not_same_as)
        if unseen:
            raise PossiblyFoundBefore(people=" ".join(sorted(map(str, unseen))))
        if any(Likeness.SAME_NUMBER in why for why in likely.values()):
            raise DocumentTaken
        (made,) = add_people([clean], unit_id=group.unit_id, at=at)
        return made, ""
    given_away = one.same_as in likely
    person = Person.objects.get(pk=one.same_as) if given_away else person_by_id(actor, one.same_as, REGISTER)
    open_access([person.pk], group.unit_id, at)
    record(person, unit_id=group.unit_id, person_id=person.pk, data={"known_by": likely.get(person.pk, [])})
    named = bool(one.name.strip())
    return person.pk, complete_known(person, clean, named=named, actor=actor, group=group, at=at)
