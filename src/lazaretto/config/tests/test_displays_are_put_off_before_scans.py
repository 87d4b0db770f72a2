"""Whoever only looks comes back later when too much is asked at once; what phones captured is put off last of all."""

import asyncio
import json
import threading

import pytest

from lazaretto.config.env import SettingError, read
from lazaretto.config.front import Front
from lazaretto.config.shedding import MOST_APART, Limits
from lazaretto.config.tests.test_front import NoStreams, scope

UPLOAD = scope("/field/api/uploads", "POST", [("content-length", "2"), ("accept", "application/json")])
OWN = scope("/r/abc")
WALL = scope("/testing/0199/wall", headers=[("cookie", "django_language=zh-hans")])


class Slow:
    """Pages that answer once they are let."""

    def __init__(self):
        self.let = threading.Event()

    def __call__(self, _environ, start):
        self.let.wait(10)
        start("200 OK", [])
        return [b"done"]


async def at_once(_scope):
    """Own results that are shown at once."""
    return 200, [], b"shown"


class Asked:
    """One request, and what was said to it."""

    def __init__(self, wanted):
        self.scope, self.sent = wanted, []

    @property
    def status(self):
        return self.sent[0]["status"] if self.sent else None

    @property
    def headers(self):
        return {name.decode(): value.decode() for name, value in self.sent[0]["headers"]}

    @property
    def body(self):
        return b"".join(message["body"] for message in self.sent[1:]).decode()

    async def receive(self):
        return {"type": "http.request", "body": b"{}", "more_body": False}

    async def send(self, message):
        self.sent.append(message)


def crowd(*wanted, display=2, everything=4):
    """Requests one after the other while nobody is answered; then everybody is. What came, and the front's pages."""
    pages, asked = Slow(), [Asked(one) for one in wanted]

    async def come():
        front = Front(pages, NoStreams(), threads=1, put_off=Limits(display, everything), results=at_once)
        waiting = []
        for one in asked:
            waiting.append(asyncio.ensure_future(front(one.scope, one.receive, one.send)))
            await asyncio.sleep(0)  # it comes in before the next one
            await asyncio.sleep(0)
        pages.let.set()
        await asyncio.gather(*waiting)
        assert front.under_way == 0

    asyncio.run(come())
    return asked


def test_displays_come_back_later_while_uploads_are_taken():
    first, second, wall, upload = crowd(WALL, WALL, WALL, UPLOAD)
    assert [one.status for one in (first, second, upload)] == [200, 200, 200]
    assert (wall.status, wall.headers["retry-after"]) == (429, "5")
    assert 'http-equiv="refresh" content="5"' in wall.body
    assert 'lang="zh-hans"' in wall.body
    assert wall.headers["content-security-policy"] == "default-src 'none'"


def test_beyond_the_second_limit_uploads_wait_too_and_are_told_how_long():
    *_taken, wall, upload = crowd(*[UPLOAD] * 4, WALL, UPLOAD)
    assert [one.status for one in _taken] == [200] * 4
    assert (upload.status, upload.headers["retry-after"]) == (429, "15")
    said = json.loads(upload.body)
    assert (said["code"], said["status"]) == ("overloaded", 429)
    assert upload.headers["content-type"].startswith("application/problem+json")
    assert wall.status == 429


def test_results_that_hang_take_neither_a_thread_nor_a_place_from_uploads():
    looks, uploads = [Asked(OWN) for _one in range(MOST_APART + 3)], [Asked(UPLOAD) for _one in range(9)]
    pages = Slow()
    pages.let.set()

    async def come():
        let = asyncio.Event()

        async def hanging(_scope):
            await let.wait()
            return await at_once(_scope)

        front = Front(pages, NoStreams(), threads=1, put_off=Limits(2, 4), results=hanging)
        waiting = [asyncio.ensure_future(front(one.scope, one.receive, one.send)) for one in looks]
        await asyncio.sleep(0)
        for one in uploads:  # one thread, and all of them are answered while every display hangs
            await asyncio.wait_for(front(one.scope, one.receive, one.send), 5)
        assert (front.under_way, front.under_way_apart) == (0, MOST_APART)
        let.set()
        await asyncio.gather(*waiting)
        assert front.under_way_apart == 0

    asyncio.run(come())
    assert {one.status for one in uploads} == {200}
    assert [one.status for one in looks] == [200] * MOST_APART + [429] * 3
    assert looks[-1].headers["retry-after"] == "5"


def test_results_are_no_affair_of_the_pages_of_this_process():
    (own,) = crowd(OWN)
    assert own.body == "shown"


def test_results_are_looked_at_elsewhere_when_the_others_have_much_to_do():
    *_others, own = crowd(UPLOAD, UPLOAD, OWN)
    assert own.status == 429


@pytest.mark.parametrize("path", ["/field/api/state", "/emergencies/banner", "/sign-in/", "/static/ui/js/app.js"])
def test_what_somebody_needs_to_go_on_is_no_display(path):
    *_others, one = crowd(UPLOAD, UPLOAD, scope(path))
    assert one.status == 200


@pytest.mark.parametrize("path", ["/", "/r/abc", "/testing", "/api/v1/screening/rounds", "/field/api/tube"])
def test_everything_else_that_is_only_looked_at_is(path):
    *_others, one = crowd(UPLOAD, UPLOAD, scope(path))
    assert one.status == 429


def test_a_form_is_told_and_not_asked_again_by_itself_and_a_part_of_a_page_gets_words():
    form = scope("/testing/0199/cancel", "POST", [("content-length", "2")])
    part = scope("/testing/0199", headers=[("HX-Request", "true"), ("Cookie", "django_language=en")])
    *_others, sent, piece = crowd(*[UPLOAD] * 4, form, part)
    assert "refresh" not in sent.body
    assert piece.headers["content-type"].startswith("text/plain")
    assert piece.headers["x-problem"].startswith("Too%20much")


@pytest.mark.parametrize(
    ("wish", "cookie", "wanted"),
    [
        ("en-GB,zh;q=0.5", "", "en"),
        ("fr,zh-CN;q=0.9", "", "zh-hans"),
        ("en", "django_language=zh-hans", "zh-hans"),
        ("fr", "", "zh-hans"),
        ("", "", "zh-hans"),
    ],
)
def test_it_is_said_in_the_language_that_the_browser_asks_for(wish, cookie, wanted):
    *_others, one = crowd(UPLOAD, UPLOAD, scope("/", headers=[("accept-language", wish), ("cookie", cookie)]))
    assert f'lang="{wanted}"' in one.body


def test_a_cookie_that_nobody_can_read_gets_an_answer_all_the_same():
    *_others, one = crowd(UPLOAD, UPLOAD, scope("/", headers=[("cookie", "a b;;=;django_language=xx")]))
    assert one.status == 429


def test_the_limits_come_from_the_environment(tmp_path):
    given = {"LAZARETTO_DATA_DIR": str(tmp_path)}
    usual = read(given)
    assert (usual.shed_display, usual.shed_all) == (64, 256)
    few = read({**given, "LAZARETTO_THREADS": "2", "LAZARETTO_SHED_DISPLAY": "100"})
    assert (few.shed_display, few.shed_all) == (100, 100)
    for wrong in ({"LAZARETTO_SHED_DISPLAY": "0"}, {"LAZARETTO_SHED_ALL": "many"}, {"LAZARETTO_SHED_ALL": "8"}):
        with pytest.raises(SettingError, match=next(iter(wrong))):
            read({**given, **wrong})
