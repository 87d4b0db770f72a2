"""Who had to move and is there: what custody says since the change was confirmed."""

from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext

from lazaretto.cases.choices import ChangeState, ConsequenceKind, Destination, FollowUpState
from lazaretto.cases.models import FollowUp
from lazaretto.custody.models import Holding
from lazaretto.places.choices import ExternalKind
from lazaretto.places.queries import receivable_categories
from lazaretto.stays.models import IsolationOrder
from lazaretto.stays.queries.going_on import Decided

MOST = 200  # a piece of work; the rest waits for the next minute
EXTERNAL = {
    Destination.HOSPITAL: {ExternalKind.HOSPITAL},
    Destination.FANGCANG: {ExternalKind.HOSPITAL},
    Destination.SITE: {ExternalKind.SITE},
    Destination.HOME: {ExternalKind.HOME},
}


def arrived() -> list[tuple[FollowUp, str]]:
    """Open moves whose person is where they had to go, or was let go home, with the place; two queries."""
    held = Holding.objects.filter(person=OuterRef("person"), ended_at__isnull=True)
    somewhere = held.filter(handover__isnull=True, started_at__gt=OuterRef("change__decided_at"))
    elsewhere = Exists(somewhere.exclude(site=OuterRef("change__site")))
    there = elsewhere | Q(change__site__isnull=True) & Exists(somewhere)
    left = Holding.objects.filter(person=OuterRef("person"), ended_at__gt=OuterRef("change__decided_at"))
    let_go = Q(to=Destination.HOME) & ~Exists(held) & Exists(left)
    moves = FollowUp.objects.filter(kind=ConsequenceKind.MOVE, state=FollowUpState.OPEN, person__isnull=False)
    related = ("change__site__unit", "change__unit")
    rows = list(moves.filter(there | let_go).select_related(*related).order_by("due_at")[:MOST])
    now = Holding.objects.filter(person__in=[row.person_id for row in rows], ended_at__isnull=True)
    places = {one.person_id: one for one in now.select_related("site", "external")}
    found = [(row, places.get(row.person_id)) for row in rows if row.person_id]
    return [(row, _named(one)) for row, one in found if one is None or _fits(row, one)]


def comes_back_as(order: IsolationOrder) -> Decided | None:
    """As what somebody comes back whom a change confirmed under this order sends to a site in another category.

    So whoever recovered in hospital gets the order that the change decided; whoever merely comes back does not.
    """
    moves = FollowUp.objects.filter(
        kind=ConsequenceKind.MOVE, to=Destination.SITE, person=order.person_id,
        change__state=ChangeState.CONFIRMED, change__decided_at__gte=order.issued_at,
    ).exclude(state=FollowUpState.DROPPED).exclude(category__in=["", order.category])  # fmt: skip
    last = moves.select_related("change").order_by("-change__decided_at", "-id").first()
    return Decided(last.category, last.change.happened_at) if last else None


def _named(holding: Holding | None) -> str:
    return str(holding.site or holding.external) if holding else gettext("let go")


def _fits(row: FollowUp, holding: Holding) -> bool:
    """Whether the place is of the kind that the change asked for."""
    if holding.external:
        return holding.external.kind in EXTERNAL[Destination(row.to)]
    if holding.site is None or row.to == Destination.HOME:
        return False
    return row.category in receivable_categories(holding.site)
