"""No process outlives the one that started it: a killed parent must not leave workers that hold the port."""

import os
import signal
import threading
import time
from collections.abc import Callable

LOOK_EVERY = 0.5  # seconds
GRACE = 3.0  # seconds between being asked to stop and being ended
VARIABLE = "LAZARETTO_PARENT"


def parent_is_gone() -> Callable[[], bool]:
    """A question to be asked again and again; the parent's id is given by it in the environment, or read now."""
    parent = int(os.environ.get(VARIABLE) or os.getppid())
    return lambda: os.getppid() != parent


def end_with_parent() -> None:
    """Watch the parent in a thread; when it is gone, stop as if told to, and end for certain soon after."""
    os.environ.pop(VARIABLE, None)
    gone = parent_is_gone()
    threading.Thread(target=_watch, args=(gone,), name="parent-watch", daemon=True).start()


def _watch(gone: Callable[[], bool]) -> None:
    while not gone():
        time.sleep(LOOK_EVERY)
    os.kill(os.getpid(), signal.SIGTERM)
    time.sleep(GRACE)
    os._exit(1)
