"""What follows from a change of status, or from an event at a place: pure functions on plain values.

Sources: prevention and control plans 7 to 9 (contacts and their clocks, look-back, who is sent where); promise 5: one
unconfirmed positive never triggers an irreversible act; a child up to the pack's age is never left alone.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict, dataclass

from lazaretto.cases.choices import ChangeKind, ChangeState, ConsequenceKind, Destination, Why
from lazaretto.core.states import Edge
from lazaretto.protocols.rules import LeadsTo, Lodging, Occupant, Pack, SitePositive, company, leads_to, needs_company
from lazaretto.protocols.rules import restarted as named_by

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
BECOMES: dict[str, frozenset[str]] = {
    ChangeKind.CASE: frozenset({
        "inbound", "close_contact", "secondary_contact", "high_risk_area", "medium_risk_area", "low_risk_area",
        "closed_loop_staff", "recovered",
    }),
    ChangeKind.CONTACT: frozenset({
        "inbound", "secondary_contact", "high_risk_area", "medium_risk_area", "low_risk_area", "closed_loop_staff",
    }),
    ChangeKind.RECOVERED: frozenset({"case"}),
}  # fmt: skip
ACTED_ON = frozenset({
    K.STAY_IN_ROOM, K.RECHECK, K.MOVE, K.COMPANY, K.STAFF, K.TEST, K.TELL, K.PAPER, K.PLACE, K.DECIDE, K.ROOM,
    K.UNTELL, K.LETTER,
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
class Scene:
    """Everything that the consequences of a change depend on, at one moment."""

    pack: Pack
    receives: frozenset[str]
    near: tuple[Near, ...] = ()
    staff: tuple[int, ...] = ()
    subject: Near | None = None
    places: tuple[Lodging, ...] = ()
    on: str = ""
    own: Clock | None = None
    here: bool = True
    precautions: tuple[str, ...] = ()
    suspected: bool = False
    undone: Undone | None = None


def takes_back(found: Outcome) -> bool:
    """Whether somebody was wrongly held for a case or a contact: what two people found, two people take back."""
    return any(one.why == W.WRONGLY_HELD for one in found.then)


def outcome(kind: str, scene: Scene, *, confirmed: bool) -> Outcome:
    """What follows now and what would follow, by the pack of the scene. The same scene gives the same answer."""
    then = tuple(_THEN[kind](scene))
    if any(one.kind in {K.CONTACT, K.RESTART, K.MADE_UP} for one in then):
        held = [one for one in then if one.kind in {K.CONTACT, K.RESTART, K.MADE_UP}]
        people = tuple(person for one in held for person in one.people)
        then = (*then, Consequence(kind=K.PAPER, why=W.NEW_ORDER, people=people, hours=PAPER_HOURS))
    if scene.undone is not None:
        then = (*then, _of(K.LETTER, W.WRONGLY_HELD, _subject(scene), hours=PAPER_HOURS))
    now = () if confirmed or kind != ChangeKind.CASE else tuple(_precautions(scene))
    return Outcome(scene.pack.key, now, then)


def _precautions(scene: Scene) -> Iterable[Consequence]:
    subject = _subject(scene)
    mates = [one for one in scene.near if one.room_mate and not one.left]
    for one in (subject, *mates):
        yield _of(K.STAY_IN_ROOM, W.UNCONFIRMED, one, hours=RECHECK_HOURS)
    yield _of(K.RECHECK, W.UNCONFIRMED, subject, hours=RECHECK_HOURS)


def _case(scene: Scene) -> Iterable[Consequence]:
    subject, mates = _subject(scene), _mates(scene)
    goes = leads_to(scene.pack, "case")
    if goes.setting and scene.here:
        yield _move(scene, subject, goes, "case", W.REFERRED)
    yield from _companies(scene, [subject, *mates], goes.within_hours or MOVE_HOURS)
    if scene.here:
        yield _of(K.GOES_ON, W.UNTIL_RECEIVED, subject)
    for one in mates:
        if one.case:
            yield _of(K.GOES_ON, W.CASE_TOO, one, category="case")
        else:
            yield from _contact(scene, one, W.SAME_ROOM)
    yield from _left(scene)
    yield from _clocks(scene, scene.pack.site_positive, [subject.lodging])
    yield from _staff(scene)


def _exposed(scene: Scene) -> Iterable[Consequence]:
    subject = _subject(scene)
    yield from _contact(scene, subject, W.LAST_EXPOSURE)
    mates = _mates(scene)
    if mates:
        people = tuple(one.occupant.id for one in mates)
        yield Consequence(kind=K.GOES_ON, why=W.CONTACT_ONLY, people=people)


def _lifted(scene: Scene) -> Iterable[Consequence]:
    if scene.undone is not None:
        yield from _refuted(scene, scene.undone)
    if scene.suspected or scene.undone is None:
        people = tuple(dict.fromkeys((_subject(scene).occupant.id, *scene.precautions)))
        yield Consequence(kind=K.GOES_ON, why=W.REFUTED, people=people)


def _refuted(scene: Scene, undone: Undone) -> Iterable[Consequence]:
    """A confirmed case was none: where they return to, what was asked because of them, whom it concerned."""
    subject = _subject(scene)
    if undone.tubes:
        yield _of(K.VOID, W.RECHECK_NEGATIVE, subject, tubes=undone.tubes)
    yield from _back(scene, undone)
    if undone.beside_cases:
        yield _of(K.ROOM, W.AMONG_CASES, subject, hours=ROOM_HOURS)
    if undone.among_cases:
        yield _of(K.DECIDE, W.AMONG_CASES, subject, hours=DECIDE_HOURS)
    for one in undone.declared:
        yield Consequence(
            kind=K.DECIDE, why=W.ANOTHER_CASE if one.explained else W.ONLY_CASE, people=(one.person,), stay=one.stay,
            hours=DECIDE_HOURS, ended_on=one.ended_on, ends_on="" if one.explained else one.ends_on,
        )  # fmt: skip
    if undone.called_off:
        yield Consequence(kind=K.CALLED_OFF, why=W.RECHECK_NEGATIVE, people=undone.called_off)
    if undone.left or undone.staff:
        yield Consequence(
            kind=K.UNTELL, why=W.RECHECK_NEGATIVE, people=undone.left, users=undone.staff, hours=TELL_HOURS
        )


def _no_contact(scene: Scene) -> Iterable[Consequence]:
    """Whoever was a contact of nobody but a refuted case."""
    undone = scene.undone or Undone()
    yield from _back(scene, undone)
    if undone.called_off:
        yield Consequence(kind=K.CALLED_OFF, why=W.RECHECK_NEGATIVE, people=undone.called_off)


def _back(scene: Scene, undone: Undone) -> Iterable[Consequence]:
    """The order they return to, and where they have to be under it."""
    subject, back = _subject(scene), undone.back
    if back is None:
        held = scene.here or undone.elsewhere
        yield _of(K.GOES_ON, W.CASE_ONLY if held else W.ORDER_LIFTED, subject)
        if held:
            yield _of(K.MOVE, W.CASE_ONLY, subject, to=Destination.HOME, hours=MOVE_HOURS)
        return
    yield _of(
        K.BACK, W.DAYS_OVER if back.over else W.ORDER_BEFORE, subject, category=back.category, order=back.order,
        clock_on=back.clock_on, ended_on=back.ended_on, ends_on=back.ends_on,
    )  # fmt: skip
    goes = leads_to(scene.pack, back.category)
    if undone.elsewhere and (back.over or not goes.setting):
        yield _of(K.MOVE, W.DAYS_OVER, subject, to=Destination.HOME, hours=MOVE_HOURS)
    elif undone.elsewhere:
        yield _move(scene, subject, goes, back.category, W.ORDER_BEFORE)
    elif not back.over and goes.setting == "central" and back.category not in scene.receives:
        yield _move(scene, subject, goes, back.category, W.CATEGORY_ELSEWHERE)


def _recovered(scene: Scene) -> Iterable[Consequence]:
    subject, goes = _subject(scene), leads_to(scene.pack, "recovered")
    if not goes.setting:
        yield _of(K.MOVE, W.NOT_ISOLATED, subject, to=Destination.HOME, hours=MOVE_HOURS)
        return
    stays_here = scene.here and goes.setting == "central" and "recovered" in scene.receives
    if not stays_here:
        yield _move(scene, subject, goes, "recovered", W.RETURNS)
    if scene.here and scene.own and scene.own.ends_on:
        yield _restart(subject, W.RETURNS, scene.on, scene.own, "recovered")


def _absent(scene: Scene) -> Iterable[Consequence]:
    subject, own = _subject(scene), scene.own or Clock(ended_on="")
    if own.later:
        yield _of(K.MADE_UP, W.NOT_SPENT_HERE, subject, ended_on=own.ended_on, ends_on=own.ends_on)
    else:
        yield _of(K.GOES_ON, W.LASTS_LONGER, subject)


def _environment(scene: Scene) -> Iterable[Consequence]:
    yield from _event(scene, ChangeKind.ENVIRONMENTAL_POSITIVE)
    yield Consequence(kind=K.PLACE, why=W.BEFORE_USE, hours=24)
    yield from _staff(scene)


def _staff_positive(scene: Scene) -> Iterable[Consequence]:
    """A positive on the site, seen from every floor where they worked."""
    rule = scene.pack.site_positive
    yield from _there(scene, scene.pack.site_event(ChangeKind.STAFF_POSITIVE).test_within_hours)
    yield from _clocks(scene, rule, scene.places)
    yield from _staff(scene)


def _ventilation(scene: Scene) -> Iterable[Consequence]:
    yield from _event(scene, ChangeKind.VENTILATION_FAULT)
    yield Consequence(kind=K.PLACE, why=W.BEFORE_USE, hours=24)


def _event(scene: Scene, kind: ChangeKind) -> Iterable[Consequence]:
    rule = scene.pack.site_event(kind)
    yield from _there(scene, rule.test_within_hours)
    yield from _clocks(scene, rule.restarts, scene.places)


_THEN: dict[str, Callable[[Scene], Iterable[Consequence]]] = {
    ChangeKind.CASE: _case,
    ChangeKind.CONTACT: _exposed,
    ChangeKind.LIFTED: _lifted,
    ChangeKind.NO_CONTACT: _no_contact,
    ChangeKind.RECOVERED: _recovered,
    ChangeKind.ABSENCE: _absent,
    ChangeKind.ENVIRONMENTAL_POSITIVE: _environment,
    ChangeKind.STAFF_POSITIVE: _staff_positive,
    ChangeKind.VENTILATION_FAULT: _ventilation,
}


def _contact(scene: Scene, one: Near, why: Why) -> Iterable[Consequence]:
    """They become a close contact: their order, and where they have to be."""
    goes, clock = leads_to(scene.pack, "close_contact"), one.contact
    if not goes.setting or clock is None or not clock.ends_on:
        yield _of(K.GOES_ON, W.NOT_ISOLATED, one)
    elif not clock.later:
        yield _of(K.GOES_ON, W.LASTS_LONGER, one, category="close_contact")
    else:
        yield _of(
            K.CONTACT, why, one, category="close_contact", clock_on=one.contact_on, ended_on=clock.ended_on,
            ends_on=clock.ends_on,
        )  # fmt: skip
    if goes.setting == "central" and "close_contact" not in scene.receives:
        yield _move(scene, one, goes, "close_contact", W.CATEGORY_ELSEWHERE)


def _move(scene: Scene, one: Near, goes: LeadsTo, category: str, why: Why) -> Consequence:
    places = {"hospital": Destination.HOSPITAL, "central": Destination.SITE}
    to = places.get(goes.setting, Destination.HOME)
    return _of(K.MOVE, why, one, to=to, category=category, hours=goes.within_hours or MOVE_HOURS)


def _companies(scene: Scene, people: Sequence[Near], hours: int) -> Iterable[Consequence]:
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
            yield _of(K.COMPANY, W.MUST_BE_ACCOMPANIED, one, hours=hours)


def _clocks(scene: Scene, rule: SitePositive, places: Sequence[Lodging]) -> Iterable[Consequence]:
    """Whose clock the pack restarts, seen from these places, and that it restarts nobody else's."""
    around = [one for one in scene.near if not (one.room_mate or one.left or one.case)]
    named = {found for place in places for found in named_by(rule, place, [one.lodging for one in around])}
    around = [one for one in around if one.lodging.id in named or _floor_contact(one, places)]
    untouched: dict[str, list[str]] = {}
    for one in around:
        clock = one.restart
        if one.lodging.id not in named:
            untouched.setdefault(W.NOT_NAMED, []).append(one.occupant.id)
        elif clock is None or not clock.ends_on:
            untouched.setdefault(W.NOT_ISOLATED, []).append(one.occupant.id)
        elif not clock.later:
            untouched.setdefault(W.LASTS_LONGER, []).append(one.occupant.id)
        else:
            yield _restart(one, W.NAMED_BY_PACK, scene.on, clock, one.occupant.category)
    for why, people in sorted(untouched.items()):
        yield Consequence(kind=K.GOES_ON, why=why, people=tuple(sorted(people)))


def _floor_contact(one: Near, places: Sequence[Lodging]) -> bool:
    """Whether they live on the same floor or one next to it: they are named, whatever becomes of their clocks."""
    lodging = one.lodging
    return any(
        lodging.building == place.building and abs(lodging.floor - place.floor) <= FLOORS_NEAR for place in places
    )


def _restart(one: Near, why: Why, on: str, clock: Clock, category: str) -> Consequence:
    return _of(
        K.RESTART, why, one, category=category, clock_on=on, ended_on=clock.ended_on, ends_on=clock.ends_on
    )  # fmt: skip


def _there(scene: Scene, hours: int) -> Iterable[Consequence]:
    rooms = {(place.building, place.floor) for place in scene.places}
    there = [one for one in scene.near if not one.left and (one.lodging.building, one.lodging.floor) in rooms]
    if there:
        people = tuple(sorted(one.occupant.id for one in there))
        yield Consequence(kind=K.TEST, why=W.THERE, people=people, hours=hours)


def _left(scene: Scene) -> Iterable[Consequence]:
    gone = tuple(sorted(one.occupant.id for one in scene.near if one.room_mate and one.left))
    if gone:
        yield Consequence(kind=K.TELL, why=W.SAME_ROOM, people=gone, hours=TELL_HOURS)


def _staff(scene: Scene) -> Iterable[Consequence]:
    if scene.staff:
        yield Consequence(kind=K.STAFF, why=W.CAME_IN, users=tuple(sorted(scene.staff)), hours=STAFF_HOURS)


def _mates(scene: Scene) -> list[Near]:
    return [one for one in scene.near if one.room_mate and not one.left]


def _subject(scene: Scene) -> Near:
    if scene.subject is None:
        raise ValueError("a change of somebody's status needs somebody")
    return scene.subject


def _of(kind: ConsequenceKind, why: Why, one: Near, **more: object) -> Consequence:
    return Consequence(kind=kind, why=why, people=(one.occupant.id,), stay=one.stay, **more)  # type: ignore[arg-type]
