"""What follows from a change of status, or from an event at a place: pure functions on plain values.

Sources: prevention and control plans 7 to 9 (contacts and their clocks, look-back, who is sent where); promise 5: one
unconfirmed positive never triggers an irreversible act; a child up to the pack's age is never left alone.
"""

from __future__ import annotations

from collections.abc import Iterable

from lazaretto.cases.choices import ChangeKind
from lazaretto.cases.rules.at_site import AT_SITE
from lazaretto.cases.rules.outside import OUTSIDE
from lazaretto.cases.rules.scene import (
    PAPER_HOURS,
    RECHECK_HOURS,
    Consequence,
    K,
    Outcome,
    Scene,
    W,
    follows,
    subject_of,
)


def outcome(kind: str, scene: Scene, *, confirmed: bool) -> Outcome:
    """What follows now and what would follow, by the pack of the scene. The same scene gives the same answer."""
    then = tuple(OUTSIDE[kind](scene) if scene.outside else AT_SITE[kind](scene))
    held = [one for one in then if one.kind in {K.CONTACT, K.RESTART, K.MADE_UP}]
    if held and not scene.outside:  # outside nobody's order changes: the one of the place that admits them is theirs
        people = tuple(person for one in held for person in one.people)
        then = (*then, Consequence(kind=K.PAPER, why=W.NEW_ORDER, people=people, hours=PAPER_HOURS))
    if scene.undone is not None:
        then = (*then, follows(K.LETTER, W.WRONGLY_HELD, subject_of(scene), hours=PAPER_HOURS))
    now = () if confirmed or kind != ChangeKind.CASE else tuple(_precautions(scene))
    return Outcome(scene.pack.key, now, then)


def _precautions(scene: Scene) -> Iterable[Consequence]:
    subject = subject_of(scene)
    mates = [one for one in scene.near if one.room_mate and not one.left]
    for one in (subject, *mates):
        yield follows(K.STAY_IN_ROOM, W.UNCONFIRMED, one, hours=RECHECK_HOURS)
    yield follows(K.RECHECK, W.UNCONFIRMED, subject, hours=RECHECK_HOURS)
