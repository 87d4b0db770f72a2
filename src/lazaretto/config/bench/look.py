"""Fills a scratch installation with many people and times first pages and searches. A process of its own."""

import gc
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
IN_CARE = 3_000
BAR_MS = 50.0
PAGE_BAR_MS = 100.0  # interaction with a page; everybody's whereabouts


def main(people: int) -> None:
    """Print the figures of every list as JSON."""
    setup()
    import_module("lazaretto.config.static").collect()  # pages name their files by what is in them
    given, seconds = _filled(people)
    gc.collect()
    import_module("lazaretto.config.memory").settle()  # as a server's process, which did not fill the database
    client = import_module("django.test").Client(headers={"host": "localhost"})
    users = import_module("lazaretto.accounts.models").User.objects
    figures = []
    for username in ("duty", "lead"):
        client.force_login(users.get(username=username), backend="django.contrib.auth.backends.ModelBackend")
        for name, paths in _lists(given).items():
            figures.append({"who": username, "list": name, **_timed(client, paths, BAR_MS)})
        for name, paths in PAGES.items() if username == "duty" else ():
            figures.append({"who": username, "list": name, **_timed(client, paths, PAGE_BAR_MS)})
    figures.append({"who": "duty", "list": f"where {given['in_care']} are", **_everyone(users.get(username="duty"))})
    sys.stdout.write(json.dumps({"people": people, "filled_seconds": seconds, "lists": figures}))


def _filled(people: int) -> tuple[dict[str, Any], float]:
    fill = import_module("lazaretto.config.bench.fill")
    now = import_module("lazaretto.core.clock").now()
    started = time.monotonic()
    given: dict[str, Any] = fill.site(rooms=200, at=now - timedelta(days=2))
    root = fill.duty_officer(now - timedelta(days=2))
    fill.people(root, people - people // AT_THE_SITE, at=now - timedelta(days=1), seed=1)
    fill.people(given["unit"], people // AT_THE_SITE, at=now - timedelta(hours=9), seed=2)
    here = [str(pk) for pk in fill.Person.objects.order_by("-created_at").values_list("pk", flat=True)[:IN_CARE]]
    fill.in_care(given["site"], given["rooms"], here, at=now - timedelta(hours=8))
    fill.analyse()
    given["in_care"] = len(here)
    return {**given, **fill.samples(REQUESTS)}, round(time.monotonic() - started, 1)


PAGES = {
    "room board": ["/sites/B01/board"],
    "overview": ["/overview"],
    "where everyone is, page": ["/whereabouts"],
    "on the move": ["/moves"],
}


def _everyone(user: Any) -> dict[str, Any]:
    """Where everybody in care is, since when, with whom, as sentences: all of them at once."""
    now = import_module("lazaretto.core.clock").now()
    actor = import_module("lazaretto.accounts.queries").actor_for(user, at=now)
    whereabouts = import_module("lazaretto.transfers.queries").whereabouts
    return _times(lambda _turn: whereabouts(actor), PAGE_BAR_MS)


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


def _timed(client: Any, paths: Sequence[str], bar: float) -> dict[str, Any]:
    def ask(turn: int) -> None:
        path = paths[turn % len(paths)]
        answer = client.get(path)
        if answer.status_code != 200:
            raise RuntimeError(f"{path}: {answer.status_code} {answer.content[:300]!r}")

    return _times(ask, bar)


def _times(act: Callable[[int], Any], bar: float) -> dict[str, Any]:
    """Percentiles of doing something again and again, and the most queries it asked."""
    times, queries = [], set()
    act(0)  # the first one compiles what is compiled once
    for turn in range(REQUESTS):
        with _counted() as count:
            started = time.perf_counter()
            act(turn)
            times.append(time.perf_counter() - started)
        queries.add(count())
    times.sort()
    p95 = at(times, 95)
    return {"p50_ms": at(times, 50), "p95_ms": p95, "queries": max(queries), "within_bar": p95 <= bar}


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
