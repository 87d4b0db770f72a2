"""`lazaretto bench lists`: first pages and searches among many people."""

import argparse
from typing import Any

from django.db import connection

from lazaretto.config.bench.scratch import installation, run_inside
from lazaretto.core import cli
from lazaretto.core.cli import gettext as _


def run(arguments: argparse.Namespace) -> int:
    """Measure and report; status 1 when a list misses its bar."""
    with installation() as environment:
        report: dict[str, Any] = {
            "database": connection.vendor,
            **run_inside(environment, "look", str(arguments.people)),
        }
    if arguments.json:
        cli.say_json(report)
    else:
        _say(report)
    return cli.OK if all(one["within_bar"] for one in report["lists"]) else cli.FAILED


def _say(report: dict[str, Any]) -> None:
    text = _("Database: {database}, {people} people (filled in {filled_seconds} s)")
    cli.say(text.format(**report))
    for one in report["lists"]:
        mark = "" if one["within_bar"] else _("  slower than the bar")
        cli.say(
            f"{one['who']:5} {one['list']:24} p50 {one['p50_ms']:>7} ms  p95 {one['p95_ms']:>7} ms"
            f"  {one['queries']:>3} queries{mark}"
        )
