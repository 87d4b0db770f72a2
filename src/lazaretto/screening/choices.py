"""Words about mass testing."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class RoundState(TextChoices):
    """How far a round is."""

    DRAFT = "draft", pgettext_lazy("testing round", "being prepared")
    FROZEN = "frozen", pgettext_lazy("testing round", "roster is fixed")
    OPEN = "open", pgettext_lazy("testing round", "open")
    CLOSED = "closed", pgettext_lazy("testing round", "closed")
    CANCELLED = "cancelled", pgettext_lazy("testing round", "cancelled")


class PointState(TextChoices):
    """Whether a point works."""

    OPEN = "open", pgettext_lazy("testing point", "open")
    CLOSED = "closed", pgettext_lazy("testing point", "closed")


class TubeRule(TextChoices):
    """How many people share a tube."""

    SINGLE = "single", _("one person a tube")
    HOUSEHOLD = "household", _("one household a tube")
    FIVE = "5", _("5 in a tube")
    TEN = "10", _("10 in a tube")
    TWENTY = "20", _("20 in a tube")


class Reason(TextChoices):
    """Why a scan is kept beside the scans that count. Nothing captured is refused."""

    SAME_SCAN = "same_scan", _("the same scan came again")
    TESTED_BEFORE = "tested_before", _("this person was tested in this round before")
    SLOT_TAKEN = "slot_taken", _("somebody else is in this place of the tube")
    TUBE_OVERFULL = "tube_overfull", _("more people than the tube takes")
    TUBE_OTHER_POINT = "tube_other_point", _("the tube belongs to another point")
    TUBE_OTHER_ROUND = "tube_other_round", _("the tube belongs to another round that is under way")
    TUBE_REUSED = "tube_reused", _("the tube was used in a round that is over")
    WRONG_ROUND = "wrong_round", _("captured for another round")
    UNKNOWN_NUMBER = "unknown_number", _("nobody has this number in this round")


class Put(TextChoices):
    """How a supervisor puts right what was captured; see `models.Correction`."""

    COUNTED = "counted", pgettext_lazy("scan put right", "they were swabbed: counted")
    AGAIN = "again", pgettext_lazy("scan put right", "to be swabbed again")
    RECOGNISED = "recognised", pgettext_lazy("scan put right", "stranger who stands on the roster")
    CHANGED = "changed", pgettext_lazy("scan put right", "it was somebody else")


class FeverStep(TextChoices):
    """What was seen at the table of somebody with a fever."""

    SWABBED = "swabbed", pgettext_lazy("fever at a table", "swabbed")
    MEASURED = "measured", pgettext_lazy("fever at a table", "measured, no swab yet")
    AGAIN = "again", pgettext_lazy("fever at a table", "measured again, lower")
    INSIDE = "inside", pgettext_lazy("fever at a table", "the swab is in the shared tube")
    CLINIC = "clinic", pgettext_lazy("fever at a table", "sent to the fever clinic, no swab")
    UNDONE = "undone", pgettext_lazy("fever at a table", "taken back at the table, no swab")


class FeverDone(TextChoices):
    """What a named person did about it."""

    CLINIC = "clinic", pgettext_lazy("fever answered", "went to the fever clinic")
    AGAIN = "again", pgettext_lazy("fever answered", "measured again: no fever")
    APART = "apart", pgettext_lazy("fever answered", "kept apart, waits for the result")
    MISTAKE = "mistake", pgettext_lazy("fever answered", "typed wrong")
    OTHER = "other", pgettext_lazy("fever answered", "something else (say what)")
