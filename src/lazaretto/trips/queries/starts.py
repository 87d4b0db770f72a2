"""Where a trip by hand may begin, and who is there: a site of ours, or a place that others run."""

from dataclasses import dataclass
from uuid import UUID

from django.conf import settings
from django.db.models import Count, Q, QuerySet
from django.utils.timezone import localtime

from lazaretto.core.access import Actor
from lazaretto.core.errors import NotFound
from lazaretto.custody.models import Holding
from lazaretto.people.models import Person
from lazaretto.people.queries import display_names
from lazaretto.places.models import ExternalPlace, Site
from lazaretto.places.queries import site_by_code
from lazaretto.protocols.choices import Category
from lazaretto.stays.models import Stay
from lazaretto.transfers.queries import with_room
from lazaretto.trips.queries.places import Place

PLACES, PEOPLE = "places.read", "people.read"


@dataclass(frozen=True)
class Fetched:
    """Somebody who could get on: where they are found there, and the number of their stay if it goes on."""

    person_id: UUID
    name: str
    found: str
    number: str


@dataclass(frozen=True)
class Start:
    """The first stop of a trip by hand, with everybody whom the actor may fetch there."""

    place: Place
    zone: str
    category: str
    people: list[Fetched]

    @property
    def ours(self) -> bool:
        """Whether it is a site of ours: then people are found by their rooms."""
        return isinstance(self.place, Site)


def start_of(actor: Actor, key: str) -> Start:
    """The start that a page names: a site by its code, or `place:` and an id. Raises `NotFound`."""
    kind, _sign, rest = key.partition(":")
    if kind == "place":
        return _external(actor, _place(actor, rest))
    site = site_by_code(actor, key, PLACES)
    rows = with_room(Stay.objects.filter(site=site, ended_at__isnull=True).select_related("person"))
    stays = list(rows.order_by("room_number", "id"))
    names = display_names(actor, [stay.person for stay in stays])
    people = [
        Fetched(one.person_id, names[one.person_id], getattr(one, "room_number", None) or "", one.number)
        for one in stays
    ]
    return Start(site, site.time_zone, site.category if site.category in Category.values else Category.INBOUND, people)


def starts_elsewhere(actor: Actor) -> QuerySet[ExternalPlace]:
    """Places of others, those first where somebody of ours is now; `waiting` counts them. One query."""
    here = Q(holdings__ended_at__isnull=True, holdings__person__in=Person.objects.visible_to(actor, PEOPLE))
    open_now = ExternalPlace.objects.visible_to(actor, PLACES).filter(closed_at__isnull=True)
    return open_now.annotate(waiting=Count("holdings", filter=here)).order_by("-waiting", "kind", "name", "id")


def _place(actor: Actor, key: str) -> ExternalPlace:
    try:
        found = ExternalPlace.objects.visible_to(actor, PLACES).filter(pk=UUID(key), closed_at__isnull=True).first()
    except ValueError:
        found = None
    if found is None:
        raise NotFound(kind="places.externalplace", id=key[:40])
    return found


def _external(actor: Actor, place: ExternalPlace) -> Start:
    """Who is held there and known to a unit of the actor; the longest there first."""
    seen = Person.objects.visible_to(actor, PEOPLE)
    held = Holding.objects.filter(external=place, ended_at__isnull=True, person__in=seen).select_related("person")
    rows = list(held.order_by("started_at", "id"))
    names = display_names(actor, [row.person for row in rows])
    people = [
        Fetched(row.person_id, names[row.person_id], f"{localtime(row.started_at):%m-%d %H:%M}", "") for row in rows
    ]
    return Start(place, settings.TIME_ZONE, Category.INBOUND, people)
