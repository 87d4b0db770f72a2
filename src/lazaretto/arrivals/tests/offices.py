"""Builders of files as offices send them. All people are invented."""

import csv
import io
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

import openpyxl
import xlwt

from lazaretto.arrivals.manifest import Line, Manifest, Outcome, read_manifest
from lazaretto.core.tables import read_workbook
from lazaretto.people.rules import id_card_check_digit

TODAY = date(2021, 6, 3)
HEADER = ["序号", "姓名", "性别", "证件号码", "出生日期", "手机号码"]
Rows = Sequence[Sequence[Any]]


def card(birth: str = "19910209", sequence: str = "016", region: str = "440105") -> str:
    """A valid identity card number of nobody."""
    body = f"{region}{birth}{sequence}"
    return body + id_card_check_digit(body)


def person(number: int, name: str = "", document: Any = None, **other: Any) -> list[Any]:
    """A plain row under HEADER; odd numbers are men."""
    birth = other.get("birth", f"19{50 + number % 50}0{number % 9 + 1}1{number % 10}")
    sequence = f"{number % 999 + 1:03d}"
    sex = "男" if int(sequence) % 2 else "女"
    written = document if document is not None else card(birth, sequence)
    shown = other.get("shown", f"{birth[:4]}-{birth[4:6]}-{birth[6:]}")
    han = chr(0x4E00 + (number * 37) % 5000)
    return [number, name or f"王{han}", other.get("sex", sex), written, shown, other.get("phone", f"138{number:08d}")]


def xlsx(sheets: Mapping[str, Rows], merged: Sequence[str] = (), hidden: Sequence[str] = ()) -> bytes:
    """An .xlsx; `merged` are ranges of the first sheet."""
    book = openpyxl.Workbook()
    book.remove(book.active)
    for title, rows in sheets.items():
        sheet = book.create_sheet(title)
        sheet.sheet_state = "hidden" if title in hidden else "visible"
        for number, row in enumerate(rows, start=1):
            for column, value in enumerate(row, start=1):
                if value is not None:
                    sheet.cell(number, column, value)
    for block in merged:
        book.worksheets[0].merge_cells(block)
    target = io.BytesIO()
    book.save(target)
    return target.getvalue()


def xls(rows: Rows, merged: Sequence[tuple[int, int, int, int]] = ()) -> bytes:
    """An old .xls; merged blocks by zero-based rows and columns."""
    book = xlwt.Workbook()
    sheet = book.add_sheet("Sheet1")
    day = xlwt.easyxf(num_format_str="yyyy-mm-dd")
    for number, row in enumerate(rows):
        for column, value in enumerate(row):
            if isinstance(value, date):
                sheet.write(number, column, value, day)
            elif value is not None:
                sheet.write(number, column, value)
    for block in merged:
        sheet.merge(*block)
    target = io.BytesIO()
    book.save(target)
    return target.getvalue()


def text(rows: Rows, encoding: str = "utf-8", delimiter: str = ",") -> bytes:
    """Delimited text."""
    target = io.StringIO()
    csv.writer(target, delimiter=delimiter).writerows([["" if v is None else v for v in row] for row in rows])
    return target.getvalue().encode(encoding)


def read(data: bytes, **options: Any) -> Manifest:
    """The manifest in a file's bytes, read on the day of these stories."""
    return read_manifest(read_workbook(data, "list"), on=options.pop("on", TODAY), **options)


def read_rows(rows: Rows, **options: Any) -> Manifest:
    """The manifest in one sheet of an .xlsx."""
    return read(xlsx({"名单": rows}, **options))


def line(manifest: Manifest, excel_row: int, sheet: int = 0) -> Line:
    """One line by its Excel row."""
    return next(each for each in manifest.lines if (each.sheet, each.excel_row) == (sheet, excel_row))


def codes(line_: Line) -> list[str]:
    """The issue codes of a line."""
    return [issue.code for issue in line_.issues]


def by_outcome(manifest: Manifest) -> dict[str, list[int]]:
    """Excel rows of the first sheet by outcome."""
    found: dict[str, list[int]] = {outcome.value: [] for outcome in Outcome}
    for each in manifest.lines:
        if each.sheet == 0:
            found[each.outcome.value].append(each.excel_row)
    return found
