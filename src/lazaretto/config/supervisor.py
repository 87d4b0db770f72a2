"""Starts the server, the steward and own results as children, keeps them alive, and stops them together."""

import logging
import os
import signal
import subprocess
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from types import FrameType

from lazaretto.config import pulse
from lazaretto.config.orphans import VARIABLE

logger = logging.getLogger("lazaretto.up")

STOP_WITHIN = 4.5  # seconds until a child that does not stop is killed
LOOK_EVERY = 0.2
PAUSES = (1.0, 2.0, 5.0, 15.0, 30.0)  # seconds before the first, second … restart of a child
STEADY_AFTER = 60.0  # seconds after which a child counts as well again


class Child:
    """One process that ought to run. `beats`: it says itself that it goes on, and is ended when it does not."""

    def __init__(self, name: str, words: Sequence[str], *, beats: bool = False) -> None:
        self.name = name
        self.words = list(words)
        self.beats = beats
        self.pulse: pulse.Pulse | None = None
        self.process: subprocess.Popen[bytes] | None = None
        self.started = 0.0
        self.again_at = 0.0
        self.failures = 0

    def start(self) -> None:
        """Start it in a session of its own, so that Ctrl-C reaches it through us alone."""
        environment = {**os.environ, VARIABLE: str(os.getpid())}
        kept: list[int] = []
        if self.beats:
            self.pulse = pulse.Pulse()
            kept = [self.pulse.beats]
            environment[pulse.VARIABLE] = str(self.pulse.beats)
        self.process = subprocess.Popen(self.words, env=environment, start_new_session=True, pass_fds=kept)  # noqa: S603 - our own words
        self.started = time.monotonic()
        if self.pulse is not None:
            self.pulse.given()

    def look(self) -> None:
        """Start it again when it ended, each time a little later."""
        now = time.monotonic()
        if self.process is not None and self.process.poll() is not None:
            self.failures = 0 if now - self.started > STEADY_AFTER else self.failures
            pause = PAUSES[min(self.failures, len(PAUSES) - 1)]
            logger.error("%s ended with status %s; again in %d s", self.name, self.process.returncode, pause)
            self.process, self.failures, self.again_at = None, self.failures + 1, now + pause
            self._forget_pulse()
        elif self.process is not None and self.pulse is not None and self.pulse.lost(now):
            logger.error("%s says nothing any more and is ended", self.name)
            self.process.kill()  # a stopped one too
            self._forget_pulse()
        elif self.process is None and now >= self.again_at:
            self.start()

    def _forget_pulse(self) -> None:
        if self.pulse is not None:
            self.pulse.close()
        self.pulse = None

    def stop(self, until: float) -> None:
        """Wait for it to end by itself until then, and end it after."""
        if self.process is None:
            return
        try:
            self.process.wait(max(0.0, until - time.monotonic()))
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()


@dataclass(frozen=True)
class Opening:
    """What is awaited of the children: `answers` asks, `then` is called once they do, `within` is in seconds.

    Whoever comes `later` is started only then, and takes no time from it.
    """

    answers: Callable[[], bool]
    then: Callable[[], None]
    within: float = 60.0
    later: Sequence[Child] = ()


def supervise(children: Sequence[Child], opening: Opening | None = None) -> bool:
    """Run all children until this process is told to stop; False when they did not open in time and were stopped."""
    stopping = threading.Event()
    running = [*children]

    def stop(_number: int, _frame: FrameType | None) -> None:
        stopping.set()

    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        signal.signal(number, stop)
    for child in running:
        child.start()
    until = time.monotonic() + (opening.within if opening else 0.0)
    while not stopping.wait(LOOK_EVERY):
        for child in running:
            child.look()
        if opening is None:
            continue
        if opening.answers():
            opening.then()
            running += opening.later  # started at the next look
            opening = None
        elif time.monotonic() >= until:
            break
    _stop(running)
    return stopping.is_set()


def _stop(children: Sequence[Child]) -> None:
    for child in children:
        if child.process is not None and child.process.poll() is None:
            child.process.terminate()
    until = time.monotonic() + STOP_WITHIN
    for child in children:
        child.stop(until)
