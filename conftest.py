"""The standing cast of the tests, and what every test may rely on."""

from dataclasses import dataclass

import pytest
from django.db import connection
from django.db.backends.sqlite3 import base as sqlite
from django.test import Client
from hypothesis import settings as hypothesis_settings

from lazaretto.accounts.models import User
from lazaretto.accounts.queries import actor_for
from lazaretto.core.access import Actor
from lazaretto.places.models import Site
from tests import factories

pytest_plugins = ["tests.browser"]

# A slow machine is no failure; what a property test found once, it finds again.
hypothesis_settings.register_profile("lazaretto", deadline=None, print_blob=True)
hypothesis_settings.load_profile("lazaretto")


@dataclass(frozen=True)
class Member:
    """One of the cast: the user, the actor, and a browser signed in as them."""

    user: User
    actor: Actor
    client: Client


@dataclass(frozen=True)
class Cast:
    """The people of every story. All but headquarters work at `site`; the outsider at `other_site`."""

    site: Site
    other_site: Site
    administrator: Member
    duty_officer: Member
    approver: Member
    auditor: Member
    site_lead: Member
    clerk: Member
    medic: Member
    security: Member
    hotel_staff: Member
    outsider: Member

    def everyone(self) -> dict[str, Member]:
        """All members by name."""
        return {name: value for name, value in vars(self).items() if isinstance(value, Member)}


HEADQUARTERS_ROLES = ("administrator", "duty_officer", "approver", "auditor")
SITE_ROLES = ("site_lead", "clerk", "medic", "security", "hotel_staff")


@pytest.fixture
def cast(db) -> Cast:
    """The standing cast at two sites."""
    site, other = factories.site("H01"), factories.site("H02")
    members = {role: _member(role, factories.headquarters()) for role in HEADQUARTERS_ROLES}
    members |= {role: _member(role, site.unit) for role in SITE_ROLES}
    return Cast(site=site, other_site=other, outsider=_member("site_lead", other.unit), **members)


def _member(role: str, unit) -> Member:
    user = factories.user(role, unit)
    client = Client()
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return Member(user, actor_for(user, at=factories.NOW, device="test"), client)


@pytest.fixture(autouse=True, scope="session")
def _flush_past_the_guards():
    """Let transactional tests on SQLite empty append-only tables: guards are dropped and put back around the flush.

    For the whole session: the flush comes when the fixtures of a single test are gone already.
    """
    operations = sqlite.DatabaseWrapper.ops_class
    original = operations.sql_flush

    def sql_flush(self, style, tables, **options):
        with connection.cursor() as cursor:
            cursor.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'")
            guards = cursor.fetchall()
        drop = [f'DROP TRIGGER "{name}"' for name, _sql in guards]
        return [*drop, *original(self, style, tables, **options), *[sql for _name, sql in guards]]

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(operations, "sql_flush", sql_flush)
        yield
