"""The standing cast: ten people at two sites, signed in."""

from dataclasses import dataclass

from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore
from django.test import Client

from lazaretto.accounts.models import User
from lazaretto.accounts.queries import actor_for
from lazaretto.core.access import Actor
from lazaretto.places.models import Site
from tests import factories


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


def gather() -> Cast:
    """The cast, in the database."""
    site, other = factories.site("H01"), factories.site("H02")
    members = {role: member(role, factories.headquarters()) for role in HEADQUARTERS_ROLES}
    members |= {role: member(role, site.unit) for role in SITE_ROLES}
    return Cast(site=site, other_site=other, outsider=member("site_lead", other.unit), **members)


def member(role: str, unit) -> Member:
    """Somebody with a role in a unit, signed in."""
    user = factories.user(role, unit)
    return Member(user, actor_for(user, at=factories.NOW, device="test"), signed_in(user))


def signed_in(user: User) -> Client:
    """A browser that holds a session; without the ceremony of signing in, which every test would wait for ten times."""
    session = SessionStore()
    session.update(
        {
            SESSION_KEY: str(user.pk),
            BACKEND_SESSION_KEY: "django.contrib.auth.backends.ModelBackend",
            HASH_SESSION_KEY: user.get_session_auth_hash(),
        }
    )
    session.save()
    client = Client()
    client.cookies[settings.SESSION_COOKIE_NAME] = session.session_key
    return client
