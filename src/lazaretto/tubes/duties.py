"""What tubes do by themselves: follow what scans and events say."""

from datetime import datetime, timedelta
from uuid import UUID

from django.db.models import Q

from lazaretto.core.duties import duty, for_each
from lazaretto.places.models import Site
from lazaretto.screening.choices import RoundState
from lazaretto.screening.models import Round
from lazaretto.tubes.commands import follow_round, follow_site
from lazaretto.tubes.queries.site_trails import sites_with_tubes
from lazaretto.tubes.queries.trails import came_in

LATE = timedelta(days=14)
# What had come in of rounds that are over, when followed. By UUID: two databases of one process never meet here.
_followed: dict[UUID, tuple[datetime | None, ...]] = {}


@duty("tubes.follow", every=timedelta(seconds=20))
def follow(at: datetime) -> int:
    """Rows of tubes, people to be called and deadlines of rounds that are open, or were: phones come late,
    and a tube that was filled goes to the laboratory even when its round was cancelled."""
    since = at - LATE
    recent = Q(state=RoundState.OPEN) | Q(closed_at__gte=since) | Q(cancelled_at__gte=since)
    return for_each(Round.objects.filter(recent), lambda one: _follow(one, at), called="tubes of round")


@duty("tubes.follow_sites", every=timedelta(seconds=20))
def follow_sites(at: datetime) -> int:
    """Deadlines of tubes of quarantine sites that wait for something, and of sites that had such."""

    def work(site: Site) -> int:
        return follow_site(site, at=at)

    return for_each(sites_with_tubes(at - LATE), work, called="tubes of site")


def _follow(one: Round, at: datetime) -> int:
    """One that is over changes by what comes in late alone: looking at all its tubes each time holds up who writes."""
    if one.state == RoundState.OPEN:
        return follow_round(one, at=at)
    came = came_in(one)
    if _followed.get(one.pk) == came:
        return 0
    found = follow_round(one, at=at)
    _followed[one.pk] = came
    return found
