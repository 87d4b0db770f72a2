"""Who the person at the desk may be, and whom they belong with."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db.models import Count
from django.utils.translation import gettext_lazy as _

from lazaretto.arrivals.models import ExpectedArrival
from lazaretto.arrivals.queries.rooms import BED_FROM_AGE, ON_THE_WAY, age_on
from lazaretto.core.access import Actor
from lazaretto.orders.queries.standing import Ground, granted, ground_of
from lazaretto.people.choices import Likeness, Sex
from lazaretto.people.commands import NewPerson
from lazaretto.people.models import IdentityDocument, Person
from lazaretto.people.queries import alike, display_names, find
from lazaretto.places.models import Room, Site
from lazaretto.stays.models import IsolationOrder, Occupancy, Stay
from lazaretto.stays.queries.going_on import goes_on_under, unlifted_order
from lazaretto.stays.queries.sharing import Sharer, Verdict, others_in, verdict
from lazaretto.transfers.queries.whereabouts import holding_of, place_of

GROUNDS = {
    Ground.ORDER: _("A transfer order sends them here."),
    Ground.HANDOVER: _("They were handed over to this site."),
    Ground.ISOLATION: _("An isolation order of ours is in force."),
    Ground.EXCEPTION: _("Headquarters has granted an exception."),
}
MOST = 6
SHORTEST = 2


@dataclass(frozen=True)
class Known:
    """Somebody in our records. `why` is empty for whom only the letters fit; `telling` says that a person must decide.

    `stay` is their open stay; `room` its room where that is at this site, `expected` that a list here names them.
    """

    person_id: UUID
    name: str
    romanised: str
    sex: str
    age: int | None
    why: tuple[str, ...]
    stay: str
    room: str
    expected: bool

    @property
    def telling(self) -> bool:
        """Whether more than the letters of the name speaks for it."""
        return bool(self.why)


def alike_to(person: NewPerson) -> dict[UUID, list[str]]:
    """Who in the district may be this newcomer (in normal form), with the reasons (`people.choices.Likeness`)."""
    return alike(
        (person.name, *person.other_names),
        numbers=[document.number for document in person.documents],
        phones=person.phones,
        birth_date=person.birth_date,
    )


def known_at_the_desk(actor: Actor, site: Site, said: NewPerson, typed: Sequence[str], *, at: datetime) -> list[Known]:
    """Those who may be the person at the desk: whoever is alike first, then those whom the letters `typed` fit.

    Somebody alike whom the actor may not see is shown masked: nobody is doubled, nobody is given away.
    """
    why = alike_to(said)
    ids = list(why)
    for text in typed:
        ids += [hit.person_id for hit in find(actor, text, limit=MOST)] if len(text) >= SHORTEST else []
    return _described(actor, site, list(dict.fromkeys(ids))[: max(MOST, len(why))], why, at)


def known_by_id(actor: Actor, site: Site, person: Person, *, at: datetime) -> Known:
    """One person as the desk shows them."""
    return _described(actor, site, [person.id], {}, at)[0]


def _described(actor: Actor, site: Site, ids: list[UUID], why: dict[UUID, list[str]], at: datetime) -> list[Known]:
    people = Person.objects.current().defer("address").in_bulk(ids)
    names = display_names(actor, people.values())
    stays = dict(Stay.objects.filter(person__in=people, ended_at__isnull=True).values_list("person_id", "number"))
    here = Occupancy.objects.filter(stay__person__in=people, stay__site=site, ended_at__isnull=True)
    rooms = dict(here.values_list("stay__person_id", "room__number"))
    coming = ExpectedArrival.objects.filter(person__in=people, site=site, state__in=ON_THE_WAY)
    expected = set(coming.values_list("person_id", flat=True))
    today = at.astimezone(ZoneInfo(site.time_zone)).date()
    return [
        Known(
            person_id=pk,
            name=names[pk],
            romanised=people[pk].romanised if names[pk] == people[pk].name else "",
            sex=str(people[pk].get_sex_display()) if people[pk].sex != Sex.UNKNOWN else "",
            age=age_on(people[pk].birth_date, today),
            why=tuple(str(Likeness(code).label) for code in why.get(pk, ())),
            stay=stays.get(pk, ""),
            room=rooms.get(pk, ""),
            expected=pk in expected,
        )
        for pk in ids
        if pk in people
    ]


def ground_at_door(person: Person, site: Site, *, at: datetime) -> Ground | None:
    """What stands behind somebody at this door; an order that has run out grounds no new one, nor its handovers."""
    ground = ground_of(person.id, site, at=at)
    if ground not in {Ground.HANDOVER, Ground.ISOLATION}:
        return ground
    order = unlifted_order(person.id)
    if order is None or order.ends_at > at:
        return ground
    return Ground.EXCEPTION if granted(person.id, site, at=at) is not None else None


def stands_behind(person: Person, site: Site, *, at: datetime) -> str:
    """What says in advance that somebody comes here, in words; empty where headquarters has to be asked."""
    if ExpectedArrival.objects.filter(person=person, site=site, state__in=ON_THE_WAY).exists():
        return str(_("A list names them here."))
    ground = ground_at_door(person, site, at=at)
    return str(GROUNDS[ground]) if ground is not None else ""


@dataclass(frozen=True)
class Standing:
    """Somebody at the desk who is in our care already: where by custody, `handover` while under way.

    `order` is the one in force under which they go on here; `back` says that this site sent them out and takes them
    back; `elsewhere` that another place has them, or is to get them: both have to be asked first.
    """

    order: IsolationOrder | None
    place: str
    handover: str
    back: bool
    elsewhere: bool


def standing_of(person: Person, site: Site, category: str, *, at: datetime) -> Standing | None:
    """What the desk has to know of somebody known; None where nobody holds them and no order of theirs is in force."""
    order, held = goes_on_under(person.id, category, at=at), holding_of(person.id)
    if held is None:
        return Standing(order, "", "", back=False, elsewhere=False) if order else None
    leg = held.handover
    ends = {leg.from_site_id, leg.to_site_id} if leg else {held.site_id}
    return Standing(
        order=order,
        place=place_of(held),
        handover=leg.number if leg and site.pk in ends else "",
        back=leg is not None and leg.from_site_id == site.pk,
        elsewhere=held.external_id is None and site.pk not in ends,
    )


def card_of(person: Person) -> str:
    """The number on the card that somebody carries: of their last stay, else of a document; empty without any."""
    stay = Stay.objects.filter(person=person).order_by("-started_at", "-id").first()
    if stay is not None:
        return stay.number
    document = IdentityDocument.objects.filter(person=person).order_by("id").first()
    return document.number if document else ""


def stay_in_room(site: Site, number: str) -> Stay | None:
    """The stay of somebody who is in a room of the site now; None when nobody is, or there is no such room."""
    here = Stay.objects.filter(
        site=site, occupancies__room__number__iexact=number.strip(), occupancies__ended_at__isnull=True
    )
    return here.select_related("person", "order").order_by("started_at", "id").first()


@dataclass(frozen=True)
class Company:
    """Somebody's room as one of their household finds it: party, room and its bed, whether they may share."""

    party_id: UUID
    room: Room
    has_bed: bool
    sharing: Verdict

    def room_for(self, assessment: str) -> Room | None:
        """The room, if nothing stands against joining them there."""
        judged = self.sharing.allowed and (bool(assessment.strip()) or not self.sharing.needs_assessment)
        return self.room if self.has_bed and judged else None


def company_of(
    companion: Stay, person: Person, *, category: str, birth_date: date | None, needs: Collection[str], at: datetime
) -> Company:
    """The room of somebody here for one of their household, who need not be on record yet."""
    taken = Occupancy.objects.select_related("room__floor", "room__site").get(stay=companion, ended_at__isnull=True)
    beds = Room.objects.filter(pk=taken.room_id).aggregate(n=Count("beds"))["n"]
    in_use = Occupancy.objects.filter(room=taken.room_id, ended_at__isnull=True, bed__isnull=False).count()
    age = age_on(birth_date, at.astimezone(ZoneInfo(taken.room.site.time_zone)).date())
    joining = Sharer(person, category, taken.party_id, birth_date, frozenset(needs))
    sharing = verdict(taken.room.site, [*others_in(taken.room), joining], at=at)
    return Company(taken.party_id, taken.room, in_use < beds or (age is not None and age < BED_FROM_AGE), sharing)


def listed_room(site: Site, person: Person | None) -> Room | None:
    """The room that a list on its way here gave somebody who came without it."""
    rows = ExpectedArrival.objects.filter(person=person, site=site, state__in=ON_THE_WAY, room__isnull=False)
    found = rows.select_related("room__floor").first() if person else None
    return found.room if found else None
