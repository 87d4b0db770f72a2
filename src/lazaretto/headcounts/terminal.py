"""`lazaretto import headcount`: the same commands as the pages, from a terminal, in constant memory."""

import argparse
from dataclasses import asdict
from pathlib import Path
from typing import Any
from uuid import UUID

from lazaretto.accounts.models import Unit
from lazaretto.core import cli, clock
from lazaretto.core.access import Actor
from lazaretto.core.cli import gettext as _
from lazaretto.core.errors import DomainError
from lazaretto.headcounts import commands
from lazaretto.headcounts.choices import ContactOutcome, ListState, OrganisationKind
from lazaretto.headcounts.files import contacts_from, from_path, pieces
from lazaretto.headcounts.models import HeadcountList
from lazaretto.headcounts.queries import account_of

ACTOR = Actor.system("terminal")
PIECE = 20_000  # lines


def import_headcount(arguments: argparse.Namespace) -> int:
    """Lay FILE out line by line for a unit's area; with `--commit` its ready lines are taken in.

    Started again after a stop it goes on where it was. Exit status 0: it was read (lines may be held); 1: it could not
    be read; 2: the call is wrong (no such file or unit).
    """
    unit = Unit.objects.filter(code=arguments.unit, ended_at__isnull=True).first()
    if unit is None:
        cli.complain(_("There is no unit {code}.").format(code=arguments.unit))
        return cli.USAGE
    try:
        headcount_list = _read(arguments, unit)
        if arguments.commit:
            _commit(headcount_list, quiet=arguments.json)
    except OSError as error:
        cli.complain(_("{file} cannot be opened: {reason}").format(file=arguments.file, reason=error.strerror))
        return cli.USAGE
    except DomainError as error:
        if arguments.json:
            cli.say_json({"file": arguments.file, "error": error.problem()})
        cli.complain(error)
        return cli.FAILED
    headcount_list.refresh_from_db()
    _report(headcount_list, arguments)
    return cli.OK


def import_contacts(arguments: argparse.Namespace) -> int:
    """Name the officers of the enterprises of a unit's area as FILE says; lines that name nobody are said.

    Exit status 0: it was read; 1: it could not be read; 2: the call is wrong (no such file or unit).
    """
    unit = Unit.objects.filter(code=arguments.unit, ended_at__isnull=True).first()
    if unit is None:
        cli.complain(_("There is no unit {code}.").format(code=arguments.unit))
        return cli.USAGE
    try:
        lines = contacts_from(Path(arguments.file).read_bytes(), Path(arguments.file).name)
        found = commands.name_contacts(actor=ACTOR, at=clock.now(), unit=unit, lines=lines)
    except OSError as error:
        cli.complain(_("{file} cannot be opened: {reason}").format(file=arguments.file, reason=error.strerror))
        return cli.USAGE
    except DomainError as error:
        cli.complain(error)
        return cli.FAILED
    if arguments.json:
        cli.say_json(asdict(found))
        return cli.OK
    cli.say(_("{lines} lines, {named} named").format(lines=found.lines, named=found.named))
    for one in found.undone:
        cli.say(f"{one.number} {one.organisation}: {ContactOutcome(one.outcome).label}")
    return cli.OK


def _read(arguments: argparse.Namespace, unit: Unit) -> HeadcountList:
    source = from_path(Path(arguments.file))
    begun = commands.begin_list(
        actor=ACTOR, at=clock.now(), unit=unit, file_name=Path(arguments.file).name, digest=source.digest,
        header=source.header, organisation=arguments.organisation, complete=arguments.complete,
        kind=OrganisationKind(arguments.kind), passed=list(source.passed),
    )  # fmt: skip
    headcount_list = HeadcountList.objects.get(pk=begun.list_id)
    if headcount_list.state == ListState.READING:
        waiting = (line for line in source.lines if line.number > begun.read_to)
        with cli.Progress(_("lines read"), quiet=arguments.json) as shown:
            for piece in pieces(waiting, PIECE):
                commands.add_lines(actor=ACTOR, at=clock.now(), headcount_list=headcount_list, lines=piece)
                shown.to(piece[-1].number, source.about)
        commands.end_reading(actor=ACTOR, at=clock.now(), headcount_list=headcount_list)
    return headcount_list


def _commit(headcount_list: HeadcountList, *, quiet: bool) -> None:
    with cli.Progress(_("people taken in"), quiet=quiet) as shown:
        while True:
            piece = commands.commit_list(actor=ACTOR, at=clock.now(), headcount_list=headcount_list, lines=PIECE)
            shown.to(piece.done, piece.of)
            if piece.finished:
                return


def _report(headcount_list: HeadcountList, arguments: argparse.Namespace) -> None:
    account = account_of(headcount_list)
    if arguments.json:
        cli.say_json(_as_json(headcount_list.id, headcount_list.state, asdict(account)))
        return
    cli.say(
        _(
            "{lines} lines: {made} new, {kept} on it already, {ready} ready, {held} held, {repeated} said twice, "
            "{empty} empty, {rejected} not taken; {leaving} leave"
        ).format(**asdict(account))
    )
    if headcount_list.passed:
        sheets = ", ".join(headcount_list.passed)
        cli.say(_("Passed over, because nobody is on them: {sheets}.").format(sheets=sheets))
    if not arguments.commit:
        cli.say(_("Nobody was taken in; --commit does that."))


def _as_json(list_id: UUID, state: str, account: dict[str, Any]) -> dict[str, Any]:
    return {"list": str(list_id), "state": state, **account}
