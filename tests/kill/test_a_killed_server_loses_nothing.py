"""The server is killed with SIGKILL in the middle of check-ins and imports, fifty times: nothing acknowledged is lost,
nothing is half done, and `lazaretto verify` stays ok."""

import base64
import json
import random
import string
import threading
import time

import pytest

from tests.kill.house import House, Request

pytestmark = pytest.mark.kill

KILLS = 25  # on each of the two databases
PEOPLE = 800  # more than a fast machine takes in between the kills
LIST_ROWS = 1_500
PIECE = 15


def csv_of(rows: int) -> str:
    """A list of invented people, in base64."""
    lines = ["序号,姓名,护照号,国籍,出生日期"]
    letters = string.ascii_uppercase
    names = [f"GUEST {letters[n % 26]}{letters[n // 26 % 26]}{letters[n // 676]}ANNA" for n in range(rows)]
    lines += [f"{n},{name},GB{7000000 + n},英国,1980-01-{n % 28 + 1:02d}" for n, name in enumerate(names)]
    return base64.b64encode("\n".join(lines).encode()).decode()


def check_ins(expected: list[str]) -> list[Request]:
    grounds = {"authority": "区疾控中心", "legal_basis": "传染病防治法", "reason": "入境"}
    return [Request("arrivals.check_in", {"expected": one, **grounds}) for one in expected]


def send_all(house: House, waiting: list[Request], stop: threading.Event, faults: list[str]) -> None:
    """One client, until the server dies: takes the next request that has no answer; once all have, one of them anew."""
    try:
        while not stop.is_set():
            request = next((one for one in waiting if one.answer is None), None) or random.choice(waiting)  # noqa: S311
            if not house.post(request):
                return
    except AssertionError as fault:
        faults.append(str(fault))


def commit_all(house: House, manifest: str, pieces: list[Request], stop: threading.Event, faults: list[str]) -> None:
    """The other client: commits the list piece by piece; a piece without an answer is sent again first."""
    try:
        while not stop.is_set():
            if not pieces or pieces[-1].answer is not None:
                if pieces and pieces[-1].answer and pieces[-1].answer["finished"]:
                    return
                pieces.append(Request("arrivals.commit_manifest", {"manifest": manifest, "rows": PIECE}))
            if not house.post(pieces[-1]):
                return
    except AssertionError as fault:
        faults.append(str(fault))


def test_nothing_acknowledged_is_lost_and_nothing_is_half_done(house: House) -> None:
    dice = random.Random(7)  # noqa: S311 — moments, not secrets
    given = json.loads(house.run("tests/kill/prepare.py", str(PEOPLE)))
    house.token = given["token"]
    requests, pieces, faults = check_ins(given["expected"]), list[Request](), list[str]()
    house.start()
    stage = Request(
        "arrivals.stage_manifest", {"site": given["site"], "file_name": "l.csv", "content": csv_of(LIST_ROWS)}
    )
    assert house.post(stage)
    manifest = stage.answer["manifest_id"]
    for _turn in range(KILLS):
        stop = threading.Event()
        clients = [
            threading.Thread(target=send_all, args=(house, requests, stop, faults)),
            threading.Thread(target=commit_all, args=(house, manifest, pieces, stop, faults)),
        ]
        house.answered.clear()
        for client in clients:
            client.start()
        assert house.answered.wait(60) or faults, "the server answers nothing"
        time.sleep(dice.uniform(0, 0.5))  # killed at a random moment: this is the point of the test
        house.kill()
        stop.set()
        for client in clients:
            client.join()
        assert not faults, faults
        house.start()
    acknowledged = sum(1 for one in requests if one.answer)
    assert acknowledged > KILLS / 5, "hardly anything was done between the kills"
    for one in [*requests, *pieces]:
        if one.answer is not None or one is pieces[-1] or one in requests[:acknowledged]:
            assert house.post(one), "an answer could not be had again"
    house.kill()
    judge(house, acknowledged=sum(1 for one in requests if one.answer), pieces=pieces)


def judge(house: House, *, acknowledged: int, pieces: list[Request]) -> None:
    """What the database says afterwards, seen by a fresh process."""
    house.run("-m", "lazaretto", "seal")
    report = json.loads(house.run("-m", "lazaretto", "verify", "--json", expect={0, 1}))
    assert [promise["offenders"] for promise in report["promises"] if promise["state"] == "broken"] == []
    figures = json.loads(house.run("tests/kill/count.py"))
    assert figures["stays"] == figures["checked_in"] == figures["orders"] == figures["open_occupancies"]
    assert figures["stays"] >= acknowledged
    assert figures["admissions_in_journal"] == figures["stays"]
    answered = [piece.answer for piece in pieces if piece.answer]
    assert figures["rows_resolved"] == figures["people_of_list"] == figures["expected_of_list"]
    assert figures["rows_resolved"] >= max((answer["done"] for answer in answered), default=0)
