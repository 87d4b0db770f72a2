"""Small commands of the terminal program: migrate, verify, token create, seal, sweep."""

import argparse
from collections.abc import Callable
from dataclasses import asdict
from datetime import datetime

from django.core.management import call_command
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from lazaretto.accounts.commands import TOKEN_DAYS, issue_token
from lazaretto.accounts.models import User
from lazaretto.core import cli, clock, deadlines, journal, promises
from lazaretto.core.access import Actor
from lazaretto.core.cli import gettext as _

TERMINAL = "terminal"
SHOWN_OFFENDERS = 20


def migrate(_arguments: argparse.Namespace) -> int:
    """Apply the migrations that are missing."""
    count = apply_migrations()
    cli.say(_("{count} migrations applied.").format(count=count) if count else _("The database is up to date."))
    return cli.OK


def apply_migrations() -> int:
    """Bring the database up to date; returns how many migrations that took."""
    executor = MigrationExecutor(connection)
    missing = executor.migration_plan(executor.loader.graph.leaf_nodes())
    if missing:
        call_command("migrate", interactive=False, verbosity=0)
    return len(missing)


def verify(arguments: argparse.Namespace) -> int:
    """Print each promise with its state, its figures and every offender."""
    verdicts = promises.verify(at=clock.now())
    broken = any(verdict.state == promises.BROKEN for verdict in verdicts)
    if arguments.json:
        cli.say_json({"ok": not broken, "promises": [asdict(verdict) for verdict in verdicts]})
    else:
        for verdict in verdicts:
            _say_verdict(verdict)
    return cli.FAILED if broken else cli.OK


def _say_verdict(verdict: promises.Verdict) -> None:
    states = {promises.OK: _("ok"), promises.BROKEN: _("BROKEN"), promises.UNUSED: _("not yet in use")}
    cli.say(f"{verdict.promise}. {verdict.title}: {states[verdict.state]}")
    for name, value in verdict.figures.items():
        cli.say(f"     {name} = {value}")
    for row in verdict.offenders[:SHOWN_OFFENDERS]:
        cli.say(f"   ! {row['check']}: {row['kind']} {row['id']}: {row['why']}")
    rest = len(verdict.offenders) - SHOWN_OFFENDERS
    if rest > 0:
        cli.say(_("   ! and {count} more (all of them with --json)").format(count=rest))


def create_token(arguments: argparse.Namespace) -> int:
    """Issue a token; only the token stands at standard output, so that a script can take it."""
    if not User.objects.filter(username=arguments.user, is_active=True).exists():
        cli.complain(_("There is no active user called {name}.").format(name=arguments.user))
        return cli.FAILED
    issued = issue_token(
        actor=Actor.system(TERMINAL),
        at=clock.now(),
        username=arguments.user,
        label=arguments.label,
        days=arguments.days or TOKEN_DAYS,
    )
    if arguments.json:
        cli.say_json({**asdict(issued), "token": issued.secret, "user": arguments.user, "label": arguments.label})
    else:
        cli.say(issued.secret)
    return cli.OK


def seal(arguments: argparse.Namespace) -> int:
    """Seal everything that waits."""
    return _until_nothing_is_left(arguments, journal.seal, "sealed", _("{count} journal entries sealed."))


def sweep(arguments: argparse.Namespace) -> int:
    """Climb every ladder that is due."""
    return _until_nothing_is_left(arguments, deadlines.sweep, "claimed", _("{count} deadlines climbed."))


def _until_nothing_is_left(arguments: argparse.Namespace, work: Callable[..., int], name: str, sentence: str) -> int:
    at: datetime = clock.now()
    total = 0
    while done := work(at=at):
        total += done
    if arguments.json:
        cli.say_json({name: total})
    else:
        cli.say(sentence.format(count=total))
    return cli.OK
