"""Server and database are killed with SIGKILL while phones send scans: every acknowledged scan is there once.

A few times in each run of CI, on PostgreSQL where one is told of; a hundred times on both with
LAZARETTO_KILL_SCANS=100.
"""

import json
import os
import random
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from tests.kill.cluster import Cluster
from tests.kill.conftest import KINDS, POSTGRESQL, environment, free_port
from tests.kill.house import House
from tests.kill.phones import FIELD, Phone, phones
from tests.made import copy, made_on

pytestmark = pytest.mark.kill

ASKED = os.environ.get("LAZARETTO_KILL_SCANS", "")
KILLS = int(ASKED or 4)
PEOPLE, POINTS, SIZE = 1_200, 2, 40  # two phones a point
BATCHES = 10 * KILLS  # of each phone: some are always left when the server dies
BINARIES = sorted(Path("/usr/lib/postgresql").glob("*/bin"))


@pytest.fixture(params=KINDS if ASKED else KINDS[-1:])
def cluster(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Cluster | None]:
    """A database server that may be killed; SQLite dies with the program."""
    if request.param == "sqlite":
        copy(request.getfixturevalue("made"), tmp_path)
        yield None
        return
    with TemporaryDirectory(prefix="lazaretto-kill-") as folder:
        Path(folder).chmod(0o755)  # the server's user goes through it
        made = Cluster(BINARIES[-1], Path(folder), free_port())
        made.start()
        made.fill_like(f"{POSTGRESQL.rpartition('/')[0]}/{made_on(POSTGRESQL)}")
        try:
            yield made
        finally:
            made.close()


@pytest.fixture
def house(cluster: Cluster | None, tmp_path: Path) -> Iterator[House]:
    port, address = free_port(), cluster.address if cluster else ""
    made = House(environment(tmp_path, address, LAZARETTO_URL=f"http://127.0.0.1:{port}"), port)
    try:
        yield made
    finally:
        made.close()


def test_every_acknowledged_scan_is_there_once(house: House, cluster: Cluster | None) -> None:
    dice = random.Random(11)  # noqa: S311 - moments and people, not secrets
    given = json.loads(house.run("-m", "lazaretto.config.bench.city", str(PEOPLE), str(POINTS), "0"))
    crowd = phones(given["points"], PEOPLE, BATCHES, SIZE, dice)
    house.start()
    _enrol(house, crowd, given["token"])
    for turn in range(KILLS):
        assert any(batch.answer is None for phone in crowd for batch in phone.batches), "killed while nobody sent"
        everything = cluster is not None and turn % 2 == 1
        _send(house, crowd, dice, then=[house.kill, *([cluster.kill] if everything and cluster else [])])
        if everything and cluster:
            cluster.start()
        house.start()
    _send(house, crowd, dice, then=[])
    assert all(batch.answer for phone in crowd for batch in phone.batches), "the phones could not send everything"
    house.kill()
    _judge(house, crowd)


def _enrol(house: House, crowd: list[Phone], token: str) -> None:
    """Programs have a token of the API; phones claim one with a code that the point's leader made."""
    for one in crowd:
        one.token = token
    enrolled = [one for one in crowd if one.door == FIELD]
    codes = json.loads(house.run("tests/kill/devices.py", enrolled[0].point, str(len(enrolled))))
    for one, code in zip(enrolled, codes, strict=True):
        one.claim(house.port, code)


def _send(house: House, crowd: list[Phone], dice: random.Random, *, then: list) -> None:
    stop, answered = threading.Event(), threading.Event()
    hands = [threading.Thread(target=one.send_all, args=(house.port, stop, answered)) for one in crowd]
    for hand in hands:
        hand.start()
    if then:
        answered.wait(60)
        time.sleep(dice.uniform(0, 0.3))  # killed at a random moment: this is the point of the test
        for blow in then:
            blow()
        stop.set()
    for hand in hands:
        hand.join()
    faults = [fault for one in crowd for fault in one.faults]
    assert not faults, faults


def _judge(house: House, crowd: list[Phone]) -> None:
    """The receipts, the scans and what was kept beside balance, and say what the phones were told."""
    report = json.loads(house.run("-m", "lazaretto", "verify", "--json", expect={0, 1}))
    offenders = [one for promise in report["promises"] for one in promise["offenders"]]
    assert [one for one in offenders if one["check"] != "somebody_manages"] == []  # the city has no administrator
    batches = {batch.body["batch"]: batch for phone in crowd for batch in phone.batches}
    there = json.loads(house.run("tests/kill/scans.py"))
    sent = {scan["id"]: scan["number"] for batch in batches.values() for scan in batch.body["scans"]}
    told = [batch.answer for batch in batches.values() if batch.answer]
    kept = {one["scan"] for answer in told for one in answer["duplicates"]}
    assert there["uploads"] == len(batches)
    assert there["scans"] == {one: number for one, number in sent.items() if one not in kept}
    assert set(there["duplicates"]) == kept
    assert len(there["duplicates"]) == len(kept), "a scan was kept twice"
    assert sum(answer["received"] for answer in told) == len(sent)
