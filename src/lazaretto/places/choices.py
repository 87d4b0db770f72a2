"""Words about places."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class SiteKind(TextChoices):
    """What the building was before."""

    HOTEL = "hotel", _("hotel")
    SCHOOL = "school", _("school")
    OTHER = "other", _("other building")


class SiteState(TextChoices):
    """The life of a site."""

    PLANNED = "planned", _("planned")
    ACTIVE = "active", _("active")
    PAUSED = "paused", _("paused")
    CLOSED = "closed", _("closed")


class SiteCategory(TextChoices):
    """Whom a site may receive."""

    INBOUND = "inbound", _("inbound travellers")
    CLOSE_CONTACT = "close_contact", _("close contacts")
    SECONDARY_CONTACT = "secondary_contact", _("secondary contacts")
    MIXED = "mixed", _("mixed")


class ZoneKind(TextChoices):
    """Three zones and two passages."""

    CLEAN = "clean", _("clean zone")
    BUFFER = "buffer", _("buffer zone")
    CONTAMINATED = "contaminated", _("contaminated zone")
    STAFF_PASSAGE = "staff_passage", _("staff passage")
    GUEST_PASSAGE = "guest_passage", _("guest passage")


class RoomState(TextChoices):
    """States of a room. `occupied` follows from the stays and is set only by their commands."""

    READY = "ready", _("ready")
    OCCUPIED = "occupied", _("occupied")
    TO_CLEAN = "to_clean", _("to clean")
    DISINFECTING = "disinfecting", _("disinfecting")
    RESERVE = "reserve", _("reserve")
    OUT_OF_SERVICE = "out_of_service", _("out of service")
