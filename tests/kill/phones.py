"""Phones at the points of a round, as they send what they captured: again and again until it is answered.

What they carry is meant to collide: people who were swabbed at two points, a batch that two phones have, clocks that
are hours off. Half of them send by the API as programs do, half by the door of enrolled phones.
"""

import http.client
import json
import secrets
import threading
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from random import Random
from uuid import UUID, uuid4

API, FIELD = "/api/v1/screening/uploads", "/field/api/uploads"
SKEWS = [timedelta(), timedelta(hours=-3), timedelta(hours=5), timedelta(minutes=-20)]


@dataclass
class Batch:
    """Scans under one number, and the first answer that anybody got for them."""

    body: dict
    answer: dict | None = None
    sent: int = 0


@dataclass
class Phone:
    """A queue of batches, sent in order to its `door`, from its `point`; the clock is off by `skew`."""

    batches: list[Batch]
    skew: timedelta
    door: str
    point: str
    token: str = ""
    faults: list[str] = field(default_factory=list)

    def claim(self, port: int, code: str) -> None:
        """Become a phone of its point."""
        self.token = f"lzf_{secrets.token_urlsafe(32)}"
        line = http.client.HTTPConnection("127.0.0.1", port, timeout=20)
        given = json.dumps({"code": code, "token": self.token})
        line.request("POST", "/field/api/claim", given, {"Content-Type": "application/json"})
        answer = line.getresponse()
        said = answer.read()
        line.close()
        assert answer.status == 200, said[:300]

    def send_all(self, port: int, stop: threading.Event, answered: threading.Event) -> None:
        """Until all are answered, the server is gone, or it is told to stop."""
        line = http.client.HTTPConnection("127.0.0.1", port, timeout=20)
        headers = {"Authorization": f"Bearer {self.token}", "Content-Type": "application/json"}
        for batch in self.batches:
            if batch.answer is not None and batch.sent > 1:
                continue
            if stop.is_set():
                return
            now = (datetime.now(tz=UTC) + self.skew).isoformat()
            where = {"point": self.point} if self.door == API else {}  # an enrolled phone is of its point
            try:
                line.request("POST", self.door, json.dumps({**batch.body, **where, "sent_at": now}), headers)
                answer = line.getresponse()
                said = answer.read()
            except (OSError, http.client.HTTPException):
                return  # killed in the middle: not acknowledged
            if answer.status >= 500:
                return  # its database is gone
            if answer.status != 200:
                self.faults.append(f"{answer.status} {said[:300]!r}")
                return
            heard = json.loads(said)
            self._keep(batch, heard if self.door == API else heard["answer"])
            answered.set()

    def _keep(self, batch: Batch, said: dict) -> None:
        batch.sent += 1
        if batch.answer is not None and batch.answer != said:
            self.faults.append(f"batch {batch.body['batch']} got another answer")
        batch.answer = batch.answer or said


def phones(points: list[str], people: int, batches: int, size: int, dice: Random) -> list[Phone]:
    """Two phones a point, of every second point enrolled ones. Every tenth scan is of anybody on the roster, and every
    seventh batch is on both phones of its point.
    """
    made = []
    for place in range(2 * len(points)):
        skew = SKEWS[place % len(SKEWS)]
        own = range(1 + place * people // (2 * len(points)), 1 + (place + 1) * people // (2 * len(points)))
        queue = [Batch(_body(own, people, size, skew, f"{place}-{n}", dice)) for n in range(batches)]
        made.append(Phone(queue, skew, (API, FIELD)[place // 2 % 2], points[place // 2]))
    for one, other in zip(made[::2], made[1::2], strict=True):
        other.batches += one.batches[::7]  # the same object: whoever comes second reads the stored answer
    return made


def _body(own: range, people: int, size: int, skew: timedelta, label: str, dice: Random) -> dict:
    moment = (datetime.now(tz=UTC) + skew).isoformat()
    scans = [
        {
            "id": str(_id(dice)), "number": dice.randint(1, people) if place % 10 == 9 else dice.choice(own),
            "tube": f"K{label}-{place // 10}", "slot": place % 10 + 1, "at": moment, "table": 1, "temperature": 36.6,
        }
        for place in range(size)
    ]  # fmt: skip
    return {"batch": str(uuid4()), "scans": scans}


def _id(dice: Random) -> UUID:
    return UUID(int=dice.getrandbits(128), version=4)
