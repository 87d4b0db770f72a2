"""The frame around every page: navigation, theme, language, notices, errors."""

import json
from http import HTTPStatus

import pytest
from django.contrib.messages import get_messages
from django.http import HttpRequest, HttpResponse
from django.test import Client, RequestFactory

from lazaretto.ui import nav, notices, views


@pytest.fixture
def guide(settings, client: Client) -> Client:
    settings.UI_STYLEGUIDE = True
    return client


@pytest.mark.django_db
def test_the_style_guide_is_not_served_on_a_real_server(client: Client) -> None:
    assert client.get("/styleguide/").status_code == HTTPStatus.NOT_FOUND


@pytest.mark.django_db
def test_a_chosen_theme_is_rendered_by_the_server(guide: Client) -> None:
    guide.post("/preferences/theme", {"theme": "dark", "next": "/styleguide/"})
    assert b'data-theme="dark" data-bs-theme="dark"' in guide.get("/styleguide/").content


@pytest.mark.django_db
def test_an_unknown_theme_is_not_remembered(guide: Client) -> None:
    guide.post("/preferences/theme", {"theme": "pink"})
    assert b'data-theme="auto"' in guide.get("/styleguide/").content


@pytest.mark.django_db
@pytest.mark.parametrize(("language", "lang"), [("zh-hans", "zh-Hans"), ("en", "en")])
def test_a_chosen_language_is_the_language_of_the_page(guide: Client, language: str, lang: str) -> None:
    guide.post("/preferences/language", {"language": language})
    assert f'<html lang="{lang}"'.encode() in guide.get("/styleguide/").content


@pytest.mark.django_db
@pytest.mark.parametrize("target", ["https://elsewhere.example/", "//elsewhere.example", "javascript:alert(1)"])
def test_a_preference_never_leads_to_another_host(client: Client, target: str) -> None:
    assert client.post("/preferences/theme", {"theme": "dark", "next": target}).headers["Location"] == "/"


@pytest.mark.django_db
def test_an_address_that_does_not_exist_says_what_to_do(client: Client) -> None:
    answer = client.get("/no-such-page")
    assert answer.status_code == HTTPStatus.NOT_FOUND
    assert b"lz-note" in answer.content


def test_the_page_for_our_own_failure_needs_no_database(rf: RequestFactory) -> None:
    answer = views.server_error(rf.get("/"))
    assert answer.status_code == HTTPStatus.INTERNAL_SERVER_ERROR
    assert b"500" in answer.content


@pytest.mark.django_db
def test_an_undo_travels_with_its_notice(guide: Client) -> None:
    page = guide.get("/styleguide/?toast")
    assert b'data-undo="/undo-sample"' in page.content


def test_a_toast_for_htmx_is_an_event_with_its_undo() -> None:
    response = notices.toast(HttpResponse(), "1204 就绪", undo="/undo/1")
    event = json.loads(response.headers["HX-Trigger"])["lz:toast"]
    assert event == {"text": "1204 就绪", "tone": "green", "undo": "/undo/1"}


@pytest.fixture
def registry(monkeypatch) -> None:
    monkeypatch.setattr(nav, "_ITEMS", {})


def item(key: str, **fields) -> nav.NavItem:
    defaults = {"label": key, "icon": "bed", "url": lambda _request: f"/{key}/", "order": 10}
    return nav.NavItem(key=key, **{**defaults, **fields})


@pytest.mark.usefixtures("registry")
def test_navigation_is_ordered_and_shows_only_what_the_reader_may_see(rf: RequestFactory) -> None:
    nav.register(item("rounds", order=20), item("board"), item("secret", visible=lambda _request: False))
    assert [link.key for link in nav.links(rf.get("/"))] == ["board", "rounds"]


@pytest.mark.usefixtures("registry")
def test_the_longest_matching_address_is_the_current_entry(rf: RequestFactory) -> None:
    nav.register(item("sites", match="/sites/"), item("board", match="/sites/H01/board"))
    current = [link.key for link in nav.links(rf.get("/sites/H01/board/12")) if link.current]
    assert current == ["board"]


@pytest.mark.usefixtures("registry")
def test_a_page_without_an_entry_of_its_own_stands_under_that_of_its_work(rf: RequestFactory) -> None:
    nav.register(item("sites", match="/sites/"), item("sampling", also=(lambda _request: "/sites/H01/results",)))
    current = [link.key for link in nav.links(rf.get("/sites/H01/results")) if link.current]
    assert current == ["sampling"]
    assert not [link for link in nav.links(rf.get("/elsewhere")) if link.current]


@pytest.mark.usefixtures("registry")
def test_an_entry_that_names_no_address_is_a_named_error(rf: RequestFactory) -> None:
    nav.register(item("ghost", url="nowhere:at_all"))
    with pytest.raises(LookupError, match="ghost"):
        nav.links(rf.get("/"))


def test_a_notice_keeps_its_tone(rf: RequestFactory) -> None:
    request: HttpRequest = rf.get("/")
    request._messages = []  # type: ignore[attr-defined]

    class Storage(list):
        def add(self, level, text, extra_tags):
            self.append((level, text, extra_tags))

    request._messages = Storage()  # type: ignore[attr-defined]
    notices.notify(request, "Saved", tone="amber", undo="/undo")
    assert list(get_messages(request)) == [(30, "Saved", "/undo")]


@pytest.mark.parametrize(
    ("method", "came_from", "leads"),
    [
        ("get", "http://testserver/moves", 'href=""'),
        ("post", "http://testserver/moves?site=H01", 'href="/moves?site=H01"'),
        ("post", "http://elsewhere.example/moves", None),
        ("post", "", None),
    ],
)
def test_an_error_after_a_form_leads_back_to_its_page_and_never_asks_it_again(rf, method, came_from, leads):
    request = getattr(rf, method)("/moves/H01-T2026-000001/postpone", headers={"Referer": came_from})
    for answer in (views.not_found(request), views.server_error(request)):
        page = answer.content.decode()
        assert ('href=""' in page) is (method == "get")
        assert "elsewhere.example" not in page
        assert leads is None or leads in page
