"""A server that can be started and killed, and the clients' side of the story."""

import json
import os
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
    process: subprocess.Popen[bytes] | None = None
    answered: threading.Event = field(default_factory=threading.Event)

    def start(self) -> None:
        """Start the server alone and wait until it answers."""
        words = ["-m", "lazaretto.config.serve", "--host", "127.0.0.1", "--port", str(self.port), "--workers", "1"]
        self.process = subprocess.Popen(
            [sys.executable, *words], env=self.env, cwd=ROOT, start_new_session=True,
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        )  # fmt: skip
        give_up = time.monotonic() + 60
        while time.monotonic() < give_up:
            try:
                urllib.request.urlopen(f"http://127.0.0.1:{self.port}/api/v1/me", timeout=20)
            except urllib.error.HTTPError:
                return  # it answers: nobody is signed in
            except OSError:
                time.sleep(0.05)
        raise AssertionError("the server did not start")

    def kill(self) -> None:
        """SIGKILL to the server and its workers at once."""
        assert self.process is not None
        os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()

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
