"""Fills a scratch installation: a site with rooms, a site lead with a token, people. A process of its own."""

import json
import os
import sys
from datetime import timedelta
from importlib import import_module
from typing import Any

import django


def setup() -> None:
    """Set Django up on the installation of the environment, with all tables."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "lazaretto.config.settings")
    django.setup()
    import_module("lazaretto.config.operations").apply_migrations()


def main(rooms: int, people: int, others: int) -> None:
    """Print tokens, unit, sites, rooms and people as JSON. `others` are people whom nothing is done with."""
    setup()
    fill = import_module("lazaretto.config.bench.fill")
    now = import_module("lazaretto.core.clock").now()
    found: dict[str, Any] = fill.site(rooms=rooms, at=now - timedelta(days=2))
    found |= fill.other_site(now - timedelta(days=2))
    fill.people(found["root"], others, at=now - timedelta(days=1), seed=1)
    found["people"] = fill.people(found["unit"], people, at=now - timedelta(days=1))
    fill.analyse()
    sys.stdout.write(json.dumps(found))


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3]))
