"""What follows for somebody who does not stay at a site: tested in a round, at home, in a dormitory, with others."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from lazaretto.cases.choices import ChangeKind, Destination
from lazaretto.cases.rules.scene import (
    DECIDE_HOURS,
    MOVE_HOURS,
    TELL_HOURS,
    Around,
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
from lazaretto.protocols.rules import leads_to

CONTACT = "close_contact"


def _case(scene: Scene) -> Iterable[Consequence]:
    subject, goes = subject_of(scene), leads_to(scene.pack, "case")
    if goes.setting and scene.here:
        yield move(scene, subject, goes, "case", W.REFERRED)
    yield from companies(scene, [subject, *scene.near], goes.within_hours or MOVE_HOURS)
    yield _own(scene)
    yield from moot(scene)
    for one in scene.around:
        yield from _near(scene, one) if one.contacts else _to_judge(one)
        yield from _staying(one)
    yield from staff_told(scene)


def _exposed(scene: Scene) -> Iterable[Consequence]:
    """They are a contact; whom they met since is one of a contact, which isolates nobody."""
    subject = subject_of(scene)
    yield follows(K.CONTACT, W.LAST_EXPOSURE, subject, category=CONTACT, clock_on=scene.on)
    if scene.here:
        yield from _has_to_be(scene, (subject.occupant.id,), W.REFERRED)
    yield _own(scene)
    met = tuple(person for one in scene.around if one.contacts for person in one.people)
    if met:
        yield Consequence(kind=K.GOES_ON, why=W.CONTACT_ONLY, people=met)


def _own(scene: Scene) -> Consequence:
    """Their own clock: no order of theirs changes before somebody receives them."""
    subject, own = subject_of(scene), scene.own
    if own is None:
        return follows(K.GOES_ON, W.NO_ORDER, subject)
    return follows(K.GOES_ON, W.UNTIL_RECEIVED, subject, ended_on=own.ended_on, ends_on=own.ended_on)


def _near(scene: Scene, around: Around) -> Iterable[Consequence]:
    """Household and dormitory: contacts by the rules, with where they have to be."""
    if not (around.people or around.members):
        return
    if not leads_to(scene.pack, CONTACT).setting:
        yield Consequence(kind=K.GOES_ON, why=W.NOT_ISOLATED, people=around.people, members=around.members)
        return
    yield Consequence(
        kind=K.CONTACT, why=around.why, people=around.people, members=around.members, category=CONTACT,
        clock_on=scene.today, where=around.where,
    )  # fmt: skip
    yield from _has_to_be(scene, around.people, around.why, around.members)


def _has_to_be(scene: Scene, people: Iterable[str], why: str, members: Iterable[int] = ()) -> Iterable[Consequence]:
    """Each of them alone: everybody is fetched, and arrives, for themselves."""
    goes = leads_to(scene.pack, CONTACT)
    central = goes.setting == "central"
    hours = goes.within_hours or (MOVE_HOURS if central else TELL_HOURS)
    if not goes.setting:
        return
    kind, to = (K.MOVE, Destination.SITE) if central else (K.AT_HOME, "")
    for person in people:
        yield Consequence(kind=kind, why=why, people=(person,), to=to, category=CONTACT, hours=hours)
    for member in members:
        yield Consequence(kind=kind, why=why, members=(member,), to=to, category=CONTACT, hours=hours)


def _to_judge(around: Around) -> Iterable[Consequence]:
    """Tube and department: who of them came near is found out by asking."""
    if around.people or around.members or around.number:
        yield Consequence(
            kind=K.TRACE, why=around.why, people=around.people, members=around.members, number=around.number,
            where=around.where, category=CONTACT, hours=DECIDE_HOURS,
        )  # fmt: skip


def _staying(around: Around) -> Iterable[Consequence]:
    """Whoever is in one of our rooms keeps their order until somebody there decides."""
    for person, stay in around.staying:
        yield Consequence(kind=K.DECIDE, why=around.why, people=(person,), stay=stay, hours=DECIDE_HOURS)
    if around.cases:
        yield Consequence(kind=K.GOES_ON, why=W.CASE_TOO, people=around.cases, category="case")


def _lifted(scene: Scene) -> Iterable[Consequence]:
    subject, undone = subject_of(scene), scene.undone
    if undone is None:
        yield follows(K.GOES_ON, W.REFUTED, subject)
        return
    yield from _free(scene, subject, undone)
    for one in undone.declared:
        yield Consequence(
            kind=K.DECIDE, why=W.ONLY_CASE, people=(one.person,), stay=one.stay, hours=DECIDE_HOURS,
            ended_on=one.ended_on,
        )  # fmt: skip
    if undone.called_off:
        yield Consequence(kind=K.CALLED_OFF, why=W.RECHECK_NEGATIVE, people=undone.called_off)
    if undone.left or undone.staff:
        yield Consequence(
            kind=K.UNTELL, why=W.RECHECK_NEGATIVE, people=undone.left, users=undone.staff, hours=TELL_HOURS
        )


def _free(scene: Scene, subject: Near, undone: Undone) -> Iterable[Consequence]:
    """What holds them now: the order that never stopped, or nothing."""
    if scene.own is not None:
        yield follows(K.GOES_ON, W.ORDER_BEFORE, subject, ended_on=scene.own.ended_on, ends_on=scene.own.ended_on)
        return
    yield follows(K.GOES_ON, W.CASE_ONLY if undone.elsewhere else W.ORDER_LIFTED, subject)
    if undone.elsewhere:
        yield follows(K.MOVE, W.CASE_ONLY, subject, to=Destination.HOME, hours=MOVE_HOURS)


def _recovered(scene: Scene) -> Iterable[Consequence]:
    subject, goes = subject_of(scene), leads_to(scene.pack, "recovered")
    if not goes.setting:
        yield follows(K.MOVE, W.NOT_ISOLATED, subject, to=Destination.HOME, hours=MOVE_HOURS)
    else:
        yield move(scene, subject, goes, "recovered", W.RETURNS)


OUTSIDE: dict[str, Callable[[Scene], Iterable[Consequence]]] = {
    ChangeKind.CASE: _case,
    ChangeKind.CONTACT: _exposed,
    ChangeKind.LIFTED: _lifted,
    ChangeKind.RECOVERED: _recovered,
}
