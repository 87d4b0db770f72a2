"""Commands about keeping: backup, restore, the API's description, the check of a certificate without a server."""

import argparse
import json
import os
import shutil
import sqlite3
import subprocess
from contextlib import closing
from pathlib import Path

from django.conf import settings
from django.db import connection, connections

from lazaretto.core import cli
from lazaretto.core.cli import gettext as _
from lazaretto.core.databases import on_postgresql
from lazaretto.core.signing import BadSignature, public_key, read_signed

HERE = "lazaretto.config.keeping"


def register(commands: cli.Commands) -> None:
    """Declare them."""
    add = cli.add_command
    backup_to = add(
        commands, "backup", run=f"{HERE}:backup", summary=_("Write the whole database to a file, while it is in use")
    )
    backup_to.add_argument("file", metavar="FILE", type=Path)
    restore_from = add(commands, "restore", run=f"{HERE}:restore", summary=_("Put a backup in place of the database"))
    restore_from.add_argument("file", metavar="FILE", type=Path)
    restore_from.add_argument("--yes", action="store_true", help=_("replace the database that is there"))
    add(commands, "openapi", run=f"{HERE}:openapi", summary=_("Print the description of the API"))
    group = cli.add_group(commands, "certificate", summary=_("Certificates of release"))
    check = cli.add_command(
        group, "check", run=f"{HERE}:check", summary=_("Check a certificate by its signature alone")
    )
    check.add_argument("code", metavar="CODE", help=_("what the QR code carries"))
    check.add_argument("--key", default="", help=_("public key of the office that issued it; else this installation's"))
    cli.add_json(check)


def openapi(_arguments: argparse.Namespace) -> int:
    """Print the OpenAPI document as JSON."""
    from lazaretto.config.api import api  # noqa: PLC0415 — building the API takes a second that other commands need not wait

    cli.say(json.dumps(api.get_openapi_schema(path_prefix="/api/v1/"), ensure_ascii=False, indent=2, default=str))
    return cli.OK


def check(arguments: argparse.Namespace) -> int:
    """Exit status 0: genuine; 1: not. Needs no database."""
    token = arguments.code.rpartition("?t=")[2]
    try:
        payload = read_signed(token, arguments.key or public_key())
    except BadSignature:
        cli.complain(_("This is not a genuine certificate of that office."))
        return cli.FAILED
    if arguments.json:
        cli.say_json(payload)
    else:
        cli.say(
            _("Genuine: {number}, {name}, until {day}.").format(
                number=payload["n"], name=payload["p"], day=payload["t"]
            )
        )
    return cli.OK


def backup(arguments: argparse.Namespace) -> int:
    """Write a consistent copy; the file appears only when it is complete."""
    target: Path = arguments.file
    unfinished = target.with_name(f"{target.name}.unfinished")
    try:
        _dump(unfinished)
        unfinished.chmod(0o600)
        unfinished.replace(target)
    except (OSError, sqlite3.Error, subprocess.CalledProcessError) as error:
        unfinished.unlink(missing_ok=True)
        cli.complain(_("The backup failed: {error}").format(error=error))
        return cli.FAILED
    size = target.stat().st_size
    cli.say(_("{file}: {size} bytes. Keep secret.key as well, in another place.").format(file=target, size=size))
    return cli.OK


def restore(arguments: argparse.Namespace) -> int:
    """Put a backup in place; refused over a database in use unless `--yes`."""
    source: Path = arguments.file
    if not source.is_file():
        cli.complain(_("{file} cannot be read.").format(file=source))
        return cli.USAGE
    if not arguments.yes and _in_use():
        cli.complain(_("There is a database already. Stop the server, then say --yes to replace it."))
        return cli.USAGE
    try:
        _load(source)
    except (OSError, sqlite3.Error, subprocess.CalledProcessError) as error:
        cli.complain(_("The restore failed: {error}").format(error=error))
        return cli.FAILED
    cli.say(_("Restored. Now run: lazaretto migrate, then lazaretto verify."))
    return cli.OK


def _in_use() -> bool:
    """Whether there is a database with tables. A file of SQLite that is not there is not made by asking."""
    if not on_postgresql() and not Path(_sqlite_file()).exists():
        return False
    return bool(connection.introspection.table_names())


def _dump(target: Path) -> None:
    if on_postgresql():
        _run("pg_dump", "--format=custom", "--file", str(target))
        return
    with closing(sqlite3.connect(_sqlite_file())) as live, closing(sqlite3.connect(target)) as copy:
        live.backup(copy)


def _load(source: Path) -> None:
    connections.close_all()
    if on_postgresql():
        _run(
            "pg_restore",
            "--clean",
            "--if-exists",
            "--no-owner",
            "--exit-on-error",
            "--dbname",
            settings.DATABASES["default"]["NAME"],
            str(source),
        )
        return
    _prove(source)
    live = Path(_sqlite_file())
    fresh = live.with_name(f"{live.name}.restored")
    try:
        shutil.copyfile(source, fresh)
        for left in (f"{live}-wal", f"{live}-shm"):
            Path(left).unlink(missing_ok=True)
        fresh.replace(live)
    finally:
        fresh.unlink(missing_ok=True)


def _prove(source: Path) -> None:
    """Raise `sqlite3.DatabaseError` for a file that is damaged or no backup of ours; the file is only read."""
    with closing(sqlite3.connect(f"{source.resolve().as_uri()}?mode=ro", uri=True)) as copy:
        [(verdict,), *_more] = copy.execute("PRAGMA integrity_check").fetchall()
        if verdict != "ok":
            raise sqlite3.DatabaseError(verdict)
        if not copy.execute("SELECT 1 FROM sqlite_master WHERE name = 'django_migrations'").fetchone():
            raise sqlite3.DatabaseError(_("this file is no backup of Lazaretto"))


def _sqlite_file() -> str:
    return str(settings.DATABASES["default"]["NAME"])


def _run(program: str, *words: str) -> None:
    """One of PostgreSQL's own programs, told about the database by the environment (no password on a command line)."""
    if shutil.which(program) is None:
        raise FileNotFoundError(_("{program} is missing; install postgresql-client").format(program=program))
    known = settings.DATABASES["default"]
    names = {"PGHOST": "HOST", "PGPORT": "PORT", "PGUSER": "USER", "PGPASSWORD": "PASSWORD", "PGDATABASE": "NAME"}
    told = {name: str(known[key]) for name, key in names.items() if known.get(key)}
    subprocess.run([program, *words], env={**os.environ, **told}, check=True)  # noqa: S603 — fixed programs
