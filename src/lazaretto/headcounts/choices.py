"""Words about headcounts."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class OrganisationKind(TextChoices):
    """Who answers for people being tested."""

    ENTERPRISE = "enterprise", _("enterprise")
    COMMUNITY = "community", _("community (residents)")
    NONE = "none", _("people with no employer here")


class Concern(TextChoices):
    """What must be thought of when somebody's area is tested, closed or emptied: about them or about their family."""

    PREGNANT = "pregnant", pgettext_lazy("concern", "pregnant")
    NURSING = "nursing", pgettext_lazy("concern", "breast-feeding")
    CHILD = "child", pgettext_lazy("concern", "small child at home")
    DUAL = "dual", pgettext_lazy("concern", "both partners work")
    SINGLE = "single", pgettext_lazy("concern", "alone with a child")
    ELDERLY = "elderly", pgettext_lazy("concern", "elderly at home")
    ALONE = "alone", pgettext_lazy("concern", "lives alone")
    DISABLED = "disabled", pgettext_lazy("concern", "disability")
    DIALYSIS = "dialysis", pgettext_lazy("concern", "dialysis or chemotherapy")
    CHRONIC = "chronic", pgettext_lazy("concern", "chronic illness")
    MIND = "mind", pgettext_lazy("concern", "mental illness")
    OTHER = "other", pgettext_lazy("concern", "something else")


class ListState(TextChoices):
    """How far a list is."""

    READING = "reading", pgettext_lazy("headcount", "being read")
    STAGED = "staged", pgettext_lazy("headcount", "to be looked at")
    COMMITTING = "committing", pgettext_lazy("headcount", "being taken in")
    COMMITTED = "committed", pgettext_lazy("headcount", "taken in")
    CANCELLED = "cancelled", pgettext_lazy("headcount", "put aside")


class LineOutcome(TextChoices):
    """What a line of a list is."""

    READY = "ready", pgettext_lazy("headcount", "ready")
    HELD = "held", pgettext_lazy("headcount", "held")
    REPEATED = "repeated", pgettext_lazy("headcount", "said before in this list")
    EMPTY = "empty", pgettext_lazy("headcount", "nobody")


class Resolution(TextChoices):
    """What became of a line; nothing yet is the empty text."""

    MADE = "made", pgettext_lazy("headcount", "new on the headcount")
    KEPT = "kept", pgettext_lazy("headcount", "on it already")
    REJECTED = "rejected", pgettext_lazy("headcount", "not taken")


class Issue(TextChoices):
    """What is wrong or uncertain with a line. `HOLDS` says which must be decided by somebody."""

    NO_NAME = "no_name", _("no name")
    ODD_NAME = "odd_name", _("does not look like a name")
    NO_ORGANISATION = "no_organisation", _("no enterprise named")
    BAD_DOCUMENT = "bad_document", _("document number wrong or incomplete")
    NO_DOCUMENT = "no_document", _("no document")
    BAD_PHONE = "bad_phone", _("telephone number cannot be dialled")
    ELSEWHERE = "elsewhere", _("named by another enterprise too")
    FROM_REMARK = "from_remark", _("something to think of was read from the remarks")


class ContactOutcome(TextChoices):
    """What became of a line of a list of officers."""

    NAMED = "named", pgettext_lazy("contact", "named")
    SAME = "same", pgettext_lazy("contact", "as it was")
    UNKNOWN = "unknown", pgettext_lazy("contact", "no such enterprise in this area")
    SECOND = "second", pgettext_lazy("contact", "another line of this enterprise counts")
    ASKED = "asked", pgettext_lazy("contact", "two lines of this enterprise differ: which one is right?")
    NO_NAME = "no_name", pgettext_lazy("contact", "no name that can be read")
    BAD_PHONE = "bad_phone", pgettext_lazy("contact", "telephone number cannot be dialled")
    BAD_PLACE = "bad_place", pgettext_lazy("contact", "longitude and latitude cannot be read, or only one is there")
    BAD_HOURS = "bad_hours", pgettext_lazy("contact", "hours cannot be read; write them like 08:00-17:30")
    EMPTY = "empty", pgettext_lazy("contact", "nobody")
