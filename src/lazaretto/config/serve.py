"""The server process below `lazaretto up`: granian with the front of `config.front` in each worker."""

import argparse
import multiprocessing
from pathlib import Path

from granian import Granian
from granian.constants import Interfaces
from granian.log import LogLevels

from lazaretto.config.orphans import end_with_parent

KILL_AFTER = 3  # seconds; event streams end at once, a slow request gets this long


def main() -> None:
    """Read the arguments, and serve until told to stop or left alone."""
    arguments = words().parse_args()
    multiprocessing.set_start_method("spawn")  # a fork would copy the watching thread's locks
    end_with_parent()
    serve(arguments)


def words() -> argparse.ArgumentParser:
    """What is asked of `lazaretto up`."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--host", required=True)
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--workers", type=int, required=True)
    parser.add_argument("--certificate", type=Path)
    parser.add_argument("--key", type=Path)
    return parser


def serve(arguments: argparse.Namespace) -> None:
    """Serve what the arguments say until told to stop."""
    Granian(
        "lazaretto.config.server:application",
        factory=True,
        address=arguments.host,
        port=arguments.port,
        interface=Interfaces.ASGI,
        workers=arguments.workers,
        websockets=False,
        log_level=LogLevels.warning,
        ssl_cert=arguments.certificate,
        ssl_key=arguments.key,
        respawn_failed_workers=True,
        workers_kill_timeout=KILL_AFTER,
    ).serve()


if __name__ == "__main__":
    main()
