"""A PostgreSQL of a test's own, which may be killed: durable, on a port of this machine alone."""

import os
import signal
import subprocess
import time
from pathlib import Path
from typing import Any

import psycopg

PATIENCE = 60  # seconds, recovery included


class Cluster:
    """Made in the folder; started and killed at will."""

    def __init__(self, binaries: Path, folder: Path, port: int) -> None:
        self.binaries, self.data, self.port = binaries, folder / "postgres", port
        self.server: subprocess.Popen[bytes] | None = None
        self.user: dict[str, Any] = {}
        if os.geteuid() == 0:  # it refuses to run as root
            self.user = {"user": "postgres", "group": "postgres", "extra_groups": []}
            subprocess.run(["install", "-d", "-o", "postgres", str(self.data)], check=True)
        words = ["-D", str(self.data), "-U", "lazaretto", "-A", "trust", "-E", "UTF8", "--locale=C.UTF-8"]
        subprocess.run([binaries / "initdb", *words], check=True, stdout=subprocess.DEVNULL, cwd="/", **self.user)

    @property
    def address(self) -> str:
        """Of the database that every cluster has."""
        return f"postgresql://lazaretto@127.0.0.1:{self.port}/postgres"

    def start(self) -> None:
        """Start it and wait until it has recovered and answers."""
        words = ["-D", str(self.data), "-p", str(self.port), "-k", str(self.data), "-c", "listen_addresses=127.0.0.1"]
        self.server = subprocess.Popen(
            [self.binaries / "postgres", *words], cwd="/", stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
            **self.user,
        )  # fmt: skip
        until = time.monotonic() + PATIENCE
        while True:
            try:
                psycopg.connect(self.address).close()
            except psycopg.OperationalError:
                assert time.monotonic() < until, "the database did not start"
                time.sleep(0.05)
            else:
                return

    def fill_like(self, address: str) -> None:
        """Copy the tables of another database into the one that everybody has."""
        dump = subprocess.run([self.binaries / "pg_dump", address], check=True, stdout=subprocess.PIPE).stdout
        words = [self.binaries / "psql", "-q", "-v", "ON_ERROR_STOP=1", self.address]
        subprocess.run(words, input=dump, check=True, stdout=subprocess.DEVNULL)

    def kill(self) -> None:
        """SIGKILL to all of its processes at once: the machine lost its power, but for the disk."""
        assert self.server is not None
        first = self.server.pid
        os.kill(first, signal.SIGSTOP)  # so that it starts no other process while we count them
        below = subprocess.run(["pgrep", "-P", str(first)], capture_output=True, text=True, check=False).stdout.split()
        for process in [first, *map(int, below)]:
            os.kill(process, signal.SIGKILL)
        self.server.wait(PATIENCE)
        self.server = None
        until = time.monotonic() + PATIENCE
        while any(_runs(int(process)) for process in below):
            assert time.monotonic() < until, "killed processes go on"
            time.sleep(0.02)

    def close(self) -> None:
        """The end of it."""
        if self.server is not None:
            self.server.send_signal(signal.SIGQUIT)
            self.server.wait(PATIENCE)


def _runs(process: int) -> bool:
    """Not gone, and not merely waiting for somebody to notice that it is."""
    try:
        return Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False
