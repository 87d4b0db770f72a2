"""The commands of this app, declared; imported before Django is set up."""

import argparse
from pathlib import Path

from lazaretto.core import cli
from lazaretto.core.cli import gettext as _

OPERATIONS = "lazaretto.config.operations"


def register(commands: cli.Commands) -> None:
    """Declare them in the order of `lazaretto --help`."""
    _register_up(commands)
    _register_database(commands)
    _register_token(commands)
    _register_bench(commands)


def _register_bench(commands: cli.Commands) -> None:
    group = cli.add_group(commands, "bench", summary=_("Measure this installation"))
    measured = cli.add_command(
        group,
        "commands",
        run="lazaretto.config.bench.commands:run",
        summary=_("Measure ordinary commands over HTTP beside the raw limit of the database"),
    )
    measured.add_argument("--requests", type=positive, default=300, metavar="N", help=_("requests of each kind"))
    measured.add_argument("--people", type=positive, default=2_000, metavar="N", help=_("people in the database"))
    lists = cli.add_command(
        group,
        "lists",
        run="lazaretto.config.bench.lists:run",
        summary=_("Measure first pages and searches among many people"),
    )
    lists.add_argument("--people", type=positive, default=200_000, metavar="N", help=_("people in the database"))
    ingest = cli.add_command(
        group,
        "ingest",
        run="lazaretto.config.bench.ingest:run",
        summary=_("Measure scans of mass testing over HTTP beside the raw limit of the database"),
    )
    ingest.add_argument("--people", type=positive, default=200_000, metavar="N", help=_("people on the roster"))
    ingest.add_argument("--before", type=int, default=0, metavar="N", help=_("rounds before it, everybody tested"))
    ingest.add_argument(
        "--burst", type=positive, default=8_650, metavar="N", help=_("scans a second when everybody comes at once")
    )
    for parser in (measured, lists, ingest):
        cli.add_json(parser)


def _register_up(commands: cli.Commands) -> None:
    up = cli.add_command(
        commands, "up", run="lazaretto.config.up:run", summary=_("Serve; the first visit makes the administrator")
    )
    add_serving(up)
    demo = cli.add_command(
        commands,
        "demo",
        run="lazaretto.config.demo.run:run",
        summary=_("Make a demonstration district of invented people and serve it"),
    )
    demo.add_argument("--no-serve", action="store_true", help=_("make it and exit"))
    add_serving(demo)
    cli.add_command(
        commands,
        "steward",
        run="lazaretto.config.steward:run",
        summary=_("Do the background duties alone (`up` does them too)"),
    )
    results = cli.add_command(
        commands,
        "results",
        run="lazaretto.config.results.serving:run",
        summary=_("Show people their own results alone, on a machine of its own (`up` does it too)"),
        django=False,  # it has settings of its own
    )
    add_address(results, at=8100)
    results.add_argument("--socket", type=Path, metavar="FILE", help=_("listen at a socket of this machine instead"))


def add_serving(parser: argparse.ArgumentParser) -> None:
    """Where and how to serve."""
    add_address(parser, at=8000)
    parser.add_argument("--workers", type=positive, default=2, help=_("server processes (%(default)s)"))


def add_address(parser: argparse.ArgumentParser, *, at: int) -> None:
    """Where to listen, with a certificate or without."""
    parser.add_argument("--host", default="127.0.0.1", help=_("address to listen at (%(default)s)"))
    parser.add_argument("--port", type=port, default=at, help=_("port to listen at (%(default)s)"))
    parser.add_argument("--certificate", type=Path, metavar="FILE", help=_("serve HTTPS with this certificate"))
    parser.add_argument("--key", type=Path, metavar="FILE", help=_("the private key of the certificate"))


def _register_database(commands: cli.Commands) -> None:
    add = cli.add_command
    add(
        commands,
        "migrate",
        run=f"{OPERATIONS}:migrate",
        summary=_("Make the tables of the database, or bring them up to date"),
    )
    verify = add(
        commands, "verify", run=f"{OPERATIONS}:verify", summary=_("Walk the database and prove the eight promises")
    )
    seal = add(
        commands, "seal", run=f"{OPERATIONS}:seal", summary=_("Seal the journal entries that wait for their seal")
    )
    sweep = add(commands, "sweep", run=f"{OPERATIONS}:sweep", summary=_("Raise the alarms that are due"))
    for parser in (verify, seal, sweep):
        cli.add_json(parser)


def _register_token(commands: cli.Commands) -> None:
    create = cli.add_command(
        cli.add_group(commands, "token", summary=_("API tokens")),
        "create",
        run=f"{OPERATIONS}:create_token",
        summary=_("Issue an API token that acts as a user; it is shown once"),
    )
    create.add_argument("--user", required=True, metavar="NAME", help=_("the name with which the user signs in"))
    create.add_argument("--label", required=True, metavar="TEXT", help=_("which device or program it is for"))
    create.add_argument("--days", type=positive, metavar="N", help=_("days until it expires"))
    cli.add_json(create)


def positive(text: str) -> int:
    """A whole number above zero; argparse turns the error into a clear line."""
    if not text.isdecimal() or int(text) < 1:
        raise argparse.ArgumentTypeError(_("must be a whole number, 1 or more"))
    return int(text)


def port(text: str) -> int:
    """The number of a port."""
    if not text.isdecimal() or not 1 <= int(text) <= 65535:
        raise argparse.ArgumentTypeError(_("must be a number from 1 to 65535"))
    return int(text)
