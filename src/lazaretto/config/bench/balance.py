"""Whether the round of a measure balances, and how long its coverage takes. A process of its own."""

import json
import sys
from collections.abc import Callable
from importlib import import_module
from time import perf_counter
from typing import Any

from lazaretto.config.bench.prepare import setup


def main() -> None:
    """Print figures and offenders as JSON."""
    setup()
    queries = import_module("lazaretto.screening.queries")
    absent = import_module("lazaretto.screening.queries.absent")
    proofs = import_module("lazaretto.screening.proofs")
    now = import_module("lazaretto.core.clock").now()
    one = import_module("lazaretto.screening.models").Round.objects.latest("opens_at")
    coverage, coverage_ms = _timed(lambda: queries.coverage(one))
    first, missing_ms = _timed(lambda: list(absent.missing(one)[:50]))
    found = proofs.scans_balance(now)
    figures = {
        "scans": found.figures["scans_counted"],
        "missing": coverage.missing,
        "first_page": len(first),
        "coverage_ms": coverage_ms,
        "missing_ms": missing_ms,
        "offenders": len(found.offenders),
    }
    sys.stdout.write(json.dumps(figures))


def _timed(ask: Callable[[], Any]) -> tuple[Any, float]:
    """The second time of asking, in milliseconds: the first compiles."""
    ask()
    started = perf_counter()
    found = ask()
    return found, round((perf_counter() - started) * 1000, 1)


if __name__ == "__main__":
    main()
