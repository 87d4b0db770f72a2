"""Duties: what the installation does by itself every so often. The steward (`lazaretto steward`) performs them.

A duty is safe to run twice at once and to be killed at any point, does a bounded piece of work, and is given the time.
An app declares its own in `duties.py`, imported by its AppConfig.ready().
"""

import logging
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TypeVar

from lazaretto.core import deadlines, journal

SEAL_EVERY = timedelta(seconds=2)
SWEEP_EVERY = timedelta(seconds=5)

logger = logging.getLogger("lazaretto.duties")

Work = Callable[[datetime], object]
One = TypeVar("One")


@dataclass(frozen=True)
class Duty:
    """A piece of work and its period."""

    name: str
    every: timedelta
    work: Work


DUTIES: dict[str, Duty] = {}


def duty(name: str, *, every: timedelta) -> Callable[[Work], Work]:
    """Declare a duty: `@duty("stays.exit_registers", every=timedelta(minutes=1))`."""
    if every <= timedelta(0):
        raise ValueError(f"the period of {name} must be positive")

    def declare(work: Work) -> Work:
        if name in DUTIES:
            raise RuntimeError(f"two duties are called {name}")
        DUTIES[name] = Duty(name, every, work)
        return work

    return declare


def for_each(rows: Iterable[One], work: Callable[[One], int], *, called: str) -> int:
    """Do it for each of them and return the sum. One that fails is logged and keeps no other from its turn.

    Raises an `ExceptionGroup` of what failed once all had their turn, so that the duty counts as failed. `called`: what
    they are, for the log.
    """
    done, failed = 0, list[Exception]()
    for row in rows:
        try:
            done += work(row)
        except Exception as error:
            logger.exception("%s %s failed; the others go on", called, getattr(row, "pk", row))
            failed.append(error)
    if failed:
        raise ExceptionGroup(f"{called}: {len(failed)} failed", failed)
    return done


@duty("core.seal", every=SEAL_EVERY)
def seal(at: datetime) -> int:
    """Seal a batch of the journal."""
    return journal.seal(at=at)


@duty("core.sweep", every=SWEEP_EVERY)
def sweep(at: datetime) -> int:
    """Raise the alarms that are due."""
    return deadlines.sweep(at=at)
