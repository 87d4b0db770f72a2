"""Signing in, being locked out, the first password."""

import pytest
from django.test import Client

from lazaretto.accounts import queries
from lazaretto.accounts.models import User
from lazaretto.core.models import JournalEntry
from tests import factories
from tests.factories import PASSWORD

pytestmark = pytest.mark.django_db
URL = "/sign-in/"


def try_to_sign_in(client: Client, username: str, password: str = PASSWORD, **more):
    return client.post(URL, {"username": username, "password": password, **more})


def test_a_right_password_leads_where_one_was_going_and_is_recorded(client):
    user = factories.user("clerk")
    answer = try_to_sign_in(client, user.username, next="/account/password/")
    assert answer.status_code == 302
    assert answer.url == "/account/password/"
    assert JournalEntry.objects.get(command="accounts.sign_in").actor_id == user.pk


def test_the_way_on_never_leaves_this_host(client):
    user = factories.user("clerk")
    for outside in ("https://evil.example/", "//evil.example/", "https:evil.example", "/\\evil.example"):
        assert try_to_sign_in(Client(), user.username, next=outside).url == "/"


def test_an_unknown_name_looks_like_a_wrong_password(client):
    user = factories.user("clerk", is_active=True)
    gone = factories.user("clerk", is_active=False)
    pages = [
        try_to_sign_in(Client(), name, word).content.decode()
        for name, word in [(user.username, "wrong"), ("nobody", "wrong"), (gone.username, PASSWORD)]
    ]
    said = [page[page.index('role="alert"') : page.index("</ul>", page.index('role="alert"'))] for page in pages]
    assert said[0] == said[1] == said[2]
    assert not JournalEntry.objects.filter(command="accounts.sign_in").exists()


def test_a_page_leads_to_the_sign_in_and_back(client):
    factories.user("clerk")
    answer = client.get("/account/password/?x=1")
    assert answer.status_code == 302
    assert answer.url == "/sign-in/?next=%2Faccount%2Fpassword%2F%3Fx%3D1"


def test_an_htmx_request_is_led_there_as_a_whole_page(client):
    factories.user("clerk")
    answer = client.get("/account/password/", headers={"HX-Request": "true", "HX-Current-URL": "http://testserver/x/"})
    assert answer["HX-Redirect"] == "/sign-in/?next=%2Fx%2F"


def test_a_caller_of_the_api_gets_a_problem_document(client):
    answer = client.get("/api/v1/me")
    assert answer.status_code == 401
    assert answer["Content-Type"] == "application/problem+json"
    assert answer.json()["code"] == "sign_in_required"


def test_six_wrong_passwords_lock_the_name_out_even_for_the_right_one(client, settings):
    user = factories.user("clerk")
    answers = [try_to_sign_in(client, user.username, "wrong") for _ in range(settings.AXES_FAILURE_LIMIT)]
    assert [answer.status_code for answer in answers[:-1]] == [200] * (settings.AXES_FAILURE_LIMIT - 1)
    answer = try_to_sign_in(client, user.username)
    assert answer.status_code == 429
    assert answer["Retry-After"] == "900"
    assert "15" in answer.content.decode()
    other = factories.user("clerk")
    assert try_to_sign_in(Client(), other.username).status_code == 302, "nobody else is locked out"


def test_a_lock_out_says_the_same_of_a_name_that_does_not_exist(client, settings):
    factories.user("clerk")
    for _ in range(settings.AXES_FAILURE_LIMIT + 1):
        answer = try_to_sign_in(client, "nobody", "wrong")
    assert answer.status_code == 429


def test_who_tries_many_names_from_one_address_has_to_wait(client, monkeypatch):
    user = factories.user("clerk")
    monkeypatch.setattr(queries, "GUESSES", 4)
    for number in range(4):
        try_to_sign_in(Client(REMOTE_ADDR="10.1.2.3"), f"guess{number}", "wrong")
    assert try_to_sign_in(Client(REMOTE_ADDR="10.1.2.3"), user.username).status_code == 429
    assert try_to_sign_in(Client(REMOTE_ADDR="10.1.2.4"), user.username).status_code == 302, "from elsewhere it is open"


def test_a_proxy_on_this_machine_stands_for_everybody_and_never_waits(monkeypatch):
    user = factories.user("clerk")
    monkeypatch.setattr(queries, "GUESSES", 1)
    try_to_sign_in(Client(), "nobody", "wrong")
    assert try_to_sign_in(Client(), user.username).status_code == 302


def test_signing_out_takes_a_post_and_ends_the_session(cast):
    client = cast.clerk.client
    assert client.get("/sign-out/").status_code == 302
    assert client.get("/api/v1/me").status_code == 200, "whoever comes by a link or a reload stays signed in"
    assert client.post("/sign-out/").url == "/sign-in/"
    assert client.get("/account/password/").status_code == 302


def test_the_first_password_must_be_replaced_before_anything_else(cast, client):
    User.objects.filter(pk=cast.clerk.user.pk).update(must_change_password=True)
    answer = cast.clerk.client.get("/api/v1/me")
    assert (answer.status_code, answer.json()["code"]) == (403, "password_change_required")
    page = cast.clerk.client.get("/account/password/")
    assert page.status_code == 200
    fresh = "a-sentence-easy-to-keep"
    answer = cast.clerk.client.post("/account/password/", {"current": PASSWORD, "password": fresh, "again": fresh})
    assert answer.status_code == 302
    assert cast.clerk.client.get("/api/v1/me").status_code == 200
    assert try_to_sign_in(client, cast.clerk.user.username, fresh).status_code == 302
    entry = JournalEntry.objects.get(command="accounts.change_own_password")
    assert entry.data == {"must_change": False}


@pytest.mark.parametrize(
    ("current", "password", "again", "words"),
    [
        ("wrong", "a-sentence-easy-to-keep", "a-sentence-easy-to-keep", "id_current_error"),
        (PASSWORD, "a-sentence-easy-to-keep", "another", "id_again_error"),
        (PASSWORD, "1234567890", "1234567890", "id_password_error"),
        (PASSWORD, "short", "short", "id_password_error"),
    ],
)
def test_a_password_that_cannot_be_is_told_at_its_field(cast, current, password, again, words):
    data = {"current": current, "password": password, "again": again}
    page = cast.clerk.client.post("/account/password/", data)
    assert page.status_code == 200
    assert words in page.content.decode()
    cast.clerk.user.refresh_from_db()
    assert cast.clerk.user.check_password(PASSWORD)


def test_a_changed_password_signs_out_the_other_devices(cast):
    other = Client()
    other.force_login(cast.clerk.user, backend="django.contrib.auth.backends.ModelBackend")
    fresh = "a-sentence-easy-to-keep"
    cast.clerk.client.post("/account/password/", {"current": PASSWORD, "password": fresh, "again": fresh})
    assert cast.clerk.client.get("/api/v1/me").status_code == 200
    assert other.get("/api/v1/me").status_code == 401


def test_the_chosen_language_is_remembered_with_the_user(cast, client):
    answer = cast.clerk.client.post("/preferences/language", {"language": "en", "next": "/account/password/"})
    assert answer.url == "/account/password/"
    assert "Present password" in cast.clerk.client.get("/account/password/").content.decode()
    answer = try_to_sign_in(client, cast.clerk.user.username)
    assert answer.cookies["django_language"].value == "en"
    assert client.post("/preferences/language", {"language": "xx"}).status_code == 302
    cast.clerk.user.refresh_from_db()
    assert cast.clerk.user.language == "en"


def language_of(client) -> str:
    return client.cookies["django_language"].value


def test_the_language_chosen_on_the_sign_in_page_is_spoken_after_it_and_remembered():
    client, user = Client(), factories.user("clerk")
    assert user.language == "zh-hans"
    client.post("/preferences/language", {"language": "en", "next": URL})
    try_to_sign_in(client, user.username)
    assert language_of(client) == "en"
    assert User.objects.get(pk=user.pk).language == "en"


def test_the_language_of_the_one_before_on_this_device_is_not_taken_for_a_choice():
    client, before, user = Client(), factories.user("clerk", language="en"), factories.user("clerk")
    try_to_sign_in(client, before.username)
    client.post("/sign-out/")
    assert language_of(client) == "en"
    try_to_sign_in(client, user.username)
    assert language_of(client) == "zh-hans"


def test_who_never_chose_reads_what_the_sign_in_page_spoke():
    client, user = Client(headers={"Accept-Language": "en-GB"}), factories.user("clerk", language="")
    try_to_sign_in(client, user.username)
    assert language_of(client) == "en"
    assert User.objects.get(pk=user.pk).language == ""


def test_a_form_sent_after_the_session_ended_leads_back_to_its_page_and_never_elsewhere():
    page = "/accounts/users/new/?unit=1"
    answer = Client().post("/accounts/users/new/", headers={"Referer": f"http://testserver{page}"})
    assert answer.url == "/sign-in/?next=%2Faccounts%2Fusers%2Fnew%2F%3Funit%3D1"
    assert Client().post("/accounts/users/new/", headers={"Referer": "http://evil.example/x"}).url == "/sign-in/"
