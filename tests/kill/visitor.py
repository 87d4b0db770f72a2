"""For the tests of the running server: `visitor.py make` fills an empty installation and prints a session's key;
`visitor.py change` changes something at the site. Run in a process of its own."""

import os
import sys
from datetime import UTC, datetime

import django

os.environ["DJANGO_SETTINGS_MODULE"] = "lazaretto.config.settings"
django.setup()

from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY  # noqa: E402
from django.contrib.sessions.backends.db import SessionStore  # noqa: E402

from lazaretto.config.operations import apply_migrations  # noqa: E402
from lazaretto.core.access import Actor  # noqa: E402
from lazaretto.places.choices import RoomState  # noqa: E402
from lazaretto.places.commands import change_room_state  # noqa: E402
from lazaretto.places.models import Room  # noqa: E402
from tests import factories  # noqa: E402


def make() -> None:
    """A site and a clerk who is signed in."""
    apply_migrations()
    clerk = factories.user("clerk", factories.site("H01", floors=1, rooms=1).unit)
    session = SessionStore()
    session[SESSION_KEY] = str(clerk.pk)
    session[BACKEND_SESSION_KEY] = "django.contrib.auth.backends.ModelBackend"
    session[HASH_SESSION_KEY] = clerk.get_session_auth_hash()
    session.save()
    sys.stdout.write(str(session.session_key))


def change() -> None:
    """A room of the site waits for cleaning."""
    room = Room.objects.get(site__code="H01")
    now = datetime.now(tz=UTC)
    change_room_state(actor=Actor.system("test"), at=now, room=room, after=RoomState.TO_CLEAN)


if __name__ == "__main__":
    {"make": make, "change": change}[sys.argv[1]]()
