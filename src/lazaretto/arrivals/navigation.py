"""The sidebar's entries for arrivals at the site one works at."""

from django.utils.translation import gettext_lazy as _

from lazaretto.stays.navigation import Entry, entries_at_site
from lazaretto.ui.nav import register

ENTRIES: tuple[Entry, ...] = (
    ("desk", _("Check in"), "scan", "stays.admit"),
    ("lists", _("Lists"), "file-spreadsheet", "arrivals.read"),
    ("buses", _("Buses"), "bus", "arrivals.read"),
)


def register_entries() -> None:
    """Called when the apps are ready."""
    register(*entries_at_site("arrivals", ENTRIES, first=11))
