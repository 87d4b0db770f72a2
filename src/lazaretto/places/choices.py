"""Words about places."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from lazaretto.core.errors import Text


class SiteKind(TextChoices):
    """What the building was before."""

    HOTEL = "hotel", _("hotel")
    SCHOOL = "school", _("school")
    OTHER = "other", _("other building")


class SiteState(TextChoices):
    """The life of a site."""

    PLANNED = "planned", pgettext_lazy("site", "planned")
    ACTIVE = "active", pgettext_lazy("site", "active")
    PAUSED = "paused", pgettext_lazy("site", "paused")
    CLOSED = "closed", pgettext_lazy("site", "closed")


class SiteCategory(TextChoices):
    """Whom a site may receive."""

    INBOUND = "inbound", _("inbound travellers")
    CLOSE_CONTACT = "close_contact", _("close contacts")
    SECONDARY_CONTACT = "secondary_contact", _("secondary contacts")
    RECOVERED = "recovered", _("recovered people")
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

    READY = "ready", pgettext_lazy("room", "ready")
    OCCUPIED = "occupied", _("occupied")
    TO_CLEAN = "to_clean", _("to clean")
    DISINFECTING = "disinfecting", _("disinfecting")
    RESERVE = "reserve", _("reserve")
    HELD = "held", pgettext_lazy("room", "kept for somebody")
    OUT_OF_SERVICE = "out_of_service", _("out of service")


class ChangeKind(TextChoices):
    """What changed about a site."""

    STATE = "state", _("state")
    CATEGORY = "category", _("category")


class ExternalKind(TextChoices):
    """A place that somebody else runs, which our people come from or go to."""

    HOSPITAL = "hospital", pgettext_lazy("place", "hospital")
    HOME = "home", _("home or community")
    ENTRY = "entry", _("airport, port or station")
    SITE = "site", _("quarantine site of another district")
    LODGING = "lodging", _("hostel, school or dormitory")
    FOUND = "found", _("where somebody was found")
    OTHER = "other", _("other place")


class Ability(TextChoices):
    """What a hospital or another place can do for people with a need."""

    EMERGENCY = "emergency", _("emergency department")
    DIALYSIS = "dialysis", _("dialysis")
    OBSTETRICS = "obstetrics", _("obstetrics")
    PAEDIATRICS = "paediatrics", _("paediatrics")
    INFECTIOUS = "infectious", _("infectious diseases")
    PSYCHIATRY = "psychiatry", _("psychiatry")
    ACCESSIBLE = "accessible", _("step-free")


class RowOutcome(TextChoices):
    """What becomes of a row of an imported room list."""

    NEW = "new", _("new room")
    CHANGED = "changed", _("changed")
    SAME = "same", _("unchanged")
    HELD = "held", _("held")
    SKIPPED = "skipped", _("not a room")


class RowIssue(TextChoices):
    """Why a row or cell of a room list cannot be used, or was mended."""

    NUMBER_MISSING = "number_missing", _("The room number is missing.")
    NUMBER_TOO_LONG = "number_too_long", _("The room number has more than 12 characters.")
    NUMBER_TWICE = "number_twice", _("This room number stands in the list twice.")
    BUILDING_NEW = "building_new", _("This building will be made.")
    FLOOR_NEW = "floor_new", _("This floor will be made.")
    BUILDING_UNKNOWN = "building_unknown", _("There is no such building at this site.")
    FLOOR_UNKNOWN = "floor_unknown", _("There is no such floor in this building.")
    FLOOR_MISSING = "floor_missing", _("The floor is missing.")
    NAME_TOO_LONG = "name_too_long", _("This name is too long.")
    BEDS_INVALID = "beds_invalid", _("Beds must be a whole number from 1 to 12.")
    POSITION_INVALID = "position_invalid", _("The position must be a whole number.")
    ANSWER_INVALID = "answer_invalid", _("Answer with yes or no.")
    NOTE_TOO_LONG = "note_too_long", _("The note has more than 120 characters.")
    BEDS_IN_USE = "beds_in_use", _("Somebody sleeps or slept in the bed that would go.")
    ROOM_UNKNOWN = "room_unknown", _("This room is not at this site.")
    MENDED_WIDTH = "mended_width", _("Full-width characters were made ordinary ones.")
    MENDED_ZEROS = "mended_zeros", _("Zeros that Excel cut off the number were put back: this is a room of the site.")


# What a hand does to bring a room into a state.
STEP_WORDS: dict[str, Text] = {
    RoomState.TO_CLEAN: _("Send to cleaning"),
    RoomState.DISINFECTING: _("Begin disinfection"),
    RoomState.READY: _("Make ready"),
    RoomState.RESERVE: _("Put in reserve"),
    RoomState.OUT_OF_SERVICE: _("Take out of service"),
}
