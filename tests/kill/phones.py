"""Phones at the points of a round, as they send what they captured: again and again until it is answered.

What they carry is meant to collide: people who were swabbed at two points, a batch that two phones have, clocks that
are hours off.
"""

import http.client
import json
import threading
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from random import Random
from uuid import UUID, uuid4

UPLOADS = "/api/v1/screening/uploads"
SKEWS = [timedelta(), timedelta(hours=-3), timedelta(hours=5), timedelta(minutes=-20)]


@dataclass
class Batch:
    """Scans under one number, and the first answer that anybody got for them."""

    body: dict
    answer: dict | None = None
    sent: int = 0


@dataclass
class Phone:
    """A queue of batches, sent in order; the clock is off by `skew`."""

    batches: list[Batch]
    skew: timedelta
    faults: list[str] = field(default_factory=list)

    def send_all(self, port: int, token: str, stop: threading.Event, answered: threading.Event) -> None:
        """Until all are answered, the server is gone, or it is told to stop."""
        line = http.client.HTTPConnection("127.0.0.1", port, timeout=20)
        headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
        for batch in self.batches:
            if batch.answer is not None and batch.sent > 1:
                continue
            if stop.is_set():
                return
            body = {**batch.body, "sent_at": (datetime.now(tz=UTC) + self.skew).isoformat()}
            try:
                line.request("POST", UPLOADS, json.dumps(body), headers)
                answer = line.getresponse()
                said = answer.read()
            except (OSError, http.client.HTTPException):
                return  # killed in the middle: not acknowledged
            if answer.status >= 500:
                return  # its database is gone
            if answer.status != 200:
                self.faults.append(f"{answer.status} {said[:300]!r}")
                return
            self._keep(batch, json.loads(said))
            answered.set()

    def _keep(self, batch: Batch, said: dict) -> None:
        batch.sent += 1
        if batch.answer is not None and batch.answer != said:
            self.faults.append(f"batch {batch.body['batch']} got another answer")
        batch.answer = batch.answer or said


def phones(points: list[str], people: int, batches: int, size: int, dice: Random) -> list[Phone]:
    """A phone a point. Every tenth scan is of anybody on the roster, and every seventh batch is on two phones."""
    made = []
    for place, point in enumerate(points):
        skew = SKEWS[place % len(SKEWS)]
        own = range(1 + place * people // len(points), 1 + (place + 1) * people // len(points))
        queue = [Batch(_body(point, own, people, size, skew, f"{place}-{n}", dice)) for n in range(batches)]
        made.append(Phone(queue, skew))
    for one, other in pairwise(made):
        other.batches += one.batches[::7]  # the same object: whoever comes second reads the stored answer
    return made


def _body(point: str, own: range, people: int, size: int, skew: timedelta, label: str, dice: Random) -> dict:
    moment = (datetime.now(tz=UTC) + skew).isoformat()
    scans = [
        {
            "id": str(_id(dice)), "number": dice.randint(1, people) if place % 10 == 9 else dice.choice(own),
            "tube": f"K{label}-{place // 10}", "slot": place % 10 + 1, "at": moment, "table": 1, "temperature": 36.6,
        }
        for place in range(size)
    ]  # fmt: skip
    return {"batch": str(uuid4()), "point": point, "scans": scans}


def _id(dice: Random) -> UUID:
    return UUID(int=dice.getrandbits(128), version=4)
