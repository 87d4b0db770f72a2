"""The desk: who of those expected is standing there."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from lazaretto.arrivals.models import ExpectedArrival
from lazaretto.arrivals.queries.rooms import ON_THE_WAY
from lazaretto.core.access import Actor
from lazaretto.orders.queries.exceptions import undecided_of_stays
from lazaretto.people.models import SearchToken
from lazaretto.people.queries import display_name, find
from lazaretto.people.search_text import fold_query
from lazaretto.places.models import Site
from lazaretto.stays.models import IsolationOrder, Occupancy, Stay
from lazaretto.stays.queries.sharing import NOTHING_AGAINST, Sharer, Verdict, others_in, verdict

LAST = "\U0010ffff"
MOST = 12


@dataclass(frozen=True)
class Grounds:
    """Category, authority, legal basis and reason as the last admission of the site had them, for the next one."""

    category: str = ""
    authority: str = ""
    legal_basis: str = ""
    reason: str = ""


def at_the_desk(actor: Actor, site: Site, text: str) -> list[ExpectedArrival]:
    """Those expected at a site whom a few letters, a scanned document or a card fit; boarded ones first."""
    text = text.strip()
    if not text:
        return []
    coming = ExpectedArrival.objects.visible_to(actor, "arrivals.read").filter(site=site, state__in=ON_THE_WAY)
    people = _by_number(actor, text) if any(letter.isdigit() for letter in text) else None
    chosen = coming.filter(person__in=people) if people is not None else coming.filter(person__in=_by_name(site, text))
    return list(chosen.select_related("person", "room", "manifest").order_by("state", "person__name", "id")[:MOST])


def coming_to(actor: Actor, site: Site) -> int:
    """How many people are on their way to a site."""
    return ExpectedArrival.objects.visible_to(actor, "arrivals.read").filter(site=site, state__in=ON_THE_WAY).count()


def last_grounds(site: Site) -> Grounds:
    """What the last admission of the site was grounded on; empty for the first.

    An order that a change of status issued speaks of one person and nobody else.
    """
    order = IsolationOrder.objects.filter(site=site, replaces__isnull=True).order_by("-issued_at", "-id").first()
    return Grounds(order.category, order.authority, order.legal_basis, order.reason) if order else Grounds()


def sharing_of(party: list[ExpectedArrival], *, at: datetime) -> Verdict:
    """Whether the first of a party may share their room with those of it who are there or are to have the same."""
    first, room = party[0], party[0].room
    if room is None:
        return NOTHING_AGAINST
    coming = [one for one in party if one.room_id == room.id]
    people = [Sharer(one.person, one.category or one.manifest.category, first.party_id) for one in coming]
    return verdict(first.site, [*others_in(room), *people], at=at)


@dataclass(frozen=True)
class InRoom:
    """Somebody who has just got a room: what the line with their papers shows.

    `exception` is the request that headquarters has to decide, where they were admitted before that.
    """

    name: str
    stay_number: str
    order_number: str
    room: str
    ends_at: datetime
    exception: str = ""


def just_admitted(actor: Actor, site: Site, number: str) -> list[InRoom]:
    """The stay of that number, if it is open at this site; nothing otherwise."""
    open_ones = Stay.objects.visible_to(actor, "stays.admit").filter(site=site, number=number, ended_at__isnull=True)
    taken = Occupancy.objects.filter(stay__in=open_ones, ended_at__isnull=True)
    asked = undecided_of_stays(open_ones)
    return [
        InRoom(
            display_name(actor, one.stay.person, unit_id=site.unit_id), one.stay.number, one.stay.order.number,
            one.room.number, one.stay.order.ends_at, asked.get(one.stay_id, ""),
        )
        for one in taken.select_related("room", "stay__order", "stay__person")
    ]  # fmt: skip


def _by_number(actor: Actor, text: str) -> list[UUID]:
    return [hit.person_id for hit in find(actor, text, limit=50)]


def _by_name(site: Site, text: str) -> list[UUID]:
    prefix = fold_query(text)
    rows = SearchToken.objects.filter(unit_id=site.unit_id, token__gte=prefix, token__lt=prefix + LAST)
    return list(
        rows.filter(person__expected__site=site, person__expected__state__in=ON_THE_WAY)
        .values_list("person_id", flat=True)
        .distinct()[:200]
    )
