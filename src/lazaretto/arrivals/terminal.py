"""`lazaretto import arrivals`: the same commands as the pages, from a terminal."""

import argparse
import base64
from datetime import datetime
from pathlib import Path
from typing import Any

from django.db import transaction

from lazaretto.arrivals import commands
from lazaretto.arrivals.errors import FileUnreadable, NobodyInFile
from lazaretto.arrivals.issues import issue_label
from lazaretto.arrivals.models import Manifest
from lazaretto.arrivals.queries.files import read_first
from lazaretto.arrivals.queries.statement import file_report
from lazaretto.core import cli, clock
from lazaretto.core.access import Actor
from lazaretto.core.cli import gettext as _
from lazaretto.core.errors import DomainError
from lazaretto.places.models import Site
from lazaretto.places.queries import site_by_code

ACTOR = Actor.system("terminal")
PIECE = 4_000


def import_arrivals(arguments: argparse.Namespace) -> int:
    """Say row by row what becomes of FILE at a site; with `--commit` it is staged and committed, else nothing is kept.

    Exit status 0: the file was read (rows may be held); 1: it could not be read or names nobody, or with `--strict`
    something needs a decision; 2: the call is wrong (no such file or site).
    """
    path = Path(arguments.file)
    try:
        content = path.read_bytes()
    except OSError as error:
        cli.complain(_("{file} cannot be opened: {reason}").format(file=path, reason=error.strerror))
        return cli.USAGE
    try:
        report = _brought_in(arguments, path.name, content)
    except DomainError as error:
        if arguments.json:
            cli.say_json({"file": path.name, "error": error.problem()})
        cli.complain(error)
        return cli.FAILED if isinstance(error, FileUnreadable | NobodyInFile) else cli.USAGE
    cli.say_json(report) if arguments.json else _say(report, tried=not arguments.commit)
    doubtful = report["totals"]["held"] or report["issues"]
    return cli.FAILED if arguments.strict and doubtful else cli.OK


def _brought_in(arguments: argparse.Namespace, name: str, content: bytes) -> dict[str, Any]:
    """The report of the file; without `--commit` whatever was written for it is taken back."""
    site, at = site_by_code(ACTOR, arguments.site), clock.now()
    read_first(site, name, content, at=at)
    with transaction.atomic():
        manifest = _stage(site, name, content, arguments.category, at)
        if not arguments.commit:
            report = file_report(manifest)
            transaction.set_rollback(True)
            return report
    _commit(manifest, quiet=arguments.json)
    return file_report(manifest)


def _stage(site: Site, name: str, content: bytes, category: str, at: datetime) -> Manifest:
    staged = commands.stage_manifest(
        actor=ACTOR,
        at=at,
        site=site,
        file_name=name,
        content=base64.b64encode(content).decode(),
        category=category,
    )
    if not staged.people:
        raise NobodyInFile(file=name)
    return Manifest.objects.select_related("site").get(pk=staged.manifest_id)


def _commit(manifest: Manifest, *, quiet: bool) -> None:
    while True:
        piece = commands.commit_manifest(actor=ACTOR, at=clock.now(), manifest=manifest, rows=PIECE)
        if not quiet:
            cli.say(f"{piece.done} / {piece.of}")
        if piece.finished:
            manifest.refresh_from_db()
            return


def _say(report: dict[str, Any], *, tried: bool) -> None:
    totals = report["totals"]
    cli.say(_("{rows} rows, {people} people: {ready} ready, {held} held, {skipped} skipped").format(**totals))
    for issue in report["issues"]:
        place = " ".join(str(issue[key]) for key in ("sheet", "excel_row") if key in issue)
        numbers = " / ".join(str(issue[key]) for key in ("declared", "counted") if key in issue)
        cli.say(f"! {place} {issue_label(issue['code'])} {numbers}".rstrip())
    for sheet in report["sheets"]:
        for row in sheet["rows"]:
            if row["issues"]:
                words = ", ".join(str(issue_label(code)) for code in row["issues"])
                cli.say(f"  {sheet['name']} {row['excel_row']}: {row['outcome']} – {words}")
    cli.say(
        _("made {made}, matched {matched}, held {held}, rejected {rejected}, not yet committed {ready}").format(
            **report["statement"]
        )
    )
    if tried:
        cli.say(_("Nothing was stored; --commit brings these people in."))
