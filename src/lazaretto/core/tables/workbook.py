"""Excel workbooks through calamine, with the dangers of the format named."""

import io
import re
import zipfile

import python_calamine as calamine

from lazaretto.core.tables.delimited import read_text
from lazaretto.core.tables.html import read_html
from lazaretto.core.tables.model import (
    LARGEST_CELLS,
    EmptyFile,
    MergedRange,
    NotATable,
    PasswordProtected,
    Sheet,
    TableError,
    TooLarge,
    Workbook,
    rectangle,
)

_ZIP, _COMPOUND = b"PK\x03\x04", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_NOT_TABLES = (
    b"%PDF",
    b"\x89PNG",
    b"\xff\xd8\xff",
    b"GIF8",
    b"Rar!",
    b"7z\xbc\xaf",
    b"{\\rtf",
    b"\x1f\x8b",
    b"PK\x05\x06",
)
_ENCRYPTED = "EncryptedPackage".encode("utf-16-le")
_LARGEST_UNPACKED = 400 * 1024 * 1024
_FORMULA = re.compile(rb"<c\s([^>]*)>\s*<f\b(?:[^>]*/>|[^>]*>[^<]*</f>)\s*(?:<v\s*/>|<v></v>)?\s*</c>")
_CELL = re.compile(rb'\br="([A-Z]+[0-9]+)"')
_ROW_LIMITS = {"xlsx": 1_048_576, "xls": 65_536}


def read_workbook(data: bytes, name: str = "") -> Workbook:
    """Read a file by what it contains, whatever its name says. `name` becomes the sheet's name for plain text.

    Raises a subclass of `TableError`: `EmptyFile`, `PasswordProtected`, `NotATable`, `TooLarge`, or
    `TableError` itself when the content is damaged.
    """
    if not data.strip():
        raise EmptyFile
    if data.startswith((_ZIP, _COMPOUND)):
        workbook = _excel(data)
    elif data.startswith(_NOT_TABLES):
        raise NotATable
    elif _looks_like_html(data):
        workbook = read_html(data)
    else:
        workbook = read_text(data, name)
    if not any(sheet.rows for sheet in workbook.sheets):
        raise EmptyFile
    return workbook


def formula_without_value(data: bytes) -> str:
    """The first cell of an Excel file that is a formula and holds no value; empty where there is none.

    Programs write them: nobody has opened the file since, so nothing was reckoned. Such a cell reads as an empty one.
    """
    if not data.startswith(_ZIP):
        return ""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        for part in archive.namelist():
            if part.lower().startswith("xl/worksheets/") and b"<f" in (text := archive.read(part)):
                for said in _FORMULA.finditer(text):
                    if b't="str"' not in said[1] and (cell := _CELL.search(said[1])):
                        return cell[1].decode()
    return ""


def _looks_like_html(data: bytes) -> bool:
    head = data[:4096].replace(b"\x00", b"").lower()
    return b"<table" in head or b"<html" in head or b"<tr" in head


def _excel(data: bytes) -> Workbook:
    format_ = "xlsx" if data.startswith(_ZIP) else "xls"
    if format_ == "xlsx":
        _check_archive(data)
    elif _ENCRYPTED in data:
        raise PasswordProtected
    try:
        with calamine.CalamineWorkbook.from_filelike(io.BytesIO(data)) as book:
            sheets = tuple(_sheet(book, metadata, format_) for metadata in book.sheets_metadata)
    except calamine.PasswordError as error:
        raise PasswordProtected from error
    except (calamine.CalamineError, OSError, ValueError) as error:
        raise TableError from error
    return Workbook(format_, sheets)


def _check_archive(data: bytes) -> None:
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            parts = archive.infolist()
    except zipfile.BadZipFile as error:
        raise TableError from error
    if sum(part.file_size for part in parts) > _LARGEST_UNPACKED:
        raise TooLarge
    names = {part.filename.split("/")[0].lower() for part in parts}
    if not names & {"xl", "content.xml"}:
        raise NotATable


def _sheet(book: calamine.CalamineWorkbook, metadata: calamine.SheetMetadata, format_: str) -> Sheet:
    visible = metadata.visible == calamine.SheetVisibleEnum.Visible
    if metadata.typ != calamine.SheetTypeEnum.WorkSheet:
        return Sheet(metadata.name, (), visible)
    source = book.get_sheet_by_name(metadata.name)
    if source.total_height * source.total_width > LARGEST_CELLS:
        raise TooLarge
    merged = tuple(
        MergedRange(top + 1, bottom + 1, left, right)
        for (top, left), (bottom, right) in source.merged_cell_ranges or ()
    )
    # The empty area must stay: without it calamine starts counting at the first filled row and column.
    rows = rectangle(source.to_python(skip_empty_area=False))
    return Sheet(metadata.name, rows, visible, merged, _ROW_LIMITS[format_])
