"""What stays do by themselves: the exit registers on disk, the rounds of today and tomorrow."""

import logging
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from lazaretto.core.access import Actor
from lazaretto.core.duties import duty
from lazaretto.core.errors import DomainError
from lazaretto.core.models import Deadline
from lazaretto.places.choices import SiteState
from lazaretto.places.models import Site
from lazaretto.protocols.queries import calendar
from lazaretto.stays.commands import follow_edition, plan_rounds
from lazaretto.stays.deadlines import ROUND
from lazaretto.stays.exit_copies import copy_of, remove_copy, write_copy
from lazaretto.stays.models import Stay
from lazaretto.stays.queries.courses import course_now
from lazaretto.stays.queries.register import people_by_site
from lazaretto.stays.queries.rounds import round_slots
from lazaretto.ui.papers import PaperWarning

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


@duty("stays.rounds", every=timedelta(minutes=15))
def rounds(at: datetime) -> int:
    """Give the rounds of today and tomorrow their deadlines, where people are; returns at how many sites."""
    known = set(
        Deadline.objects.filter(kind=ROUND.code, created_at__gte=at - timedelta(days=4)).values_list(
            "subject_id", "slot"
        )
    )
    planned = 0
    for site in Site.objects.filter(stays__ended_at__isnull=True, stays__isnull=False).distinct().order_by("code"):
        if not _wanted_rounds(site, at) <= {slot for subject, slot in known if subject == str(site.id)}:
            plan_rounds(actor=Actor.system("rounds"), at=at, site=site)
            planned += 1
    return planned


def _wanted_rounds(site: Site, at: datetime) -> set[str]:
    today = at.astimezone(ZoneInfo(site.time_zone)).date()
    dues = [due for offset in (0, 1) for due in round_slots(site, today + timedelta(days=offset))]
    return {f"{due.day}-{due.slot}" for due in dues if due.due_at > at}


@duty("stays.editions", every=timedelta(minutes=10))
def editions(at: datetime) -> int:
    """Let running orders follow an edition that has begun, by its written transition rule; returns how many changed."""
    known, changed = calendar(), 0
    stays = (
        Stay.objects.filter(ended_at__isnull=True).select_related("order", "site").prefetch_related("order__changes")
    )
    for stay in stays.order_by("pk").iterator(chunk_size=500):
        try:
            course, ends_at = course_now(stay.order, stay.site, known)
            if (course.pack.key, ends_at) != (stay.order.pack, stay.order.ends_at):
                follow_edition(actor=Actor.system("editions"), at=at, stay=stay)
                changed += 1
        except DomainError:
            logger.exception("stay %s cannot follow the edition in force", stay.number)
    return changed


def _write(site: Site, at: datetime) -> bool:
    try:
        write_copy(site, at=at)
    except (OSError, RuntimeError, PaperWarning):  # RuntimeError: what Typst raises
        logger.exception("the exit register of %s could not be written", site.code)
        return False
    return True
