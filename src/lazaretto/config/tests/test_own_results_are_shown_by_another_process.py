"""The front asks another process for own results; when it gets no answer it says so calmly, in both languages."""

import asyncio
import logging
import sqlite3
import threading
from contextlib import asynccontextmanager, closing
from tempfile import TemporaryDirectory

import pytest
from django.conf import settings
from django.db import DatabaseError, OperationalError, connection
from django.db.utils import ConnectionHandler
from django.http import HttpResponse
from django.test import RequestFactory, override_settings

from lazaretto.config import up
from lazaretto.config.env import SettingError, read
from lazaretto.config.results import serving
from lazaretto.config.results.line import LARGEST, Line, head_of, proof_of
from lazaretto.config.results.serving import MOST, Failing, Results
from lazaretto.config.tests.test_front import scope

GREETING = (
    b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nX-A: 1\r\nServer: x\r\nTransfer-Encoding: chunked\r\n\r\n"
    b"2\r\nhi\r\n0\r\n\r\n"
)
PROVEN = [("x-lazaretto-for", "10.1.2.3"), ("x-lazaretto-proof", proof_of("10.1.2.3"))]


@asynccontextmanager
async def listening(answer):
    """A process at a socket that hears one request and writes these bytes; None: it hears and never answers."""
    heard, hang = [], asyncio.Event()

    async def serve(reader, writer):
        heard.append((await reader.readuntil(b"\r\n\r\n")).decode("latin-1"))
        if answer is None:
            await hang.wait()
        writer.write(answer or b"")
        writer.close()

    with TemporaryDirectory(prefix="lz") as folder:
        server = await asyncio.start_unix_server(serve, f"{folder}/s")
        yield f"unix:{folder}/s", heard
        hang.set()
        server.close()
        await server.wait_closed()


def said(answer, wanted=None, *, within=5.0):
    """What the front gets, and what was asked."""

    async def go():
        async with listening(answer) as (address, heard):
            return await Line(address, within=within)(wanted or scope("/r/a.1.b")), heard

    return asyncio.run(go())


def headers_of(answer):
    return {name.decode(): value.decode() for name, value in answer[1]}


def test_an_answer_comes_as_it_was_given_but_what_was_of_the_line():
    answer, heard = said(GREETING)
    assert (answer[0], answer[2]) == (200, b"hi")
    assert headers_of(answer) == {"content-type": "text/html", "x-a": "1", "content-length": "2"}
    assert heard[0].startswith("GET /r/a.1.b HTTP/1.1\r\n")


def test_no_session_and_nothing_else_of_somebody_signed_in_goes_there():
    cookie = "sessionid=secret; csrftoken=c1; django_language=en; lz_theme=dark; other=1"
    given = [("cookie", cookie), ("authorization", "Bearer x"), ("accept-language", "en"), ("host", "lan:1")]
    head = head_of(scope("/r/a b\r\nX: y", headers=given)).decode()
    assert "cookie: django_language=en; lz_theme=dark; csrftoken=c1" in head
    assert head.startswith("GET /r/a%20b%0D%0AX%3A%20y HTTP/1.1\r\n")
    assert "x-forwarded-proto: https" in head
    for kept in ("secret", "Bearer", "other"):
        assert kept not in head


def test_it_says_for_whom_it_asks_and_proves_it():
    head = head_of(scope("/r/a")).decode()
    assert f"x-lazaretto-for: 10.0.0.7\r\nx-lazaretto-proof: {proof_of('10.0.0.7')}" in head
    behind = {**scope("/r/a", headers=[("x-forwarded-for", "1.1.1.1, 2.2.2.2")]), "client": ("127.0.0.1", 1)}
    assert "x-lazaretto-for: 2.2.2.2" in head_of(behind).decode()
    assert "x-forwarded-for" not in head_of(behind).decode()


@pytest.mark.parametrize(
    "answer",
    [
        None,
        b"",
        b"nonsense\r\n\r\n",
        b"HTTP/1.1 500 Oh\r\nContent-Length: 0\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhalf",
        b"HTTP/1.1 200 OK\r\n\r\n" + b"x" * LARGEST,
    ],
    ids=["hangs", "hangs up", "talks nonsense", "failed", "breaks off", "never ends"],
)
def test_where_none_comes_the_phone_is_told_calmly_when_to_look_again(answer, caplog):
    caplog.set_level(logging.CRITICAL)
    told, _heard = said(answer, within=0.2 if answer is None else 5.0)
    assert (told[0], headers_of(told)["retry-after"]) == (503, "120")
    page = told[2].decode()
    assert 'content="120"' in page
    assert page.index("暂时无法显示您的检测结果") < page.index("Your result cannot be shown at this moment.")
    assert "请在 2 分钟后再看。" in page
    assert "look again in 2 minutes" in page
    assert "default-src 'none'" in headers_of(told)["content-security-policy"]


@pytest.mark.parametrize("address", ["", "unix:/nowhere/results", "http://127.0.0.1:9"])
def test_where_nobody_listens_too_and_the_log_says_it_once_a_minute(address, caplog):
    caplog.set_level(logging.ERROR)

    async def go():
        line = Line(address)
        return [await line(scope("/r/a", headers=[("accept-language", "en")])) for _turn in range(3)]

    answers = asyncio.run(go())
    assert {one[0] for one in answers} == {503}
    page = answers[0][2].decode()
    assert page.index("Your result cannot") < page.index("暂时无法")
    assert len(caplog.records) == 1


def test_nothing_can_be_sent_there():
    answer, heard = said(GREETING, scope("/r/a", "POST"))
    assert (answer[0], headers_of(answer)["allow"], heard) == (405, "GET, HEAD", [])


class Looking:
    """Pages that note who asks, and answer once they are let."""

    def __init__(self):
        self.let, self.begun, self.asked_by = threading.Event(), threading.Semaphore(0), []

    def __call__(self, environ, start):
        self.asked_by.append(environ["REMOTE_ADDR"])
        self.begun.release()
        self.let.wait(10)
        start("200 OK", [])
        return [b"shown"]


def answers_of(pages, *wanted, within=9.0, before=lambda: None):
    """The statuses of these requests, all at once."""

    async def go():
        results, statuses = Results(pages, within=within), []

        async def ask(one):
            sent = []

            async def send(message):
                sent.append(message)

            await results(one, None, send)
            statuses.append(sent[0]["status"])
            return sent[0]["status"]

        waiting = [asyncio.ensure_future(ask(one)) for one in wanted]
        await asyncio.sleep(0)
        before()
        found = await asyncio.gather(*waiting)
        assert results.under_way == 0
        pages.let.set()
        results.pool.shutdown()
        return found

    return asyncio.run(go())


def test_the_process_takes_so_many_and_tells_the_others_to_come_back():
    pages = Looking()
    found = answers_of(pages, *[scope("/r/a")] * (MOST + 5), before=pages.let.set)
    assert found == [200] * MOST + [429] * 5


def test_whoever_waited_too_long_is_told_and_asks_the_database_no_more(caplog):
    caplog.set_level(logging.CRITICAL)
    pages = Looking()
    assert answers_of(pages, *[scope("/r/a")] * 8, within=0.2) == [503] * 8
    assert len(pages.asked_by) == serving.THREADS


def test_it_shows_nothing_but_results():
    pages = Looking()
    pages.let.set()
    wanted = [scope("/"), scope("/preferences/theme", "POST"), scope("/api/v1/me"), scope("/r/a", "POST")]
    assert answers_of(pages, *wanted) == [404] * 4
    assert pages.asked_by == []


@pytest.mark.parametrize(
    ("given", "wanted"),
    [(PROVEN, "10.1.2.3"), ([PROVEN[0], ("x-lazaretto-proof", "0" * 64)], "10.0.0.7"), ([], "10.0.0.7")],
)
def test_only_the_front_is_believed_when_it_says_who_asks(given, wanted):
    pages = Looking()
    pages.let.set()
    assert answers_of(pages, scope("/r/a", headers=given)) == [200]
    assert pages.asked_by == [wanted]


def test_a_database_that_does_not_answer_is_said_calmly_and_any_other_fault_is_not_hidden(caplog):
    caplog.set_level(logging.CRITICAL)
    request, failing = RequestFactory().get("/r/a"), Failing(lambda _request: HttpResponse())
    told = failing.process_exception(request, OperationalError("connection refused\nat once"))
    assert (told.status_code, told.headers["Retry-After"]) == (503, "120")
    assert failing.process_exception(request, ValueError("ours")) is None


def test_nothing_of_a_token_that_nobody_made_is_looked_up():
    with override_settings(ROOT_URLCONF="lazaretto.config.results.urls"):
        from django.test import Client  # noqa: PLC0415 - beside its one use

        answer = Client().get("/r/nobody.1.x", headers={"accept-language": "en"})
        assert answer.status_code == 404
        assert "This code is not one of ours." in answer.content.decode()
        assert Client().get("/testing").status_code == 404


def test_up_starts_a_process_for_them_unless_another_machine_has_them(monkeypatch):
    monkeypatch.delenv("LAZARETTO_RESULTS_URL", raising=False)
    with up.own_results() as later:
        assert [one.name for one in later] == ["results"]
        assert read({"LAZARETTO_RESULTS_URL": up.os.environ["LAZARETTO_RESULTS_URL"]}).results.startswith("unix:/")
    monkeypatch.setenv("LAZARETTO_RESULTS_URL", "http://10.0.0.5:8100")
    with up.own_results() as later:
        assert later == []


def test_its_database_may_be_another_one_and_is_never_written(tmp_path):
    given = {"LAZARETTO_DATA_DIR": str(tmp_path), "LAZARETTO_DATABASE_URL": "postgresql://a@main:5/x"}
    same = read(given)
    assert (same.results_database["HOST"], same.database["HOST"]) == ("main", "main")
    assert "default_transaction_read_only=on" in same.results_database["OPTIONS"]["options"]
    assert "read_only" not in same.database["OPTIONS"]["options"]
    other = read({**given, "LAZARETTO_RESULTS_DATABASE_URL": "postgresql://a@replica/x"})
    assert (other.results_database["HOST"], other.database["HOST"]) == ("replica", "main")
    assert read({"LAZARETTO_DATA_DIR": str(tmp_path)}).results_database["NAME"].endswith("lazaretto.sqlite3?mode=ro")
    for name, wrong in (("LAZARETTO_RESULTS_URL", "replica:5"), ("LAZARETTO_RESULTS_DATABASE_URL", "mysql://x")):
        with pytest.raises(SettingError, match=name):
            read({**given, name: wrong})


@pytest.mark.django_db
def test_its_database_refuses_to_be_written(tmp_path):
    with sqlite3.connect(tmp_path / "lazaretto.sqlite3") as made:
        made.execute("PRAGMA journal_mode=WAL")
        made.execute("CREATE TABLE kept (a)")
    known = read({"LAZARETTO_DATA_DIR": str(tmp_path)}).results_database
    if connection.vendor == "postgresql":
        known = {**settings.ENVIRONMENT.results_database, "NAME": connection.settings_dict["NAME"]}
    handler = ConnectionHandler({"default": known})
    with closing(handler["default"]) as opened, opened.cursor() as cursor:
        cursor.execute("SELECT 1")
        assert cursor.fetchone() == (1,)
        with pytest.raises(DatabaseError, match=r"read-?\s?only"):
            cursor.execute("CREATE TABLE other (a integer)")
