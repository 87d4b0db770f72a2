"""Finds rooms of a site by what people at a desk type: a room number, a name, pinyin, the last four of a document."""

from django.db.models import Q

from lazaretto.core.access import Actor
from lazaretto.people.queries import ending_in, named_like
from lazaretto.places.models import Room, Site
from lazaretto.stays.models import Occupancy


def rooms_found(actor: Actor, site: Site, text: str) -> list[str]:
    """Numbers of the rooms that fit, in order; names are looked at only where the role reads names. Two queries."""
    text = text.strip()
    if not text:
        return []
    found = set(Room.objects.filter(site=site, number__istartswith=text).values_list("number", flat=True))
    if actor.may("people.names", site.unit_id) and actor.may("stays.read", site.unit_id):
        match = Q(stay__person__in=named_like(text, site.unit_id))
        for people in ending_in(text):
            match |= Q(stay__person__in=people)
        taken = Occupancy.objects.filter(match, room__site=site, ended_at__isnull=True)
        found |= set(taken.values_list("room__number", flat=True))
    return sorted(found)
