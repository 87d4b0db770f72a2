"""Chromium for the tests: a page watches its own console, and `check` runs axe over what is shown.

The fixture `chromium` starts Debian's browser once a session (CHROMIUM names another). Pages fail a test on any console
error, which is how breaches of the content security policy show.
"""

import os
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import axe_playwright_python
import pytest
from django.core.servers.basehttp import ServerHandler
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, expect, sync_playwright

from lazaretto.core.commands import Command

HEADLESS = "/usr/bin/chromium-headless-shell"  # the same browser without windows, a third faster
EXECUTABLE = os.environ.get("CHROMIUM", HEADLESS if Path(HEADLESS).exists() else "/usr/bin/chromium")
QUIET = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
]  # fmt: skip
AXE = (Path(axe_playwright_python.__file__).parent / "axe.min.js").read_text(encoding="utf-8")
PATIENCE = 15_000  # milliseconds; two busy cores are no failure
expect.set_options(timeout=PATIENCE)
# Whoever reads: both languages, both themes; each page is looked at in both widths, by axe in the one it was opened in.
READERS = [("zh-hans", "light", "desk"), ("en", "dark", "phone")]
WIDTHS = {"desk": {"width": 1440, "height": 900}, "phone": {"width": 390, "height": 844}}


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """One browser for all tests."""
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"  # playwright runs a loop in this thread; the server has its own
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=EXECUTABLE, args=QUIET)
        yield browser
        browser.close()


class Requests:
    """Counts the requests that the test's server is answering.

    A window that is closed leaves its last requests behind: the server still reads and writes for them, beside the
    flush that ends the test. So a test ends when they have ended. And one after the other, commands of the test itself
    too: all share a database in memory, which refuses a table that somebody reads instead of waiting for it.
    """

    def __init__(self) -> None:
        self.changed, self.number, self.turn = threading.Condition(), 0, threading.RLock()

    def counted(self, run):
        """The server's way of answering one request, counted."""

        def answer(handler, application):
            self._add(1)
            try:
                with self.turn:
                    return run(handler, _as_behind_the_front(application))
            finally:
                self._add(-1)

        return answer

    def wait_until_answered(self) -> None:
        """Return when the server is quiet; fail when it is not within the patience of a test."""
        with self.changed:
            assert self.changed.wait_for(lambda: not self.number, PATIENCE / 1000), f"{self.number} requests unanswered"

    def _add(self, number: int) -> None:
        with self.changed:
            self.number += number
            self.changed.notify_all()


def _as_behind_the_front(application):
    """What the front does that the test's server has not: event streams (here silent ones), files that may be kept.

    By the server, not by the browser's interception of requests: that one would turn its cache off.
    """

    def answer(environ, start_response):
        path = environ["PATH_INFO"]
        if path.startswith("/live/"):
            start_response("200 OK", [("Content-Type", "text/event-stream")])
            return [b"retry: 600000\n\n"]
        kept = [("Cache-Control", "max-age=600")] if path.startswith("/static/") else []
        return application(environ, lambda status, headers, *more: start_response(status, [*headers, *kept], *more))

    return answer


@pytest.fixture(scope="session")
def requests_under_way() -> Iterator[Requests]:
    """What the servers of all tests are answering."""
    requests, call = Requests(), Command.__call__

    def called(command, *args, **kwargs):
        with requests.turn:
            return call(command, *args, **kwargs)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(ServerHandler, "run", requests.counted(ServerHandler.run))
        patch.setattr(Command, "__call__", called)
        yield requests


@dataclass
class Window:
    """One window of one reader: language, theme, width."""

    context: BrowserContext
    base: str
    page: Page
    reader: tuple[str, str, str]
    complaints: list[str] = field(default_factory=list)

    def open(self, path: str) -> Page:
        """Go to a path of the server."""
        self.page.goto(self.base + path)
        return self.page

    def problems(self) -> list[str]:
        """What axe, the console and the two widths have against the page as it is shown now."""
        return [*self._barriers(), *self._overflows(), *self.complaints]

    def _overflows(self) -> list[str]:
        found = []
        for name in sorted(WIDTHS, key=self.reader[2].__eq__):  # its own last: so it stays
            self.page.set_viewport_size(WIDTHS[name])
            if self.page.evaluate("document.documentElement.scrollWidth > innerWidth"):
                found.append(f"the page is wider than the window of a {name}")
        return found

    def _barriers(self) -> list[str]:
        self.page.evaluate(AXE)
        found = self.page.evaluate("axe.run(document, {resultTypes: ['violations']})")["violations"]
        return [f"{rule['id']}: {node['target']} {node['failureSummary']}" for rule in found for node in rule["nodes"]]

    def _listen(self, message: ConsoleMessage) -> None:
        if message.type in {"error", "warning"}:
            self.complaints.append(message.text)


def scanned_by_hand(page: Page, code: str) -> None:
    """Type as a hand scanner does: a key every five milliseconds, wherever the focus is, and Enter.

    Each key says when it was pressed. `keyboard.type` waits for the page after every key, so a busy machine makes of it
    somebody who types with two fingers, whom no page takes for a scanner.
    """
    session = page.context.new_cdp_session(page)
    first = time.time() - 0.005 * len(code)  # the browser's clock; no key is pressed in its future
    for number, key in enumerate([*code, "\r"]):
        key_event = {"key": "Enter" if key == "\r" else key, "timestamp": first + number * 0.005}
        if key == "\r":
            key_event |= {"code": "Enter", "windowsVirtualKeyCode": 13}
        session.send("Input.dispatchKeyEvent", {"type": "keyDown", "text": key, **key_event})
        session.send("Input.dispatchKeyEvent", {"type": "keyUp", **key_event})
    session.detach()


@pytest.fixture
def window(chromium: Browser, live_server, requests_under_way: Requests) -> Iterator["Opener"]:
    """Opens windows and closes them after the test."""
    opener = Opener(chromium, live_server.url)
    yield opener
    opener.close()
    requests_under_way.wait_until_answered()


class Opener:
    """Call it for a window; `session` is the session key of a signed-in test client."""

    def __init__(self, browser: Browser, base: str) -> None:
        self.browser, self.base, self.contexts = browser, base, list[BrowserContext]()

    def __call__(
        self, *, language: str = "zh-hans", theme: str = "light", width: str = "desk", session: str = ""
    ) -> Window:
        """A fresh window of a reader who chose language and theme."""
        context = self.browser.new_context(viewport=WIDTHS[width])
        cookies = {"django_language": language, "lz_theme": theme, **({"sessionid": session} if session else {})}
        context.add_cookies([{"name": name, "value": value, "url": self.base} for name, value in cookies.items()])
        context.set_default_timeout(PATIENCE)
        context.set_default_navigation_timeout(20_000)  # a machine busy with other tests
        self.contexts.append(context)
        made = Window(context, self.base, context.new_page(), (language, theme, width))
        made.page.on("console", made._listen)
        made.page.on("pageerror", lambda error: made.complaints.append(str(error)))
        return made

    def close(self) -> None:
        """Close all windows."""
        for context in self.contexts:
            context.close()
