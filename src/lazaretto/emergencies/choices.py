"""Words about emergencies."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class EmergencyKind(TextChoices):
    """What it looks like to whoever cries for help; nobody has to choose."""

    BREATHING = "breathing", _("cannot breathe")
    CHEST_PAIN = "chest_pain", _("chest pain")
    UNCONSCIOUS = "unconscious", _("does not respond")
    BLEEDING = "bleeding", _("bleeding")
    LABOUR = "labour", _("pregnancy, labour")
    CHILD = "child", _("a child is ill")
    MENTAL = "mental", _("danger to themselves")
    INJURY = "injury", _("fall, injury")
    FIRE = "fire", _("fire, smoke")
    OTHER = "other", pgettext_lazy("emergency", "something else")


class EmergencyState(TextChoices):
    """How far help has come, from the first word to the end."""

    REPORTED = "reported", _("reported, nobody has it")
    OWNED = "owned", _("somebody has it")
    CALLED = "called", _("ambulance called")
    LEFT = "left", _("on the way to care")
    ARRIVED = "arrived", _("care is there")
    HANDED_OVER = "handed_over", _("handed over")
    CLOSED = "closed", pgettext_lazy("emergency", "closed")
    CANCELLED = "cancelled", _("false alarm")


class StepKind(TextChoices):
    """What a row of the timeline says: a state that was reached, another owner, or a word more."""

    REPORTED = "reported", _("first word")
    OWNED = "owned", _("taken on")
    CALLED = "called", _("ambulance called")
    LEFT = "left", _("left for care")
    ARRIVED = "arrived", _("care has arrived")
    HANDED_OVER = "handed_over", _("handed over")
    CLOSED = "closed", pgettext_lazy("emergency", "closed")
    CANCELLED = "cancelled", _("false alarm")
    TAKEN_OVER = "taken_over", _("taken over")
    WORD = "word", _("a word more")
