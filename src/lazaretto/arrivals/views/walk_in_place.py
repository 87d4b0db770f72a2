"""The room of somebody without a list as the form shows it: typed, of the household, of a list, or proposed."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from lazaretto.arrivals.choices import RuleBroken, WhyUnplaced
from lazaretto.arrivals.forms import WalkInForm
from lazaretto.arrivals.queries.bus import room_by_number
from lazaretto.arrivals.queries.walk_in import company_of, listed_room, stay_in_room
from lazaretto.arrivals.queries.walk_in_rooms import Offer, broken_by, offer
from lazaretto.core.errors import NotFound
from lazaretto.people.commands import NewPerson
from lazaretto.people.models import Need, Person
from lazaretto.places.models import Room, Site
from lazaretto.places.queries import receivable_categories
from lazaretto.protocols.choices import Category
from lazaretto.stays.models import IsolationOrder
from lazaretto.stays.queries.sharing import NOTHING_AGAINST, Verdict


@dataclass(frozen=True)
class Place:
    """The room as the form shows it: its number, what speaks against it, why none is proposed."""

    number: str = ""
    floor: str = ""
    why: str = ""
    breaks: tuple[str, ...] = ()
    typed: bool = False
    with_household: bool = False
    sharing: Verdict = NOTHING_AGAINST


def category_for(site: Site, form: WalkInForm, order: IsolationOrder | None) -> str:
    """The category of the order that goes on, or the one the form shows: what the site does not receive it never is."""
    if order is not None:
        return order.category
    receivable = receivable_categories(site)
    chosen = str(form["category"].value() or "")
    return chosen if chosen in receivable else str(next(value for value in Category if value in receivable))


def place_for(
    site: Site, form: WalkInForm, said: NewPerson, person: Person | None, at: datetime, order: IsolationOrder | None
) -> Place:
    """The room typed, the household's, the one a list gave, or the planner's; with what speaks against it."""
    typed = str(form["room"].value() or "").strip()
    born = (person.birth_date if person else None) or said.birth_date
    who = person or Person(birth_date=born)
    asked: dict[str, Any] = {
        "category": category_for(site, form, order),
        "needs": {str(need.kind) for need in said.needs} | _needs_of(person),
        "at": at,
    }
    companion = stay_in_room(site, str(form["with_room"].value() or ""))
    company = company_of(companion, who, birth_date=born, **asked) if companion else None
    theirs = company.room_for(str(form["assessment"].value() or "")) if company else None
    chosen = room_at(site, typed) if typed else theirs or listed_room(site, person)
    sharing = company.sharing if company else NOTHING_AGAINST
    if typed and chosen is None:
        return Place(typed, why=_("There is no such room here."), typed=True)
    if chosen is None:
        return _offered(offer(site, birth_date=born, **asked), sharing)
    mates = company is not None and chosen == company.room
    breaks = () if mates else _words(broken_by(site, chosen, birth_date=born, **asked))
    return Place(
        chosen.number, chosen.floor.label, breaks=breaks, typed=bool(typed), with_household=mates, sharing=sharing
    )


def _offered(found: Offer, sharing: Verdict) -> Place:
    why = str(WhyUnplaced(found.why).label) if found.why else ""
    if found.room is None:
        return Place(why=why, sharing=sharing)
    return Place(found.room.number, found.room.floor.label, why, _words(found.breaks), sharing=sharing)


def _words(rules: Iterable[str]) -> tuple[str, ...]:
    return tuple(str(RuleBroken(rule).label) if rule in RuleBroken.values else rule for rule in rules)


def _needs_of(person: Person | None) -> set[str]:
    rows = Need.objects.filter(person=person, ended_at__isnull=True) if person else Need.objects.none()
    return set(rows.values_list("kind", flat=True))


def room_at(site: Site, number: str) -> Room | None:
    """The room of that number; None for an empty text and for none that the site has."""
    try:
        return room_by_number(site, number) if number.strip() else None
    except NotFound:
        return None
