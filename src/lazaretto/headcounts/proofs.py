"""What headcounts can prove: every line of every list is accounted for once, nobody is on a headcount twice."""

from datetime import datetime

from django.db.models import Count, Q
from django.utils.translation import gettext_lazy as _

from lazaretto.core.promises import Finding, Offender, proof
from lazaretto.headcounts.choices import ListState
from lazaretto.headcounts.models import HeadcountList, Member


@proof(6, "headcounts_balance", _("Every line of a headcount list is accounted for"))
def headcounts_balance(at: datetime) -> Finding:
    """Lines laid out are as many as were read, and a list taken in has none left that is ready or held."""
    kept = HeadcountList.objects.exclude(state=ListState.CANCELLED)
    rows = kept.annotate(
        there=Count("entries"),
        waiting=Count("entries", filter=Q(entries__outcome__in=["ready", "held"], entries__resolution="")),
    )
    offenders = [
        Offender("headcount_list", str(row.pk), f"{row.lines} lines read, {row.there} there")
        for row in rows
        if row.lines != row.there
    ] + [
        Offender("headcount_list", str(row.pk), f"taken in with {row.waiting} lines waiting")
        for row in rows
        if row.state == ListState.COMMITTED and row.waiting
    ]
    people = Member.objects.filter(ended_at__isnull=True).count()
    return Finding({"on_headcounts": people, "headcount_lists": kept.count()}, offenders, in_use=people > 0)
