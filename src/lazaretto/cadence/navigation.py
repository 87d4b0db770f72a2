"""What the pages of rounds show of the cadence."""

from django.utils.translation import gettext_lazy as _

from lazaretto.cadence.wording import otherwise
from lazaretto.screening.navigation import Panel, add_list_panel, add_words
from lazaretto.screening.rules import READ


def register_entries() -> None:
    """Called when the apps are ready."""
    add_list_panel(Panel(_("When the next round is due"), "cadence:areas", READ))
    add_words(otherwise)
