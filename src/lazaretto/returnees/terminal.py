"""`lazaretto import returnees`: the same commands as the pages, from a terminal."""

import argparse
from dataclasses import asdict
from pathlib import Path

from django.conf import settings
from django.utils.translation import override

from lazaretto.accounts.models import Unit
from lazaretto.core import cli, clock
from lazaretto.core.access import Actor
from lazaretto.core.cli import gettext as _
from lazaretto.core.errors import DomainError
from lazaretto.returnees import commands
from lazaretto.returnees.choices import Agency, ListState
from lazaretto.returnees.files import from_path, pieces
from lazaretto.returnees.models import ReturneeList
from lazaretto.returnees.queries.lists import account_of

ACTOR = Actor.system("terminal")


def import_returnees(arguments: argparse.Namespace) -> int:
    """Lay FILE out line by line for an area; with `--commit` its ready lines are taken in.

    Started again after a stop it goes on where it was. Exit status 0: it was read (lines may be held); 1: it could not
    be read; 2: the call is wrong (no such file or area).
    """
    unit = Unit.objects.filter(code=arguments.area, ended_at__isnull=True).first()
    if unit is None:
        cli.complain(_("There is no unit {code}.").format(code=arguments.area))
        return cli.USAGE
    try:
        found = _read(arguments, unit)
        if arguments.commit:
            _commit(found, quiet=arguments.json)
    except OSError as error:
        cli.complain(_("{file} cannot be opened: {reason}").format(file=arguments.file, reason=error.strerror))
        return cli.USAGE
    except DomainError as error:
        if arguments.json:
            cli.say_json({"file": arguments.file, "error": error.problem()})
        cli.complain(error)
        return cli.FAILED
    found.refresh_from_db()
    _report(found, arguments)
    return cli.OK


def _commit(found: ReturneeList, *, quiet: bool) -> None:
    with cli.Progress(_("lines taken in"), quiet=quiet) as shown:
        while True:
            piece = commands.commit_list(actor=ACTOR, at=clock.now(), returnee_list=found)
            shown.to(piece.done, piece.of)
            if piece.finished:
                return


def _read(arguments: argparse.Namespace, unit: Unit) -> ReturneeList:
    path = Path(arguments.file)
    source, (agency, sender) = from_path(path), agency_of(arguments.agency)
    begun = commands.begin_list(
        actor=ACTOR, at=clock.now(), unit=unit, agency=agency, sender=sender, file_name=path.name,
        digest=source.digest, header=source.header, declared=arguments.declared, sheets=list(source.sheets),
        passed=list(source.passed),
    )  # fmt: skip
    if source.passed:
        said = _("Passed over, because nobody is on them: {sheets}.").format(sheets=", ".join(source.passed))
        cli.progress(said, quiet=arguments.json)
    found = ReturneeList.objects.get(pk=begun.list_id)
    if found.state == ListState.READING:
        waiting = (line for line in source.lines if line.number > begun.read_to)
        with cli.Progress(_("lines read"), quiet=arguments.json) as shown:
            for piece in pieces(waiting, commands.PIECE):
                commands.add_lines(actor=ACTOR, at=clock.now(), returnee_list=found, lines=piece)
                shown.to(piece[-1].number, source.about)
        commands.end_reading(actor=ACTOR, at=clock.now(), returnee_list=found)
    return found


def agency_of(name: str) -> tuple[Agency, str]:
    """Its kind by code or by what it is called, else another agency of that name."""
    kinds = {agency.value: agency for agency in Agency}
    for language, _label in settings.LANGUAGES:
        with override(language):
            kinds |= {str(agency.label).casefold(): agency for agency in Agency}
    known = kinds.get(name.strip().casefold())
    return (known, "") if known else (Agency.OTHER, name.strip())


def _report(found: ReturneeList, arguments: argparse.Namespace) -> None:
    account = account_of(found)
    if arguments.json:
        told = {"list": str(found.id), "state": found.state, **asdict(account), "as_declared": account.as_declared}
        cli.say_json(told)
        return
    text = _(
        "{lines} lines: {made} new cases, {joined} joined, {held} held, {ready} ready, {rejected} left out, "
        "{empty} empty"
    )
    cli.say(text.format(**asdict(account)))
    if not account.as_declared:
        words = _("The agency says {declared} people; {people} lines name somebody.")
        cli.say(words.format(declared=account.declared, people=account.people))
    if not arguments.commit:
        cli.say(_("No case was made; --commit does that."))
