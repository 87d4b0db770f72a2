"""What places can prove: rooms went from state to state by the table, and nobody lives where no site was activated."""

from datetime import datetime

from django.db.models import OuterRef, Subquery
from django.utils.translation import gettext_lazy as _

from lazaretto.core.promises import Finding, Offender, proof
from lazaretto.places.choices import SiteState
from lazaretto.places.models import Room, RoomStateChange, Site
from lazaretto.places.queries import illegal_steps, unactivated_with_people


@proof(1, "room_states", _("Every room went from state to state by the permitted steps"))
def room_states(_at: datetime) -> Finding:
    """The history of each room is unbroken and ends where the room is."""
    changes = RoomStateChange.objects.order_by("id").iterator(chunk_size=5_000)
    offenders = [Offender("room_state_change", str(one.pk), why) for one, why in illegal_steps(changes)]
    last = RoomStateChange.objects.filter(room=OuterRef("pk")).order_by("-id").values("after")[:1]
    astray = Room.objects.annotate(last=Subquery(last)).filter(last__isnull=False).exclude(state=Subquery(last))
    offenders += [
        Offender("room", str(room.pk), f"is {room.state}, its history ends at {room.last}") for room in astray
    ]
    figures = {"rooms": Room.objects.count(), "room_steps": RoomStateChange.objects.count()}
    return Finding(figures, offenders, in_use=figures["rooms"] > 0)


@proof(1, "sites_activated", _("People live only at sites that were activated"))
def sites_activated(_at: datetime) -> Finding:
    """A site without its checklist has no guests."""
    offenders = [
        Offender("site", site.code, f"{site.state}, but {occupied} rooms are occupied")
        for site, occupied in unactivated_with_people()
    ]
    active = Site.objects.filter(state=SiteState.ACTIVE).count()
    return Finding({"sites_active": active}, offenders, in_use=Site.objects.exists())
