"""What follows by itself of a quarantine site's tubes: one deadline a site for those that no courier has, one a bag on
its way, one a bag with tubes that have no result, one a site for whom to swab again. Hours as in a round.
"""

from datetime import datetime

from django.db import transaction
from django.db.models import Exists, Min, OuterRef

from lazaretto.core.access import Actor
from lazaretto.core.choices import DeadlineState
from lazaretto.core.models import Deadline
from lazaretto.places.models import Site
from lazaretto.tubes.choices import BagState
from lazaretto.tubes.clocks import CLOCKS
from lazaretto.tubes.commands.site_events import settle_rejected
from lazaretto.tubes.commands.watching import AT_THE_LABORATORY, Wanted, compare, result_due
from lazaretto.tubes.deadlines import AGAIN, AT_SITE, COURIER, RESULT
from lazaretto.tubes.models import SiteBag, SiteTube, SiteTubeQuerySet
from lazaretto.tubes.queries.site_trails import at_the_site, pending, to_swab_again


def follow_site(site: Site, *, at: datetime) -> int:
    """Everything that follows from what is known of a site's tubes now; returns how many were found rejected late,
    because whoever swabbed entered them after the laboratory had spoken."""
    with transaction.atomic():
        late = pending(site).filter(tube__in=_rejected(site).values("code")).values_list("tube", flat=True)
        found = settle_rejected(site, list(late), actor=Actor.system("tubes"), at=at)
        for kind, wanted in (
            (AT_SITE, _waiting(site)), (COURIER, _under_way(site)), (RESULT, _at_laboratories(site)),
            (AGAIN, _again(site)),
        ):  # fmt: skip
            open_ones = Deadline.objects.filter(kind=kind.code, unit_id=site.unit_id, state=DeadlineState.OPEN)
            ours = open_ones.filter(subject_type__in=[Site._meta.label_lower, SiteBag._meta.label_lower])
            compare(kind, site.unit_id, wanted, list(ours), at)
    return found


def _rejected(site: Site) -> SiteTubeQuerySet:
    return SiteTube.objects.filter(site=site, rejected_at__isnull=False)


def _waiting(site: Site) -> Wanted:
    since = at_the_site(site).aggregate(since=Min("collected_at"))["since"]
    return [(site, since + CLOCKS["table"].within)] if since else []


def _under_way(site: Site) -> Wanted:
    rows = SiteBag.objects.filter(site=site, state=BagState.UNDER_WAY)
    return [(row, row.left_at + CLOCKS["courier"].within) for row in rows if row.left_at]


def _at_laboratories(site: Site) -> Wanted:
    """Tubes that came without a bag are one deadline of the site, that of the first to be late."""
    due = result_due()
    waiting = SiteTube.objects.filter(site=site, code__in=pending(site).values("tube"))
    rows = SiteBag.objects.filter(Exists(waiting.filter(bag=OuterRef("pk"))), site=site, state__in=AT_THE_LABORATORY)
    bags: Wanted = [(row, due(row.laboratory, row.arrived_at)) for row in rows if row.arrived_at]
    single = waiting.filter(bag=None, received_at__isnull=False).values_list("laboratory")
    loose = [due(*one) for one in single.annotate(since=Min("received_at"))]
    return [*bags, (site, min(loose))] if loose else bags


def _again(site: Site) -> Wanted:
    since = to_swab_again(site).aggregate(since=Min("rejected_at"))["since"]
    return [(site, since + CLOCKS["retest"].within)] if since else []
