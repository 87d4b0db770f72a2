"""`lazaretto up` as a process: it serves pages and streams on one port, keeps its children alive, and leaves none."""

import contextlib
import http.client
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.kill.conftest import environment, free_port
from tests.kill.house import ROOT
from tests.made import collected

pytestmark = pytest.mark.kill


@dataclass
class Running:
    """`lazaretto up`, its port, and a clerk's session."""

    process: subprocess.Popen[bytes]
    env: dict[str, str]
    port: int
    session: str

    def family(self) -> list[int]:
        """All processes below, children first."""
        found, waiting = [], [self.process.pid]
        while waiting:
            listed = subprocess.run(["pgrep", "-P", str(waiting.pop())], capture_output=True, text=True, check=False)
            children = [int(pid) for pid in listed.stdout.split()]
            found += children
            waiting += children
        return found

    def stewards(self) -> list[int]:
        """The steward, if there is one."""
        return [pid for pid in self.family() if b"steward" in words_of(pid)]

    def stream(self) -> http.client.HTTPResponse:
        """An open event stream of the site."""
        line = http.client.HTTPConnection("127.0.0.1", self.port, timeout=20)
        line.request("GET", "/live/site/H01", headers={"Cookie": f"sessionid={self.session}"})
        answer = line.getresponse()
        assert answer.status == 200
        assert answer.readline() == b"retry: 2000\n"
        return answer

    def status(self, path: str) -> int:
        """The status of a page."""
        line = http.client.HTTPConnection("127.0.0.1", self.port, timeout=20)
        line.request("GET", path)
        return line.getresponse().status


@pytest.fixture
def running(address: str, tmp_path: Path) -> Iterator[Running]:
    env, port = environment(tmp_path, address), free_port()
    collected(tmp_path)
    session = subprocess.run(
        [sys.executable, "tests/kill/visitor.py", "make"], env=env, cwd=ROOT, capture_output=True, text=True, check=True
    ).stdout
    words = [sys.executable, "-m", "lazaretto", "up", "--port", str(port), "--workers", "1"]
    made = Running(subprocess.Popen(words, env=env, cwd=ROOT, stdout=subprocess.DEVNULL), env, port, session)
    try:
        wait_until(lambda: answers(port), 60)
        yield made
    finally:
        if made.process.poll() is None:
            made.process.terminate()
            made.process.wait(10)


def words_of(pid: int) -> bytes:
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes()
    except OSError:
        return b""


def answers(port: int) -> bool:
    with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1):
        return True
    return False


def wait_until(question, seconds: float) -> float:
    """Wait for something to come true; returns how long it took."""
    started = time.monotonic()
    while not question():
        assert time.monotonic() - started < seconds, f"not within {seconds} s"
        time.sleep(0.05)
    return time.monotonic() - started


def alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"


def test_it_serves_pages_and_streams_on_one_port_replaces_its_steward_and_stops_within_five_seconds(running):
    """One life, because a start takes longer than all of it."""
    assert running.status("/live/site/H01") == 401
    assert running.status("/nowhere/") == 404
    stream = running.stream()
    _a_change_is_told(running, stream)
    _another_steward_comes(running)
    _told_to_stop_nobody_is_left(running, stream)


def _a_change_is_told(running: Running, stream: http.client.HTTPResponse) -> None:
    subprocess.run([sys.executable, "tests/kill/visitor.py", "change"], env=running.env, cwd=ROOT, check=True)
    done = time.monotonic()
    while stream.readline() != b"event: change\n":
        assert time.monotonic() - done < 5, "nothing was told"


def _another_steward_comes(running: Running) -> None:
    (first,) = running.stewards()
    os.kill(first, signal.SIGKILL)
    wait_until(lambda: first not in running.stewards() and running.stewards(), 30)


def _told_to_stop_nobody_is_left(running: Running, stream: http.client.HTTPResponse) -> None:
    family = running.family()
    assert len(family) >= 3

    running.process.send_signal(signal.SIGTERM)
    took = wait_until(lambda: not any(map(alive, [running.process.pid, *family])), 6)

    assert took < 5.5
    assert running.process.wait(1) == 0
    with contextlib.suppress(http.client.HTTPException, OSError):
        assert b"event: change" not in stream.read()


def test_when_the_parent_is_killed_nobody_is_left(running):
    family = running.family()
    running.process.kill()
    wait_until(lambda: not any(map(alive, family)), 10)
    assert not answers(running.port)
