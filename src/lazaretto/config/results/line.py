"""The way from the front to the process that shows people their own results; it never waits long, and never raises.

Only what that process needs goes there: no session, no token, no body.
"""

import asyncio
import http.client
import logging
import ssl
from collections.abc import Iterator
from dataclasses import dataclass
from http import cookies
from io import BytesIO
from typing import Any, cast
from urllib.parse import quote, urlsplit

from django.conf import settings

from lazaretto.config.front import Said, Scope
from lazaretto.config.results import ASKER, PROOF, WITHIN
from lazaretto.config.results.calm import later
from lazaretto.core.limits import believed
from lazaretto.core.secrets import keyed_hash
from lazaretto.ui.context import THEME_COOKIE

logger = logging.getLogger("lazaretto.results")

LARGEST = 256 * 1024  # bytes of an answer
TAKEN = {"GET", "HEAD"}
PASSED = ("host", "accept-language", "x-forwarded-proto")
OF_THE_LINE = {"connection", "content-length", "date", "keep-alive", "server", "transfer-encoding"}
SAID_EVERY = 60.0  # seconds between two lines of the log about the same trouble


class NoAnswer(Exception):
    """Nobody answered, or not with a whole answer."""


@dataclass
class Line:
    """Asks the process at this address: `unix:/path`, or `http(s)://host:port` of another machine; empty: nobody."""

    address: str
    within: float = WITHIN
    said_at: float = -SAID_EVERY

    async def __call__(self, scope: Scope) -> Said:
        """What it answers; that nothing can be shown now, where it does not, or where it failed."""
        if scope["method"] not in TAKEN:
            return 405, [(b"allow", b"GET, HEAD"), (b"content-length", b"0")], b""
        try:
            async with asyncio.timeout(self.within):
                answer = await self._ask(scope)
        except (NoAnswer, OSError, TimeoutError, http.client.HTTPException) as error:
            self._complain(error)
            return later(scope)
        return later(scope) if answer[0] >= 500 else answer

    async def _ask(self, scope: Scope) -> Said:
        reader, writer = await self._connected()
        try:
            writer.write(head_of(scope))
            await writer.drain()
            return _read(await _all_of(reader), scope["method"])
        finally:
            writer.close()

    async def _connected(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        parts = urlsplit(self.address)
        if parts.scheme == "unix":
            return await asyncio.open_unix_connection(parts.path)
        if not parts.hostname:
            raise NoAnswer("no process for own results is known: `lazaretto up` starts one")
        secure = ssl.create_default_context() if parts.scheme == "https" else None
        return await asyncio.open_connection(parts.hostname, parts.port or (443 if secure else 80), ssl=secure)

    def _complain(self, error: Exception) -> None:
        now = asyncio.get_running_loop().time()
        if now - self.said_at >= SAID_EVERY:
            self.said_at = now
            logger.error("own results do not answer: %s", str(error) or type(error).__name__)


def head_of(scope: Scope) -> bytes:
    """The request as it is handed over: the path, the language, the theme, and for whom it is asked."""
    asked = {name.decode("latin-1").lower(): value.decode("latin-1") for name, value in scope["headers"]}
    client = scope.get("client") or ("", 0)
    for_whom = believed(str(client[0]), asked.get("x-forwarded-for", ""))
    headers = {name: asked[name] for name in PASSED if name in asked}
    if scope.get("scheme") == "https":
        headers["x-forwarded-proto"] = "https"
    if kept := "; ".join(_cookies(asked.get("cookie", ""))):
        headers["cookie"] = kept
    headers |= {ASKER: for_whom, PROOF: proof_of(for_whom), "connection": "close"}
    lines = [
        f"{scope['method']} {quote(scope['path'])} HTTP/1.1",
        *(f"{name}: {said}" for name, said in headers.items()),
    ]
    return "\r\n".join([*lines, "", ""]).encode("latin-1")


def proof_of(address: str) -> str:
    """By which the process knows that the front says for whom it asks."""
    return keyed_hash(address, "results-asked-for")


def _cookies(header: str) -> Iterator[str]:
    try:
        given = cookies.SimpleCookie(header)
    except cookies.CookieError:
        return
    for name in (settings.LANGUAGE_COOKIE_NAME, THEME_COOKIE, settings.CSRF_COOKIE_NAME):
        if name in given:
            yield f"{name}={given[name].coded_value}"


async def _all_of(reader: asyncio.StreamReader) -> bytes:
    taken = bytearray()
    while part := await reader.read(LARGEST):
        taken += part
        if len(taken) > LARGEST:
            raise NoAnswer("the answer is too large")
    return bytes(taken)


class _Taken:
    """What came, in the form in which the reader of Python's own client wants it."""

    def __init__(self, data: bytes) -> None:
        self.data = data

    def makefile(self, _mode: str) -> BytesIO:
        return BytesIO(self.data)


def _read(data: bytes, method: str) -> Said:
    answer = http.client.HTTPResponse(cast("Any", _Taken(data)), method=method)
    answer.begin()
    body = answer.read()
    kept = [(name.lower(), value) for name, value in answer.getheaders() if name.lower() not in OF_THE_LINE]
    headers = [(name.encode("latin-1"), value.encode("latin-1")) for name, value in kept]
    return answer.status, [*headers, (b"content-length", str(len(body)).encode())], body
