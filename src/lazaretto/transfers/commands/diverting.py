"""Under way, and somewhere else after all: the hospital is full, the road is closed, somebody falls ill."""

from datetime import datetime

from lazaretto.core.access import Actor
from lazaretto.core.commands import command, record
from lazaretto.core.errors import ReasonRequired, whole
from lazaretto.custody.choices import Outcome
from lazaretto.custody.commands import Way, redirect
from lazaretto.custody.models import Handover, Question
from lazaretto.custody.queries.ends import site_in_charge
from lazaretto.orders.commands import follow
from lazaretto.people.commands import close_access, open_access
from lazaretto.places.models import ExternalPlace, Site
from lazaretto.transfers.commands.moving import HAND_OVER, LONGEST_NOTE, SignedOut, destination_of
from lazaretto.transfers.errors import AskedFirst, HandoverClosed, NotYours, SamePlace


@command("transfers.divert", capability=HAND_OVER)
def divert(
    *,
    actor: Actor,
    at: datetime,
    handover: Handover,
    due_at: datetime,
    reason: str,
    to_site: str = "",
    to_place: ExternalPlace | None = None,
) -> SignedOut:
    """Whoever of a handover is still under way goes to another place; vehicle, escort and what goes along stay.

    A new handover replaces it for them, and both old and new ends are told; a site that fetched them answers for them
    also on the way from others to others. Raises `ReasonRequired`, `HandoverClosed`,
    `OneDestination`, `SiteUnknown`, `SamePlace`, `DueTooEarly`, and `AskedFirst` while it is open where one of them is.
    """
    if not reason.strip():
        raise ReasonRequired
    if handover.closed_at is not None:
        raise HandoverClosed(number=handover.number)
    destination = destination_of(handover.from_site, to_site, to_place)
    if destination in {handover.to_site, handover.to_external, handover.from_external}:
        raise SamePlace
    lines = list(handover.people.filter(outcome=Outcome.UNDER_WAY).order_by("person_id"))
    people = [line.person_id for line in lines]
    if Question.objects.filter(person__in=people, closed_at__isnull=True).exists():
        raise AskedFirst
    way = Way(_origin(handover), destination, due_at, handover.carrier, handover.escort, handover.escort_phone)
    made = redirect(handover, lines, way, whole(reason, LONGEST_NOTE), actor=actor, at=at)
    if handover.to_site is not None and site_in_charge(made) != handover.to_site:
        close_access(people, unit_id=handover.to_site.unit_id, at=at)
    if isinstance(destination, Site):
        open_access(people, unit_id=destination.unit_id, at=at)
    follow(people, actor=actor, at=at)
    site = handover.from_site or handover.to_site or made.to_site
    data = {"number": made.number, "instead_of": handover.number, "people": len(people), "due_at": due_at}
    record(made, unit_id=site.unit_id if site else None, data=data, reason=reason)
    return SignedOut(made.id, made.number, len(people), due_at)


def _origin(handover: Handover) -> Site | ExternalPlace:
    origin = handover.from_site or handover.from_external
    if origin is None:
        raise NotYours  # cannot be: the database wants one of them
    return origin
