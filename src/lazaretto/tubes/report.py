"""The report of a round, for paper and for Excel: both sums, by enterprise, positives, who was not tested and why."""

import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, ClassVar
from zoneinfo import ZoneInfo

import xlsxwriter
from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from lazaretto.core.access import Actor
from lazaretto.people.queries import name_for
from lazaretto.screening.models import Round
from lazaretto.screening.queries import progress
from lazaretto.screening.queries.covering import Coverage
from lazaretto.tubes.choices import Standing
from lazaretto.tubes.models import Positive
from lazaretto.tubes.queries.agreed import agreed
from lazaretto.tubes.queries.balance import Balance, absences, balance_of
from lazaretto.tubes.queries.people import people_of
from lazaretto.tubes.queries.strangers import stranger_lines, strangers
from lazaretto.tubes.queries.trails import overrides_in
from lazaretto.tubes.queries.turnaround import Timed, turnaround
from lazaretto.tubes.wording import stranger_heads, stranger_texts, timed_lines
from lazaretto.ui import papers

ON_PAPER = 400  # lines of people; Excel has all


@dataclass(frozen=True)
class Report:
    """What a report says; names as whoever asked reads them."""

    of: Round
    at: datetime
    balance: Balance
    coverage: Coverage
    positives: list[tuple[str, str, str, str]]
    absent: list[tuple[str, str, str, str, str]]
    agreed: list[tuple[str, str, str, str, str, str]]
    overrides: list[tuple[str, str, str, str]]
    strangers: list[list[str]]
    times: list[Timed]
    hours: list[tuple[datetime, int]]


def report_of(actor: Actor, of: Round, *, at: datetime) -> Report:
    """Counted now."""
    said = list(absences(of))
    known = people_of(of, [row.number for row in said])
    absent = [
        (
            str(row.number), name_for(actor, known[row.number].name, unit_id=of.unit_id) if row.number in known else "",
            known[row.number].organisation if row.number in known else "",
            f"{row.get_kind_display()}: {row.reason}", str(row.by.display_name),
        )
        for row in said
    ]  # fmt: skip
    positives = [
        (row.tube, str(row.people), str(Standing(row.standing).label), _moment(row.raised_at))
        for row in Positive.objects.filter(round=of).order_by("raised_at")
    ]
    overrides = [(row.tube, str(row.number), row.words, str(row.closed_by)) for row in overrides_in(of)]
    going = progress(of, at=at)
    return Report(
        of, at, balance_of(of), going.coverage, positives, absent, _agreed(actor, of), overrides, _strangers(actor, of),
        turnaround(of),
        going.hours,
    )  # fmt: skip


def _agreed(actor: Actor, of: Round) -> list[tuple[str, str, str, str, str, str]]:
    return [
        (
            one.name, one.point.code if one.point else "–", str(one.count), "–" if one.ours is None else str(one.ours),
            name_for(actor, one.officer, unit_id=of.unit_id) if one.officer else "–", _moment(one.at),
        )
        for one in agreed(of)
    ]  # fmt: skip


def _strangers(actor: Actor, of: Round) -> list[list[str]]:
    return [stranger_texts(line, _local) for line in stranger_lines(actor, of, list(strangers(of)))]


def _local(at: datetime) -> datetime:
    return at.astimezone(ZoneInfo(settings.TIME_ZONE))


def _moment(at: datetime) -> str:
    return _local(at).strftime("%Y-%m-%d %H:%M")


def _sums(found: Report) -> list[tuple[str, str]]:
    balance = found.balance
    return [
        (_("Headcount"), str(balance.headcount)), (_("Tested"), str(balance.tested)),
        (_("Excused"), str(balance.excused)), (_("Missing, by name"), str(balance.missing)),
        (_("Neither tested nor named"), str(balance.unnamed)), (_("Strangers, on top"), str(found.coverage.strangers)),
        (_("Tubes out"), str(balance.tubes)), (_("Results in"), str(balance.answered)),
        (_("Rejected"), str(balance.rejected)), (_("Without a result"), str(balance.unanswered)),
        (_("Positive, not decided"), str(balance.preliminary)),
        (_("Called back and not settled"), str(balance.recalls)),
    ]  # fmt: skip


def _sections(found: Report) -> list[tuple[str, list[str], list[list[str]]]]:
    shares = found.coverage.organisations
    return [
        (_("Sums"), [_("What"), _("How many")], [list(row) for row in _sums(found)]),
        (
            _("By enterprise"),
            [_("Enterprise"), _("Headcount"), _("Tested"), _("Excused"), pgettext("people", "Missing")],
            [[row.name, *map(str, (row.expected, row.tested, row.excused, row.missing))] for row in shares],
        ),
        (
            _("By point"), [_("Point"), pgettext("point", "Name"), _("Tested"), _("Strangers among them")],
            [[row.code, row.name, str(row.tested), str(row.strangers)] for row in found.coverage.points],
        ),
        (
            _("By the hour"), [_("Hour"), _("People tested, with strangers")],
            [[_moment(hour), str(people)] for hour, people in found.hours],
        ),
        (
            _("Turnaround"),
            [
                _("Leg"), _("Where"), _("Promised"), _("Done"), _("Half within"), _("Nine of ten within"), _("Longest"),
                _("Later than promised"), _("Still waiting"),
            ],
            [row for one in found.times if one.all.done or one.all.waiting for row in _times(one)],
        ),
        (
            _("Positive tubes"), [_("Tube"), _("People"), _("Standing"), _("Found at")],
            [list(row) for row in found.positives],
        ),
        (
            _("Ended before the recheck"), [_("Tube"), _("Number"), _("Why"), _("Who says so")],
            [list(row) for row in found.overrides],
        ),
        (
            _("Not tested, by name"), [_("Number"), _("Name"), _("Enterprise"), _("Why"), _("Who says so")],
            [list(row) for row in found.absent],
        ),
        (_("Strangers"), stranger_heads(), found.strangers),
        (
            _("Numbers agreed with enterprises"),
            [
                _("Enterprise"), _("Point"), pgettext("column", "Agreed"), _("Counted by then"),
                pgettext("number agreed", "By"), _("When"),
            ],
            [list(row) for row in found.agreed],
        ),
    ]  # fmt: skip


def _times(one: Timed) -> list[list[str]]:
    return [
        [
            str(one.leg.label), row.name, row.promised, str(row.done), row.half, row.most, row.longest, str(row.late),
            str(row.waiting),
        ]
        for row in timed_lines(one)
    ]  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class RoundReport(papers.Paper):
    """The report on paper."""

    template: ClassVar[str] = "round_report"
    title: str
    sub: str
    sections: Sequence[tuple[str, Sequence[str], Sequence[Sequence[str]]]]
    sign: Sequence[str]

    def data(self) -> Mapping[str, Any]:
        """A table a section."""
        return {
            "title": self.title, "sub": self.sub, "footer": f"{self.title} · {self.sub}", "sign": list(self.sign),
            "words": {}, "sections": [
                {"title": title, "head": list(head), "rows": [list(row) for row in rows]}
                for title, head, rows in self.sections
                if rows
            ],
        }  # fmt: skip


def as_pdf(found: Report, language: str) -> bytes:
    """The paper; of long lists the first lines, and how many more Excel has."""
    sections = []
    for title, head, rows in _sections(found):
        shown = rows[:ON_PAPER]
        if len(rows) > ON_PAPER:
            more = _("and {n} more, in the Excel file").format(n=len(rows) - ON_PAPER)
            shown = [*shown, [more, *[""] * (len(head) - 1)]]
        sections.append((title, head, shown))
    paper = RoundReport(
        language="zh-hans" if language.startswith("zh") else "en",
        title=_("Report of testing round {number}: {name}").format(number=found.of.number, name=found.of.name),
        sub=f"{found.of.unit.name} · {_moment(found.at)} · {found.of.get_state_display()}", sections=sections,
        sign=[_("Duty officer"), _("Laboratory"), _("Time")],
    )  # fmt: skip
    return papers.render(paper)


def as_xlsx(found: Report) -> bytes:
    """A sheet a section; codes and numbers of people are text, so nothing is lost."""
    target = io.BytesIO()
    book = xlsxwriter.Workbook(target, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False})
    bold, text = book.add_format({"bold": True, "bottom": 1}), book.add_format({"num_format": "@"})
    for title, head, rows in _sections(found):
        sheet = book.add_worksheet(title[:31])
        sheet.freeze_panes(1, 0)
        sheet.set_column(0, len(head) - 1, 22)
        for column, word in enumerate(head):
            sheet.write_string(0, column, word, bold)
        for line, row in enumerate(rows, start=1):
            for column, value in enumerate(row):
                if value.isdigit() and title not in {_("Positive tubes"), _("Strangers")}:
                    sheet.write_number(line, column, int(value))
                else:
                    sheet.write_string(line, column, value, text)
    book.close()
    return target.getvalue()
