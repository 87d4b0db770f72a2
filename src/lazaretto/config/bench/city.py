"""A round of testing, open, with as many people as asked for. A process of its own."""

import json
import sys
from datetime import time, timedelta
from importlib import import_module
from typing import Any

from lazaretto.config.bench.prepare import setup

HOMES = 60  # enterprises, as many as in a park of 22,000 people


def main(people: int, points: int, before: int) -> None:
    """Print the token of a sampler, the round's points and how long the roster took, as JSON.

    `before`: so many rounds of the same people are over, and everybody was tested in each.
    """
    setup()
    fill = import_module("lazaretto.config.bench.fill")
    now = import_module("lazaretto.core.clock").now()
    given = fill.headcount(people, HOMES, at=now - timedelta(days=3 * before + 1))
    for day in range(before, 0, -1):
        fill.tested_round(given["unit"], at=now - timedelta(days=3 * day))
    opened: dict[str, Any] = fill.testing_round(given["unit"], points, at=now, hours=(time(0), time(23, 59)))
    fill.analyse()
    sys.stdout.write(json.dumps({**given, **opened}))


if __name__ == "__main__":
    main(*(int(word) for word in sys.argv[1:4]))
