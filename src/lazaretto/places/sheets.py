"""Room lists as files: columns found by their headings, every row kept; and the list written out again."""

from __future__ import annotations

import io
import re
from collections.abc import Iterable, Mapping, Sequence

import xlsxwriter
from django.utils.translation import gettext as _

from lazaretto.core.tables import Workbook, cell_text
from lazaretto.places.choices import RoomState
from lazaretto.places.commands.lists import SentRow
from lazaretto.places.headings import headings_in_language
from lazaretto.places.models import Room
from lazaretto.places.rows import tidy

# Headings as offices write them, without blanks and in small letters.
HEADINGS: Mapping[str, frozenset[str]] = {
    "building": frozenset({"building", "楼栋", "楼号", "栋", "栋号", "楼座", "座"}),
    "floor": frozenset({"floor", "楼层", "层", "层数", "所在楼层"}),
    "number": frozenset({"room", "roomno", "roomnumber", "number", "房间", "房号", "房间号", "客房号"}),
    "position": frozenset({"position", "order", "位置", "顺序", "排序"}),
    "beds": frozenset({"beds", "bed", "床位", "床位数", "床数", "床"}),
    "accessible": frozenset({"accessible", "wheelchair", "无障碍", "无障碍房", "无障碍房间"}),
    "has_window": frozenset({"window", "haswindow", "有窗", "外窗", "窗", "可开窗"}),
    "note": frozenset({"note", "notes", "remark", "remarks", "备注", "说明"}),
}
TOTALS = frozenset({"合计", "总计", "小计", "total", "sum"})


def read_rooms(workbook: Workbook) -> list[SentRow]:
    """Every filled row of every sheet, in order: rooms below a heading with a room number, all others marked as not."""
    return [row for sheet in workbook.sheets for row in _sheet(sheet.name, sheet.numbered())]


def has_rooms(rows: Iterable[SentRow]) -> bool:
    """Whether any row was taken for a room."""
    return any(row.is_room for row in rows)


def _sheet(name: str, rows: Iterable[tuple[int, Sequence[object]]]) -> Iterable[SentRow]:
    columns: dict[int, str] = {}
    for number, raw in rows:
        values = [cell_text(value) for value in raw]  # type: ignore[arg-type]
        if not any(value.strip() for value in values):
            continue
        heading = _heading(values)
        if heading:
            columns = heading
            yield SentRow(name, number, _plain(values), is_room=False)
        elif not columns or _is_total(values):
            yield SentRow(name, number, _plain(values), is_room=False)
        else:
            yield SentRow(name, number, {column: values[n] for n, column in columns.items() if n < len(values)})


def _heading(values: Sequence[str]) -> dict[int, str]:
    """Columns by place, when the row names at least a room number and one thing more."""
    words = [re.sub(r"[\s()（）/、:：.]", "", tidy(value)).lower() for value in values]
    found = {n: column for n, word in enumerate(words) for column, names in HEADINGS.items() if word in names}
    return found if "number" in found.values() and len(found) > 1 else {}


def _is_total(values: Sequence[str]) -> bool:
    first = next((tidy(value) for value in values if value.strip()), "")
    return first.lower().rstrip(":：") in TOTALS


def _plain(values: Sequence[str]) -> dict[str, str]:
    return {str(n): value for n, value in enumerate(values, start=1) if value.strip()}


def write_rooms(rooms: Iterable[Room]) -> bytes:
    """An Excel file of rooms, with headings that `read_rooms` finds again; room numbers are text, so zeros stay."""
    target = io.BytesIO()
    book = xlsxwriter.Workbook(target, {"in_memory": True})
    sheet = book.add_worksheet(_("Rooms"))
    bold, text = book.add_format({"bold": True, "bottom": 1}), book.add_format({"num_format": "@"})
    headings = [*(label for _column, label in headings_in_language()), _("State")]
    sheet.write_row(0, 0, headings, bold)
    sheet.set_column(0, 2, 12, text)
    sheet.set_column(3, 6, 9)
    sheet.set_column(7, 7, 30)
    sheet.freeze_panes(1, 0)
    for number, room in enumerate(rooms, start=1):
        _write_row(sheet, number, room)
    book.close()
    return target.getvalue()


def _write_row(sheet: xlsxwriter.worksheet.Worksheet, number: int, room: Room) -> None:
    yes, no = _("yes"), _("no")
    for column, value in enumerate([room.floor.building.name, room.floor.label, room.number]):
        sheet.write_string(number, column, value)
    sheet.write_number(number, 3, room.position)
    sheet.write_number(number, 4, room.bed_count)  # type: ignore[attr-defined]  # annotated by the query
    sheet.write_string(number, 5, yes if room.accessible else no)
    sheet.write_string(number, 6, yes if room.has_window else no)
    sheet.write_string(number, 7, room.note)
    sheet.write_string(number, 8, str(RoomState(room.state).label))
