"""What follows for somebody who stays at a site, or from an event at one."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from lazaretto.cases.choices import ChangeKind, Destination, Why
from lazaretto.cases.rules.scene import (
    DECIDE_HOURS,
    FLOORS_NEAR,
    MOVE_HOURS,
    ROOM_HOURS,
    TELL_HOURS,
    Clock,
    Consequence,
    K,
    Near,
    Scene,
    Undone,
    W,
    companies,
    follows,
    moot,
    move,
    staff_told,
    subject_of,
)
from lazaretto.protocols.rules import Lodging, SitePositive, leads_to
from lazaretto.protocols.rules import restarted as named_by


def _case(scene: Scene) -> Iterable[Consequence]:
    subject, mates = subject_of(scene), _mates(scene)
    goes = leads_to(scene.pack, "case")
    if goes.setting and scene.here:
        yield move(scene, subject, goes, "case", W.REFERRED)
    yield from companies(scene, [subject, *mates], goes.within_hours or MOVE_HOURS)
    if scene.here:
        yield follows(K.GOES_ON, W.UNTIL_RECEIVED, subject)
    yield from moot(scene)
    for one in mates:
        if one.case:
            yield follows(K.GOES_ON, W.CASE_TOO, one, category="case")
        else:
            yield from _contact(scene, one, W.SAME_ROOM)
    yield from _left(scene)
    yield from _clocks(scene, scene.pack.site_positive, [subject.lodging])
    yield from staff_told(scene)


def _exposed(scene: Scene) -> Iterable[Consequence]:
    subject = subject_of(scene)
    yield from _contact(scene, subject, W.LAST_EXPOSURE)
    mates = _mates(scene)
    if mates:
        people = tuple(one.occupant.id for one in mates)
        yield Consequence(kind=K.GOES_ON, why=W.CONTACT_ONLY, people=people)


def _lifted(scene: Scene) -> Iterable[Consequence]:
    if scene.undone is not None:
        yield from _refuted(scene, scene.undone)
    if scene.suspected or scene.undone is None:
        people = tuple(dict.fromkeys((subject_of(scene).occupant.id, *scene.precautions)))
        yield Consequence(kind=K.GOES_ON, why=W.REFUTED, people=people)


def _refuted(scene: Scene, undone: Undone) -> Iterable[Consequence]:
    """A confirmed case was none: where they return to, what was asked because of them, whom it concerned."""
    subject = subject_of(scene)
    if undone.tubes:
        yield follows(K.VOID, W.RECHECK_NEGATIVE, subject, tubes=undone.tubes)
    yield from _back(scene, undone)
    if undone.beside_cases:
        yield follows(K.ROOM, W.AMONG_CASES, subject, hours=ROOM_HOURS)
    if undone.among_cases:
        yield follows(K.DECIDE, W.AMONG_CASES, subject, hours=DECIDE_HOURS)
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
    subject, back = subject_of(scene), undone.back
    if back is None:
        held = scene.here or undone.elsewhere
        yield follows(K.GOES_ON, W.CASE_ONLY if held else W.ORDER_LIFTED, subject)
        if held:
            yield follows(K.MOVE, W.CASE_ONLY, subject, to=Destination.HOME, hours=MOVE_HOURS)
        return
    yield follows(
        K.BACK, W.DAYS_OVER if back.over else W.ORDER_BEFORE, subject, category=back.category, order=back.order,
        clock_on=back.clock_on, ended_on=back.ended_on, ends_on=back.ends_on,
    )  # fmt: skip
    goes = leads_to(scene.pack, back.category)
    if undone.elsewhere and (back.over or not goes.setting):
        yield follows(K.MOVE, W.DAYS_OVER, subject, to=Destination.HOME, hours=MOVE_HOURS)
    elif undone.elsewhere:
        yield move(scene, subject, goes, back.category, W.ORDER_BEFORE)
    elif not back.over and goes.setting == "central" and back.category not in scene.receives:
        yield move(scene, subject, goes, back.category, W.CATEGORY_ELSEWHERE)


def _recovered(scene: Scene) -> Iterable[Consequence]:
    subject, goes = subject_of(scene), leads_to(scene.pack, "recovered")
    if not goes.setting:
        yield follows(K.MOVE, W.NOT_ISOLATED, subject, to=Destination.HOME, hours=MOVE_HOURS)
        return
    stays_here = scene.here and goes.setting == "central" and "recovered" in scene.receives
    if not stays_here:
        yield move(scene, subject, goes, "recovered", W.RETURNS)
    if scene.here and scene.own and scene.own.ends_on:
        yield _restart(subject, W.RETURNS, scene.on, scene.own, "recovered")


def _absent(scene: Scene) -> Iterable[Consequence]:
    subject, own = subject_of(scene), scene.own or Clock(ended_on="")
    if own.later:
        yield follows(K.MADE_UP, W.NOT_SPENT_HERE, subject, ended_on=own.ended_on, ends_on=own.ends_on)
    else:
        yield follows(K.GOES_ON, W.LASTS_LONGER, subject)


def _environment(scene: Scene) -> Iterable[Consequence]:
    yield from _event(scene, ChangeKind.ENVIRONMENTAL_POSITIVE)
    yield Consequence(kind=K.PLACE, why=W.BEFORE_USE, hours=24)
    yield from staff_told(scene)


def _staff_positive(scene: Scene) -> Iterable[Consequence]:
    """A positive on the site, seen from every floor where they worked."""
    rule = scene.pack.site_positive
    yield from _there(scene, scene.pack.site_event(ChangeKind.STAFF_POSITIVE).test_within_hours)
    yield from _clocks(scene, rule, scene.places)
    yield from staff_told(scene)


def _ventilation(scene: Scene) -> Iterable[Consequence]:
    yield from _event(scene, ChangeKind.VENTILATION_FAULT)
    yield Consequence(kind=K.PLACE, why=W.BEFORE_USE, hours=24)


def _event(scene: Scene, kind: ChangeKind) -> Iterable[Consequence]:
    rule = scene.pack.site_event(kind)
    yield from _there(scene, rule.test_within_hours)
    yield from _clocks(scene, rule.restarts, scene.places)


def _contact(scene: Scene, one: Near, why: Why) -> Iterable[Consequence]:
    """They become a close contact: their order, and where they have to be."""
    goes, clock = leads_to(scene.pack, "close_contact"), one.contact
    if not goes.setting or clock is None or not clock.ends_on:
        yield follows(K.GOES_ON, W.NOT_ISOLATED, one)
    elif not clock.later:
        yield follows(K.GOES_ON, W.LASTS_LONGER, one, category="close_contact")
    else:
        yield follows(
            K.CONTACT, why, one, category="close_contact", clock_on=one.contact_on, ended_on=clock.ended_on,
            ends_on=clock.ends_on,
        )  # fmt: skip
    if goes.setting == "central" and "close_contact" not in scene.receives:
        yield move(scene, one, goes, "close_contact", W.CATEGORY_ELSEWHERE)


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
    return follows(
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


def _mates(scene: Scene) -> list[Near]:
    return [one for one in scene.near if one.room_mate and not one.left]


AT_SITE: dict[str, Callable[[Scene], Iterable[Consequence]]] = {
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
