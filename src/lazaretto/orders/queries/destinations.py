"""Where people can go: every place with what speaks for it and against it, from facts, in a fixed number of queries."""

from collections import Counter, defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from uuid import UUID

from django.db.models import Count, Q

from lazaretto.orders import rules
from lazaretto.orders.choices import Caution, Fit, Obstacle
from lazaretto.people.models import Need, Person
from lazaretto.places.choices import Ability, ExternalKind, RoomState, SiteState
from lazaretto.places.models import ExternalPlace, Room, Site
from lazaretto.places.queries import people_expected_at, receivable_categories
from lazaretto.stays.models import Stay

KINDS = {ExternalKind.HOSPITAL: "hospital", ExternalKind.SITE: "other_site"}
OURS = "zh"  # what everybody at a site speaks


@dataclass(frozen=True)
class Destination:
    """A place as the page and the API show it. `key` is `site:<code>` or `place:<id>`; rooms are those of our sites."""

    key: str
    name: str
    ours: bool
    proposed: bool
    free: int
    coming: int
    left: int
    fits: tuple[Fit, ...]
    cautions: tuple[Caution, ...]
    obstacles: tuple[Obstacle, ...]
    lacking: tuple[Ability, ...]


def wish_of(
    people: Collection[UUID], category: str, *, more: int = 0, needs: Collection[str] = (), leaves: str = ""
) -> rules.Wish:
    """What these people need, from their records; `more` are not on record yet, `needs` theirs. Two queries."""
    rows = list(Need.objects.filter(person__in=people, ended_at__isnull=True).values_list("person_id", "kind"))
    spoken = Person.objects.filter(pk__in=people).values_list("language", flat=True)
    seated = {person for person, kind in rows if kind in rules.WHEELCHAIR}
    languages = frozenset(language for language in spoken if language and not language.startswith(OURS))
    return rules.Wish(
        category=category,
        people=len(set(people)) + more,
        wheelchairs=len(seated) + (1 if rules.WHEELCHAIR & set(needs) else 0),
        needs=frozenset(kind for _person, kind in rows) | frozenset(needs),
        languages=languages,
        leaves=leaves,
    )


def destinations(wish: rules.Wish) -> list[Destination]:
    """All places that are not closed, the proposed ones first."""
    sites = {f"site:{site.code}": site for site in Site.objects.exclude(state=SiteState.CLOSED).order_by("code")}
    places = {f"place:{place.pk}": place for place in ExternalPlace.objects.filter(closed_at__isnull=True)}
    candidates = [*_ours(sites), *(_others(key, place) for key, place in places.items())]
    return [_destination(proposal, sites, places) for proposal in rules.propose(wish, candidates)]


def _ours(sites: dict[str, Site]) -> list[rules.Candidate]:
    pks = [site.pk for site in sites.values()]
    ready = Room.objects.filter(site__in=pks, state=RoomState.READY).order_by().values("site")
    counted = ready.annotate(n=Count("id"), accessible=Count("id", filter=Q(accessible=True)))
    rooms = {row["site"]: (row["n"], row["accessible"]) for row in counted}
    coming, spoken = people_expected_at(pks), _languages(pks)
    return [
        rules.Candidate(
            key=key,
            kind="site",
            running=site.state == SiteState.ACTIVE,
            categories=receivable_categories(site),
            free=rooms.get(site.pk, (0, 0))[0],
            accessible=rooms.get(site.pk, (0, 0))[1],
            coming=coming.get(site.pk, 0),
            languages=frozenset(spoken[site.pk]),
        )
        for key, site in sites.items()
    ]


def _languages(sites: Collection[UUID]) -> dict[UUID, Counter[str]]:
    """Languages of those who stay at these sites now; one query."""
    here = Stay.objects.filter(site__in=sites, ended_at__isnull=True).order_by()
    found: dict[UUID, Counter[str]] = defaultdict(Counter)
    for site, language, n in here.values_list("site", "person__language").annotate(n=Count("id")):
        found[site][language] = n
    return found


def _others(key: str, place: ExternalPlace) -> rules.Candidate:
    kind = KINDS.get(ExternalKind(place.kind), "other")
    return rules.Candidate(key=key, kind=kind, abilities=frozenset(place.abilities))


def _destination(proposal: rules.Proposal, sites: dict[str, Site], places: dict[str, ExternalPlace]) -> Destination:
    one = proposal.candidate
    site, place = sites.get(one.key), places.get(one.key)
    name = f"{site.code} {site.spoken_name}" if site is not None else ""
    if place is not None:
        name = f"{place.get_kind_display()} · {place.spoken_name}"
    return Destination(
        one.key, name, site is not None, proposal.proposed, one.free, one.coming, one.left, proposal.fits,
        proposal.cautions, proposal.obstacles, tuple(Ability(code) for code in proposal.lacking),
    )  # fmt: skip
