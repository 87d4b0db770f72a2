"""A request with a token has no session, and all the headers that every answer has."""

import pytest
from django.test import Client

from lazaretto.accounts.commands import issue_token
from lazaretto.core import clock

pytestmark = pytest.mark.django_db


@pytest.fixture
def token(cast):
    return issue_token(actor=cast.clerk.actor, at=clock.now(), username=cast.clerk.user.username, label="test").secret


def test_it_needs_no_session_and_leaves_no_cookie(token):
    client = Client(enforce_csrf_checks=True)
    answer = client.get("/api/v1/me", headers={"Authorization": f"bearer {token}"})
    assert answer.status_code == 200
    assert not hasattr(answer.wsgi_request, "session")
    assert answer.cookies == {}
    for header in ("Content-Security-Policy", "X-Content-Type-Options", "X-Frame-Options", "Referrer-Policy"):
        assert header in answer.headers


def test_a_session_beside_it_does_not_count(token, cast):
    client = Client()
    client.force_login(cast.medic.user)
    assert client.get("/api/v1/me").json()["name"] == cast.medic.actor.name
    answer = client.get("/api/v1/me", headers={"Authorization": f"Bearer {token}"})
    assert answer.json()["name"] == cast.clerk.actor.name
    refused = client.get("/api/v1/me", headers={"Authorization": "Bearer nonsense"})
    assert refused.status_code == 401


@pytest.mark.parametrize("path", ["/api/docs", "/api/v1/nowhere", "/api/nowhere"])
def test_pages_below_the_api_stand_without_a_session(token, path, cast):
    with_session = Client()
    with_session.force_login(cast.clerk.user)
    expected = with_session.get(path)
    answer = Client().get(path, headers={"Authorization": f"Bearer {token}"})
    assert answer.status_code == expected.status_code
    assert answer["Content-Type"] == expected["Content-Type"]


def test_below_the_api_only(token):
    answer = Client().get("/", headers={"Authorization": f"Bearer {token}"})
    assert hasattr(answer.wsgi_request, "session")
