"""When everybody of an area is tested again: the pack's cadence laid over the rounds that were.

Source: the cadences of the packs (measures of 2022-11-21: daily until three clean rounds follow one another, a pause
of three days, once more). A round counts from the day on which it began: results come a day later, and nobody waits
for them before the next swab, except where they decide whether there is one.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Final

from lazaretto.protocols.rules.localtime import ONE_DAY
from lazaretto.protocols.rules.pack import Cadence

# Where the rounds of an area are.
BEGINNING: Final = "beginning"
REPEATED: Final = "repeated"
AWAITED: Final = "awaited"
AFTER_PAUSE: Final = "after_pause"
DONE: Final = "done"
STEPS: Final = (BEGINNING, REPEATED, AWAITED, AFTER_PAUSE, DONE)


@dataclass(frozen=True, slots=True, kw_only=True)
class PastRound:
    """A round that began on a local date. `settled`: it closed with every tube answered; `positive`: one stands in it,
    confirmed or preliminary. One that was `cancelled` counts for nothing, unless a positive was found in it.
    """

    number: int
    opened_on: date
    closed_on: date | None = None
    settled: bool = False
    positive: bool = False
    cancelled: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class NextRound:
    """What comes next: the local date by which it is to begin (None: nothing is due, or not yet known), how many clean
    rounds are counted since the last positive, and the number of the round whose results are awaited.
    """

    step: str
    due_on: date | None
    clean: int
    awaits: int | None = None


@dataclass(frozen=True, slots=True)
class _Run:
    """What is known after some rounds: clean ones in a row, the date of the last one that a pause follows, how many
    came after their pause.
    """

    clean: int = 0
    paused_since: date | None = None
    after: int = 0


def next_round(cadence: Cadence, past: Iterable[PastRound]) -> NextRound:
    """The next round of an area after those that were, in whatever order they are given.

    Never due before a round that is over had closed. A round that runs and would, if clean, end the daily ones or all
    of them is awaited; any other is followed in time, whatever it finds.
    """
    rounds = sorted((one for one in past if one.positive or not one.cancelled), key=lambda r: (r.opened_on, r.number))
    rounds = _of_this_series(cadence, rounds)
    if not rounds:
        return NextRound(step=BEGINNING, due_on=None, clean=0)
    known, hoped = _next(cadence, rounds), _next(cadence, [_clean(one) for one in rounds])
    same_day = known.step == REPEATED or hoped.due_on == known.due_on
    if hoped.step == known.step and same_day:
        return known
    waiting = [one.number for one in rounds if not one.settled and not one.positive]
    return replace(known, step=AWAITED, due_on=None, awaits=waiting[-1])


def _clean(one: PastRound) -> PastRound:
    return one if one.positive else replace(one, settled=True)


def _of_this_series(cadence: Cadence, rounds: Sequence[PastRound]) -> list[PastRound]:
    """Without those of a series that was over before the others began."""
    begins, run = 0, _Run()
    for nth, one in enumerate(rounds):
        if _over(cadence, run):
            begins, run = nth, _Run()
        run = _after(cadence, run, one)
    return list(rounds[begins:])


def _next(cadence: Cadence, rounds: Sequence[PastRound]) -> NextRound:
    run = _Run()
    for one in rounds:
        run = _after(cadence, run, one)
    if _over(cadence, run):
        return NextRound(step=DONE, due_on=None, clean=run.clean)
    closed = max((one.closed_on for one in rounds if one.closed_on), default=date.min)
    if run.paused_since is not None:
        due = max(_after_pause(cadence, run.paused_since), closed)
        return NextRound(step=AFTER_PAUSE, due_on=due, clean=run.clean)
    due = max(rounds[-1].opened_on + cadence.every_days * ONE_DAY, closed)
    return NextRound(step=REPEATED, due_on=due, clean=run.clean)


def _after(cadence: Cadence, run: _Run, one: PastRound) -> _Run:
    if one.positive:
        return _Run()
    if not one.settled:
        return run
    run = replace(run, clean=run.clean + 1)
    if run.paused_since is None:
        return replace(run, paused_since=one.opened_on) if run.clean >= cadence.clean_rounds else run
    if one.opened_on < _after_pause(cadence, run.paused_since):
        return run  # held during the pause: one clean round more, but not the one that the pack asks for after it
    return replace(run, paused_since=one.opened_on, after=run.after + 1)


def _after_pause(cadence: Cadence, since: date) -> date:
    return since + (cadence.pause_days + 1) * ONE_DAY


def _over(cadence: Cadence, run: _Run) -> bool:
    return run.paused_since is not None and run.after >= cadence.rounds_after
