"""Who answers for a handover: also for one that leads from others to others."""

from uuid import UUID

from lazaretto.accounts.queries import headquarters
from lazaretto.custody.models import Handover
from lazaretto.places.models import Site


def site_in_charge(handover: Handover) -> Site | None:
    """The site of ours that sends, else the one that receives, else the one that they were to come to before.

    None where no site of ours ever had to do with it (an airport to a home): then headquarters answers for it.
    """
    before: Handover | None = handover
    while before is not None:
        if site := before.from_site or before.to_site:
            return site
        before = before.instead_of
    return None


def unit_in_charge(handover: Handover) -> UUID:
    """The unit of the site in charge, else headquarters."""
    site = site_in_charge(handover)
    return site.unit_id if site else headquarters().pk
