"""How many small requests a second each way of serving answers: python tools/measure_front.py [SECONDS].

Plain WSGI under granian, our front (`config.front`: WSGI in threads behind a thin ASGI application), and Django's own
ASGI handler, one after the other in the same run: two workers, eight clients on the same machine. Ratios count.
"""

import multiprocessing
import os
import socket
import sys
import time
from collections.abc import Callable
from importlib import import_module
from typing import Any

from granian import Granian
from granian.log import LogLevels

CLIENTS, WORKERS, THREADS = 8, 2, 4
WAYS = {"plain WSGI": "wsgi", "front (ASGI + WSGI in threads)": "asgi", "Django's ASGI": "asginl"}
REQUEST = b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n"


def configure() -> None:
    """A Django of one view that tells its length."""
    settings = import_module("django.conf").settings
    settings.configure(
        ALLOWED_HOSTS=["*"], ROOT_URLCONF=__name__, MIDDLEWARE=["django.middleware.common.CommonMiddleware"]
    )
    import_module("django").setup()


def hello(_request: Any) -> Any:
    """A view without a database."""
    return import_module("django.http").HttpResponse(b"hello")


def __getattr__(name: str) -> Any:
    """The addresses, made when Django asks for them."""
    if name == "urlpatterns":
        return [import_module("django.urls").path("", hello)]
    raise AttributeError(name)


class NoStreams:
    """The front without event streams."""

    def close(self) -> None:
        """Nothing is open."""

    async def serve(self, *_: Any) -> None:
        """Nothing is served."""


def wsgi() -> Any:
    """Django as WSGI."""
    configure()
    return import_module("django.core.wsgi").get_wsgi_application()


def asgi() -> Any:
    """Our front."""
    pages = wsgi()
    return import_module("lazaretto.config.front").Front(pages, NoStreams(), threads=THREADS)


def asginl() -> Any:
    """Django as ASGI."""
    configure()
    return import_module("django.core.asgi").get_asgi_application()


def serve(kind: str, port: int) -> None:
    """The server process of one way."""
    made: dict[str, Any] = {"blocking_threads": THREADS} if kind == "wsgi" else {}
    Granian(
        f"measure_front:{kind}", port=port, interface=kind, workers=WORKERS, factory=True, websockets=False,
        log_level=LogLevels.error, **made,
    ).serve()  # fmt: skip


def client(port: int, until: float, answered: Any) -> None:
    """One client: asks again as soon as it was answered."""
    count = 0
    with socket.create_connection(("127.0.0.1", port)) as line:
        while time.monotonic() < until:
            line.sendall(REQUEST)
            got = b""
            while not got.endswith(b"hello"):
                got += line.recv(4096) or broken()
            count += 1
    answered.put(count)


def broken() -> bytes:
    """The server hung up."""
    raise ConnectionError


def measure(kind: str, seconds: float) -> float:
    """Answers a second of one way."""
    context = multiprocessing.get_context("spawn")
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    server = context.Process(target=serve, args=(kind, port))
    server.start()
    try:
        wait_for(lambda: socket.create_connection(("127.0.0.1", port), timeout=1).close())
        time.sleep(2)
        return load(context, port, seconds)
    finally:
        server.terminate()
        server.join(10)


def load(context: Any, port: int, seconds: float) -> float:
    """Run the clients for that long."""
    answered, until = context.Queue(), time.monotonic() + seconds + 2
    clients = [context.Process(target=client, args=(port, until, answered)) for _client in range(CLIENTS)]
    started = time.monotonic()
    for one in clients:
        one.start()
    counts = [answered.get() for _client in clients]
    for one in clients:
        one.join()
    return sum(counts) / (time.monotonic() - started)


def wait_for(attempt: Callable[[], None]) -> None:
    """Try until it works, for half a minute."""
    until = time.monotonic() + 30
    while True:
        try:
            attempt()
        except OSError:
            if time.monotonic() > until:
                raise
            time.sleep(0.1)
        else:
            return


if __name__ == "__main__":
    os.environ["PYTHONPATH"] = os.pathsep.join(["src", "tools", os.environ.get("PYTHONPATH", "")])
    multiprocessing.set_start_method("spawn")
    length = float(sys.argv[1]) if len(sys.argv) > 1 else 5.0
    for name, kind in WAYS.items():
        print(f"{name:32} {measure(kind, length):8.0f} /s", flush=True)
