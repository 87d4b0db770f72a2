"""Whether a process still goes: it writes a byte a second into a pipe, and whoever started it reads them.

A process that hangs or was stopped looks alive to the system. Nobody waits here: neither end ever blocks.
"""

import asyncio
import os
import time
from contextlib import suppress

VARIABLE = "LAZARETTO_PULSE"
EVERY = 1.0  # seconds
LOST_AFTER = 20.0  # seconds; with all processors busy and everybody else first it comes late
BEGINS_WITHIN = 120.0  # seconds from the start to the first one


class Pulse:
    """The end that listens."""

    def __init__(self) -> None:
        self.listens, self.beats = os.pipe()
        for end in (self.listens, self.beats):
            os.set_blocking(end, False)
        self.lost_at = time.monotonic() + BEGINS_WITHIN

    def given(self) -> None:
        """The child has its end: ours is closed."""
        os.close(self.beats)

    def lost(self, now: float) -> bool:
        """Whether nothing was heard for too long; seconds of `time.monotonic`."""
        with suppress(BlockingIOError):
            if os.read(self.listens, 4096):
                self.lost_at = now + LOST_AFTER
        return now >= self.lost_at

    def close(self) -> None:
        """The process ended."""
        os.close(self.listens)


async def beat() -> None:
    """Say that the loop of this process goes, as long as it does, where whoever started it listens."""
    end = os.environ.pop(VARIABLE, "")
    while end:
        with suppress(BlockingIOError):
            os.write(int(end), b".")
        await asyncio.sleep(EVERY)
