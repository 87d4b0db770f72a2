"""`lazaretto results`: the process that shows people their own results, and nothing else.

`lazaretto up` starts one and hands requests over to it through a socket in a folder of its own; on a machine of its own
it listens at an address (docs/installation.md).
"""

import argparse
import asyncio
import hmac
import logging
import os
import signal
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from io import BytesIO
from pathlib import Path

from django.core.wsgi import get_wsgi_application
from django.db import DatabaseError, connection
from django.http import HttpRequest, HttpResponse
from granian.constants import Interfaces
from granian.server.embed import Server

from lazaretto.config import pulse
from lazaretto.config.front import APART, Receive, Said, Scope, Send, Wsgi, answered, environ_of, say
from lazaretto.config.memory import settle
from lazaretto.config.orphans import VARIABLE, end_with_parent
from lazaretto.config.results import ASKER, PROOF, WITHIN
from lazaretto.config.results.calm import later, server_error
from lazaretto.config.results.line import TAKEN, proof_of
from lazaretto.config.shedding import Overloaded, answer_of
from lazaretto.core import cli

logger = logging.getLogger("lazaretto.results")

THREADS = 2
MOST = 64  # under way, the waiting ones too: two threads answer them in some seconds
NICE = 10  # whoever captures has the processor first
FIRST_TO_GO = "500"  # of 1000, when memory runs out
NOTHING: Said = (404, [(b"content-length", b"0")], b"")


def run(arguments: argparse.Namespace) -> int:
    """Serve until told to stop, or until the parent that started it is gone."""
    os.environ["DJANGO_SETTINGS_MODULE"] = "lazaretto.config.results.settings"
    _step_back()
    if VARIABLE in os.environ:
        end_with_parent()
    pages = get_wsgi_application()
    settle()
    asyncio.run(_serve(Results(pages), arguments))
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(cli.OK)  # a thread that still waits for the database holds nothing up


def _step_back() -> None:
    """Let everybody else go first."""
    os.nice(NICE)
    with suppress(OSError):
        Path("/proc/self/oom_score_adj").write_text(FIRST_TO_GO)


async def _serve(results: "Results", arguments: argparse.Namespace) -> None:
    if arguments.socket is not None:
        arguments.socket.unlink(missing_ok=True)  # left by one that was killed
    server = Server(
        results,
        address=arguments.host,
        port=arguments.port,
        uds=arguments.socket,
        interface=Interfaces.ASGI,
        websockets=False,
        log_enabled=False,
        ssl_cert=arguments.certificate,
        ssl_key=arguments.key,
    )
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        loop.add_signal_handler(number, server.stop)
    beating = loop.create_task(pulse.beat())
    try:
        await server.serve()
    finally:
        beating.cancel()


class Results:
    """The ASGI application: so many under way at most, in two threads, and nobody waits longer than a phone does."""

    def __init__(self, pages: Wsgi, *, within: float = WITHIN) -> None:
        self.pages = pages
        self.within = within
        self.pool = ThreadPoolExecutor(THREADS, thread_name_prefix="results")
        self.under_way = 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request, or follow the life of the process."""
        if scope["type"] == "lifespan":
            await _live(receive, send)
        else:
            await say(send, await self._answer(scope))

    async def _answer(self, scope: Scope) -> Said:
        if not scope["path"].startswith(APART) or scope["method"] not in TAKEN:
            return NOTHING
        if self.under_way >= MOST:
            return Overloaded.status, *answer_of(Overloaded(), scope)
        self.under_way += 1
        loop = asyncio.get_running_loop()
        try:
            asked = loop.run_in_executor(self.pool, answered, self.pages, environ_of(_for_whom(scope), BytesIO()))
            return await asyncio.wait_for(asked, self.within)  # what no thread began by then is not begun
        except TimeoutError:
            return later(scope)
        finally:
            self.under_way -= 1


def _for_whom(scope: Scope) -> Scope:
    """The request as the front had it: its word for who asks is believed when it proves that it is the front."""
    said = {name: value.decode("latin-1") for name, value in scope["headers"]}
    address, proof = said.get(ASKER.encode(), ""), said.get(PROOF.encode(), "")
    if not hmac.compare_digest(proof.encode(), proof_of(address).encode()):
        return scope
    return {**scope, "client": (address, 0)}


async def _live(receive: Receive, send: Send) -> None:
    await receive()
    await send({"type": "lifespan.startup.complete"})
    await receive()
    await send({"type": "lifespan.shutdown.complete"})


class Failing:
    """A database that does not answer is said calmly, and in one line of the log."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Pass through; see `process_exception`."""
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        """The calm page, and a connection that is opened anew; None for any other trouble."""
        if not isinstance(error, DatabaseError):
            return None
        logger.error("the database of own results: %s", str(error).strip().partition("\n")[0])
        connection.close()
        return server_error(request)
