"""Staff and supplies as tables, for paper and for Excel."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from io import BytesIO

import xlsxwriter
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from lazaretto.slots.queries import Formula, PointSupplies, Supplies
from lazaretto.slots.queries.supplies import ShiftLine


@dataclass(frozen=True)
class Section:
    """A table with its title; figures stay numbers for Excel."""

    title: str
    head: list[str]
    rows: list[list[str | int]]


def sections(found: Supplies, formulas: Sequence[Formula]) -> list[Section]:
    """What to pack, who works when, how it is counted."""
    return [
        Section(
            _("What each point needs"),
            [
                _("Point"), _("People"), _("Tables"), _("Staff at the same time"), _("Tubes"), _("Swabs"),
                _("Protective suits"),
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
        f"{place.code} {place.name}", box.people, place.tables, row.needed.staff, box.tubes, box.swabs, box.suits
    ]  # fmt: skip


def _all(found: Supplies) -> list[str | int]:
    box = found.needs
    return [pgettext("points", "All"), box.people, found.tables, found.staff, box.tubes, box.swabs, box.suits]


def _shift(point: str, line: ShiftLine) -> list[str | int]:
    begins, ends = (timezone.localtime(at, timezone.get_default_timezone()) for at in (line.begins_at, line.ends_at))
    one = line.shift
    when = f"{begins:%m-%d %H:%M}–{ends:%H:%M}"
    return [point, when, one.people, one.registrars, one.samplers, one.guides, one.staff]


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
