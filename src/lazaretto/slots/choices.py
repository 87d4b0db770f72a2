"""Words about slots."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class Parts(TextChoices):
    """In which parts an enterprise comes that is too large to come as one."""

    WHOLE = "", _("never: each enterprise as one")
    SECTION = "section", _("large ones by department")
    BUILDING = "building", _("large ones by dormitory")


class Why(TextChoices):
    """Why somebody has no slot."""

    TOO_FAR = "too_far", _("no point within the farthest way")
    NOT_OPEN = "not_open", _("no point is open while they can come")
    FULL = "full", _("all points are full before the deadline")
    TAKEN_OFF = "taken_off", _("their slot was cancelled, or their point closed")


class PaceFrom(TextChoices):
    """Where the pace of a point comes from that slots are planned anew with."""

    PLANNED = "planned", _("as planned")
    COUNTED = "counted", _("as counted while people waited")
    UNBELIEVED = "unbelieved", _("as planned: so little was counted that it is not believed, look what is wrong there")
    SILENT = "silent", _("as planned: its phones are not heard from, so nobody knows what it does")
    SAID = "said", _("as you said")


class NoticeStep(TextChoices):
    """What is kept about a notice."""

    TOLD = "told", pgettext_lazy("notice of slots", "told")
    CONFIRMED = "confirmed", pgettext_lazy("notice of slots", "confirmed")


class Means(TextChoices):
    """How somebody was told, or said that they know."""

    CHAT = "chat", _("in a chat group")
    TEXT = "text", _("by text message")
    PHONE = "phone", _("by telephone")
    PERSON = "person", _("in person")


class NoticeState(TextChoices):
    """Whether an enterprise knows its slots as they stand."""

    UNTOLD = "untold", pgettext_lazy("notice of slots", "not yet told")
    STALE = "stale", pgettext_lazy("notice of slots", "told, but changed since")
    TOLD = "told", pgettext_lazy("notice of slots", "told")
    CONFIRMED = "confirmed", pgettext_lazy("notice of slots", "confirmed")
