"""The terminal program `lazaretto`: collects the commands of all apps, runs one, turns errors into clear lines.

Exit status: 0 done, 1 failed or something is broken, 2 the call or a setting is wrong.
"""

import argparse
import os
import sys
from collections.abc import Sequence
from importlib import import_module

import django
from django.core.exceptions import ImproperlyConfigured
from django.db import DatabaseError, OperationalError, ProgrammingError
from django.utils import translation

from lazaretto import __version__
from lazaretto.config import messages
from lazaretto.config.env import SettingError
from lazaretto.config.memory import settle
from lazaretto.core import cli
from lazaretto.core.cli import gettext as _
from lazaretto.core.errors import DomainError, InvalidInput

INTERRUPTED = 130
# Declarations of this app's own commands, in the order of `--help`. They are imported before Django is set up.
OWN = ("lazaretto.config.declared", "lazaretto.config.keeping", "lazaretto.config.messages")


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command; returns its exit status."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "lazaretto.config.settings")
    messages.compile_stale()
    arguments = parser().parse_args(argv)
    try:
        return _run(arguments)
    except (SettingError, ImproperlyConfigured) as error:
        cli.complain(error)
        return cli.USAGE
    except DomainError as error:
        with translation.override(cli.terminal_language()):
            cli.complain(error)
            for name, fault in error.fields.items() if isinstance(error, InvalidInput) else ():
                cli.complain(f"{name}: {fault}")
    except (OperationalError, ProgrammingError) as error:
        cli.complain(_database_trouble(error))
    except BrokenPipeError:
        sys.stderr.close()  # the reader went away, as `head` does; nobody is there to be told
    except KeyboardInterrupt:
        return INTERRUPTED
    return cli.FAILED


def _run(arguments: argparse.Namespace) -> int:
    if not arguments.django:
        return cli.resolve(arguments.run)(arguments)
    django.setup()
    settle()
    with translation.override(cli.terminal_language()):
        return cli.resolve(arguments.run)(arguments)


def parser() -> argparse.ArgumentParser:
    """The parser with the commands of all apps."""
    made = argparse.ArgumentParser(prog="lazaretto", description=_("Runs an outbreak response on the ground."))
    made.add_argument("--version", action="version", version=f"lazaretto {__version__}")
    commands = made.add_subparsers(metavar=_("COMMAND"), required=True)
    for module in (*OWN, *_app_modules()):
        import_module(module).register(commands)
    return made


def _app_modules() -> list[str]:
    """Modules `cli` of the apps below this one."""
    found = sorted(path.parent.name for path in cli.PACKAGE.glob("*/cli.py"))
    return [f"lazaretto.{app}.cli" for app in found if app not in {"core", "config"}]


def _database_trouble(error: DatabaseError) -> str:
    """A clear line for the two troubles everybody has: no tables yet, no database there."""
    said = str(error).strip().splitlines()[0]
    if "no such table" in said or "does not exist" in said:
        return _("The database has no tables yet, or old ones ({said}). Run: lazaretto migrate").format(said=said)
    return _("The database does not answer ({said}). Check LAZARETTO_DATABASE_URL.").format(said=said)
