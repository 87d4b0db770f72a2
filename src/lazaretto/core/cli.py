"""What the commands of the terminal program share: declaring them, their exit statuses, their language, their output.

An app adds commands by a module `cli.py` with `register(commands)`. That module is imported before Django is set up, so
it only declares; the work is named as `run="lazaretto.app.module:function"` and imported when it is wanted.
"""

import argparse
import gettext as catalogues
import json
import os
import sys
from collections.abc import Callable
from datetime import date
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import Any

# What an exit status means, for every command.
OK, FAILED, USAGE = 0, 1, 2

PACKAGE = Path(__file__).resolve().parent.parent

Commands = Any  # argparse keeps the class of its sub-parsers to itself
Run = Callable[[argparse.Namespace], int]


def add_command(commands: Commands, name: str, *, run: str, summary: str, django: bool = True) -> Any:
    """Declare a command; returns its parser, to which arguments are added.

    `run` names a function that takes the parsed arguments and returns an exit status. With `django=False` it runs
    without settings and database.
    """
    parser = commands.add_parser(name, help=summary, description=summary)
    parser.set_defaults(run=run, django=django)
    return parser


def add_group(commands: Commands, name: str, *, summary: str) -> Commands:
    """Commands of two words (`lazaretto import arrivals`): the existing group of that name, or a new one."""
    if name in commands.choices:
        return commands.choices[name].get_default("group")
    parser = commands.add_parser(name, help=summary, description=summary)
    group = parser.add_subparsers(metavar=gettext("COMMAND"), required=True)
    parser.set_defaults(group=group)
    return group


def add_json(parser: argparse.ArgumentParser) -> None:
    """`--json`, for commands that report."""
    parser.add_argument("--json", action="store_true", help=gettext("print JSON instead of text"))


def resolve(run: str) -> Run:
    """The function that a declaration names."""
    module, _colon, name = run.partition(":")
    found: Run = getattr(import_module(module), name)
    return found


def say(text: object = "") -> None:
    """A line for the person (or, of JSON, for the program) at standard output."""
    print(text, flush=True)


def say_json(value: Any) -> None:
    """A report as JSON; moments and days by ISO 8601, moments with their offset."""
    say(json.dumps(value, ensure_ascii=False, indent=2, default=_plain))


def _plain(value: Any) -> str:
    return value.isoformat() if isinstance(value, date) else str(value)


def complain(text: object) -> None:
    """A line at standard error."""
    print(f"lazaretto: {text}", file=sys.stderr, flush=True)


def progress(text: object, *, quiet: bool) -> None:
    """How far something long is, beside what it says in the end; `quiet` for whoever reads JSON."""
    if not quiet:
        sys.stderr.write(f"{text}\n")


class Progress:
    """How far something long is: a bar with the time that is left at a terminal, a line for each piece elsewhere.

    `quiet` for whoever reads JSON.
    """

    def __init__(self, text: str, *, quiet: bool) -> None:
        self.text, self.quiet, self.done = text, quiet, 0
        self.bar: Any = None
        if sys.stderr.isatty() and not quiet:
            from tqdm import tqdm  # type: ignore[import-untyped]  # noqa: PLC0415 - most commands show none

            self.bar = tqdm(desc=text, dynamic_ncols=True)

    def to(self, done: int, of: int) -> None:
        """So much of it is done now, of about so much."""
        of, step, self.done = max(of, done), done - self.done, done
        if self.bar is None:
            progress(f"{self.text} {done:,} / {of:,} ({100 * done // max(1, of)} %)", quiet=self.quiet)
            return
        self.bar.total = of
        self.bar.update(step)

    def close(self) -> None:
        """Leave the bar as it stands."""
        if self.bar is not None:
            self.bar.close()

    def __enter__(self) -> "Progress":
        return self

    def __exit__(self, *_why: object) -> None:
        self.close()


def terminal_language() -> str:
    """`zh-hans` when the terminal's locale is Chinese, else `en`."""
    locale = next((os.environ[name] for name in ("LC_ALL", "LC_MESSAGES", "LANG") if os.environ.get(name)), "")
    return "zh-hans" if locale.lower().startswith("zh") else "en"


def gettext(text: str) -> str:
    """The text in the terminal's language; works without settings, so `--help` is translated too."""
    return _catalogue(terminal_language()).gettext(text)


def ngettext(one: str, many: str, count: int) -> str:
    """The same for a text with a number."""
    return _catalogue(terminal_language()).ngettext(one, many, count)


@cache
def _catalogue(language: str) -> catalogues.NullTranslations:
    chain = catalogues.NullTranslations()
    if language != "en":
        for folder in sorted(PACKAGE.glob("*/locale")):
            chain.add_fallback(catalogues.translation("django", folder, languages=["zh_Hans"], fallback=True))
    return chain
