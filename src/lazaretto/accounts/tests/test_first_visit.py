"""The first visit to an empty installation."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection
from django.test import Client

from lazaretto.accounts import commands
from lazaretto.accounts.errors import AlreadySetUp
from lazaretto.accounts.models import Membership, Unit, User
from lazaretto.accounts.views.sign_in import FIRST_VISIT
from lazaretto.core.models import Installation, JournalEntry
from tests import factories
from tests.factories import NOW, PASSWORD

FORM = {
    "district": "江畔区指挥部", "display_name": "林一", "username": "lin", "password": PASSWORD, "again": PASSWORD,
}  # fmt: skip


@pytest.mark.django_db
def test_every_page_leads_to_the_set_up_while_nobody_exists(client):
    answer = client.get("/account/password/", follow=True)
    assert answer.redirect_chain[-1][0] == "/set-up/"
    assert answer.status_code == 200


@pytest.mark.django_db
def test_the_first_visitor_becomes_administrator_and_is_signed_in(client):
    answer = client.post("/set-up/", FORM)
    assert answer.status_code == 302
    membership = Membership.objects.get()
    assert (membership.role, membership.unit.name, membership.unit.parent) == ("administrator", "江畔区指挥部", None)
    assert client.get("/api/v1/me").status_code == 200
    assert Installation.objects.count() == 1
    entry = JournalEntry.objects.get(command="accounts.set_up")
    assert entry.actor_name == "first visit"
    assert PASSWORD not in str(entry.data)


@pytest.mark.django_db
def test_it_works_once(client):
    factories.user("administrator")
    assert client.get("/set-up/").url == "/sign-in/"
    assert client.post("/set-up/", FORM).url == "/sign-in/"
    assert User.objects.count() == 1


@pytest.mark.django_db
def test_a_weak_password_is_told_and_nothing_typed_is_lost(client):
    page = client.post("/set-up/", {**FORM, "password": "1234567890", "again": "1234567890"})
    assert page.status_code == 200
    assert "江畔区指挥部" in page.content.decode()
    assert not User.objects.exists()
    assert not Unit.objects.exists()


@pytest.mark.django_db(transaction=True)
@pytest.mark.skipif("connection.vendor == 'sqlite'", reason="an in-memory database has one connection")
def test_of_two_first_visitors_one_is_told_that_it_is_done():
    def visit(number):
        try:
            commands.set_up(
                actor=FIRST_VISIT, at=NOW, username=f"u{number}", display_name="甲", password=PASSWORD, district="区"
            )
        except AlreadySetUp:
            return "told"
        finally:
            connection.close()
        return "done"

    with ThreadPoolExecutor(2) as pool:
        assert sorted(pool.map(visit, range(2))) == ["done", "told"]
    assert User.objects.count() == 1
    assert Client().get("/set-up/").status_code == 302
