"""`lazaretto import results`: the same commands as the pages, from a terminal."""

import argparse
from dataclasses import asdict
from pathlib import Path
from uuid import UUID

from lazaretto.core import cli, clock
from lazaretto.core.access import Actor
from lazaretto.core.cli import gettext as _
from lazaretto.core.codes import tidy_code
from lazaretto.core.errors import DomainError
from lazaretto.screening.models import Round
from lazaretto.tubes import commands
from lazaretto.tubes.choices import FileState, Stage
from lazaretto.tubes.files import from_bytes
from lazaretto.tubes.models import Laboratory, ResultFile
from lazaretto.tubes.queries.results import account_of

ACTOR = Actor.system("terminal")


def import_results(arguments: argparse.Namespace) -> int:
    """Lay FILE out line by line; with `--commit` what is ready counts.

    Exit status 0: it was read (lines may be held); 1: it could not be read, or nothing of it may count; 2: the call is
    wrong (no such file, round or laboratory).
    """
    of = _round(arguments.round)
    laboratory = Laboratory.objects.filter(code=tidy_code(arguments.laboratory).upper()).first()
    if of is None or laboratory is None:
        missing = arguments.round if of is None else arguments.laboratory
        cli.complain(_("There is no such round or laboratory: {name}.").format(name=missing))
        return cli.USAGE
    try:
        file = _stage(arguments, of, laboratory)
        if arguments.commit and file.state == FileState.STAGED:
            _commit(file)
    except OSError as error:
        cli.complain(_("{file} cannot be opened: {reason}").format(file=arguments.file, reason=error.strerror))
        return cli.USAGE
    except DomainError as error:
        if arguments.json:
            cli.say_json({"file": arguments.file, "error": error.problem()})
        cli.complain(error)
        return cli.FAILED
    file.refresh_from_db()
    _report(file, arguments)
    return cli.OK


def _round(text: str) -> Round | None:
    try:
        return Round.objects.filter(pk=UUID(text)).first()
    except ValueError:
        return None


def _stage(arguments: argparse.Namespace, of: Round, laboratory: Laboratory) -> ResultFile:
    path = Path(arguments.file)
    source = from_bytes(path.read_bytes(), path.name)
    staged = commands.stage_results(
        actor=ACTOR, at=clock.now(), test_round=of, laboratory=laboratory, file_name=path.name, digest=source.digest,
        header=source.header, lines=source.lines, declared_negative=arguments.all_negative,
        stage=Stage.RECHECK if arguments.recheck else Stage.FIRST,
    )  # fmt: skip
    return ResultFile.objects.get(pk=staged.file_id)


def _commit(file: ResultFile) -> None:
    while not commands.commit_results(actor=ACTOR, at=clock.now(), result_file=file).finished:
        pass


def _report(file: ResultFile, arguments: argparse.Namespace) -> None:
    account = account_of(file)
    if arguments.json:
        cli.say_json({"id": str(file.id), "state": file.state, **asdict(account)})
        return
    cli.say(
        _(
            "{lines} lines: {taken} taken, {ready} ready, {held} held, {repeated} said before, {empty} empty, "
            "{at_site} at their sites, {left_out} left out; {positives} say positive"
        ).format(**asdict(account))
    )
    if not arguments.commit:
        cli.say(_("Nothing counts yet; --commit takes in what is ready."))
