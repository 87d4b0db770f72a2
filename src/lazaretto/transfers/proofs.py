"""What custody and stays together can prove (`lazaretto verify`)."""

from datetime import datetime

from django.db.models import Exists, OuterRef
from django.utils.translation import gettext_lazy as _

from lazaretto.core.promises import Finding, Offender, proof
from lazaretto.custody.models import Holding
from lazaretto.stays.models import IsolationOrder, Stay


@proof(1, "stays_are_held", _("Whoever stays is held by that site, and whoever is under an order is held by somebody"))
def stays_are_held(_at: datetime) -> Finding:
    """Each open stay has its person held by its site; each order in force has its person held somewhere."""
    held = Holding.objects.filter(ended_at__isnull=True, person=OuterRef("person"))
    stays = Stay.objects.filter(ended_at__isnull=True)
    elsewhere = stays.filter(~Exists(held.filter(site=OuterRef("site")))).values_list("id", flat=True)
    orders = IsolationOrder.objects.filter(lifted_at__isnull=True)
    nowhere = orders.filter(~Exists(held)).values_list("id", flat=True)
    offenders = [
        *(Offender("stay", str(pk), "its site does not hold the person") for pk in elsewhere),
        *(Offender("order", str(pk), "in force, and nobody holds the person") for pk in nowhere),
    ]
    return Finding({"people_unaccounted_for": len(set(nowhere))}, offenders, in_use=stays.exists())
