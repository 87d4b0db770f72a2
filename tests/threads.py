"""Real threads with connections of their own, for tests of what happens at the same moment."""

import threading
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.db import connection

# SQLite in memory is one connection; there the same guarantees come from its single writer.
needs_server = pytest.mark.skipif("__import__('django.db').db.connection.vendor == 'sqlite'", reason="one connection")


def at_once(works: Sequence[Callable[[], Any]]) -> list[Any]:
    """Run all from the same starting gun; results or the exceptions raised, in order."""
    gun = threading.Barrier(len(works))

    def run(work: Callable[[], Any]) -> Any:
        gun.wait(timeout=10)
        try:
            return work()
        except Exception as error:  # noqa: BLE001 - the test looks at it
            return error
        finally:
            connection.close()

    with ThreadPoolExecutor(len(works)) as pool:
        return [future.result(timeout=60) for future in [pool.submit(run, work) for work in works]]
