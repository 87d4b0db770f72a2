"""One origin, two ways of serving: event streams as async, everything else as WSGI in a pool of threads.

Django's sync views run several times slower under its own ASGI handler than under WSGI (docs/performance.md), while an
event stream held open would keep a thread for hours. So this thin ASGI application, served by granian, handles `/live/`
itself and calls Django's WSGI application for the rest.
"""

import asyncio
import os
import signal
import sys
from collections.abc import Awaitable, Callable, Iterable, Iterator, MutableMapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from io import BytesIO
from multiprocessing.util import Finalize
from tempfile import SpooledTemporaryFile
from types import FrameType
from typing import IO, Any, Protocol, cast

from lazaretto.config.orphans import end_with_parent

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]
Wsgi = Callable[..., Iterable[bytes]]
Said = tuple[int, list[tuple[bytes, bytes]], bytes]  # status, headers, body
Elsewhere = Callable[[Scope], Awaitable[Said]]  # asks another process


class PutOff(Protocol):
    """Who comes back later (see `config.shedding`)."""

    def __call__(self, scope: Scope, under_way: int, *, apart: int | None = None) -> Said | None:
        """The answer to this request, if so many others are under way; `apart`: of its own kind alone."""


class Streams(Protocol):
    """What serves `/live/` (see `config.streams`)."""

    def close(self) -> None:
        """End every stream: the process is stopping."""

    async def serve(self, scope: Scope, receive: Receive, send: Send, pool: ThreadPoolExecutor) -> None:
        """Answer one request."""


class Intake(Protocol):
    """What takes in uploads past Django (see `config.intake`)."""

    def close(self) -> None:
        """Take nothing more: the process is stopping."""

    def takes(self, scope: Scope) -> bool:
        """Whether this is a request for it; larger ones than are kept in memory are none."""

    async def answer(self, scope: Scope, body: bytes) -> Said | None:
        """The answer, or None where Django has to look at the request after all."""


APART = "/r/"  # people's own results and passes: another process has them (`config.results`)
IN_MEMORY = 1024 * 1024  # bytes of a request kept in memory before it goes to a temporary file
AT_ONCE = 1024 * 1024  # bytes of an answer read before they are sent


class Front:
    """The ASGI application of a worker process; `put_off` says who comes back later when many are under way."""

    def __init__(
        self,
        pages: Wsgi,
        streams: Streams,
        *,
        threads: int,
        put_off: PutOff | None = None,
        intake: Intake | None = None,
        results: Elsewhere | None = None,
    ) -> None:
        self.pages = pages
        self.streams = streams
        self.pool = ThreadPoolExecutor(threads, thread_name_prefix="pages")
        self.put_off = put_off
        self.intake = intake
        self.results = results
        self.under_way = 0  # in the one thread of the event loop
        self.under_way_apart = 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request, or follow the life of the process."""
        if scope["type"] == "lifespan":
            await self._live(receive, send)
        elif scope["path"].startswith("/live/"):
            await self.streams.serve(scope, receive, send, self.pool)
        elif self.results is not None and scope["path"].startswith(APART):
            await say(send, await self._result(scope, self.results))
        elif (answer := self._later(scope)) is not None:
            await say(send, answer)
        else:
            self.under_way += 1
            try:
                await self._page(scope, receive, send, self.pool)
            finally:
                self.under_way -= 1

    def _later(self, scope: Scope, *, apart: int | None = None) -> Said | None:
        return self.put_off(scope, self.under_way, apart=apart) if self.put_off is not None else None

    async def _result(self, scope: Scope, ask: Elsewhere) -> Said:
        """What another process shows; counted for itself, so that it puts off nothing else and takes no thread here."""
        if (answer := self._later(scope, apart=self.under_way_apart)) is not None:
            return answer
        self.under_way_apart += 1
        try:
            return await ask(scope)
        finally:
            self.under_way_apart -= 1

    async def _live(self, receive: Receive, send: Send) -> None:
        await receive()
        end_with_parent()
        _also_on_stop(self.streams.close)
        Finalize(None, _leave, exitpriority=-1)
        await send({"type": "lifespan.startup.complete"})
        await receive()
        self.pool.shutdown(wait=False, cancel_futures=True)
        if self.intake is not None:
            self.intake.close()
        await send({"type": "lifespan.shutdown.complete"})

    async def _page(self, scope: Scope, receive: Receive, send: Send, pool: ThreadPoolExecutor) -> None:
        loop = asyncio.get_running_loop()
        size = 0
        with _body_for(scope) as body:
            if not isinstance(body, BytesIO):
                if not await _read_body(receive, body):
                    return
                size = body.tell()
                if (taken := await self._taken_in(scope, body)) is not None:
                    await say(send, taken)
                    return
                body.seek(0)
            environ = environ_of(scope, body)
            if size:  # a body that came in pieces does not say it, and Django would read nothing
                environ.setdefault("CONTENT_LENGTH", str(size))
            answer = await loop.run_in_executor(pool, _call, self.pages, environ)
            try:
                await send({"type": "http.response.start", "status": answer.status, "headers": answer.headers})
                while not answer.finished:
                    await send({"type": "http.response.body", "body": answer.part, "more_body": True})
                    await loop.run_in_executor(pool, answer.read_on)
                await send({"type": "http.response.body", "body": answer.part})
            finally:
                if answer.open:
                    await loop.run_in_executor(pool, answer.close)

    async def _taken_in(self, scope: Scope, body: IO[bytes]) -> Said | None:
        """The answer of the intake, if it is for it and it has one."""
        if self.intake is None or body.tell() > IN_MEMORY or not self.intake.takes(scope):
            return None
        body.seek(0)
        return await self.intake.answer(scope, body.read())


async def say(send: Send, answer: Said) -> None:
    """Send a whole answer."""
    status, headers, body = answer
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})


def _body_for(scope: Scope) -> IO[bytes]:
    """Where the request's body goes; an empty one for the many requests that have none."""
    announced = any(name in {b"content-length", b"transfer-encoding"} for name, _value in scope["headers"])
    if scope["method"] in {"GET", "HEAD"} and not announced:
        return BytesIO()
    return cast("IO[bytes]", SpooledTemporaryFile(IN_MEMORY))


async def _read_body(receive: Receive, body: IO[bytes]) -> bool:
    """Take in the request; False when the client went away in the middle."""
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            return False
        body.write(message.get("body", b""))
        if not message.get("more_body"):
            return True


def environ_of(scope: Scope, body: IO[bytes]) -> dict[str, Any]:
    """The WSGI environment of an ASGI request (PEP 3333: text of the wire as Latin-1)."""
    server, client = scope.get("server") or ("localhost", 80), scope.get("client") or ("", 0)
    environ: dict[str, Any] = {
        "REQUEST_METHOD": scope["method"],
        "SCRIPT_NAME": "",
        "PATH_INFO": scope["path"].encode().decode("latin-1"),
        "QUERY_STRING": scope["query_string"].decode("latin-1"),
        "SERVER_PROTOCOL": f"HTTP/{scope['http_version']}",
        "SERVER_NAME": server[0],
        "SERVER_PORT": str(server[1]),
        "REMOTE_ADDR": client[0],
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": scope.get("scheme", "http"),
        "wsgi.input": body,
        "wsgi.errors": sys.stderr,
        "wsgi.multithread": True,
        "wsgi.multiprocess": True,
        "wsgi.run_once": False,
    }
    for raw_name, raw_value in scope["headers"]:
        _add_header(environ, raw_name.decode("latin-1"), raw_value.decode("latin-1"))
    return environ


def _add_header(environ: dict[str, Any], name: str, value: str) -> None:
    if "_" in name:
        return  # X_Forwarded_Proto would pass for X-Forwarded-Proto
    key = name.upper().replace("-", "_")
    if key not in {"CONTENT_TYPE", "CONTENT_LENGTH"}:
        key = f"HTTP_{key}"
    if key in environ:
        value = environ[key] + ("; " if key == "HTTP_COOKIE" else ",") + value
    environ[key] = value


@dataclass
class _Answer:
    """A WSGI answer being read, in the threads of the pool."""

    status: int = 500
    headers: list[tuple[bytes, bytes]] = field(default_factory=list)
    part: bytes = b""
    finished: bool = False
    open: bool = True
    _source: Any = None
    _parts: Iterator[bytes] = field(default_factory=lambda: iter(()))

    def start(self, status: str, headers: list[tuple[str, str]], exc_info: Any = None) -> None:  # noqa: ARG002
        """`start_response` of PEP 3333."""
        self.status = int(status.split(" ", 1)[0])
        self.headers = [(name.lower().encode("latin-1"), value.encode("latin-1")) for name, value in headers]

    def begin(self, source: Iterable[bytes]) -> None:
        """Take the body and read its first part."""
        self._source, self._parts = source, iter(source)
        self.read_on()

    def read_on(self) -> None:
        """Read the next part, whole when it is small."""
        taken: list[bytes] = []
        size = 0
        for chunk in self._parts:
            taken.append(chunk)
            size += len(chunk)
            if size >= AT_ONCE:
                break
        else:
            self.finished = True
        self.part = taken[0] if len(taken) == 1 else b"".join(taken)
        if self.finished:
            self.close()

    def close(self) -> None:
        """Let Django end the request: its connections go back, its files close."""
        self.open = False
        if hasattr(self._source, "close"):
            self._source.close()


def _call(pages: Wsgi, environ: dict[str, Any]) -> _Answer:
    answer = _Answer()
    answer.begin(pages(environ, answer.start))
    return answer


def answered(pages: Wsgi, environ: dict[str, Any]) -> Said:
    """The whole answer, for pages that are small."""
    answer = _call(pages, environ)
    body = answer.part
    while not answer.finished:
        answer.read_on()
        body += answer.part
    return answer.status, answer.headers, body


def _leave() -> None:
    """End the process without taking the interpreter apart: granian's threads may still look at it and would abort."""
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(0)


def _also_on_stop(react: Callable[[], None]) -> None:
    """Call `react` in the event loop when the process is told to stop; granian's own handler stays in force.

    The loop's handler is woken by the signal's file descriptor whatever Python handler is set, so this one adds to it.
    """
    loop = asyncio.get_running_loop()

    def handler(_number: int, _frame: FrameType | None) -> None:
        loop.call_soon_threadsafe(react)

    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, handler)
        signal.siginterrupt(number, False)
