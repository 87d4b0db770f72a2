"""What consequences are and what they depend on: the words of the rules, and what those at a site and outside share."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass

from lazaretto.cases.choices import ChangeKind, ChangeState, ConsequenceKind, Destination, Why
from lazaretto.core.states import Edge
from lazaretto.protocols.rules import LeadsTo, Lodging, Occupant, Pack, company, needs_company

K, W, S = ConsequenceKind, Why, ChangeState

PROPOSE, CONFIRM = "cases.propose", "cases.confirm"

# Within how many hours, where a pack says nothing. Practice of sites: a second swab within six hours (the time a tube
# may take to the laboratory); staff by their next daily test; papers and telling communities within a day.
# The same floor and those next to it (local rules on sites that found a positive look that far).
FLOORS_NEAR = 1
RECHECK_HOURS, STAFF_HOURS, PAPER_HOURS, TELL_HOURS, MOVE_HOURS = 6, 24, 24, 24, 12
# Whoever is held because of somebody who was no case is decided upon the same shift; nobody sleeps another night
# beside cases.
DECIDE_HOURS, ROOM_HOURS = 12, 2


EDGES: tuple[Edge, ...] = (
    Edge(S.PROPOSED, S.CONFIRMED, CONFIRM),
    Edge(S.PROPOSED, S.REFUSED, CONFIRM),
    Edge(S.PROPOSED, S.WITHDRAWN, PROPOSE),
)

# From which category somebody may become what; a case and a recovered person are never "contacts" again by this door.
# Whoever does not stay with us may have none yet.
NO_CATEGORY = ""
BECOMES: dict[str, frozenset[str]] = {
    ChangeKind.CASE: frozenset({
        "inbound", "close_contact", "secondary_contact", "high_risk_area", "medium_risk_area", "low_risk_area",
        "closed_loop_staff", "recovered", NO_CATEGORY,
    }),
    ChangeKind.CONTACT: frozenset({
        "inbound", "secondary_contact", "high_risk_area", "medium_risk_area", "low_risk_area", "closed_loop_staff",
        NO_CATEGORY,
    }),
    ChangeKind.RECOVERED: frozenset({"case"}),
}  # fmt: skip
ACTED_ON = frozenset({
    K.STAY_IN_ROOM, K.RECHECK, K.MOVE, K.COMPANY, K.STAFF, K.TEST, K.TELL, K.PAPER, K.PLACE, K.DECIDE, K.ROOM,
    K.UNTELL, K.LETTER, K.TRACE, K.AT_HOME,
})  # fmt: skip
# What can be taken back at any moment; nothing else follows from one unconfirmed positive.
REVERSIBLE = frozenset({K.STAY_IN_ROOM, K.RECHECK})


def may_become(kind: str, category: str) -> bool:
    """Whether somebody of a category can have this change."""
    return kind not in BECOMES or category in BECOMES[kind]


@dataclass(frozen=True, kw_only=True)
class Consequence:
    """One thing that follows. `people` are person ids, `users` user ids; `to` is a kind of place, `category` the one
    they have there; `hours` until it must be done; dates are the site's, ISO; `order` is the number of one that is in
    force again, `tubes` are results that are void."""

    kind: str
    why: str
    people: tuple[str, ...] = ()
    users: tuple[int, ...] = ()
    stay: str = ""
    to: str = ""
    category: str = ""
    hours: int = 0
    clock_on: str = ""
    ended_on: str = ""
    ends_on: str = ""
    order: str = ""
    tubes: tuple[str, ...] = ()
    members: tuple[int, ...] = ()
    number: int = 0
    where: str = ""

    @property
    def acted_on(self) -> bool:
        """Whether somebody has to see to it."""
        return self.kind in ACTED_ON


@dataclass(frozen=True)
class Outcome:
    """What follows at once (reversible precautions) and what follows when it is confirmed, under a pack."""

    pack: str
    now: tuple[Consequence, ...]
    then: tuple[Consequence, ...]

    @property
    def digest(self) -> str:
        """The same for the same consequences: what was shown is what is confirmed."""
        told = json.dumps([self.pack, [asdict(one) for one in self.then]], sort_keys=True)
        return hashlib.sha256(told.encode()).hexdigest()[:32]


@dataclass(frozen=True, kw_only=True)
class Clock:
    """What an order would become: the end in force and the end it would have, ISO dates of the site.

    `ends_on` is empty where the rules isolate nobody for it; `later` says whether the new end is later.
    """

    ended_on: str
    ends_on: str = ""
    later: bool = False


@dataclass(frozen=True, kw_only=True)
class Near:
    """Somebody at the site who was near: as the room rules see them, where they are lodged, and what a clock of theirs
    would become as a `contact` and if it `restart`s. `left`: their stay has ended. `case`: they are one
    themselves, or a proposal with settled evidence says so."""

    stay: str
    occupant: Occupant
    lodging: Lodging
    room_mate: bool = False
    left: bool = False
    case: bool = False
    contact_on: str = ""
    contact: Clock | None = None
    restart: Clock | None = None


@dataclass(frozen=True, kw_only=True)
class Back:
    """The order to which somebody returns: its number and category, the end of the one that falls and its own.

    `over`: its days have been served. `goes_on`: it never stopped.
    """

    order: str
    category: str
    clock_on: str
    ended_on: str
    ends_on: str
    over: bool = False
    goes_on: bool = False


@dataclass(frozen=True, kw_only=True)
class Declared:
    """Somebody whose order changed because of a case: `explained` when another confirmed finding names them too;
    `ends_on` is the end of the order that they would return to, empty where a later order has taken its place."""

    person: str
    stay: str
    explained: bool
    ended_on: str
    ends_on: str = ""


@dataclass(frozen=True, kw_only=True)
class Undone:
    """What rested on a case that its recheck refutes, or on a contact with one. `left` and `staff` had been told;
    `called_off` are those of whom something is still asked that is not needed any more; `here` and `elsewhere` say
    where the subject is: in a room of the site, with others, or (neither) in our care no more."""

    back: Back | None = None
    tubes: tuple[str, ...] = ()
    declared: tuple[Declared, ...] = ()
    left: tuple[str, ...] = ()
    staff: tuple[int, ...] = ()
    called_off: tuple[str, ...] = ()
    elsewhere: bool = False
    among_cases: bool = False
    beside_cases: bool = False


@dataclass(frozen=True, kw_only=True)
class Around:
    """Those who shared something with somebody who does not stay at a site: `why` says what, `where` names it.

    `people` are in our care without a stay, `staying` (person and stay) at a site, `members` only on a headcount,
    `cases` are cases themselves; of `number` more only the number is known. `contacts`: they are close contacts by it;
    else somebody judges.
    """

    why: str
    contacts: bool
    people: tuple[str, ...] = ()
    staying: tuple[tuple[str, str], ...] = ()
    cases: tuple[str, ...] = ()
    members: tuple[int, ...] = ()
    number: int = 0
    where: str = ""


@dataclass(frozen=True, kw_only=True)
class Scene:
    """Everything that the consequences of a change depend on, at one moment.

    `outside`: the subject stays at no site of ours, and `around` are those who shared something with them; `own` is
    then the order in force, if there is one. `today` is the date at the place, `on` that of the finding.
    `moot` says why what is still asked of the subject as a contact is not, once they are a case.
    """

    pack: Pack
    receives: frozenset[str]
    near: tuple[Near, ...] = ()
    staff: tuple[int, ...] = ()
    subject: Near | None = None
    places: tuple[Lodging, ...] = ()
    on: str = ""
    today: str = ""
    own: Clock | None = None
    here: bool = True
    precautions: tuple[str, ...] = ()
    suspected: bool = False
    undone: Undone | None = None
    moot: tuple[Why, ...] = ()
    outside: bool = False
    around: tuple[Around, ...] = ()


def takes_back(found: Outcome) -> bool:
    """Whether somebody was wrongly held for a case or a contact: what two people found, two people take back."""
    return any(one.why == W.WRONGLY_HELD for one in found.then)


def move(scene: Scene, one: Near, goes: LeadsTo, category: str, why: Why) -> Consequence:
    """Where somebody has to go, by the rules of the category."""
    places = {"hospital": Destination.HOSPITAL, "central": Destination.SITE}
    to = places.get(goes.setting, Destination.HOME)
    return follows(K.MOVE, why, one, to=to, category=category, hours=goes.within_hours or MOVE_HOURS)


def companies(scene: Scene, people: Sequence[Near], hours: int) -> Iterable[Consequence]:
    """Whoever must not be alone when a room is parted: named with those of the household who may be with them.

    Those who go the same way come first: two of a household who are both cases go together.
    """
    everybody = [*people, *(one for one in scene.near if one not in people)]
    cases = {one.occupant.id for one in everybody if one.case or one is scene.subject}
    rule = scene.pack.rooms
    for one in people:
        if needs_company(rule, one.occupant) and len(people) > 1:
            found = company(rule, one.occupant, [other.occupant for other in everybody])
            own = one.occupant.id in cases
            fit = sorted(found, key=lambda other: (other in cases) != own)
            yield Consequence(
                kind=K.COMPANY, why=W.MUST_BE_ACCOMPANIED, people=(one.occupant.id, *fit), stay=one.stay, hours=hours
            )
        elif needs_company(rule, one.occupant):
            yield follows(K.COMPANY, W.MUST_BE_ACCOMPANIED, one, hours=hours)


def staff_told(scene: Scene) -> Iterable[Consequence]:
    """Staff who came near: told and tested."""
    if scene.staff:
        yield Consequence(kind=K.STAFF, why=W.CAME_IN, users=tuple(sorted(scene.staff)), hours=STAFF_HOURS)


def moot(scene: Scene) -> Iterable[Consequence]:
    """What is no longer asked of whoever is a case now."""
    for why in scene.moot:
        yield follows(K.CALLED_OFF, why, subject_of(scene))


def subject_of(scene: Scene) -> Near:
    """Whom the change is about."""
    if scene.subject is None:
        raise ValueError("a change of somebody's status needs somebody")
    return scene.subject


def follows(kind: ConsequenceKind, why: Why, one: Near, **more: object) -> Consequence:
    """Something that follows for one person."""
    return Consequence(kind=kind, why=why, people=(one.occupant.id,), stay=one.stay, **more)  # type: ignore[arg-type]
