"""Everybody comes at once: phones that send at a pace of their own, whatever the server makes of it.

A phone does not wait for the answers of others. So each upload has its moment, and its time runs from there until it is
answered, also where the line before it was still busy. One that is put off comes again when it was told to, and up to
half as much later, as phones do.
"""

import http.client
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from random import Random
from threading import Thread

from lazaretto.config.bench.load import at

CLIENTS = 16
SIZE = 50  # scans an upload: what a table captures in some minutes
PUT_OFF = {429, 503}


@dataclass
class Seen:
    """By all clients together: times in seconds, and how often one was put off."""

    times: list[float] = field(default_factory=list)
    put_off: int = 0
    faults: list[str] = field(default_factory=list)


def send_at_pace(port: int, token: str, bodies: Sequence[bytes], per_second: float) -> dict[str, float]:
    """Send so many uploads a second; what came of it. Raises `RuntimeError` when one was refused for good."""
    seen, began = Seen(), time.perf_counter() + 0.2
    moments = [began + number / per_second for number in range(len(bodies))]
    hands = [list(zip(moments, bodies, strict=True))[number::CLIENTS] for number in range(CLIENTS)]
    threads = [Thread(target=_phone, args=(port, token, hand, Random(n), seen)) for n, hand in enumerate(hands)]  # noqa: S311
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if seen.faults:
        raise RuntimeError(seen.faults[0])
    took, ordered = time.perf_counter() - began, sorted(seen.times)
    return {
        "scans_an_upload": SIZE, "asked_per_second": round(per_second * SIZE), "seconds": round(took, 1),
        "scans_per_second": round(len(bodies) * SIZE / took), "n": len(bodies), "put_off": seen.put_off,
        "p50_ms": at(ordered, 50), "p95_ms": at(ordered, 95), "longest_ms": at(ordered, 100),
    }  # fmt: skip


def _phone(port: int, token: str, hand: Sequence[tuple[float, bytes]], dice: Random, seen: Seen) -> None:
    headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
    line = http.client.HTTPConnection("127.0.0.1", port, timeout=120)
    try:
        for moment, body in hand:
            time.sleep(max(0.0, moment - time.perf_counter()))
            while (wait := _send(line, body, headers)) is not None:
                seen.put_off += 1
                time.sleep(wait * (1 + dice.random() / 2))
            seen.times.append(time.perf_counter() - moment)
    except (OSError, RuntimeError, http.client.HTTPException) as error:
        seen.faults.append(repr(error))


def _send(line: http.client.HTTPConnection, body: bytes, headers: dict[str, str]) -> float | None:
    """None when it was taken, otherwise the seconds to wait."""
    line.request("POST", "/api/v1/screening/uploads", body, headers)
    answer = line.getresponse()
    said = answer.read()
    if answer.status == 200:
        return None
    if answer.status in PUT_OFF:
        return float(answer.headers.get("Retry-After") or 1)
    raise RuntimeError(f"{answer.status} {said[:300]!r}")
