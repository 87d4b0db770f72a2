"""Facts about tubes and bags of quarantine sites, as the fold reads them. For commands and proofs."""

from collections.abc import Collection, Iterable, Iterator
from typing import Any
from uuid import UUID

from lazaretto.stays.models import Specimen
from lazaretto.tubes.models import SiteBag, SiteEvent
from lazaretto.tubes.rules import Fact, Use, incomplete

_FACT = ("id", "kind", "at", "tube", "bag", "to", "count", "reason", "number", "organisation")


def site_tube_facts(site_id: UUID, codes: Collection[str]) -> dict[str, list[Fact]]:
    """Facts about each of these tubes of a site. A bag is called by the key of its use: the same code the next day is
    another bag."""
    found: dict[str, list[Fact]] = {code: [] for code in codes}
    for fact in _facts(SiteEvent.objects.filter(site=site_id, tube__in=list(codes))):
        found[fact.tube].append(fact)
    return found


def site_bag_facts(uses: Collection[UUID]) -> dict[UUID, list[Fact]]:
    """Facts about each of these uses of bags as a whole."""
    found: dict[UUID, list[Fact]] = {key: [] for key in uses}
    for fact in _facts(SiteEvent.objects.filter(bag__in=list(uses), tube="")):
        found[UUID(fact.bag)].append(fact)
    return found


def _facts(rows: Any) -> Iterator[Fact]:
    for row in rows.values_list(*_FACT):
        if not incomplete(row[1], dict(zip(_FACT, row, strict=True))):
            pk, kind, at, tube, bag, to, count, reason = row[:8]
            yield Fact(pk, kind, at, tube, str(bag or ""), to, count, reason)


def uses_of(site_id: UUID, codes: Collection[str]) -> dict[str, list[Use]]:
    """Uses of each of these bags of a site so far."""
    found: dict[str, list[Use]] = {code: [] for code in codes}
    rows = SiteBag.objects.filter(site=site_id, code__in=list(codes))
    for pk, code, begun_at, arrived_at in rows.values_list("pk", "code", "begun_at", "arrived_at"):
        found[code].append(Use(pk, begun_at, arrived_at))
    return found


def homes_of(codes: Iterable[str]) -> dict[str, UUID]:
    """At which site somebody was swabbed into each of these tubes."""
    rows = Specimen.objects.filter(tube__in=[code for code in codes if code])
    return dict(rows.values_list("tube", "stay__site"))
