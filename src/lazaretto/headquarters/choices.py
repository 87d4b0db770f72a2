"""Words of headquarters: the figures that are counted and can be opened down to the names."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class Figure(TextChoices):
    """A figure of the overview behind which stand people."""

    IN_HOUSE = "in-house", _("In house")
    RELEASE_TODAY = "release-today", _("Release due today")
    RELEASE_OVERDUE = "release-overdue", _("Release overdue")
    TESTS_DUE = "tests-due", _("Tests due today")


# Kinds of deadlines of the stays, by the name under which the stays declare them.
RELEASE_KIND = "stays.release"
TEST_KIND = "stays.test"
ROUND_KIND = "stays.round"
