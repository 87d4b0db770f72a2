"""The standing cast: ten people at two sites, signed in."""

import pickle
from dataclasses import dataclass

from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore
from django.contrib.sessions.models import Session
from django.test import Client

from lazaretto.accounts.models import Membership, Unit, User
from lazaretto.accounts.queries import actor_for
from lazaretto.core.access import Actor
from lazaretto.core.models import Installation
from lazaretto.places.models import Bed, Building, Floor, Room, Site
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


# In the order in which they refer to each other: all that the cast consists of.
ROWS = (Installation, Unit, User, Membership, Session, Site, Building, Floor, Room, Bed)
_remembered: dict[str, bytes] = {}  # in this process: the cast and its rows, pickled


def gather() -> Cast:
    """The cast, in the database. Made once in a process; later tests find the very same rows put there at once."""
    if Unit.objects.exists():  # a test has begun something of its own
        return _made()
    if not _remembered:
        made = _made()
        members = {name: (member.user, member.actor, key_of(member)) for name, member in made.everyone().items()}
        rows = [list(model._default_manager.order_by("pk")) for model in ROWS]
        _remembered["cast"] = pickle.dumps((made.site, made.other_site, members, rows))
        return made
    site, other, members, rows = pickle.loads(_remembered["cast"])  # noqa: S301 - our own
    for model, there in zip(ROWS, rows, strict=True):
        model._base_manager.bulk_create(there)
    return Cast(
        site=site,
        other_site=other,
        **{name: Member(user, actor, with_session(key)) for name, (user, actor, key) in members.items()},
    )


def _made() -> Cast:
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
    return with_session(session.session_key)


def with_session(key: str | None) -> Client:
    """A browser that holds this session."""
    client = Client()
    client.cookies[settings.SESSION_COOKIE_NAME] = key
    return client


def key_of(member: Member) -> str:
    """Of the session that their browser holds."""
    return member.client.cookies[settings.SESSION_COOKIE_NAME].value
