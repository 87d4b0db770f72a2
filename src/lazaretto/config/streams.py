"""Event streams: tells an open page that something changed in its units, never what.

With the session's cookie `GET /live/site/<code>` follows one site and `GET /live/district` all units of the user. A
change is an event `change`: its id is the last entry of the journal, its data the ids of the units (`*`: look at
everything). An event `ping` every 15 seconds shows that the line stands. A stream ends by itself after ten minutes and
the browser comes back, so a withdrawn right does not last longer.

One connection per process listens on PostgreSQL. On SQLite one poller per process looks at the end of the journal.
"""

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable, MutableMapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, field
from importlib import import_module
from typing import Any
from urllib.parse import parse_qsl
from uuid import UUID

import psycopg
from django.conf import settings
from django.contrib.auth import get_user
from django.db import DatabaseError, close_old_connections, connection
from django.db.models import Max
from django.http import HttpRequest, parse_cookie

from lazaretto.accounts.models import User
from lazaretto.accounts.queries import actor_for
from lazaretto.core import clock, live
from lazaretto.core.databases import on_postgresql
from lazaretto.core.models import JournalEntry
from lazaretto.places.models import Site

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]
Units = frozenset[UUID] | None  # None: all of them

EVERYTHING = "*"
HEARTBEAT = 15.0  # seconds
LIFE = 600.0  # seconds
BREATH = 0.1  # seconds between two events of a stream: a bus load of check-ins is a handful of events
POLL = 0.4  # seconds, SQLite
RECONNECT = 1.0  # seconds until the watcher tries again after trouble
READY_WITHIN = 5.0  # seconds

logger = logging.getLogger("lazaretto.live")


class Refused(Exception):
    """The stream is not for this visitor; carries the HTTP status."""

    def __init__(self, status: int) -> None:
        self.status = status
        super().__init__(status)


@dataclass(eq=False)
class Subscription:
    """One open stream: its units and what changed since it last spoke."""

    units: Units
    wake: asyncio.Event = field(default_factory=asyncio.Event)
    changed: set[str] = field(default_factory=set)
    position: int = 0

    def tell(self, units: Units, position: int) -> None:
        """Something changed in these units (None: nobody knows where)."""
        concerned = units if self.units is None or units is None else units & self.units
        if concerned is None or concerned:
            self.changed |= {EVERYTHING} if concerned is None else {str(unit) for unit in concerned}
            self.position = position
            self.wake.set()

    def take(self) -> str:
        """The event to be sent; the slate is clean after."""
        topics, self.changed = ",".join(sorted(self.changed)), set()
        self.wake.clear()
        return f"event: change\nid: {self.position}\ndata: {topics}\n\n"


class Streams:
    """All streams of a process and the one watcher that feeds them."""

    def __init__(self) -> None:
        self.open: set[Subscription] = set()
        self.closing = False
        self._watcher: asyncio.Task[None] | None = None
        self._watching = asyncio.Event()
        self._missed = False

    def close(self) -> None:
        """End every stream and take no new one; the process is stopping."""
        self.closing = True
        for subscription in self.open:
            subscription.wake.set()
        if self._watcher is not None:
            self._watcher.cancel()

    async def serve(self, scope: Scope, receive: Receive, send: Send, pool: ThreadPoolExecutor) -> None:
        """Answer one request below /live/."""
        loop = asyncio.get_running_loop()
        try:
            if scope["method"] != "GET":
                raise Refused(405)
            if self.closing:
                raise Refused(503)
            units = await loop.run_in_executor(pool, allowed_units, scope["path"], _headers(scope))
        except Refused as refused:
            await _refuse(send, refused.status)
            return
        if self._watcher is None or self._watcher.done():
            self._watcher = loop.create_task(self._watch(pool))
        subscription = Subscription(units)
        self.open.add(subscription)
        try:
            # Only then is nothing missed between the first byte and the first event.
            with suppress(TimeoutError):
                await asyncio.wait_for(self._watching.wait(), READY_WITHIN)
            await self._speak(subscription, scope, receive, send, pool)
        finally:
            self.open.discard(subscription)

    async def _speak(
        self, subscription: Subscription, scope: Scope, receive: Receive, send: Send, pool: ThreadPoolExecutor
    ) -> None:
        loop = asyncio.get_running_loop()
        await _begin(send)
        seen = seen_by_client(scope)
        if seen is not None:
            missed = await loop.run_in_executor(pool, last_change, subscription.units, seen)
            if missed is not None:
                subscription.tell(None, missed)
        gone = loop.create_task(_until_gone(receive))
        try:
            await self._until_the_end(subscription, send, gone, time.monotonic() + LIFE)
        finally:
            gone.cancel()
        with suppress(Exception):  # the client may have gone away already
            await send({"type": "http.response.body", "body": b""})

    async def _until_the_end(
        self, subscription: Subscription, send: Send, gone: "asyncio.Task[None]", until: float
    ) -> None:
        while not self.closing and time.monotonic() < until:
            wake = asyncio.ensure_future(subscription.wake.wait())
            await asyncio.wait({wake, gone}, timeout=HEARTBEAT, return_when=asyncio.FIRST_COMPLETED)
            wake.cancel()
            if gone.done() or self.closing:
                return
            if not subscription.wake.is_set():
                await _say(send, "event: ping\ndata: .\n\n")
                continue
            await _say(send, subscription.take())
            await asyncio.sleep(BREATH)

    # ---- what feeds the streams

    async def _watch(self, pool: ThreadPoolExecutor) -> None:
        """Follow the database for as long as there are streams; starts again after any trouble."""
        follow = self._listen if on_postgresql() else self._poll
        while self.open and not self.closing:
            try:
                await follow(pool)
            except (psycopg.Error, DatabaseError, OSError):
                logger.exception("the watcher of changes starts again")
                await asyncio.sleep(RECONNECT)
                self._missed = True
            finally:
                self._watching.clear()

    async def _listen(self, pool: ThreadPoolExecutor) -> None:
        loop = asyncio.get_running_loop()
        listener = await psycopg.AsyncConnection.connect(**connection_values(), autocommit=True)
        async with listener:
            await listener.execute(f"LISTEN {live.CHANNEL}")
            self._ready(await loop.run_in_executor(pool, last_position))
            while self.open:
                changed: set[UUID] = set()
                async for notice in listener.notifies(timeout=HEARTBEAT, stop_after=1):
                    changed.update(UUID(part) for part in notice.payload.split(","))
                if changed:
                    self._publish(frozenset(changed), await loop.run_in_executor(pool, last_position))
                    await asyncio.sleep(BREATH)  # what comes meanwhile is taken together

    async def _poll(self, pool: ThreadPoolExecutor) -> None:
        loop = asyncio.get_running_loop()
        position = await loop.run_in_executor(pool, last_position)
        self._ready(position)
        while self.open:
            await asyncio.sleep(POLL)
            units, position = await loop.run_in_executor(pool, changes_since, position)
            if units:
                self._publish(units, position)

    def _ready(self, position: int) -> None:
        """From now on nothing is missed; what happened while the database was away is told to everybody."""
        self._watching.set()
        if self._missed:
            self._missed = False
            self._publish(None, position)

    def _publish(self, units: Units, position: int) -> None:
        for subscription in self.open:
            subscription.tell(units, position)


# ---- questions to the database, asked in the threads of the pool


def allowed_units(path: str, headers: dict[str, str]) -> Units:
    """The units whose changes this visitor may follow at this path; raises `Refused`."""
    try:
        user = _user(headers)
        if user is None:
            raise Refused(401)
        actor = actor_for(user, at=clock.now(), device="browser")
        match path.split("/")[2:]:
            case ["district"]:
                return None if actor.everywhere() else actor.units
            case ["site", code]:
                unit = Site.objects.visible_to(actor).filter(code=code).values_list("unit_id", flat=True).first()
                if unit is not None:
                    return frozenset({unit})
        raise Refused(404)
    finally:
        close_old_connections()


def _user(headers: dict[str, str]) -> User | None:
    """The signed-in user of the session's cookie."""
    key = parse_cookie(headers.get("cookie", "")).get(settings.SESSION_COOKIE_NAME)
    if not key:
        return None
    request = HttpRequest()
    request.session = _session(key)
    found = get_user(request)
    return found if isinstance(found, User) and not found.must_change_password else None


def _session(key: str) -> Any:
    return import_module(settings.SESSION_ENGINE).SessionStore(key)


def last_position() -> int:
    """The id of the last journal entry; 0 when there is none."""
    try:
        return live.position()
    finally:
        close_old_connections()


def changes_since(position: int) -> tuple[frozenset[UUID], int]:
    """The units with entries after a position, and the new position."""
    try:
        rows = list(JournalEntry.objects.filter(id__gt=position).order_by("id").values_list("id", "unit_id"))
    finally:
        close_old_connections()
    return frozenset(unit for _id, unit in rows if unit is not None), rows[-1][0] if rows else position


def last_change(units: Units, seen: int) -> int | None:
    """The last entry of these units if it came after the one seen."""
    try:
        entries = JournalEntry.objects.filter(id__gt=seen)
        if units is not None:
            entries = entries.filter(unit_id__in=units)
        last: int | None = entries.aggregate(last=Max("id"))["last"]
        return last
    finally:
        close_old_connections()


def connection_values() -> dict[str, Any]:
    """How Django connects, for the listener's own connection."""
    values: dict[str, Any] = connection.get_connection_params()
    return {name: values[name] for name in ("dbname", "user", "password", "host", "port") if name in values}


# ---- the wire


def seen_by_client(scope: Scope) -> int | None:
    """What the client saw last: `Last-Event-ID` after a break, `?since=` when the page was rendered."""
    said = _headers(scope).get("last-event-id") or _query(scope).get("since", "")
    return int(said) if said.isdecimal() else None


def _query(scope: Scope) -> dict[str, str]:
    return dict(parse_qsl(scope["query_string"].decode("latin-1")))


def _headers(scope: Scope) -> dict[str, str]:
    return {name.decode("latin-1").lower(): value.decode("latin-1") for name, value in scope["headers"]}


async def _begin(send: Send) -> None:
    headers = [
        (b"content-type", b"text/event-stream; charset=utf-8"),
        (b"cache-control", b"no-store"),
        (b"x-accel-buffering", b"no"),
    ]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    await _say(send, "retry: 2000\n\n")


async def _say(send: Send, text: str) -> None:
    await send({"type": "http.response.body", "body": text.encode(), "more_body": True})


async def _refuse(send: Send, status: int) -> None:
    headers = [(b"content-type", b"text/plain; charset=utf-8"), (b"cache-control", b"no-store")]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": b""})


async def _until_gone(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass
