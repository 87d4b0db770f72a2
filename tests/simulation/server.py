"""The doors of the program, asked in one process with it; its time is the time of the simulation."""

import json
import secrets
import time
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any
from unittest.mock import patch
from zoneinfo import ZoneInfo

import simpy
from django.test import Client

from lazaretto.accounts.commands import issue_token
from lazaretto.accounts.models import Membership, Unit, User
from lazaretto.core import clock
from lazaretto.core.access import Actor
from lazaretto.core.ids import new_id
from lazaretto.core.models import Installation

ZONE = ZoneInfo("Asia/Shanghai")
BEGINS = datetime(2026, 3, 1, 12, tzinfo=ZONE).astimezone(UTC)  # noon before the first day
STAFF = {
    "duty": "duty_officer", "admin": "administrator", "courier": "courier", "lab": "laboratory", "cdc": "laboratory",
    "sampler": "sampler",
}  # fmt: skip


class Refused(Exception):
    """The program refused; `code` is its word for why."""

    def __init__(self, asked: str, status: int, said: dict[str, Any]) -> None:
        self.status, self.said, self.code = status, said, said.get("code", "")
        super().__init__(asked, status, said)


@dataclass
class Times:
    """How long the program took for one kind of request, in real seconds."""

    n: int = 0
    seconds: float = 0.0
    worst: float = 0.0

    def add(self, seconds: float) -> None:
        """One more."""
        self.n, self.seconds, self.worst = self.n + 1, self.seconds + seconds, max(self.worst, seconds)


@dataclass
class Server:
    """The program as everybody of the park reaches it."""

    env: simpy.Environment
    dice: Random
    times: dict[str, Times] = field(default_factory=lambda: defaultdict(Times))
    tokens: dict[str, str] = field(default_factory=dict)
    client: Client = field(default_factory=lambda: Client(SERVER_NAME="localhost"))
    eyes: Client = field(default_factory=lambda: Client(SERVER_NAME="localhost"))
    unit: str = ""

    @property
    def now(self) -> datetime:
        """The present moment of the simulation, UTC."""
        return BEGINS + timedelta(seconds=self.env.now)

    @contextmanager
    def own_time(self) -> Iterator[None]:
        """The program reads the time here; nothing else of it is changed."""
        with patch.object(clock, "now", lambda: self.now):
            yield

    def found(self) -> None:
        """An installation with one headquarters and those who work for the park, each with a token."""
        Installation.objects.create(created_at=self.now)
        unit = Unit.objects.create(kind="headquarters", code="PARK", name="园区指挥部", started_at=self.now)
        self.unit = str(unit.id)
        for name, role in STAFF.items():
            user = User.objects.create(username=name, display_name=name)
            Membership.objects.create(user=user, unit=unit, role=role, started_at=self.now)
            issued = issue_token(
                actor=Actor.system("simulation"), at=self.now, username=name, label="simulation", days=60
            )
            self.tokens[name] = issued.secret
        self.eyes.force_login(User.objects.get(username="duty"))

    # ---- the API

    def do(self, who: str, command: str, /, **payload: Any) -> dict[str, Any]:
        """A command; raises `Refused`."""
        return self._asked(command, lambda: self._post(f"/api/v1/commands/{command}", self.tokens[who], payload))

    def post(self, who: str, path: str, payload: dict[str, Any]) -> dict[str, Any]:
        """Another address that takes something in; raises `Refused`."""
        return self._asked(path, lambda: self._post(f"/api/v1/{path}", self.tokens[who], payload))

    def read(self, who: str, kind: str, path: str, /, **given: Any) -> Any:
        """Something that is read; raises `Refused`."""
        headers = {"Authorization": f"Bearer {self.tokens[who]}"}
        return self._asked(kind, lambda: self.client.get(f"/api/v1/{path}", given, headers=headers))

    def rows(self, who: str, kind: str, path: str, /, **given: Any) -> Iterator[dict[str, Any]]:
        """All rows of a list, page by page."""
        cursor = None
        while True:
            more = {"cursor": cursor} if cursor else {}
            piece = self.read(who, kind, path, limit=200, **given, **more)
            yield from piece["items"]
            cursor = piece["next"]
            if not cursor:
                return

    def page(self, kind: str, path: str) -> str:
        """A page as the duty officer sees it."""
        answer = self._timed(kind, lambda: self.eyes.get(path))
        assert answer.status_code == 200, (path, answer.status_code)
        return answer.content.decode()

    # ---- the doors of phones

    def claim(self, code: str) -> tuple[str, dict[str, Any]]:
        """A phone exchanges its code; returns its token and what it was told."""
        token = f"lzf_{secrets.token_urlsafe(32)}"
        body = {"code": code, "token": token}
        return token, self._asked("phone claim", lambda: self._post("/field/api/claim", token, body))

    def door(self, token: str, path: str, body: dict[str, Any] | None, *, queue: int, clock_is: datetime) -> Any:
        """A door; raises `Refused`."""
        headers = {
            "Authorization": f"Bearer {token}", "X-Queue": str(queue), "X-Sent-At": clock_is.isoformat(),
            "Accept": "application/json",
        }  # fmt: skip
        kind = f"phone {path.partition('?')[0]}"
        if body is None:
            return self._asked(kind, lambda: self.client.get(f"/field/api/{path}", headers=headers))
        text = json.dumps(body)
        return self._asked(
            kind,
            lambda: self.client.post(f"/field/api/{path}", text, content_type="application/json", headers=headers),
        )

    # ---- one request

    def _post(self, path: str, token: str, payload: dict[str, Any]) -> Any:
        key = str(new_id())
        headers = {"Authorization": f"Bearer {token}", "Idempotency-Key": key, "Accept-Language": "en"}
        return self.client.post(path, json.dumps(payload), content_type="application/json", headers=headers)

    def _asked(self, kind: str, ask: Any) -> Any:
        answer = self._timed(kind, ask)
        said = json.loads(answer.content or b"{}")
        if answer.status_code >= 300:
            raise Refused(kind, answer.status_code, said)
        return said

    def _timed(self, kind: str, ask: Any) -> Any:
        started = time.perf_counter()
        try:
            return ask()
        finally:
            self.times[kind].add(time.perf_counter() - started)
