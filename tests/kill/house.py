"""A server that can be started and killed, and the clients' side of the story."""

import json
import os
import select
import signal
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Container
from dataclasses import dataclass, field
from pathlib import Path
from uuid import uuid4

ROOT = Path(__file__).resolve().parents[2]


@dataclass
class Request:
    """One command under one client id, and the answer once it came."""

    name: str
    body: dict
    client_id: str = field(default_factory=lambda: str(uuid4()))
    answer: dict | None = None


@dataclass
class House:
    """A server that can be started and killed, and the clients' side of the story."""

    env: dict[str, str]
    port: int
    token: str = ""
    nursery: subprocess.Popen[str] | None = None
    server: int | None = None
    answered: threading.Event = field(default_factory=threading.Event)

    def start(self) -> None:
        """Start the server alone and wait until it answers."""
        if self.nursery is None:
            self.nursery = subprocess.Popen(
                [sys.executable, "tests/kill/nursery.py"], env=self.env, cwd=ROOT, start_new_session=True, text=True,
                stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
            )  # fmt: skip
        assert self.nursery.stdin
        assert self.nursery.stdout
        self.nursery.stdin.write(f"--host 127.0.0.1 --port {self.port} --workers 1\n")
        self.nursery.stdin.flush()
        self.server = int(self.nursery.stdout.readline())
        give_up = time.monotonic() + 60
        while time.monotonic() < give_up:
            try:
                urllib.request.urlopen(f"http://127.0.0.1:{self.port}/api/v1/me", timeout=20)
            except urllib.error.HTTPError:
                return  # it answers: nobody is signed in
            except OSError:
                time.sleep(0.02)
        raise AssertionError("the server did not start")

    def kill(self) -> None:
        """SIGKILL to the server and its workers at once."""
        assert self.server is not None
        gone = os.pidfd_open(self.server)
        os.killpg(self.server, signal.SIGKILL)
        select.select([gone], [], [])
        os.close(gone)
        self.server = None

    def close(self) -> None:
        """The end of everything that runs."""
        if self.server is not None:
            self.kill()
        if self.nursery is not None:
            self.nursery.communicate(timeout=20)

    def post(self, request: Request) -> bool:
        """Send a command; True when it was answered (a refusal fails the test)."""
        call = urllib.request.Request(
            f"http://127.0.0.1:{self.port}/api/v1/commands/{request.name}",
            data=json.dumps(request.body).encode(),
            headers={
                "Authorization": f"Bearer {self.token}",
                "Content-Type": "application/json",
                "Idempotency-Key": request.client_id,
            },
        )
        try:
            with urllib.request.urlopen(call, timeout=20) as answer:  # noqa: S310
                said = json.load(answer)
        except urllib.error.HTTPError as error:
            raise AssertionError(f"{request.name}: {error.code} {error.read()[:600]!r}") from error
        except (OSError, ValueError, EOFError):
            return False  # killed in the middle: not acknowledged
        if request.answer is not None:
            assert said == request.answer, "the same client id got another answer"
        request.answer = said
        self.answered.set()
        return True

    def run(self, *words: str, expect: Container[int] = (0,)) -> str:
        """A command of the terminal program; fails the test when its exit status is another one."""
        done = subprocess.run(
            [sys.executable, *words], env=self.env, cwd=ROOT, capture_output=True, text=True, check=False
        )
        assert done.returncode in expect, done.stdout + done.stderr
        return done.stdout
