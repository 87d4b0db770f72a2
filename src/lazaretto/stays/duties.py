"""What stays do by themselves: the exit registers on disk, the rounds of today and tomorrow."""

import logging
from datetime import datetime, timedelta

from lazaretto.core.duties import duty
from lazaretto.places.choices import SiteState
from lazaretto.places.models import Site
from lazaretto.stays.exit_copies import copy_of, remove_copy, write_copy
from lazaretto.stays.queries.register import people_by_site

logger = logging.getLogger("lazaretto.stays")


@duty("stays.exit_registers", every=timedelta(minutes=1))
def exit_registers(at: datetime) -> int:
    """Write the register of every site that runs or has people in it; returns how many.

    A site whose copy cannot be written is logged and does not keep the others from theirs.
    """
    sites = list(Site.objects.order_by("code"))
    people = people_by_site(sites)
    written = 0
    for site in sites:
        if site.state == SiteState.ACTIVE or people.get(site.id):
            written += _write(site, at)
        elif copy_of(site.code) is not None:
            remove_copy(site.code)
    return written


def _write(site: Site, at: datetime) -> bool:
    try:
        write_copy(site, at=at)
    except OSError:
        logger.exception("the exit register of %s could not be written", site.code)
        return False
    return True
