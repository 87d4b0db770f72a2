"""Words about stays."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class OrderChangeKind(TextChoices):
    """Why the end of an order moved."""

    EXTENSION = "extension", _("extension")
    EARLY_RELEASE = "early_release", _("early release")
    EDITION_CHANGE = "edition_change", _("change of edition")
    CORRECTION = "correction", _("correction")
    ABSENCE = "absence", _("missed days made up")
    RESTORED = "restored", _("in force again")


class StayEnd(TextChoices):
    """How a stay ended."""

    RELEASED = "released", _("released")
    TRANSFERRED = "transferred", _("transferred")
    HOSPITAL = "hospital", _("went to hospital")
    DIED = "died", _("died")
    CANCELLED = "cancelled", _("entered by mistake")


class Slot(TextChoices):
    """Which round an observation belongs to."""

    MORNING = "morning", _("morning")
    EVENING = "evening", _("evening")
    EXTRA = "extra", _("extra")


class Symptom(TextChoices):
    """Symptoms asked for at the door."""

    COUGH = "cough", _("cough")
    SORE_THROAT = "sore_throat", _("sore throat")
    BREATHLESS = "breathless", _("short of breath")
    FATIGUE = "fatigue", _("fatigue")
    DIARRHOEA = "diarrhoea", _("diarrhoea")
    TASTE_LOSS = "taste_loss", _("loss of taste or smell")
    LOW_MOOD = "low_mood", _("low mood")
    OTHER = "other", _("other symptom")


class SpecimenPurpose(TextChoices):
    """Why a specimen was taken."""

    SCHEDULED = "scheduled", _("test day of the rule pack")
    CONFIRMATION = "confirmation", _("confirmation of a positive")
    EXTRA = "extra", _("extra")


class SpecimenSite(TextChoices):
    """Where the swab was taken."""

    NASOPHARYNX = "nasopharynx", _("nasopharynx")
    OROPHARYNX = "oropharynx", _("throat")


class SpecimenState(TextChoices):
    """What is known of a specimen."""

    PENDING = "pending", _("awaiting result")
    NEGATIVE = "negative", _("negative")
    PRELIMINARY_POSITIVE = "preliminary_positive", _("preliminary positive")
    CONFIRMED_POSITIVE = "confirmed_positive", _("confirmed positive")
    REFUTED = "refuted", _("positive not confirmed")
    INVALID = "invalid", _("invalid, to be repeated")


class HoldEnd(TextChoices):
    """How the keeping of a room ended."""

    RETURNED = "returned", _("came back to it")
    FREED = "freed", _("given up")


class ReleaseKind(TextChoices):
    """By which rule somebody was released."""

    ORDINARY = "ordinary", _("at the end of the order")
    EARLY = "early", _("early, by rule")


class BreachKind(TextChoices):
    """What was noticed."""

    DOOR_OPEN = "door_open", _("door open")
    LEFT_ROOM = "left_room", _("left the room")
    VISITOR = "visitor", _("visitor in the room")
    LEFT_SITE = "left_site", _("left the site")
    ZONE = "zone", _("zones or passages crossed")
    LEFT_ALONE = "left_alone", _("child or dependent person alone")
    OTHER = "other", _("other")


class DoorFinding(TextChoices):
    """What a patrol found at a door."""

    CLOSED = "closed", _("closed, in order")
    OPEN = "open", _("door open")
    NO_ANSWER = "no_answer", _("no answer")
    SEAL_BROKEN = "seal_broken", _("seal broken")


class MoveRemark(TextChoices):
    """What speaks against a room that somebody could move to."""

    RESERVE = "reserve", _("takes a reserve room")
    OTHER_CATEGORY = "other_category", _("the floor is kept for another category")
    NOT_ACCESSIBLE = "not_accessible", _("not accessible, although this person needs it")
    LEAVES_PARTY = "leaves_party", _("leaves their household behind")
    OTHER_COHORT = "other_cohort", _("people on this floor arrived on other days")
    NO_WINDOW = "no_window", _("no window")
