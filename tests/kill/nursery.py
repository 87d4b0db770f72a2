"""Has everything loaded and forks a server for each line it reads; prints the server's process id.

A server is started some fifty times in a test that kills it; loading the program each time took most of the test. What
runs and is killed is the same server: `config.serve` with the worker process that it starts.
"""

import multiprocessing
import os
import signal
import sys
from importlib import import_module

import django

os.environ["DJANGO_SETTINGS_MODULE"] = "lazaretto.config.settings"
django.setup()

from lazaretto.config import serve  # noqa: E402


def main() -> None:
    """Until the input ends."""
    for module in ("config.urls", "config.server", "config.streams"):
        import_module(f"lazaretto.{module}")
    multiprocessing.set_start_method("fork")  # nothing runs beside us yet, so there is no lock to copy
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # the killed are not waited for
    for line in sys.stdin:
        child = os.fork()
        if not child:
            be_a_server(line.split())
        sys.stdout.write(f"{child}\n")
        sys.stdout.flush()


def be_a_server(words: list[str]) -> None:
    """In the child: leads a group of its own, as the server of a test does that is killed with its workers."""
    os.setsid()
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    silence = os.open(os.devnull, os.O_RDWR)
    for stream in (0, 1, 2):
        os.dup2(silence, stream)
    serve.serve(serve.words().parse_args(words))
    os._exit(0)


if __name__ == "__main__":
    main()
