"""Rules of transfer orders: states, agreement of sources, destinations. Pure; no database, no clock.

Sources: whole stairwells taken to quarantine by a list that named the wrong one (Dandong, May 2022): two independent
sources before anybody is sent; the rules for centralised isolation sites: one person, one room, categories apart.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from lazaretto.core.states import Edge
from lazaretto.orders.choices import Caution, Fit, LineState, Obstacle, OrderState, Says

S, L = OrderState, LineState

DRAFT, ISSUE = "orders.draft", "orders.issue"
HAND_OVER, ADMIT, DECIDE = "transfers.hand_over", "stays.admit", "transfers.decide"


# ---- states


MOVEMENT = "movement"  # it follows from where the people are
NOTHING = ""  # before the order was written

EDGES: tuple[Edge, ...] = (
    Edge(NOTHING, S.DRAFT, DRAFT),
    # Somebody else's order was issued by them; it is entered, not issued again.
    Edge(NOTHING, S.ISSUED, DRAFT),
    Edge(S.DRAFT, S.ISSUED, ISSUE),
    Edge(S.DRAFT, S.WITHDRAWN, DRAFT),
    Edge(S.ISSUED, S.ISSUED, ISSUE),  # valid for longer
    Edge(S.ISSUED, S.WITHDRAWN, ISSUE),
    Edge(S.ISSUED, S.UNDER_WAY, HAND_OVER, through=MOVEMENT),
    Edge(S.ISSUED, S.FULFILLED, ADMIT, through=MOVEMENT),
    Edge(S.UNDER_WAY, S.ISSUED, HAND_OVER, through=MOVEMENT),
    Edge(S.UNDER_WAY, S.FULFILLED, HAND_OVER, through=MOVEMENT),
    Edge(S.UNDER_WAY, S.WITHDRAWN, DECIDE, through=MOVEMENT),
)
ENDED = frozenset({S.FULFILLED, S.WITHDRAWN})
IN_FORCE = frozenset({S.ISSUED, S.UNDER_WAY})
OPEN_LINES = frozenset({L.WAITING, L.UNDER_WAY})


def state_of(lines: Iterable[str]) -> OrderState:
    """The state of an order in force, as it follows from its people."""
    found = set(lines)
    if L.UNDER_WAY in found:
        return S.UNDER_WAY
    if L.WAITING in found:
        return S.ISSUED
    return S.FULFILLED if L.ARRIVED in found else S.WITHDRAWN


def expired(state: str, valid_until: datetime, at: datetime) -> bool:
    """Whether an issued order was not used in time. Whoever is on the road under it may arrive."""
    return state == S.ISSUED and valid_until <= at


def expires_soon(state: str, valid_until: datetime, at: datetime, within: timedelta) -> bool:
    """Whether it is still valid, but not for long."""
    return state == S.ISSUED and at < valid_until <= at + within


# ---- two independent sources

SOURCES_NEEDED = 2
# Others who speak: without a name behind it nobody could ask them again, and one pair of hands would be two sources.
SPEAKERS = frozenset({"health_bureau", "community", "police", "hospital"})


@dataclass(frozen=True)
class Statement:
    """What a source says about a person of an order: who they are, where they are to be fetched."""

    source: str
    identity: str
    address: str
    identity_words: str = ""
    address_words: str = ""


@dataclass(frozen=True)
class Difference:
    """A source says something else than the order. `about` is identity or address, `words` what it says."""

    source: str
    about: str
    words: str


@dataclass(frozen=True)
class Agreement:
    """Which sources say the same as the order about who and where, and what differs."""

    identity: tuple[str, ...] = ()
    address: tuple[str, ...] = ()
    differences: tuple[Difference, ...] = ()

    @property
    def wants_identity(self) -> int:
        """How many sources are missing about who it is."""
        return max(0, SOURCES_NEEDED - len(self.identity))

    @property
    def wants_address(self) -> int:
        """How many sources are missing about where they are."""
        return max(0, SOURCES_NEEDED - len(self.address))

    @property
    def reached(self) -> bool:
        """Two sources agree on both, and none disagrees."""
        return not (self.wants_identity or self.wants_address or self.differences)


def agreement(statements: Iterable[Statement]) -> Agreement:
    """What the sources say together; of each the last word counts. Statements come in the order they were written."""
    last = {statement.source: statement for statement in statements}
    said = sorted(last.values(), key=lambda statement: statement.source)
    differences = [
        Difference(one.source, about, words)
        for one in said
        for about, verdict, words in (
            ("identity", one.identity, one.identity_words),
            ("address", one.address, one.address_words),
        )
        if verdict == Says.DIFFERENT
    ]
    return Agreement(
        tuple(one.source for one in said if one.identity == Says.SAME),
        tuple(one.source for one in said if one.address == Says.SAME),
        tuple(differences),
    )


# ---- destinations

WHEELCHAIR = frozenset({"cannot_walk", "disability"})
# What a need asks of a hospital (`places.choices.Ability`).
ABILITY_FOR = {
    "dialysis": "dialysis",
    "pregnant": "obstetrics",
    "mental_health": "psychiatry",
    "cannot_walk": "accessible",
    "disability": "accessible",
}
# Needs that alone make a hospital a destination worth proposing; a wheelchair does not.
HOSPITAL_NEEDS = frozenset({"dialysis", "pregnant", "mental_health"})
CASE = "case"
FEW = 2  # free rooms left after them


@dataclass(frozen=True)
class Wish:
    """Who has to go: their category, how many, how many of them need an accessible room, their needs and languages."""

    category: str
    people: int
    wheelchairs: int = 0
    needs: frozenset[str] = frozenset()
    languages: frozenset[str] = frozenset()
    leaves: str = ""  # key of the place where they are


@dataclass(frozen=True)
class Candidate:
    """A place as it stands now. Of a site of ours: rooms free, accessible ones, and people already on their way.

    `categories` are those received, `languages` those spoken by people who stay there, `abilities` what a place of
    others can do; `kind` is site, hospital, other_site or other.
    """

    key: str
    kind: str
    running: bool = True
    categories: frozenset[str] = frozenset()
    free: int = 0
    accessible: int = 0
    coming: int = 0
    languages: frozenset[str] = frozenset()
    abilities: frozenset[str] = frozenset()

    @property
    def left(self) -> int:
        """Free rooms when everybody on the way has arrived; one person, one room."""
        return max(0, self.free - self.coming)


@dataclass(frozen=True)
class Proposal:
    """A place with what speaks for it, what must be arranged, and what stands against it."""

    candidate: Candidate
    fits: tuple[Fit, ...] = ()
    cautions: tuple[Caution, ...] = ()
    obstacles: tuple[Obstacle, ...] = ()
    lacking: tuple[str, ...] = field(default=())  # abilities

    @property
    def proposed(self) -> bool:
        """Whether nothing stands against it."""
        return not self.obstacles


def propose(wish: Wish, candidates: Sequence[Candidate]) -> list[Proposal]:
    """All places, the proposed ones first: fewest things to arrange, own sites before others, most rooms left."""
    found = [_of_ours(wish, one) if one.kind == "site" else _of_others(wish, one) for one in candidates]
    return sorted(
        found,
        key=lambda one: (
            len(one.obstacles), len(one.cautions), -len(one.fits), -one.candidate.left, one.candidate.key
        ),
    )  # fmt: skip


def _of_ours(wish: Wish, site: Candidate) -> Proposal:
    fits: list[Fit] = []
    obstacles: list[Obstacle] = []
    verdicts = (
        (wish.category in site.categories, Fit.CATEGORY, Obstacle.CATEGORY),
        (site.left >= max(wish.people, 1), Fit.ROOMS, Obstacle.NO_ROOM),
        (site.accessible >= wish.wheelchairs, Fit.ACCESSIBLE if wish.wheelchairs else None, Obstacle.NO_ACCESSIBLE),
        (site.running, None, Obstacle.NOT_RUNNING),
        (site.key != wish.leaves, None, Obstacle.SAME_PLACE),
    )
    for good, fit, obstacle in verdicts:
        if not good:
            obstacles.append(obstacle)
        elif fit is not None:
            fits.append(fit)
    if wish.languages and wish.languages <= site.languages:
        fits.append(Fit.LANGUAGE)
    return Proposal(site, tuple(fits), tuple(_to_arrange(wish, site)), tuple(obstacles))


def _to_arrange(wish: Wish, site: Candidate) -> Iterable[Caution]:
    if "dialysis" in wish.needs:
        yield Caution.DIALYSIS
    if "pregnant" in wish.needs:
        yield Caution.BIRTH
    if "infant" in wish.needs:
        yield Caution.INFANT
    if wish.languages - site.languages:
        yield Caution.LANGUAGE
    if 0 <= site.left - wish.people < FEW:
        yield Caution.FEW_ROOMS


def _of_others(wish: Wish, place: Candidate) -> Proposal:
    if place.kind == "hospital":
        return _hospital(wish, place)
    obstacles = [Obstacle.SAME_PLACE] if place.key == wish.leaves else []
    if place.kind != "other_site":
        obstacles.append(Obstacle.NOT_A_PLACE_TO_GO)
    return Proposal(place, (), (Caution.CALL_FIRST,), tuple(obstacles))


def _hospital(wish: Wish, place: Candidate) -> Proposal:
    asked = {ABILITY_FOR[need] for need in wish.needs if need in ABILITY_FOR}
    asked |= {"infectious"} if wish.category == CASE else set()
    lacking = tuple(sorted(asked - place.abilities))
    obstacles = [Obstacle.SAME_PLACE] if place.key == wish.leaves else []
    if wish.category != CASE and not wish.needs & HOSPITAL_NEEDS:
        obstacles.append(Obstacle.NO_NEED)
    if lacking:
        obstacles.append(Obstacle.ABILITY)
    return Proposal(
        place, (Fit.ABILITY,) if asked and not lacking else (), (Caution.CALL_FIRST,), tuple(obstacles), lacking
    )
