"""Staff and supplies as tables, for paper and for Excel."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from io import BytesIO

import xlsxwriter
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from lazaretto.screening.models import Round
from lazaretto.screening.rules import OVER
from lazaretto.slots.commands import ToTellList
from lazaretto.slots.queries import Formula, PointSupplies, Supplies
from lazaretto.slots.queries.supplies import ShiftLine


@dataclass(frozen=True)
class Section:
    """A table with its title; figures stay numbers for Excel."""

    title: str
    head: list[str]
    rows: list[list[str | int]]


def sections(of: Round, found: Supplies, formulas: Sequence[Formula]) -> list[Section]:
    """What to look at first, what to pack, who works when, how it is counted."""
    said = warnings(of, found)
    return [
        *([Section(_("Look at this first"), [_("What")], [[one] for one in said])] if said else []),
        Section(
            _("What each point needs"),
            [
                _("Point"), _("People"), _("Tables"), _("Staff at the same time"), pgettext("staff", "There"),
                _("Tubes"), _("Swabs"), _("Protective suits"),
            ],
            [*map(_box, found.points), _all(found)],
        ),
        Section(
            _("Who works when"),
            [
                _("Point"), _("Shift"), _("People"), _("Registrars"), _("Samplers"), _("Guides of the queue"),
                pgettext("staff", "All of them"),
            ],
            [
                *(_shift(row.point.code, line) for row in found.points for line in row.shifts),
                *(_shift(pgettext("points", "All"), line) for line in found.shifts),
            ],
        ),
        Section(
            _("How it is counted"), [_("What"), _("How"), _("Source")],
            [[one.what, one.how, "; ".join(one.sources)] for one in formulas],
        ),
    ]  # fmt: skip


def _box(row: PointSupplies) -> list[str | int]:
    box, place = row.needed.needs, row.point
    return [
        f"{place.code} {place.name}", box.people, place.tables, row.needed.staff, _there(place.staff), box.tubes,
        box.swabs, box.suits,
    ]  # fmt: skip


def _all(found: Supplies) -> list[str | int]:
    box = found.needs
    return [
        pgettext("points", "All"), box.people, found.tables, found.staff, _there(found.there), box.tubes, box.swabs,
        box.suits,
    ]  # fmt: skip


def _there(staff: int | None) -> str | int:
    return _("not said") if staff is None else staff


def warnings(of: Round, found: Supplies) -> list[str]:
    """What the page says above its tables: a round that is over, people without a point, too few people or tables."""
    if of.state in OVER:
        return [_("This round is over: nothing of this is needed any more. It stands here as it was counted.")]
    said = []
    if found.nowhere:
        nowhere = ngettext(
            "%(n)s person is counted nowhere: no point is open for them before the deadline.",
            "%(n)s people are counted nowhere: no point is open for them before the deadline.", found.nowhere,
        )  # fmt: skip
        said.append(nowhere % {"n": found.nowhere})
    for row in found.short:
        said += [f"{row.point.code}: {one}" for one in _short(row)]
    return said


def _short(row: PointSupplies) -> Iterator[str]:
    if row.fewer_staff:
        staff = {"needed": row.needed.staff, "there": row.point.staff, "n": row.fewer_staff}
        yield _("%(needed)s people are needed at the same time, %(there)s are there: %(n)s too few.") % staff
    if row.fewer_tables:
        tables = {"needed": row.needed.tables, "there": row.point.tables, "n": row.fewer_tables}
        yield _("so many people ask for %(needed)s tables, %(there)s are there: %(n)s too few.") % tables


def _shift(point: str, line: ShiftLine) -> list[str | int]:
    begins, ends = (timezone.localtime(at, timezone.get_default_timezone()) for at in (line.begins_at, line.ends_at))
    one = line.shift
    when = f"{begins:%m-%d %H:%M}–{ends:%H:%M}"
    return [point, when, one.people, one.registrars, one.samplers, one.guides, one.staff]


def notices_sheet(found: ToTellList) -> Section:
    """Whom to tell what: a line for each message."""
    head = [_("Enterprise or community"), _("Officer of the enterprise"), _("Telephone"), _("Text")]
    rows: list[list[str | int]] = [[one.name, one.who, one.phone, one.text] for one in found.enterprises]
    return Section(_("To be told"), head, rows)


def workbook(tables: Sequence[Section]) -> bytes:
    """A sheet a table."""
    target = BytesIO()
    book = xlsxwriter.Workbook(target, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False})
    bold = book.add_format({"bold": True, "bottom": 1})
    for table in tables:
        sheet = book.add_worksheet(table.title[:31])
        sheet.freeze_panes(1, 0)
        sheet.set_column(0, len(table.head) - 1, 22)
        sheet.write_row(0, 0, table.head, bold)
        for line, row in enumerate(table.rows, start=1):
            for column, value in enumerate(row):
                (sheet.write_number if isinstance(value, int) else sheet.write_string)(line, column, value)
    book.close()
    return target.getvalue()
