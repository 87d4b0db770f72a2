"""`lazaretto demo`: makes the demonstration district in an empty database, then serves it."""

import argparse
import json
import time
from datetime import datetime, timedelta
from pathlib import Path

from django.conf import settings
from django.db import transaction

from lazaretto.accounts.models import User
from lazaretto.config import up
from lazaretto.config.demo import (
    buses,
    deciding,
    emergencies,
    headcounts,
    orders,
    returnees,
    screening,
    status,
    stranded,
    today,
    trips,
    tubes,
)
from lazaretto.config.demo import district as chapters
from lazaretto.config.demo.guests import Guests
from lazaretto.config.demo.history import tell
from lazaretto.config.operations import apply_migrations
from lazaretto.core import cli, clock
from lazaretto.core.cli import gettext as _
from lazaretto.core.models import Installation
from lazaretto.protocols.commands import adopt_pack

PACK = "cn-plan-8"
FOUNDED = timedelta(days=45)  # before now


def run(arguments: argparse.Namespace) -> int:
    """Prepare if need be, print the sign-ins, serve unless told otherwise."""
    if not arguments.no_serve and not up.usable(arguments):
        return cli.USAGE
    apply_migrations()
    if not is_demonstration():
        if User.objects.exists():
            cli.complain(_("This database is in use. Give the demonstration one of its own: LAZARETTO_DATA_DIR=…"))
            return cli.FAILED
        _prepare()
    _say_sign_ins()
    return cli.OK if arguments.no_serve else up.serve(arguments)


def _prepare() -> None:
    cli.say(_("Making the demonstration district (about a minute) …"))
    started = time.monotonic()
    with transaction.atomic():
        make(now=clock.now())
    _mark(clock.now())
    cli.say(_("Made in {seconds} s.").format(seconds=round(time.monotonic() - started)))


def make(*, now: datetime, only: frozenset[str] | None = None) -> None:
    """The whole district as it is at `now`; with `only`, guests at these sites alone. Needs an empty database."""
    district = chapters.build(now - FOUNDED)
    first_day = (now - FOUNDED).date()
    approver = district.member("approver", now - FOUNDED + timedelta(minutes=1))
    adopt_pack(
        actor=approver, at=now - FOUNDED, pack=PACK, jurisdiction="CN", starts_on=first_day, reason="国家方案，全区执行"
    )
    guests = Guests(now.date(), seed=600)
    for site in district.sites:
        if only is None or site.code in only:
            story = tell(district, site, guests, now=now)
            today.live(story)
            buses.announce(story, guests)
    today.settle(district, now=now)
    emergencies.tell(district, now=now)
    status.tell(district, now=now)
    orders.tell(district, now=now)
    trips.tell(district, now=now)
    stranded.tell(district, now=now)
    headcounts.tell(district, now=now)
    tubes.before(district, now=now)
    screening.tell(district, now=now)
    tubes.tell(district, now=now)
    returnees.tell(district, now=now)
    deciding.tell(district, now=now)


def _marker() -> Path:
    return Path(settings.DATA_DIR) / "demonstration.json"


def _mark(now: datetime) -> None:
    _marker().write_text(json.dumps({"installation": str(Installation.objects.get().pk), "made_at": now.isoformat()}))


def is_demonstration() -> bool:
    """Whether this database holds the demonstration that was made from this data folder."""
    installation = Installation.objects.first()
    if installation is None or not _marker().exists():
        return False
    return bool(json.loads(_marker().read_text())["installation"] == str(installation.pk))


def _say_sign_ins() -> None:
    made_at = datetime.fromisoformat(json.loads(_marker().read_text())["made_at"])
    if clock.now() - made_at > timedelta(hours=24):
        folder = settings.DATA_DIR
        cli.say(_("The demonstration is older than a day. For a fresh one, remove {folder}.").format(folder=folder))
    cli.say(_("Sign in with one of these names; the password of all is {word}").format(word=chapters.PASSWORD))
    for username, role, place, name in chapters.CAST:
        cli.say(f"  {username:<10} {role:<24} {place:<4} {name}")
