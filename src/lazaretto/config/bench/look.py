"""Fills a scratch installation with many people and times first pages and searches. A process of its own."""

import json
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import timedelta
from importlib import import_module
from typing import Any

from lazaretto.config.bench.load import at
from lazaretto.config.bench.prepare import setup

REQUESTS = 40
AT_THE_SITE = 50  # one in so many
BAR_MS = 50.0


def main(people: int) -> None:
    """Print the figures of every list as JSON."""
    setup()
    given, seconds = _filled(people)
    client = import_module("django.test").Client(headers={"host": "localhost"})
    users = import_module("lazaretto.accounts.models").User.objects
    figures = []
    for username in ("duty", "lead"):
        client.force_login(users.get(username=username), backend="django.contrib.auth.backends.ModelBackend")
        for name, paths in _lists(given).items():
            figures.append({"who": username, "list": name, **_timed(client, paths)})
    sys.stdout.write(json.dumps({"people": people, "filled_seconds": seconds, "lists": figures}))


def _filled(people: int) -> tuple[dict[str, Any], float]:
    fill = import_module("lazaretto.config.bench.fill")
    now = import_module("lazaretto.core.clock").now()
    started = time.monotonic()
    given: dict[str, Any] = fill.site(rooms=200, at=now - timedelta(days=2))
    root = fill.duty_officer(now - timedelta(days=2))
    fill.people(root, people - people // AT_THE_SITE, at=now - timedelta(days=1), seed=1)
    fill.people(given["unit"], people // AT_THE_SITE, at=now - timedelta(hours=9), seed=2)
    fill.analyse()
    return {**given, **fill.samples(REQUESTS)}, round(time.monotonic() - started, 1)


def _lists(given: dict[str, Any]) -> dict[str, list[str]]:
    """Addresses to ask for, by what they show."""
    return {
        "people, first page": ["/api/v1/people?limit=50"],
        "people by name": [f"/api/v1/people?q={name}" for name in given["names"]],
        "people by pinyin": [f"/api/v1/people?q={letters}" for letters in given["pinyin"]],
        "people by phone": [f"/api/v1/people?q={phone}" for phone in given["phones"]],
        "people by document": [f"/api/v1/people?q={number}" for number in given["documents"]],
        "journal, first page": ["/api/v1/journal?limit=50"],
        "rooms of a site": ["/api/v1/sites/B01/rooms?limit=50"],
        "stays, first page": ["/api/v1/stays?limit=50"],
    }


def _timed(client: Any, paths: Sequence[str]) -> dict[str, Any]:
    times, queries = [], set()
    client.get(paths[0])  # the first one compiles what is compiled once
    for number in range(REQUESTS):
        with _counted() as count:
            started = time.perf_counter()
            answer = client.get(paths[number % len(paths)])
            times.append(time.perf_counter() - started)
        if answer.status_code != 200:
            raise RuntimeError(f"{paths[number % len(paths)]}: {answer.status_code} {answer.content[:300]!r}")
        queries.add(count())
    times.sort()
    p95 = at(times, 95)
    return {"p50_ms": at(times, 50), "p95_ms": p95, "queries": max(queries), "within_bar": p95 <= BAR_MS}


@contextmanager
def _counted() -> Iterator[Callable[[], int]]:
    seen = 0

    def count(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        nonlocal seen
        seen += 1
        return execute(sql, params, many, context)

    with import_module("django.db").connection.execute_wrapper(count):
        yield lambda: seen


if __name__ == "__main__":
    main(int(sys.argv[1]))
