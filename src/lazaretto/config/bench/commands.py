"""`lazaretto bench commands`: ordinary commands over real HTTP, beside the raw limit of the database."""

import argparse
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.db import connection

from lazaretto.config.bench import raw
from lazaretto.config.bench.load import Api, Measured, together
from lazaretto.config.bench.scratch import installation, look_at_itself, run_inside
from lazaretto.core import cli
from lazaretto.core.cli import gettext as _

CLIENTS = (1, 4)
# CARE (Django, 2023-07) on this class of machine, requests a second with 1 and 4 clients; see docs/performance.md.
CARE = {
    "people.register_person": (20, 32),
    "stays.collect_specimen": (11, 25),
    "arrivals.admit_walk_in": (8, 17),
    "orders.write_order": (8, 17),
    "transfers.sign_out": (8, 17),
    "transfers.sign_in": (8, 17),
}
WARM = 8  # requests of each kind before the first is measured: a server that has just started still imports and plans
Jobs = list[tuple[str, dict[str, Any]]]


def run(arguments: argparse.Namespace) -> int:
    """Measure and report."""
    n: int = arguments.requests
    with installation() as environment:
        fill = [2 * n + WARM, 3 * n + WARM, arguments.people]
        given = run_inside(environment, "prepare", *map(str, fill))
        limits = {clients: raw.limit(environment, clients, 4 * n) for clients in CLIENTS}
        with server(environment) as port:
            apis = Api(port, given["token"]), Api(port, given["duty_token"])
            found = _measure(*apis, given, n, before=lambda: look_at_itself(environment))
    report = {
        "database": connection.vendor,
        "people": arguments.people + 3 * n,
        "raw_inserts": [asdict(one) for one in limits.values()],
        "commands": [_line(name, one, limits[one.clients]) for name, one in found],
    }
    if arguments.json:
        cli.say_json(report)
    else:
        _say(report)
    return cli.OK


def _measure(
    api: Api, duty: Api, given: dict[str, Any], n: int, *, before: Callable[[], None]
) -> list[tuple[str, Measured]]:
    """Each command first with one client, then with four, each on people of its own; `before` comes before each."""
    _once(CLIENTS[-1], api, duty, given, slice(-WARM, None), len(CLIENTS), before)
    found: list[tuple[str, Measured]] = []
    for turn, clients in enumerate(CLIENTS):
        found += _once(clients, api, duty, given, slice(turn * n, (turn + 1) * n), turn, before)
    return found


def _once(
    clients: int, api: Api, duty: Api, given: dict[str, Any], part: slice, turn: int, before: Callable[[], None]
) -> list[tuple[str, Measured]]:
    found: list[tuple[str, Measured]] = []

    def measure(jobs: Jobs, who: Api = api) -> None:
        before()
        found.append((jobs[0][0], together(clients, jobs, who.send)))

    people, rooms = given["people"][part], given["rooms"][part]
    measure(_registrations(given["unit"], len(people), turn))
    api.answered.clear()
    measure(_admissions(given["site"], people, rooms))
    stays = [answer["stay_id"] for _asked, answer in api.answered]
    measure(_observations(stays))
    measure(_specimens(stays, turn))
    measure(_orders(given, people), duty)
    duty.answered.clear()
    measure(_sign_outs(given, people), duty)
    measure(_sign_ins(duty.answered), duty)
    return found


def _registrations(unit: str, n: int, turn: int) -> Jobs:
    return [
        (
            "people.register_person",
            {
                "unit": unit,
                "person": {
                    "name": _name(turn * n + number),
                    "birth_date": f"{1950 + number % 50}-{number % 12 + 1:02}-{number % 28 + 1:02}",
                    "nationality": "GBR",
                    "documents": [{"kind": "passport", "number": f"P{turn}{5_000_000 + number}", "country": "GBR"}],
                    "phones": [f"+44 20 7946 0{number % 1000:03d}"],
                },
            },
        )
        for number in range(n)
    ]


def _name(number: int) -> str:
    """Invented, and as seldom twice as names are at one site: some two thousand of them."""
    family = ["Ashdown", "Birch", "Calder", "Dunmore", "Elling", "Farrow", "Garth", "Holm", "Ives", "Jarrow", "Kell"]
    given = [f"{first}{last}" for first in ("An", "Be", "Da", "El", "Ha", "Jo", "Ma") for last in ("na", "ra", "lin")]
    middle = ["Ada", "Bo", "Cy", "Di", "Eve", "Fay", "Gil", "Ian"]
    own = given[number % 21], middle[number // 21 % 8], family[number % 11]
    return " ".join(own)


def _admissions(site: str, people: list[str], rooms: list[str]) -> Jobs:
    grounds: dict[str, Any] = {"authority": "bench", "legal_basis": "bench", "reason": "bench", "category": "inbound"}
    exposed = (datetime.now(tz=UTC) - timedelta(hours=12)).isoformat()
    grounds["plea"] = {"why_now": "bench"}  # the hardest case: nothing stands behind anybody, headquarters is asked
    return [
        ("arrivals.admit_walk_in", {"same_as": one, "site": site, "room": room, "last_exposure_at": exposed, **grounds})
        for one, room in zip(people, rooms, strict=True)
    ]


def _observations(stays: list[str]) -> Jobs:
    day = datetime.now(tz=ZoneInfo("Asia/Shanghai")).date().isoformat()
    return [("stays.observe", {"stay": stay, "day": day, "slot": "morning", "temperature": "36.5"}) for stay in stays]


def _specimens(stays: list[str], turn: int) -> Jobs:
    return [
        ("stays.collect_specimen", {"stay": stay, "tube": f"T{turn}{number:06d}"}) for number, stay in enumerate(stays)
    ]


def _orders(given: dict[str, Any], people: list[str]) -> Jobs:
    until = (datetime.now(tz=UTC) + timedelta(days=1)).isoformat()
    fixed = {"from_site": given["site"], "to_site": given["other_site"], "category": "inbound", "reason": "bench"}
    return [
        ("orders.write_order", {"people": [{"person": person}], "valid_until": until, **fixed}) for person in people
    ]


def _sign_outs(given: dict[str, Any], people: list[str]) -> Jobs:
    """Each person alone to the other site: the hardest case, a handover for everybody."""
    due = (datetime.now(tz=UTC) + timedelta(hours=2)).isoformat()
    fixed = {"site": given["site"], "to_site": given["other_site"], "due_at": due}
    return [("transfers.sign_out", {"people": [{"person": person}], **fixed}) for person in people]


def _sign_ins(signed_out: list[tuple[dict[str, Any], dict[str, Any]]]) -> Jobs:
    """At once from the list: what a device sends on, later, is no faster."""
    return [
        ("transfers.sign_in", {"handover": answer["handover_id"], "person": asked["people"][0]["person"]})
        for asked, answer in list(signed_out)
    ]


@contextmanager
def server(environment: dict[str, str]) -> Iterator[int]:
    """A server of that installation with two processes; gives its port."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = int(probe.getsockname()[1])
    words = ["--host", "127.0.0.1", "--port", str(port), "--workers", "2"]
    process = subprocess.Popen([sys.executable, "-m", "lazaretto.config.serve", *words], env=environment)  # noqa: S603
    try:
        _wait_for(port)
        yield port
    finally:
        process.terminate()
        process.wait(10)


def _wait_for(port: int) -> None:
    until = time.monotonic() + 60
    while time.monotonic() < until:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
        except OSError:
            time.sleep(0.1)
        else:
            return
    raise RuntimeError("the server did not start within a minute")


def _line(name: str, one: Measured, limit: Measured) -> dict[str, Any]:
    line = {"command": name, **asdict(one), "of_raw_limit": round(one.per_second / limit.per_second, 3)}
    if name in CARE:
        reference = CARE[name][CLIENTS.index(one.clients)]
        line |= {"care_per_second": reference, "times_care": round(one.per_second / reference, 1)}
    return line


def _say(report: dict[str, Any]) -> None:
    cli.say(_("Database: {vendor}").format(vendor=report["database"]))
    for one in report["raw_inserts"]:
        cli.say(f"{'raw insert':26} {one['clients']} × {one['per_second']:>8} /s  p95 {one['p95_ms']} ms")
    for one in report["commands"]:
        care = f"  {one['times_care']} × CARE" if "times_care" in one else ""
        figures = f"{one['per_second']:>8} /s  p50 {one['p50_ms']} ms  p95 {one['p95_ms']} ms"
        cli.say(f"{one['command']:26} {one['clients']} × {figures}  {one['of_raw_limit']} of raw{care}")
