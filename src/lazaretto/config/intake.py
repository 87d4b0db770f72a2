"""Uploads of scans, taken in past Django's request: those that wait at the same moment go in one transaction.

A phone's batch costs Python less than what a request costs in Django, and the database less than its transaction. So a
thread of its own takes all that wait, a few at most, while the next ones come in. It only ever says yes: whatever is
unusual of a batch (who sends it, how it is spelled, what stands in its way) goes the ordinary way, by itself, and is
answered there.
"""

import asyncio
import logging
import threading
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import nullcontext
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from itertools import zip_longest

import msgspec
from django.conf import settings
from django.db import DatabaseError, close_old_connections, connection, transaction
from django.http.request import split_domain_port, validate_host

from lazaretto.accounts.commands import note_use
from lazaretto.accounts.queries import actor_through, tokens_by
from lazaretto.config.front import Said, Scope
from lazaretto.core import clock
from lazaretto.core.access import Actor
from lazaretto.core.databases import on_postgresql
from lazaretto.field.models import Device
from lazaretto.field.queries import actor_of_device, devices_by
from lazaretto.field.schemas import PlainBatch
from lazaretto.field.views.phone import heard, told
from lazaretto.screening.api import PlainUpload
from lazaretto.screening.commands import NotFresh, Sent, UploadAnswer, take_together
from lazaretto.screening.commands.answers import ANSWER
from lazaretto.screening.commands.scans import read_plain

log = logging.getLogger(__name__)

API, PHONES = "/api/v1/screening/uploads", "/field/api/uploads"
MOST = 16  # batches in one transaction: what a phone waits for the batches of others stays short
FEW = 4  # that go the ordinary way where one of them is in the way of the others
LONGEST_WAIT = "1500ms"  # for a lock of the database
HEADERS = (
    (b"content-type", b"application/json"),
    (b"cache-control", b"no-store"),
    (b"x-content-type-options", b"nosniff"),
)

_PROGRAMS, _PHONES = msgspec.json.Decoder(PlainUpload), msgspec.json.Decoder(PlainBatch)


@dataclass(frozen=True, slots=True)
class Waiting:
    """A request whose answer somebody waits for: where it came in, with which headers."""

    path: str
    secret: str
    headers: Mapping[bytes, str]
    body: bytes
    answer: "asyncio.Future[bytes | None]"


class Intake:
    """Of a process. What it keeps is touched in the event loop only."""

    def __init__(self) -> None:
        self.thread = ThreadPoolExecutor(1, thread_name_prefix="intake")
        self.waiting: list[Waiting] = []
        self.busy = False
        self.closed = False

    def close(self) -> None:
        """Take nothing more: what comes now, and what waits, goes the ordinary way."""
        self.closed = True
        self.thread.shutdown(wait=False, cancel_futures=True)

    def takes(self, scope: Scope) -> bool:
        """Uploads, by the API and of phones at tables."""
        return not self.closed and scope["path"] in {API, PHONES} and bool(scope["method"] == "POST")

    async def answer(self, scope: Scope, body: bytes) -> Said | None:
        """Wait for the answer; None where the ordinary way has to be gone."""
        said = {name: value.decode("latin-1") for name, value in scope["headers"]}
        secret = said.get(b"authorization", "")
        twice = len(said) < len(scope["headers"])
        if twice or not secret.lower().startswith("bearer ") or not _is_for_us(scope, said):
            return None
        answered = asyncio.get_running_loop().create_future()
        one = Waiting(scope["path"], secret[len("bearer ") :].strip(), said, body, answered)
        self.waiting.append(one)
        if not self.busy:
            self._next()
        answer = await one.answer
        return None if answer is None else (200, [*HEADERS, (b"content-length", b"%d" % len(answer))], answer)

    def _next(self) -> None:
        """Begin with some of those that wait, if any do."""
        some, self.waiting = self.waiting[:MOST], self.waiting[MOST:]
        if not some:
            return
        try:
            work = asyncio.get_running_loop().run_in_executor(self.thread, answers, some)
        except RuntimeError:  # no thread to be had, or the process is stopping
            log.exception("uploads cannot be taken in together, each goes the ordinary way")
            _tell([*some, *self.waiting], [])
            self.waiting = []
            return
        self.busy = True
        work.add_done_callback(lambda done: self._told(some, done))

    def _told(self, some: Sequence[Waiting], done: "asyncio.Future[list[bytes | None]]") -> None:
        """Begin with the next ones first: the database need not wait until these are told."""
        self.busy = False
        self._next()
        failed = done.cancelled() or done.exception() is not None
        _tell(some, [] if failed else done.result())


def _tell(some: Sequence[Waiting], said: Sequence[bytes | None]) -> None:
    """Each its answer; who has none goes the ordinary way."""
    for one, answer in zip_longest(some, said):
        if not one.answer.done():
            one.answer.set_result(answer)


def _is_for_us(scope: Scope, said: dict[bytes, str]) -> bool:
    """Called by a name of ours, and as the installation is to be called; Django says what is wrong otherwise."""
    domain, _port = split_domain_port(said.get(b"host", ""))
    if not validate_host(domain, settings.ALLOWED_HOSTS):
        return False
    if not settings.SECURE_SSL_REDIRECT:
        return True
    return scope.get("scheme") == "https" or said.get(b"x-forwarded-proto") == "https"


def answers(some: Sequence[Waiting]) -> list[bytes | None]:
    """What becomes of each, in the thread; None for each that goes the ordinary way. Never raises."""
    try:
        close_old_connections()
        _wait_no_longer()
        try:
            return _taken(some)
        finally:
            close_old_connections()
    except NotFresh:
        return _by_halves(some)
    except DatabaseError as error:
        log.warning("uploads could not be taken in together, each goes the ordinary way: %s", error)
    except Exception:
        log.exception("uploads could not be taken in together, each goes the ordinary way")
    return [None] * len(some)


def _by_halves(some: Sequence[Waiting]) -> list[bytes | None]:
    """Something of one is here already, and nothing of any was written: the half without it still goes together. Of few
    each goes the ordinary way, which says what stood there; so a group costs seven tries that fail at most.
    """
    if len(some) <= FEW:
        return [None] * len(some)
    middle = len(some) // 2
    return answers(some[:middle]) + answers(some[middle:])


def _wait_no_longer() -> None:
    """Somebody else may hold one tube for long: then all that wait behind it go the ordinary way."""
    connection.close_if_health_check_failed()
    connection.ensure_connection()
    if on_postgresql() and getattr(_limited, "line", None) is not connection.connection:
        with connection.cursor() as cursor:
            cursor.execute("SELECT set_config('lock_timeout', %s, false)", [LONGEST_WAIT])
        _limited.line = connection.connection


_limited = threading.local()  # the connection of this thread that knows


@dataclass(frozen=True, slots=True)
class _Asked:
    """A batch with whoever brings it, and what makes the answer ready once it is in."""

    sent: Sent
    said: Callable[[UploadAnswer], bytes]


def _taken(some: Sequence[Waiting]) -> list[bytes | None]:
    at = clock.now()
    asked: dict[int, _Asked] = {}
    for path, find in ((API, _of_programs), (PHONES, _of_phones)):
        here = {place: one for place, one in enumerate(some) if one.path == path}
        asked |= find(here, at) if here else {}
    taken = zip(asked.items(), take_together([one.sent for one in asked.values()], at=at), strict=True)
    phones = any(one.path == PHONES for one in some)
    with transaction.atomic() if phones else nullcontext():  # who brought nothing by a phone has nothing more to write
        said = {place: one.said(answer) for (place, one), answer in taken if answer is not None}
    return [said.get(place) for place in range(len(some))]


def _of_programs(some: Mapping[int, Waiting], at: datetime) -> dict[int, _Asked]:
    tokens = tokens_by({one.secret for one in some.values()}, at=at)
    actors: dict[str, Actor] = {}
    for secret, token in tokens.items():
        note_use(token, at=at)
        actors[secret] = actor_through(token)
    found = {}
    for place, one in some.items():
        actor = actors.get(one.secret)
        given = read_plain(_PROGRAMS, one.body) if actor is not None else None
        if actor is not None and given is not None:
            device = one.headers.get(b"x-device", "")
            who = actor.on_device(f"{actor.device} {device}") if device else actor
            found[place] = _Asked(Sent(who, given.batch, given.point, given.sent_at, given.scans), ANSWER.dump_json)
    return found


def _of_phones(some: Mapping[int, Waiting], at: datetime) -> dict[int, _Asked]:
    devices = devices_by({one.secret for one in some.values()}, at=at)
    found = {}
    for place, one in some.items():
        device = devices.get(one.secret)
        given = read_plain(_PHONES, one.body) if device is not None else None
        if device is not None and given is not None:
            who = actor_of_device(device, at=at)
            sent = Sent(who, given.batch, device.point_id, given.sent_at, given.scans)
            found[place] = _Asked(sent, partial(_told_phone, one, device, given, at))
    return found


def _told_phone(one: Waiting, device: Device, given: PlainBatch, at: datetime, answer: UploadAnswer) -> bytes:
    heard(device, one.headers.get(b"x-sent-at", ""), one.headers.get(b"x-queue", ""), at=at)
    return msgspec.json.encode({"now": at.isoformat(), **told(device, answer, given.scans, at=at)})
