"""Own results are killed, stopped and flooded while phones send scans: every batch is taken, and results come back."""

import contextlib
import http.client
import json
import os
import random
import signal
import subprocess
import sys
import threading
from collections import Counter
from collections.abc import Iterator
from itertools import count
from pathlib import Path

import pytest

from tests.kill.conftest import environment, free_port
from tests.kill.house import ROOT, House
from tests.kill.phones import API, Phone, phones
from tests.kill.test_the_server_comes_and_goes import alive, wait_until, words_of
from tests.made import collected

pytestmark = pytest.mark.kill

PEOPLE, BATCHES, SIZE = 600, 12, 40
EYES = 8  # threads that look at results without a pause
TOKEN = "import django; django.setup(); from lazaretto.screening.models import Round; \
from lazaretto.tubes.queries.own import token_of; print(token_of(Round.objects.get().pk, 1))"


class Running:
    """`lazaretto up` with a round, somebody's link, and those who look and send."""

    def __init__(self, process: subprocess.Popen[bytes], port: int, link: str) -> None:
        self.process, self.port, self.link = process, port, link
        self.lookers = count(1)

    def children(self, word: str) -> list[int]:
        """The processes that were started with this word."""
        listed = subprocess.run(["pgrep", "-P", str(self.process.pid)], capture_output=True, text=True, check=False)
        return [pid for pid in map(int, listed.stdout.split()) if f"\0{word}\0".encode() in words_of(pid)]

    def look(self) -> tuple[int, str | None]:
        """What somebody's phone gets, from an address of its own: the status, and when to come back."""
        n = next(self.lookers)
        headers = {"X-Forwarded-For": f"10.{n >> 16 & 255}.{n >> 8 & 255}.{n & 255}"}
        line = http.client.HTTPConnection("127.0.0.1", self.port, timeout=20)
        with contextlib.closing(line):
            line.request("GET", f"/r/{self.link}", headers=headers)
            answer = line.getresponse()
            answer.read()
            return answer.status, answer.getheader("Retry-After")

    def shown(self) -> bool:
        """Whether the result is shown."""
        return self.look()[0] == 200

    def sends_everything(self, phone: Phone) -> None:
        """All batches of this phone are sent now, and all of them are acknowledged."""
        phone.send_all(self.port, threading.Event(), threading.Event())
        assert phone.faults == []
        assert all(batch.answer for batch in phone.batches)


@pytest.fixture
def given(address: str, tmp_path: Path) -> tuple[dict[str, str], dict]:
    """The environment of a city in which a round is tested, and its points."""
    env = environment(tmp_path, address)
    city = House(env, 0).run("-m", "lazaretto.config.bench.city", str(PEOPLE), "2", "0")
    return env, json.loads(city)


@pytest.fixture
def running(given: tuple[dict[str, str], dict], tmp_path: Path) -> Iterator[Running]:
    env, port = given[0], free_port()
    collected(tmp_path)
    link = House({**env, "DJANGO_SETTINGS_MODULE": "lazaretto.config.settings"}, 0).run("-c", TOKEN).strip()
    words = [sys.executable, "-m", "lazaretto", "up", "--port", str(port), "--workers", "1"]
    made = Running(subprocess.Popen(words, env=env, cwd=ROOT, stdout=subprocess.DEVNULL), port, link)
    try:
        wait_until(lambda: _answers(made), 90)
        yield made
    finally:
        if made.process.poll() is None:
            made.process.terminate()
            made.process.wait(10)


def _answers(running: Running) -> bool:
    with contextlib.suppress(OSError):
        return running.shown()
    return False


def test_results_that_are_killed_stopped_or_flooded_hold_no_upload_up_and_come_back(running, given):
    """One life, because a start takes longer than all of it."""
    crowd = [one for one in phones(given[1]["points"], PEOPLE, BATCHES, SIZE, random.Random(5)) if one.door == API]  # noqa: S311
    for one in crowd:
        one.token = given[1]["token"]
    capture = running.children("lazaretto.config.serve")
    _killed(running, crowd[0])
    _stopped(running, crowd[1])
    for batch in crowd[0].batches:
        batch.sent = 0  # sent again: the stored answers
    _flooded(running, crowd[0])
    assert running.children("lazaretto.config.serve") == capture
    _told_to_stop_nobody_is_left(running)


def _killed(running: Running, phone: Phone) -> None:
    (first,) = running.children("results")
    os.kill(first, signal.SIGKILL)
    wait_until(lambda: not alive(first), 10)
    assert running.look() == (503, "120")
    running.sends_everything(phone)
    wait_until(running.shown, 60)
    assert running.children("results") != [first]


def _stopped(running: Running, phone: Phone) -> None:
    (first,) = running.children("results")
    os.kill(first, signal.SIGSTOP)
    running.sends_everything(phone)
    assert running.look() == (503, "120")
    wait_until(running.shown, 90)
    assert not alive(first)


def _flooded(running: Running, phone: Phone) -> None:
    over, seen = threading.Event(), Counter()

    def stare() -> None:
        while not over.is_set():
            seen[running.look()[0]] += 1

    eyes = [threading.Thread(target=stare) for _one in range(EYES)]
    for one in eyes:
        one.start()
    try:
        wait_until(lambda: sum(seen.values()) > EYES, 20)
        running.sends_everything(phone)
    finally:
        over.set()
        for one in eyes:
            one.join()
    assert seen[200] > 0
    assert set(seen) <= {200, 429, 503}
    wait_until(running.shown, 20)


def _told_to_stop_nobody_is_left(running: Running) -> None:
    (results,) = running.children("results")
    folder = Path(words_of(results).split(b"\0")[-2].decode()).parent
    assert folder.stat().st_mode & 0o077 == 0
    running.process.terminate()
    assert running.process.wait(10) == 0
    assert not alive(results)
    assert not folder.exists()
