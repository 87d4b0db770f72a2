"""`lazaretto bench ingest`: scans of mass testing over real HTTP, beside the raw limit of the database in the same run.

The limit is what the database takes of scans with nothing around them: on PostgreSQL one COPY of all of them into a
table with the key of a scan (uuid4, as devices of others make them) and with the one of a person in a round, on SQLite
`executemany` of batches of 200, each committed durably, into a table as the installation has it for scans. Beside that
stand the table of PostgreSQL's limit and the leanest one that SQLite could be given, with one key. Rounds of before may
be in the table, and everybody may come at once.
"""

import argparse
import json
import time
from collections.abc import Iterator
from dataclasses import asdict
from datetime import UTC, datetime, timedelta
from itertools import islice
from pathlib import Path
from random import Random
from typing import Any

from django.db import connection

from lazaretto.config.bench import burst, direct
from lazaretto.config.bench.commands import server
from lazaretto.config.bench.load import Line, Measured, together
from lazaretto.config.bench.scratch import installation, run_inside
from lazaretto.core import cli
from lazaretto.core.cli import gettext as _
from lazaretto.core.ids import new_id

# Scans an upload, clients at the same time, the share of the roster that comes. The bar is for the first: the tables of
# a city send at the same time. Four clients are what other programs were measured with.
MEASURES = ((200, 32, 0.3), (200, 4, 0.1), (50, 4, 0.2), (1, 4, 0.02))
POINTS = 12
BARS = {"postgresql": 0.5, "sqlite": 0.7}
MOST = 1_500  # scans uploaded one by one
BURST_SECONDS = 60
SWAB = timedelta(seconds=4.321)  # from one to the next at a table


def run(arguments: argparse.Namespace) -> int:
    """Measure and report; status 1 when uploads of 200 miss the bar."""
    with installation() as environment:
        given = run_inside(environment, "city", str(arguments.people), str(POINTS), str(arguments.before))
        limits = _limits(environment, arguments.people)
        with server(environment) as port:
            people = iter(range(1, given["entries"] + 1))
            found = [_measure(port, given, *one) for one in _all_bodies(given, people)]
            rush = _burst(port, given, people, arguments.burst)
        proof = run_inside(environment, "balance")
    report = {
        "database": connection.vendor,
        "people": arguments.people,
        "frozen_seconds": given["frozen_seconds"],
        **{f"{name}_limit_per_second": round(limit) for name, limit in limits.items()},
        "bar": BARS[connection.vendor],
        "rounds_before": arguments.before,
        "uploads": [_beside(one, limits) for one in found],
        "burst": rush,
        **proof,
    }
    if arguments.json:
        cli.say_json(report)
    else:
        _say(report)
    kept = report["uploads"][0]["of_raw_limit"] >= report["bar"] and not report["offenders"]
    return cli.OK if kept else cli.FAILED


def _all_bodies(given: dict[str, Any], numbers: Iterator[int]) -> Iterator[tuple[int, int, list[bytes]]]:
    """Everybody comes once; those of one upload are neighbours on the roster in no order, as a queue is."""
    for size, clients, share in MEASURES:
        most = int(given["entries"] * share)
        people = list(islice(numbers, min(most, MOST) if size == 1 else most))
        yield size, clients, list(_bodies(given["points"], people, size, f"C{clients}-"))


def _burst(port: int, given: dict[str, Any], numbers: Iterator[int], per_second: int) -> dict[str, Any] | None:
    """So many scans a second for a minute, or as long as there are people left."""
    people = list(islice(numbers, per_second * BURST_SECONDS))
    if not people:
        return None
    bodies = list(_bodies(given["points"], people, burst.SIZE, "B"))
    return burst.send_at_pace(port, given["token"], bodies, per_second / burst.SIZE)


def _bodies(points: list[str], people: list[int], size: int, letter: str = "T") -> Iterator[bytes]:
    dice = Random(size)  # noqa: S311 - the order of a queue
    for start in range(0, len(people), size):
        some = people[start : start + size]
        dice.shuffle(some)
        now = datetime.now(tz=UTC)
        body = {
            "batch": str(new_id()),
            "point": points[start // size % len(points)],
            "sent_at": now.isoformat(),
            "scans": [
                {
                    "id": str(new_id()), "number": number, "tube": f"{letter}{size}-{start}-{place // 10}",
                    "slot": place % 10 + 1, "at": (now - (len(some) - place) * SWAB).isoformat(), "table": 1,
                    "temperature": 36.5,
                }
                for place, number in enumerate(some)
            ],
        }  # fmt: skip
        yield json.dumps(body).encode()


def _measure(port: int, given: dict[str, Any], size: int, clients: int, bodies: list[bytes]) -> dict[str, Any]:
    headers = {"Authorization": f"Bearer {given['token']}", "Content-Type": "application/json"}

    def send(hand: Iterator[bytes], times: list[float]) -> None:
        line = Line(port)
        for body in hand:
            started = time.perf_counter()
            status, said = line.post("/api/v1/screening/uploads", body, headers)
            times.append(time.perf_counter() - started)
            if status != 200:
                raise RuntimeError(f"{status} {said[:300]!r}")
        line.close()

    # the first ones compile what is compiled once
    warm = min(4 * clients, len(bodies) // 10)
    together(clients, bodies[:warm], send)
    measured: Measured = together(clients, bodies[warm:], send)
    return {"scans_an_upload": size, **asdict(measured), "scans_per_second": round(measured.per_second * size)}


def _limits(environment: dict[str, str], people: int) -> dict[str, float]:
    """Scans a second: the limit that the bar is a part of, and on SQLite those of two other tables."""
    if url := environment.get("LAZARETTO_DATABASE_URL", ""):
        return {"raw": direct.copied(url, people)}
    folder = Path(environment["LAZARETTO_DATA_DIR"])
    return {
        "raw": direct.into_their_table(folder, people),
        "copied": direct.into_the_copied(folder, people),
        "leanest": direct.into_the_leanest(folder, people),
    }


def _beside(measured: dict[str, Any], limits: dict[str, float]) -> dict[str, Any]:
    parts = {f"of_{name}_limit": round(measured["scans_per_second"] / limit, 3) for name, limit in limits.items()}
    return {**measured, **parts}


def _say(report: dict[str, Any]) -> None:
    text = _("Database: {database}, {people} people on the roster (fixed in {frozen_seconds} s)")
    cli.say(text.format(**report))
    if report["rounds_before"]:
        cli.say(_("rounds before it, everybody tested: {rounds_before}").format(**report))
    cli.say(_("raw limit: {raw_limit_per_second} scans/s, bar {bar} of it").format(**report))
    if "leanest_limit_per_second" in report:
        cli.say(_("limit of the table that PostgreSQL's limit has: {copied_limit_per_second} scans/s").format(**report))
        cli.say(_("limit of a table with one key: {leanest_limit_per_second} scans/s").format(**report))
    for one in report["uploads"]:
        figures = f"{one['scans_per_second']:>7} /s  p50 {one['p50_ms']} ms  p95 {one['p95_ms']} ms"
        parts = "  ".join(str(value) for name, value in one.items() if name.startswith("of_"))
        cli.say(f"{one['scans_an_upload']:>4} × {one['clients']:>2} {figures}  {parts}")
    if report["burst"]:
        text = _(
            "{asked_per_second} a second asked for {seconds} s: {scans_per_second} /s, "
            "p95 {p95_ms} ms, longest {longest_ms} ms, put off {put_off} times"
        )
        cli.say(text.format(**report["burst"]))
    balance = _("{scans} scans counted, {missing} missing: {missing_ms} ms; offenders: {offenders}")
    cli.say(balance.format(**report))
