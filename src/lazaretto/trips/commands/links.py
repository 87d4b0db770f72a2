"""Secret links to the escort's phone page."""

import secrets
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from lazaretto.core.access import Actor
from lazaretto.core.commands import command, record
from lazaretto.trips import rules
from lazaretto.trips.commands.vehicles import RIDE
from lazaretto.trips.errors import TripOver
from lazaretto.trips.limits import limits
from lazaretto.trips.models import EscortLink, Trip
from lazaretto.trips.queries.links import digest_of


@dataclass(frozen=True)
class LinkMade:
    """A new link. The secret is shown once and kept nowhere."""

    link_id: UUID
    number: str
    secret: str
    expires_at: datetime


@dataclass(frozen=True)
class LinksRevoked:
    """The links that open nothing any more."""

    trip_id: UUID
    count: int


@command("trips.make_link", capability=RIDE, keeps_answer=False)
def make_link(*, actor: Actor, at: datetime, trip: Trip) -> LinkMade:
    """Make a link with which a phone opens the page of this one trip, without signing in. Raises `TripOver`."""
    if trip.state not in rules.OPEN:
        raise TripOver(number=trip.number)
    secret = secrets.token_urlsafe(24)
    link = EscortLink.objects.create(
        trip=trip, digest=digest_of(secret), made_at=at, made_by_id=actor.user_id,
        expires_at=max(trip.arrives_at, at) + limits().link,
    )  # fmt: skip
    record(link, unit_id=trip.unit_id, data={"trip": trip.number, "expires_at": link.expires_at})
    return LinkMade(link.id, trip.number, secret, link.expires_at)


@command("trips.revoke_links", capability=RIDE)
def revoke_links(*, actor: Actor, at: datetime, trip: Trip) -> LinksRevoked:
    """A phone was lost, or somebody else rides along: no link of this trip opens anything any more."""
    count = trip.links.filter(revoked_at__isnull=True).update(revoked_at=at)
    record(trip, unit_id=trip.unit_id, data={"links": count})
    return LinksRevoked(trip.id, count)
