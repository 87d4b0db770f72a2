"""Reading of tables as people send them: xlsx, xls, HTML saved as xls, csv and tab-separated text.

`read_workbook` gives every sheet with Excel's own row numbers: `sheet.rows[0]` is always row 1 of the sheet.
"""

from lazaretto.core.tables.delimited import decode
from lazaretto.core.tables.model import (
    Cell,
    EmptyFile,
    MergedRange,
    NotATable,
    PasswordProtected,
    Sheet,
    TableError,
    TooLarge,
    Workbook,
    cell_text,
    column_letters,
)
from lazaretto.core.tables.workbook import read_workbook

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"  # what browsers call an Excel file

__all__ = [
    "XLSX",
    "Cell",
    "EmptyFile",
    "MergedRange",
    "NotATable",
    "PasswordProtected",
    "Sheet",
    "TableError",
    "TooLarge",
    "Workbook",
    "cell_text",
    "column_letters",
    "decode",
    "read_workbook",
]
