"""Who stands behind a secret link."""

from datetime import datetime

from lazaretto.core.access import Actor
from lazaretto.core.secrets import keyed_hash
from lazaretto.trips.errors import LinkClosed
from lazaretto.trips.models import EscortLink

RIDE = "trips.ride"


def digest_of(secret: str) -> str:
    """The keyed hash of a link's secret."""
    return keyed_hash(secret, "trips.escort")


def link_of(number: str, secret: str, *, at: datetime) -> EscortLink:
    """The link that opens this trip now. Raises `LinkClosed`."""
    rows = EscortLink.objects.filter(trip__number=number, digest=digest_of(secret), revoked_at__isnull=True)
    found = rows.filter(expires_at__gt=at).select_related("trip").first()
    if found is None:
        raise LinkClosed
    return found


def escort_of(link: EscortLink) -> Actor:
    """Who acts by a link: nobody by name, who may ride along with this trip's unit and reads no names."""
    unit = frozenset({link.trip.unit_id})
    return Actor(
        user_id=None, name=f"escort {link.trip.number}", device=f"link {str(link.id)[-6:]}", grants={RIDE: unit}
    )
