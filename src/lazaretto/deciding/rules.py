"""Rules of the queue: what is decided on its own page, until when, who looks like whom. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

from lazaretto.cases.rules import CONFIRM
from lazaretto.deciding.choices import Kind
from lazaretto.screening.rules import FEVERS
from lazaretto.tubes.choices import Doubt
from lazaretto.tubes.rules import HANDLE, LOOK, MANAGE, OVERRIDE, RECALL, REPORT

READ, TAKE, SETTLE = "deciding.read", "deciding.take", "deciding.settle"

# Decided with words on the page of the queue; all others on the page where their facts are put right.
SETTLED_HERE: Final = frozenset(
    {
        Kind.TWICE, Kind.PLACE, Kind.OVERFULL, Kind.HOUSEHOLDS, Kind.TWO_POINTS, Kind.REUSED, Kind.WRONG_ROUND,
        Kind.NO_NUMBER, Kind.NAMESAKE, Kind.AGREED, Kind.CLOCK,
    }
)  # fmt: skip

# What decides it where its own page does, any of these: whoever else took it would only keep it from others.
_ELSEWHERE: Final[dict[str, frozenset[str]]] = {
    Kind.POSITIVE: frozenset({RECALL, REPORT}),  # called back, and rechecked
    Kind.HAND_ON: frozenset({MANAGE}),
    Kind.TAKEN_BACK: frozenset({MANAGE, CONFIRM}),  # the change of status is put right by who confirms one
    Kind.FEVER: frozenset({FEVERS}),
    Kind.RECALL: frozenset({RECALL, MANAGE}),
    Kind.HELD: frozenset({MANAGE}),
    Kind.LATE: frozenset({HANDLE, MANAGE}),  # it goes on its way
    Kind.BAG: frozenset({LOOK}),
    Kind.TUBE: frozenset({LOOK}),
    Kind.STRAY: frozenset({LOOK}),
}
# Every ladder of a round ends with the approver: called because nobody acts, they have somebody act.
_CALLED_LAST: Final = OVERRIDE

# Until when, where nothing else says so. Our choice: tubes leave the table within four hours and reach the laboratory
# within six (docs/tubes.md); until then somebody at the point can still look into a tube, a bag, a face.
_AT_THE_TABLE, _BEFORE_THE_LABORATORY = timedelta(hours=2), timedelta(hours=4)
_AT_ONCE = timedelta(minutes=30)  # where no alarm of theirs is open any more; as alarms of these kinds are answered
WITHIN: Final[dict[str, timedelta]] = {
    Kind.POSITIVE: _AT_ONCE,
    Kind.HAND_ON: _AT_ONCE,
    Kind.TAKEN_BACK: _AT_ONCE,
    Kind.FEVER: _AT_ONCE,
    Kind.RECALL: _AT_ONCE,
    Kind.HELD: timedelta(hours=1),
    Kind.BAG: _AT_THE_TABLE,
    Kind.TUBE: _AT_THE_TABLE,
    Kind.STRAY: _AT_THE_TABLE,
    Kind.TWICE: _BEFORE_THE_LABORATORY,
    Kind.PLACE: _AT_THE_TABLE,
    Kind.OVERFULL: _AT_THE_TABLE,
    Kind.HOUSEHOLDS: _AT_THE_TABLE,
    Kind.TWO_POINTS: _AT_THE_TABLE,
    Kind.REUSED: _AT_THE_TABLE,
    Kind.WRONG_ROUND: _AT_THE_TABLE,
    Kind.NO_NUMBER: _AT_THE_TABLE,
    Kind.NAMESAKE: _BEFORE_THE_LABORATORY,
    Kind.AGREED: _AT_THE_TABLE,
    Kind.CLOCK: _BEFORE_THE_LABORATORY,
}
FAR_OFF: Final = 600  # seconds: a clock that is wrong by less moves no scan into another hour's list
FEW: Final = 2  # people of one name: of more a name alone says nothing


def deciders(kind: str, said: Mapping[str, Any]) -> frozenset[str]:
    """Capabilities of which one is needed to take it: those that decide it, and that of whoever is called when nobody
    does. Who handles tubes may call a code that nobody filled a slip."""
    slip = kind == Kind.TUBE and said.get("doubts") == [Doubt.NEVER_FILLED.value]
    decide = frozenset({SETTLE}) if kind in SETTLED_HERE else _ELSEWHERE[kind]
    return decide | {_CALLED_LAST} | ({HANDLE} if slip else frozenset())


def due(kind: str, since: datetime) -> datetime:
    """Until when something is to be decided that has no deadline of its own."""
    return since + WITHIN.get(kind, timedelta())


def look_alikes(named: Sequence[tuple[int, UUID, str]], said: str) -> list[int]:
    """Numbers of those on the roster (number, enterprise, its name folded) whom a stranger of their name may be.

    Those of the enterprise that was said; where it helps nothing, all, as long as they are few.
    """
    same = [number for number, _organisation, name in named if said and name == said]
    if same:
        return same
    return [number for number, _organisation, _name in named] if len(named) <= FEW else []
