"""What laboratories send. Invented."""

from lazaretto.core.ids import new_id
from lazaretto.tubes import commands
from lazaretto.tubes.choices import Stage
from lazaretto.tubes.commands import RawLine
from lazaretto.tubes.models import Laboratory, ResultFile
from tests.cast import member as somebody
from tests.factories import NOW

HEADER = ["序号", "试管编号", "检测结果", "N基因", "ORF1ab"]


def stage(cast, of, laboratory, *lines, at=NOW, member=None, **more) -> ResultFile:
    """Results laid out: each line a tube, its result, perhaps Ct values."""
    raw = [RawLine(n + 2, [str(n), *line]) for n, line in enumerate(lines)]
    staged = commands.stage_results(
        actor=(member or cast.duty_officer).actor, at=at, test_round=of, laboratory=laboratory, file_name="结果.xlsx",
        digest=more.pop("digest", new_id().hex), header=HEADER, lines=raw, **more,
    )  # fmt: skip
    return ResultFile.objects.get(pk=staged.file_id)


def commit(cast, file: ResultFile, *, at=NOW):
    """Taken in."""
    return commands.commit_results(actor=cast.duty_officer.actor, at=at, result_file=file)


def report(cast, of, laboratory, *lines, at=NOW, **more) -> ResultFile:
    """Laid out and taken in."""
    file = stage(cast, of, laboratory, *lines, at=at, **more)
    commit(cast, file, at=at)
    file.refresh_from_db()
    return file


def recheck(cast, of, laboratory, *lines, at=NOW) -> ResultFile:
    """The second stage: another laboratory, whose own worker sends it."""
    second, _made = Laboratory.objects.get_or_create(
        code="CDC", defaults={"unit": laboratory.unit, "name": "疾控中心实验室", "rechecks": True}
    )
    worker = somebody("laboratory", laboratory.unit)
    return report(cast, of, second, *lines, at=at, stage=Stage.RECHECK, member=worker)


def lines_by_tube(file: ResultFile) -> dict[str, tuple[str, list[str]]]:
    """State and holds of each line."""
    return {row.tube: (row.state, row.holds) for row in file.entries.order_by("-number")}
