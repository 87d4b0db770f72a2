"""Tubes and bags of quarantine sites, and where they are."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.db.models import Exists, F, OuterRef, Q, QuerySet, Subquery

from lazaretto.core.access import Actor
from lazaretto.core.choices import DeadlineState
from lazaretto.core.errors import NotFound
from lazaretto.core.models import Deadline
from lazaretto.places.models import Site
from lazaretto.stays.choices import SpecimenState
from lazaretto.stays.models import Specimen
from lazaretto.stays.queries.specimens import with_room
from lazaretto.tubes.choices import BagState, Doubt
from lazaretto.tubes.models import SiteBag, SiteEvent, SiteTube
from lazaretto.tubes.rules import HANDLE, READ, one_off

MOST_LINES, MOST_NEAR = 500, 8
SHOWN_FOR = timedelta(days=3)  # bags with nothing open
KINDS = ("tubes.site", "tubes.courier", "tubes.result", "tubes.again")
PLACED = ("places.site", "tubes.sitebag")  # what deadlines of a site's tubes are about
# Where a tube without a result is, in the order of its way; it is in exactly one of them.
STEPS = ("table", "bagged", "under_way", "laboratory")
AWAY = (BagState.UNDER_WAY, BagState.ARRIVED, BagState.RECEIVED)


def sites_of(actor: Actor) -> QuerySet[Site]:
    """Where the actor may read tubes, by code."""
    return Site.objects.visible_to(actor, READ).order_by("code")


def site_by_code(actor: Actor, code: str) -> Site:
    """One; raises `NotFound`."""
    found = sites_of(actor).filter(code=code).first()
    if found is None:
        raise NotFound(kind="places.site", code=code)
    return found


def pending_everywhere() -> QuerySet[Specimen]:
    """Specimens without a result."""
    return Specimen.objects.filter(state=SpecimenState.PENDING)


def pending(site: Site) -> QuerySet[Specimen]:
    """Specimens of a site without a result."""
    return Specimen.objects.filter(stay__site=site, state=SpecimenState.PENDING)


def _trail(outer: str = "tube") -> QuerySet[SiteTube]:
    return SiteTube.objects.filter(site=OuterRef("stay__site"), code=OuterRef(outer))


def at_the_site(site: Site) -> QuerySet[Specimen]:
    """Those whose tube no courier has and no laboratory."""
    gone = _trail().filter(Q(received_at__isnull=False) | Q(rejected_at__isnull=False) | Q(bag__state__in=AWAY))
    return pending(site).filter(~Exists(gone))


def to_swab_again(site: Site) -> QuerySet[SiteTube]:
    """Rejected tubes of people who stay here and were not swabbed since: each with its `stay` and its number."""
    mine = Specimen.objects.filter(tube=OuterRef("code"), stay__site=OuterRef("site"), stay__ended_at__isnull=True)
    later = Specimen.objects.filter(stay=OuterRef("stay"), collected_at__gt=OuterRef("rejected_at"))
    rows = SiteTube.objects.filter(site=site, rejected_at__isnull=False).annotate(
        stay=Subquery(mine.filter(state=SpecimenState.INVALID).values("stay")[:1]),
        stay_number=Subquery(mine.values("stay__number")[:1]),
    )
    return rows.filter(~Exists(later), stay__isnull=False).order_by("rejected_at", "code")


def sites_with_tubes(since: datetime) -> QuerySet[Site]:
    """Sites whose tubes have something due, or may have; tubes rejected before are not asked again."""
    waiting = Specimen.objects.filter(stay__site=OuterRef("pk"), state=SpecimenState.PENDING)
    bags = SiteBag.objects.filter(site=OuterRef("pk"), arrived_at__isnull=True)
    open_ones = Deadline.objects.filter(
        unit_id=OuterRef("unit_id"), kind__in=KINDS, state=DeadlineState.OPEN, subject_type__in=PLACED
    )
    rejected = SiteTube.objects.filter(site=OuterRef("pk"), rejected_at__gte=since)
    return Site.objects.filter(Exists(waiting) | Exists(bags) | Exists(open_ones) | Exists(rejected)).order_by("code")


# ---- as pages show it


@dataclass(frozen=True)
class SiteLine:
    """A tube of a site and where it is. `specimen`: none when nobody here was swabbed into it, as far as is known."""

    code: str
    specimen: Specimen | None
    trail: SiteTube | None

    @property
    def step(self) -> str:
        """One of `STEPS`, `answered` or `rejected`."""
        trail, specimen = self.trail, self.specimen
        if trail is not None and trail.rejected_at:
            return "rejected"
        if specimen is not None and specimen.state != SpecimenState.PENDING:
            return "answered"
        if trail is None:
            return "table"
        return step_of(trail)

    @property
    def doubts(self) -> list[str]:
        """Its doubts, and that nobody was swabbed into what lies in a bag."""
        if self.trail is None:
            return []
        empty = self.specimen is None and self.trail.slip_at is None
        return [*self.trail.doubts, *([Doubt.NEVER_FILLED] if empty else [])]


def step_of(trail: SiteTube) -> str:
    """Where its facts say that it is."""
    state = trail.bag.state if trail.bag else ""
    if trail.received_at or state in {BagState.ARRIVED, BagState.RECEIVED}:
        return "laboratory"
    if state == BagState.UNDER_WAY:
        return "under_way"
    return "bagged" if trail.bag else "table"


def waiting_lines(site: Site) -> list[SiteLine]:
    """Tubes without a result by their time, and tubes nobody here was swabbed into; three queries."""
    rows = list(with_room(pending(site)).select_related("stay").order_by("collected_at", "id")[:MOST_LINES])
    told = SiteTube.objects.real().filter(site=site).select_related("bag")
    known = {row.code: row for row in told.filter(code__in=[one.tube for one in rows])}
    mine = Specimen.objects.filter(stay__site=OuterRef("site"), tube=OuterRef("code"))
    unknown = told.filter(~Exists(mine)).order_by("code")[:MOST_LINES]
    return [
        *(SiteLine(one.tube, one, known.get(one.tube)) for one in rows),
        *(SiteLine(row.code, None, row) for row in unknown),
    ]


def lines_in(bag: SiteBag) -> list[SiteLine]:
    """Tubes in a bag; two queries."""
    rows = list(bag.tubes.real().select_related("bag").order_by("code")[:MOST_LINES])
    mine = Specimen.objects.filter(stay__site=bag.site_id, tube__in=[row.code for row in rows])
    found = {one.tube: one for one in mine.select_related("stay")}
    return [SiteLine(row.code, found.get(row.code), row) for row in rows]


def line_of(site: Site, code: str) -> SiteLine:
    """One tube of a site; raises `NotFound`."""
    trail = SiteTube.objects.filter(site=site, code=code).select_related("bag").first()
    specimen = Specimen.objects.filter(stay__site=site, tube=code).select_related("stay").first()
    if trail is None and specimen is None:
        raise NotFound(kind="tubes.sitetube", code=code)
    return SiteLine(code, specimen, trail)


def bags_of(site: Site, at: datetime) -> QuerySet[SiteBag]:
    """Bags that did not arrive, those with tubes without a result or with a doubt, and those of the last days."""
    open_ones = SiteTube.objects.filter(bag=OuterRef("pk"), code__in=pending(site).values("tube"))
    kept = Q(arrived_at__isnull=True) | Q(arrived_at__gte=at - SHOWN_FOR) | ~Q(doubts=[]) | Exists(open_ones)
    return SiteBag.objects.filter(kept, site=site).order_by(F("arrived_at").desc(nulls_first=True), "code", "id")


def bag_by_id(actor: Actor, pk: UUID) -> SiteBag:
    """One; raises `NotFound`."""
    found = SiteBag.objects.visible_to(actor, READ).select_related("site").filter(pk=pk).first()
    if found is None:
        raise NotFound(kind="tubes.sitebag", id=pk)
    return found


def overdue_of(site: Site, at: datetime) -> list[tuple[Deadline, SiteBag | None]]:
    """Legs of a site's tubes whose time is over, with the bag where it is one; two queries."""
    rows = Deadline.objects.filter(
        kind__in=KINDS, unit_id=site.unit_id, subject_type__in=PLACED, state=DeadlineState.OPEN, overdue_at__lte=at
    )
    late = list(rows.order_by("due_at")[:20])
    keys = [one.subject_id for one in late if one.subject_type == PLACED[1]]
    held = {str(row.pk): row for row in SiteBag.objects.filter(pk__in=keys)}
    return [(one, held.get(one.subject_id)) for one in late]


def events_of(site: Site, *, tube: str = "", bag: SiteBag | None = None) -> QuerySet[SiteEvent]:
    """What was told of a tube, or of a bag as a whole, in true time."""
    rows = SiteEvent.objects.filter(site=site, tube=tube, **({"bag": bag} if bag else {}))
    return rows.select_related("upload__by", "bag").order_by("at", "id")


@dataclass(frozen=True)
class SiteCount:
    """How many tubes of a site without a result are where; `late`: legs whose time is over."""

    site: Site
    steps: dict[str, int]
    doubts: int
    late: int


def counted(sites: Sequence[Site], at: datetime) -> list[SiteCount]:
    """Of these sites, in four queries."""
    steps: Counter[tuple[UUID, str]] = Counter()
    waiting = Specimen.objects.filter(stay__site__in=sites, state=SpecimenState.PENDING)
    told = {
        (row.site_id, row.code): row
        for row in SiteTube.objects.filter(site__in=sites, code__in=waiting.values("tube")).select_related("bag")
    }
    for site_id, code in waiting.values_list("stay__site", "tube"):
        trail = told.get((site_id, code))
        steps[site_id, step_of(trail) if trail else "table"] += 1
    doubts = Counter(SiteBag.objects.filter(site__in=sites).exclude(doubts=[]).values_list("site", flat=True))
    doubts.update(SiteTube.objects.real().filter(site__in=sites).exclude(doubts=[]).values_list("site", flat=True))
    rows = Deadline.objects.filter(
        kind__in=KINDS, unit_id__in=[one.unit_id for one in sites], subject_type__in=PLACED, overdue_at__lte=at,
        state=DeadlineState.OPEN,
    )  # fmt: skip
    late = Counter(rows.values_list("unit_id", flat=True))
    return [
        SiteCount(one, {step: steps[one.pk, step] for step in STEPS}, doubts[one.pk], late[one.unit_id])
        for one in sites
    ]


# Of a tube of a site: somebody's specimen without a result.
_UNANSWERED = Exists(
    Specimen.objects.filter(tube=OuterRef("code"), stay__site=OuterRef("site"), state=SpecimenState.PENDING)
)


# ---- what a code means at the laboratory's door


@dataclass(frozen=True)
class AtSite:
    """What a code may mean: a bag or a tube of a quarantine site. `open`: it waits for something."""

    site: Site
    part: str
    code: str
    open: bool
    bag_id: UUID | None = None


def at_sites(actor: Actor, text: str) -> list[AtSite]:
    """Bags and tubes of sites with this code: of bags the last use at each site."""
    return _meant(actor, {text, text.upper(), text.lower()})


def near_at_sites(actor: Actor, text: str) -> list[AtSite]:
    """Those that wait for something, whose code is one slip of a finger away."""
    return [one for one in _meant(actor, one_off(text)) if one.open][:MOST_NEAR]


def _meant(actor: Actor, codes: set[str]) -> list[AtSite]:
    bags = SiteBag.objects.visible_to(actor, HANDLE).filter(code__in=codes).select_related("site")
    last = {(row.site_id, row.code): row for row in bags.order_by("begun_at")}
    waiting = SiteTube.objects.filter(bag__in=[row.pk for row in last.values()])
    unanswered = set(waiting.filter(_UNANSWERED).values_list("bag", flat=True))
    swabbed = Specimen.objects.visible_to(actor, HANDLE).filter(tube__in=codes).select_related("stay__site")
    tubes = {
        (one.stay.site_id, one.tube): AtSite(one.stay.site, "tube", one.tube, one.state == SpecimenState.PENDING)
        for one in swabbed
    }
    told = SiteTube.objects.real().visible_to(actor, HANDLE).filter(code__in=codes).select_related("site")
    for row in told:
        tubes.setdefault((row.site_id, row.code), AtSite(row.site, "tube", row.code, row.received_at is None))
    return [
        *(
            AtSite(row.site, "bag", row.code, row.received_at is None or row.pk in unanswered, row.pk)
            for row in last.values()
        ),
        *tubes.values(),
    ]


def bags_at(laboratory: str) -> QuerySet[SiteBag]:
    """Bags at a laboratory's door or with it, with tubes that have no result, the last first."""
    waiting = SiteTube.objects.real().filter(_UNANSWERED, bag=OuterRef("pk"))
    rows = SiteBag.objects.filter(laboratory=laboratory, state__in=[BagState.ARRIVED, BagState.RECEIVED])
    return rows.filter(Exists(waiting)).select_related("site").order_by("-arrived_at", "code")


def tubes_at(laboratory: str) -> QuerySet[SiteTube]:
    """Tubes that a laboratory received singly and that have no result, the oldest first."""
    rows = SiteTube.objects.real().filter(_UNANSWERED, laboratory=laboratory, rejected_at__isnull=True)
    return rows.select_related("site").order_by("received_at", "code")
