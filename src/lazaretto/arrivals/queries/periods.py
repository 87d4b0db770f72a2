"""Whose isolation would be over before they come: most often a date that was typed wrong, never a reason to hold."""

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import TypeVar
from uuid import UUID
from zoneinfo import ZoneInfo

from lazaretto.arrivals.models import ExpectedArrival, Manifest
from lazaretto.places.models import Site
from lazaretto.protocols.queries import Calendar, calendar
from lazaretto.stays.errors import NoRulePack, NotIsolated
from lazaretto.stays.queries.courses import central_end, plan

K = TypeVar("K")


def over_before(site: Site, asked: Mapping[K, tuple[str, datetime]], *, moment: datetime) -> dict[K, date]:
    """Of those asked for (category and last exposure) the ones whose days would be complete by that moment, and when.

    Somebody whom the rules isolate not at all, or no rules in force, gives no answer. One query.
    """
    if not asked:
        return {}
    known = calendar()
    ends = {facts: _end(site, *facts, moment, known) for facts in set(asked.values())}
    zone = ZoneInfo(site.time_zone)
    found = {key: ends[facts] for key, facts in asked.items()}
    return {key: end.astimezone(zone).date() for key, end in found.items() if end is not None and end <= moment}


def over_on_the_bus(manifest: Manifest, coming: Iterable[ExpectedArrival], *, at: datetime) -> dict[UUID, date]:
    """The same for people on their way, by their id, when the bus comes: at the time that was said, else now."""
    asked = _asked((one, one.category or manifest.category) for one in coming)
    return over_before(manifest.site, asked, moment=manifest.expected_at or at)


def over_now(site: Site, party: Iterable[ExpectedArrival], *, at: datetime) -> dict[UUID, date]:
    """The same for those who stand at the desk."""
    return over_before(site, _asked((one, one.category or one.manifest.category) for one in party), moment=at)


def _asked(people: Iterable[tuple[ExpectedArrival, str]]) -> dict[UUID, tuple[str, datetime]]:
    return {one.id: (category, one.last_exposure_at) for one, category in people if one.last_exposure_at is not None}


def _end(site: Site, category: str, exposed_at: datetime, moment: datetime, known: Calendar) -> datetime | None:
    if exposed_at > moment:
        return None
    try:
        return central_end(
            plan(site=site, category=category, clock_start_at=exposed_at, starts_at=moment, calendar=known)
        ).ends_at
    except (NotIsolated, NoRulePack):
        return None
