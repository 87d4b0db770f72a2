"""Words about what waits for a decision."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class Kind(TextChoices):
    """What is to be decided, the gravest first."""

    POSITIVE = "positive", _("positive tube without a recheck")
    HAND_ON = "hand_on", _("confirmed positive that nobody has taken over")
    TAKEN_BACK = "taken_back", _("result taken back after its change of status was confirmed")
    FEVER = "fever", _("fever at a table that nobody answered")
    RECALL = "recall", _("people of a tube to be swabbed singly")
    HELD = "held", _("lines of results that are held")
    LATE = "late", _("tubes that are late")
    BAG = "bag", _("bag that does not fit")
    TUBE = "tube", _("tube that does not fit")
    STRAY = "stray", _("tube of another round, told here")
    TWICE = "twice", _("one person in two tubes")
    PLACE = "place", _("two people in one place of a tube")
    OVERFULL = "overfull", _("more people than the tube takes")
    HOUSEHOLDS = "households", _("two households in a household tube")
    TWO_POINTS = "two_points", _("one tube at two points")
    REUSED = "reused", _("tube used before in another round")
    WRONG_ROUND = "wrong_round", _("scans of another round")
    NO_NUMBER = "no_number", _("number that nobody has in the round")
    NAMESAKE = "namesake", _("stranger who may be somebody on the roster")
    AGREED = "agreed", _("number that an enterprise signed and we do not count")
    CLOCK = "clock", _("phone whose clock was far off")
