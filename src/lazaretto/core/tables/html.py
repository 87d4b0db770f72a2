"""HTML tables that office systems save under the name .xls."""

from html.parser import HTMLParser

from lazaretto.core.tables.delimited import decode
from lazaretto.core.tables.model import (
    LARGEST_CELLS,
    Cell,
    MergedRange,
    NotATable,
    Sheet,
    TooLarge,
    Workbook,
    rectangle,
)

_LARGEST_SPAN = 1000
_MOST_COVERED = 1_000_000  # places that the cells of a file take with their spans; each is remembered


class _Tables(HTMLParser):
    """Collects the cells of every table, one inside another by itself; spans become merged ranges, as in Excel."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.tables: list[dict[tuple[int, int], str]] = []
        self.merged: list[list[MergedRange]] = []
        self._taken: set[tuple[int, int]] = set()
        self._row = self._column = -1
        self._text: list[str] | None = None
        self._spans = (1, 1)
        self._covered = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "table" or (tag == "tr" and not self.tables):
            self._close()  # the words of the cell that this one stands in
            self.tables.append({})
            self.merged.append([])
            self._taken, self._row = set(), -1
        if tag == "tr":
            self._close()
            self._row, self._column = self._row + 1, -1
        elif tag in {"td", "th"} and self.tables:
            self._close()
            self._open(dict(attrs))
        elif tag == "br" and self._text is not None:
            self._text.append("\n")

    def _open(self, attributes: dict[str, str | None]) -> None:
        self._row = max(self._row, 0)
        self._column += 1
        while (self._row, self._column) in self._taken:
            self._column += 1
        self._spans = (_span(attributes.get("rowspan")), _span(attributes.get("colspan")))
        self._text = []

    def handle_data(self, data: str) -> None:
        if self._text is not None:
            self._text.append(data)

    def handle_endtag(self, tag: str) -> None:
        if tag in {"td", "th", "tr", "table"}:
            self._close()

    def _close(self) -> None:
        if self._text is None:
            return
        down, right = self._spans
        self._covered += down * right
        if self._covered > _MOST_COVERED:
            raise TooLarge
        self.tables[-1][self._row, self._column] = "".join(self._text).strip()
        self._taken.update((self._row + d, self._column + r) for d in range(down) for r in range(right))
        if down * right > 1:
            self.merged[-1].append(MergedRange(self._row + 1, self._row + down, self._column, self._column + right - 1))
        self._column += right - 1
        self._text = None


def _span(value: str | None) -> int:
    return min(max(int(value), 1), _LARGEST_SPAN) if value and value.isdigit() else 1


def read_html(data: bytes) -> Workbook:
    """Read each HTML table as a sheet. Raises `NotATable` when there is none, `TooLarge`."""
    text, encoding, damaged = decode(data)
    parser = _Tables()
    parser.feed(text)
    parser.close()
    sheets = tuple(
        Sheet(f"Table {number}", _grid(cells), merged=tuple(merged))
        for number, (cells, merged) in enumerate(zip(parser.tables, parser.merged, strict=True), start=1)
        if cells
    )
    if not sheets:
        raise NotATable
    return Workbook("html", sheets, encoding, damaged_characters=damaged)


def _grid(cells: dict[tuple[int, int], str]) -> list[list[Cell]]:
    height = max(row for row, _ in cells) + 1
    width = max(column for _, column in cells) + 1
    if height * width > LARGEST_CELLS:
        raise TooLarge
    return rectangle([[cells.get((row, column), "") for column in range(width)] for row in range(height)])
