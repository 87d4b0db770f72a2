"""The steward: performs the duties of all apps (`core.duties`) in a loop, one process beside the server.

A duty that fails is logged and tried again at its next time. Times of the loop are monotonic, so a clock that jumps
does no harm; a late duty is done once, not once for every time it missed. Two stewards at once do no harm either.
"""

import argparse
import logging
import os
import signal
import threading
import time
from collections.abc import Callable, Iterable
from datetime import datetime

from django.db import close_old_connections

from lazaretto.config.orphans import VARIABLE, parent_is_gone
from lazaretto.core import clock
from lazaretto.core.duties import DUTIES, Duty

logger = logging.getLogger("lazaretto.steward")

LONGEST_SLEEP = 0.5  # seconds, so that a stop or a lost parent is noticed soon


class Steward:
    """Knows when each duty is due."""

    def __init__(self, duties: Iterable[Duty], *, tick: float) -> None:
        self.due = {duty.name: tick for duty in duties}
        self.duties = {duty.name: duty for duty in duties}

    def step(self, *, at: datetime, tick: float) -> float:
        """Perform what is due at this tick (monotonic seconds); returns the seconds until the next one."""
        for name in sorted(self.due, key=lambda name: self.due[name]):
            if self.due[name] <= tick:
                self.due[name] = next_time(self.due[name], self.duties[name].every.total_seconds(), tick)
                perform(self.duties[name], at)
        return min(self.due.values(), default=tick + LONGEST_SLEEP) - tick


def next_time(due: float, every: float, tick: float) -> float:
    """The first time after `tick` on the grid of the duty: lateness does not add up, missed times are left out."""
    return due + every * (int((tick - due) / every) + 1)


def perform(duty: Duty, at: datetime) -> None:
    """Do it; whatever goes wrong must not stop the other duties."""
    try:
        duty.work(at)
    except Exception:
        logger.exception("the duty %s failed and will be tried again", duty.name)


def run(_arguments: argparse.Namespace) -> int:
    """`lazaretto steward`: until told to stop, or until the parent that started it is gone."""
    stopping = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda _number, _frame: stopping.set())
    attend(stopping, gone=watched_parent())
    return 0


def watched_parent() -> Callable[[], bool]:
    """Whether the parent is gone; never for a steward that somebody started by hand."""
    return parent_is_gone() if VARIABLE in os.environ else lambda: False


def attend(stopping: threading.Event, *, gone: Callable[[], bool]) -> None:
    """The loop."""
    steward = Steward(DUTIES.values(), tick=time.monotonic())
    while not stopping.is_set() and not gone():
        close_old_connections()  # one that broke is opened anew
        wait = steward.step(at=clock.now(), tick=time.monotonic())
        stopping.wait(max(0.0, min(wait, LONGEST_SLEEP)))
