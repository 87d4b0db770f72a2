"""Clients that send requests one after the other and take the time of each."""

import json
import socket
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
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


def together(clients: int, jobs: Sequence[Any], worker: Callable[[Iterator[Any], list[float]], None]) -> Measured:
    """Let that many threads start at once, each taking the next job that is left, and measure until the last has ended.

    With as many jobs for each, whoever is served by the busier process would be measured alone at the end.
    """
    left = iter(jobs)
    times: list[list[float]] = [[] for _client in range(clients)]
    faults: list[BaseException] = []

    def run(own: list[float]) -> None:
        try:
            worker(left, own)
        except BaseException as error:  # noqa: BLE001 - it is raised again in the main thread
            faults.append(error)

    threads = [threading.Thread(target=run, args=(own,)) for own in times]
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

    It reads no more of an answer than it must: the clients share the processors with the server that is measured, and
    `http.client` took a twelfth of what an upload of 200 scans cost altogether. Not for answers in pieces.
    """

    def __init__(self, port: int) -> None:
        self.port, self.left = port, 0
        self.line: socket.socket | None = None

    def post(self, address: str, body: bytes | str, headers: dict[str, str]) -> tuple[int, bytes]:
        """The status and the body of the answer. Raises `OSError` when the server hangs up."""
        if self.line is None or not self.left:
            self.close()
            self.line, self.left = socket.create_connection(("127.0.0.1", self.port), timeout=60), REQUESTS
            self.line.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.left -= 1
        sent = body.encode() if isinstance(body, str) else body
        said = {"Host": f"127.0.0.1:{self.port}", "Content-Length": str(len(sent)), **headers}
        lines = "".join(f"{name}: {value}\r\n" for name, value in said.items())
        self.line.sendall(f"POST {address} HTTP/1.1\r\n{lines}\r\n".encode() + sent)
        return _answer(self.line)

    def close(self) -> None:
        """Hang up."""
        if self.line is not None:
            self.line.close()


def _answer(line: socket.socket) -> tuple[int, bytes]:
    got = b""
    while b"\r\n\r\n" not in got:
        got += _more(line)
    head, _end, body = got.partition(b"\r\n\r\n")
    first, *said = head.lower().split(b"\r\n")
    (size,) = (int(value) for name, _colon, value in (one.partition(b":") for one in said) if name == b"content-length")
    while len(body) < size:
        body += _more(line)
    return int(first.split()[1]), body


def _more(line: socket.socket) -> bytes:
    if part := line.recv(65536):
        return part
    raise ConnectionError("the server hung up")


class Api:
    """A client of the API; one connection at a time for each thread."""

    def __init__(self, port: int, token: str) -> None:
        self.port, self.token = port, token
        self.answered: list[tuple[dict[str, Any], dict[str, Any]]] = []  # what was asked, and the answer

    def send(self, jobs: Iterable[tuple[str, dict[str, Any]]], times: list[float]) -> None:
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
