"""The front carries requests to Django unchanged and answers back, large ones in parts."""

import asyncio

import pytest

from lazaretto.config import front as module
from lazaretto.config.front import Front


class NoStreams:
    """Streams that only note what came."""

    def __init__(self):
        self.served = []

    def close(self):
        """Nothing to close."""

    async def serve(self, scope, _receive, _send, _pool):
        self.served.append(scope["path"])


def scope(path="/", method="GET", headers=(), query=b""):
    return {
        "type": "http",
        "method": method,
        "path": path,
        "query_string": query,
        "http_version": "1.1",
        "scheme": "https",
        "server": ("example.org", 443),
        "client": ("10.0.0.7", 5000),
        "headers": [(name.encode(), value.encode()) for name, value in headers],
    }


def ask(pages, wanted, *body):
    """The messages that the front sends for a request."""
    parts = list(body) or [b""]
    sent = []

    async def receive():
        if not parts:
            return {"type": "http.disconnect"}
        return {"type": "http.request", "body": parts.pop(0), "more_body": bool(parts)}

    async def send(message):
        sent.append(message)

    asyncio.run(Front(pages, NoStreams(), threads=2)(wanted, receive, send))
    return sent


class Pages:
    """A WSGI application that keeps the request and answers with parts."""

    def __init__(self, *parts):
        self.parts, self.closed = parts, False

    def __call__(self, environ, start):
        self.environ, self.body = environ, environ["wsgi.input"].read()
        start("201 Created", [("Set-Cookie", "a=1"), ("Set-Cookie", "b=2")])
        return self

    def __iter__(self):
        return iter(self.parts)

    def close(self):
        """Note that the request was ended."""
        self.closed = True


def test_a_request_reaches_django_as_it_came():
    pages = Pages(b"done")
    headers = [
        ("Content-Length", "12"),
        ("Content-Type", "text/plain"),
        ("Accept", "a"),
        ("accept", "b"),
        ("cookie", "x=1"),
        ("Cookie", "y=2"),
    ]
    sent = ask(pages, scope("/楼层", "POST", headers, b"q=%E6"), b"first ", b"second")

    assert pages.environ["PATH_INFO"].encode("latin-1").decode() == "/楼层"
    assert pages.environ["QUERY_STRING"] == "q=%E6"
    assert pages.environ["CONTENT_TYPE"] == "text/plain"
    assert pages.environ["HTTP_ACCEPT"] == "a,b"
    assert pages.environ["HTTP_COOKIE"] == "x=1; y=2"
    assert pages.environ["REMOTE_ADDR"] == "10.0.0.7"
    assert pages.environ["wsgi.url_scheme"] == "https"
    assert pages.body == b"first second"
    assert sent[0]["status"] == 201
    assert [value for name, value in sent[0]["headers"] if name == b"set-cookie"] == [b"a=1", b"b=2"]
    assert sent[1:] == [{"type": "http.response.body", "body": b"done"}]
    assert pages.closed


def test_a_body_in_pieces_has_a_length_for_django():
    pages = Pages(b"")
    ask(pages, scope("/", "POST", [("transfer-encoding", "chunked")]), b"first ", b"second")
    assert (pages.environ["CONTENT_LENGTH"], pages.body) == ("12", b"first second")


def test_a_header_with_an_underscore_cannot_pass_for_one_with_a_dash():
    pages = Pages(b"")
    ask(pages, scope(headers=[("X_Forwarded_Proto", "https")]))
    assert "HTTP_X_FORWARDED_PROTO" not in pages.environ


def test_a_large_answer_goes_out_in_parts(monkeypatch):
    monkeypatch.setattr(module, "AT_ONCE", 4)
    sent = ask(Pages(b"aaaa", b"bb", b"cc", b"d"), scope())
    assert [message["body"] for message in sent[1:]] == [b"aaaa", b"bbcc", b"d"]
    assert [message.get("more_body", False) for message in sent[1:]] == [True, True, False]


def test_a_client_that_goes_away_in_the_middle_of_its_request_is_not_served():
    pages = Pages(b"never")

    async def receive():
        return {"type": "http.disconnect"}

    async def send(_message):
        pytest.fail("nobody is there")

    asyncio.run(Front(pages, NoStreams(), threads=1)(scope(headers=[("content-length", "9")]), receive, send))
    assert not hasattr(pages, "environ")


def test_streams_are_not_given_to_django():
    streams = NoStreams()
    asyncio.run(Front(Pages(b""), streams, threads=1)(scope("/live/district"), None, None))
    assert streams.served == ["/live/district"]
