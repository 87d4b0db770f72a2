"""A process that ought to beat and does not is ended and started again; who comes later waits for the server."""

import asyncio
import os
import select
import signal
import sys
import threading
from contextlib import suppress

import pytest

from lazaretto.config import pulse, supervisor
from lazaretto.config.supervisor import Child, Opening, supervise

pytestmark = pytest.mark.usefixtures("signals_as_before")

IDLE = [sys.executable, "-c", "import time; time.sleep(60)"]
BEATS = [
    sys.executable,
    "-c",
    f"import os, time\nend = int(os.environ['{pulse.VARIABLE}'])\nwhile True: os.write(end, b'.'); time.sleep(0.05)",
]


@pytest.fixture
def child():
    made = Child("results", BEATS, beats=True)
    yield made
    if made.process is not None:
        made.process.kill()
        made.process.wait()


def heard(child):
    """Wait until it beats; the supervisor reads it."""
    assert select.select([child.pulse.listens], [], [], 10)[0]


def test_one_that_beats_is_left_alone_and_one_that_was_stopped_is_ended_and_comes_again(child, monkeypatch):
    now = [1000.0]
    monkeypatch.setattr(supervisor.time, "monotonic", lambda: now[0])
    child.start()
    first = child.process
    heard(child)
    child.look()
    for _turn in range(3):
        now[0] += pulse.LOST_AFTER - 1
        heard(child)
        child.look()
    assert first.poll() is None
    os.kill(first.pid, signal.SIGSTOP)
    os.waitid(os.P_PID, first.pid, os.WSTOPPED)
    child.look()  # what it said before
    now[0] += pulse.LOST_AFTER
    child.look()
    assert first.wait(10) == -signal.SIGKILL
    child.look()
    now[0] += supervisor.PAUSES[0]
    child.look()
    assert child.process is not None
    assert child.process.pid != first.pid
    heard(child)


def test_one_that_never_begins_to_beat_is_ended_later(child, monkeypatch):
    now = [1000.0]
    monkeypatch.setattr(supervisor.time, "monotonic", lambda: now[0])
    child.words = IDLE
    child.start()
    now[0] += pulse.BEGINS_WITHIN - 1
    child.look()
    assert child.process.poll() is None
    now[0] += 1
    child.look()
    assert child.process.wait(10) == -signal.SIGKILL


def test_it_beats_while_its_loop_goes_and_a_full_pipe_holds_nothing_up(monkeypatch):
    listens, end = os.pipe()
    os.set_blocking(end, False)
    with suppress(BlockingIOError):
        while os.write(end, b"." * 4096):
            pass
    monkeypatch.setenv(pulse.VARIABLE, str(end))
    monkeypatch.setattr(pulse, "EVERY", 0.0)

    async def go():
        beating = asyncio.ensure_future(pulse.beat())
        for _turn in range(5):
            await asyncio.sleep(0)
        assert not beating.done()
        assert pulse.VARIABLE not in os.environ
        beating.cancel()

    asyncio.run(go())
    os.close(listens)
    os.close(end)


def test_who_comes_later_is_started_when_the_server_answers():
    first, second = Child("server", IDLE), Child("results", IDLE)
    seen, asked = [], threading.Semaphore(0)

    def answers():
        seen.append(second.process)
        asked.release()
        return len(seen) == 3

    def then():
        threading.Thread(target=stop).start()

    def stop():
        while second.process is None:
            os.sched_yield()
        os.kill(os.getpid(), signal.SIGTERM)

    assert supervise([first], Opening(answers, then, later=[second]))
    assert seen == [None, None, None]
    assert second.process.poll() is not None
