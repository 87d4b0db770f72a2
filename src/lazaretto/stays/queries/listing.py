"""Stays of a site as a list, and everything the API reads, within what an actor may see."""

from django.db.models import OuterRef, Q, QuerySet, Subquery

from lazaretto.core.access import Actor
from lazaretto.places.models import Site
from lazaretto.stays.models import Breach, IsolationOrder, Observation, Occupancy, Specimen, Stay

READ, HEALTH, BREACH = "stays.read", "stays.health", "stays.breach"


def stays(actor: Actor) -> QuerySet[Stay]:
    """Stays the actor may read, with person, order and site."""
    return Stay.objects.visible_to(actor, READ).select_related("person", "order", "site")


def with_room(found: QuerySet[Stay]) -> QuerySet[Stay]:
    """Each with `room_number`: the present room, or the last one."""
    rooms = Occupancy.objects.filter(stay=OuterRef("pk")).order_by("-started_at", "-id")
    return found.annotate(room_number=Subquery(rooms.values("room__number")[:1]))


def stays_at(actor: Actor, site: Site, *, state: str = "", category: str = "", text: str = "") -> QuerySet[Stay]:
    """Stays of one site; `state` is open, ended or empty, `text` begins a stay or room number or a name."""
    found = with_room(stays(actor).filter(site=site))
    if state in {"open", "ended"}:
        found = found.filter(ended_at__isnull=state == "open")
    if category:
        found = found.filter(category=category)
    text = text.strip()
    if text:
        match = Q(number__istartswith=text) | Q(room_number__startswith=text)
        if actor.may("people.names", site.unit_id):
            match |= Q(person__name__istartswith=text) | Q(person__romanised__istartswith=text)
        found = found.filter(match)
    return found


def orders(actor: Actor) -> QuerySet[IsolationOrder]:
    """Orders the actor may read, with their changes."""
    return IsolationOrder.objects.visible_to(actor, READ).select_related("site").prefetch_related("changes")


def observations(actor: Actor) -> QuerySet[Observation]:
    """Observations, for those who read health."""
    return Observation.objects.visible_to(actor, HEALTH)


def specimens(actor: Actor) -> QuerySet[Specimen]:
    """Specimens with their results, for those who read health."""
    return Specimen.objects.visible_to(actor, HEALTH).prefetch_related("results")


def occupancies(actor: Actor) -> QuerySet[Occupancy]:
    """Who took which room when."""
    return Occupancy.objects.visible_to(actor, READ).select_related("room")


def breaches(actor: Actor) -> QuerySet[Breach]:
    """The breach register, for those who keep it and those who read stays."""
    found = Breach.objects.select_related("site", "room", "noticed_by", "closed_by")
    if actor.everywhere(READ) or actor.everywhere(BREACH):
        return found
    return found.filter(site__unit_id__in=actor.units_with(READ) | actor.units_with(BREACH))
