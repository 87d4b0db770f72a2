"""Words about arrivals."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class ManifestState(TextChoices):
    """The life of a manifest."""

    STAGED = "staged", _("staged")
    COMMITTING = "committing", _("being committed")
    COMMITTED = "committed", _("committed")
    CANCELLED = "cancelled", _("cancelled")


class RowOutcome(TextChoices):
    """What became of a row of the file."""

    READY = "ready", _("ready")
    HELD = "held", _("held for a decision")
    SKIPPED = "skipped", _("no person in this line")


class RowResolution(TextChoices):
    """How a row with a person ended."""

    CREATED = "created", _("person made")
    MATCHED = "matched", _("known person")
    REJECTED = "rejected", _("rejected by name")


class ExpectedState(TextChoices):
    """Where somebody on a manifest is."""

    EXPECTED = "expected", _("expected")
    BOARDED = "boarded", _("on the bus")
    CHECKED_IN = "checked_in", _("checked in")
    MISSING = "missing", _("missing")
    CANCELLED = "cancelled", _("not coming")
