"""Clients that send requests one after the other and take the time of each."""

import http.client
import json
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

REQUESTS = 10  # by one connection


@dataclass(frozen=True)
class Measured:
    """Answers a second, and the times of single requests in milliseconds."""

    clients: int
    n: int
    per_second: float
    p50_ms: float
    p95_ms: float

    @classmethod
    def of(cls, clients: int, times: Sequence[float], seconds: float) -> "Measured":
        """From single times and the time of all, in seconds."""
        ordered = sorted(times)
        return cls(clients, len(ordered), round(len(ordered) / seconds, 1), at(ordered, 50), at(ordered, 95))


def at(ordered: Sequence[float], percent: int) -> float:
    """A percentile of ordered times (seconds), in milliseconds."""
    return round(ordered[min(len(ordered) - 1, len(ordered) * percent // 100)] * 1000, 1)


def together(clients: int, jobs: Sequence[Any], worker: Callable[[Sequence[Any], list[float]], None]) -> Measured:
    """Deal the jobs to that many threads, start them at once, measure until the last has ended."""
    hands = [jobs[number::clients] for number in range(clients)]
    times: list[list[float]] = [[] for _hand in hands]
    faults: list[BaseException] = []

    def run(hand: Sequence[Any], own: list[float]) -> None:
        try:
            worker(hand, own)
        except BaseException as error:  # noqa: BLE001 - it is raised again in the main thread
            faults.append(error)

    threads = [threading.Thread(target=run, args=pair) for pair in zip(hands, times, strict=True)]
    started = time.perf_counter()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    seconds = time.perf_counter() - started
    if faults:
        raise faults[0]
    return Measured.of(clients, [one for own in times for one in own], seconds)


class Line:
    """A connection that lasts for some requests: which worker of the server takes it would otherwise be one throw of
    the dice for a whole measure, and phones do not hold theirs for long either.
    """

    def __init__(self, port: int) -> None:
        self.port, self.left = port, 0
        self.line: http.client.HTTPConnection | None = None

    def post(self, address: str, body: bytes | str, headers: dict[str, str]) -> tuple[int, bytes]:
        """The status and the body of the answer."""
        if self.line is None or not self.left:
            self.close()
            self.line, self.left = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60), REQUESTS
        self.left -= 1
        self.line.request("POST", address, body, headers)
        answer = self.line.getresponse()
        return answer.status, answer.read()

    def close(self) -> None:
        """Hang up."""
        if self.line is not None:
            self.line.close()


class Api:
    """A client of the API; one connection at a time for each thread."""

    def __init__(self, port: int, token: str) -> None:
        self.port, self.token = port, token
        self.answered: list[tuple[dict[str, Any], dict[str, Any]]] = []  # what was asked, and the answer

    def send(self, jobs: Sequence[tuple[str, dict[str, Any]]], times: list[float]) -> None:
        """Run commands; the first refusal ends the measure."""
        line = Line(self.port)
        for name, body in jobs:
            started = time.perf_counter()
            status, said = line.post(f"/api/v1/commands/{name}", json.dumps(body), self._headers())
            times.append(time.perf_counter() - started)
            if status >= 300:
                raise RuntimeError(f"{name}: {status} {said[:300]!r}")
            self.answered.append((body, json.loads(said)))
        line.close()

    def _headers(self) -> dict[str, str]:
        return {
            "Authorization": f"Bearer {self.token}",
            "Content-Type": "application/json",
            "Idempotency-Key": str(uuid4()),
        }
