"""Uploads of scans, taken in past Django's request: those that wait at the same moment go in one transaction.

A phone's batch costs Python less than what a request costs in Django, and the database less than its transaction. So a
thread of its own takes all that wait, a few at most, while the next ones come in. It only ever says yes: whatever is
unusual of a batch (who sends it, how it is spelled, what stands in its way) goes the ordinary way, by itself, and is
answered there.
"""

import asyncio
import logging
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import msgspec
from django.conf import settings
from django.db import DatabaseError, close_old_connections
from django.http.request import split_domain_port, validate_host

from lazaretto.accounts.commands import note_use
from lazaretto.accounts.queries import actor_through, tokens_by
from lazaretto.config.front import Said, Scope
from lazaretto.core import clock
from lazaretto.core.access import Actor
from lazaretto.screening.api import PlainUpload
from lazaretto.screening.commands import NotFresh, Sent, UploadAnswer, take_together
from lazaretto.screening.commands.answers import ANSWER

log = logging.getLogger(__name__)

PATH = "/api/v1/screening/uploads"
MOST = 16  # batches in one transaction: what a phone waits for the batches of others stays short
HEADERS = ((b"content-type", b"application/json"), (b"x-content-type-options", b"nosniff"))

_READ = msgspec.json.Decoder(PlainUpload)


@dataclass(frozen=True, slots=True)
class Waiting:
    """A request whose answer somebody waits for; `device` is what it says of the phone."""

    secret: str
    device: str
    body: bytes
    answer: "asyncio.Future[bytes | None]"


class Intake:
    """Of a process. What it keeps is touched in the event loop only."""

    def __init__(self) -> None:
        self.thread = ThreadPoolExecutor(1, thread_name_prefix="intake")
        self.waiting: list[Waiting] = []
        self.busy = False

    def close(self) -> None:
        """Take nothing more. What the thread has begun it brings to its end."""
        self.thread.shutdown(wait=False, cancel_futures=True)

    def takes(self, scope: Scope) -> bool:
        """Uploads by the API."""
        return (scope["path"], scope["method"]) == (PATH, "POST")

    async def answer(self, scope: Scope, body: bytes) -> Said | None:
        """Wait for the answer; None where the ordinary way has to be gone."""
        said = {name: value.decode("latin-1") for name, value in scope["headers"]}
        secret = said.get(b"authorization", "")
        if not secret.lower().startswith("bearer ") or not _is_for_us(scope, said):
            return None
        one = Waiting(secret[7:].strip(), said.get(b"x-device", ""), body, asyncio.get_running_loop().create_future())
        self.waiting.append(one)
        if not self.busy:
            self._next()
        answer = await one.answer
        return None if answer is None else (200, [*HEADERS, (b"content-length", b"%d" % len(answer))], answer)

    def _next(self) -> None:
        some, self.waiting = self.waiting[:MOST], self.waiting[MOST:]
        self.busy = True
        work = asyncio.get_running_loop().run_in_executor(self.thread, answers, some)
        work.add_done_callback(lambda done: self._told(some, done))

    def _told(self, some: Sequence[Waiting], done: "asyncio.Future[list[bytes | None]]") -> None:
        """Begin with the next ones first: the database need not wait until these are told."""
        self.busy = False
        if self.waiting:
            self._next()
        for one, answer in zip(some, done.result(), strict=True):
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
        try:
            return _taken(some)
        finally:
            close_old_connections()
    except NotFresh:
        pass
    except DatabaseError as error:
        log.warning("uploads could not be taken in together, each goes the ordinary way: %s", error)
    except Exception:
        log.exception("uploads could not be taken in together, each goes the ordinary way")
    return [None] * len(some)


def _taken(some: Sequence[Waiting]) -> list[bytes | None]:
    at = clock.now()
    read = [_read(one.body) for one in some]
    tokens = tokens_by({one.secret for one in some}, at=at)
    actors: dict[str, Actor] = {}
    for secret, token in tokens.items():
        note_use(token, at=at)
        actors[secret] = actor_through(token)
    sent = {
        place: _sent(actors[one.secret], one.device, given)
        for place, (one, given) in enumerate(zip(some, read, strict=True))
        if given is not None and one.secret in actors
    }
    told = dict(zip(sent, take_together(list(sent.values()), at=at), strict=True))
    return [_said(told.get(place)) for place in range(len(some))]


def _read(body: bytes) -> PlainUpload | None:
    try:
        return _READ.decode(body)
    except (msgspec.MsgspecError, UnicodeDecodeError):
        return None


def _sent(actor: Actor, device: str, given: PlainUpload) -> Sent:
    who = actor.on_device(f"{actor.device} {device}") if device else actor
    return Sent(who, given.batch, given.point, given.sent_at, given.scans)


def _said(answer: UploadAnswer | None) -> bytes | None:
    return None if answer is None else ANSWER.dump_json(answer)
