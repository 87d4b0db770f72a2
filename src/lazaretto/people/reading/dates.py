"""Dates as offices write them. A date that can be read in two ways is returned as two candidates."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import lru_cache

from lazaretto.people.reading.text import fold

# Excel counts days from here (its day 60, 1900-02-29, never existed; serials used here lie far beyond).
_EXCEL_EPOCH = date(1899, 12, 30)
_SERIALS = range(10_000, 80_000)  # 1927-05-18 … 2119; below, a serial cannot be told from a year
_CENTURY_SPLIT = (1900, 2000)
_MONTHS = {
    name: number
    for number, names in enumerate(
        ("jan january", "feb february", "mar march", "apr april", "may", "jun june", "jul july", "aug august",
         "sep sept september", "oct october", "nov november", "dec december"),
        start=1,
    )
    for name in names.split()
}  # fmt: skip
_TIME = r"(?:[ T]+\d{1,2}[:时]\d{1,2}(?:[:分]\d{1,2}(?:\.\d+)?)?秒?(?: ?[AP]M)?(?:Z|[+-]\d\d:?\d\d)?)?"
_SEPARATOR = r"\s*[-/.,、年\s]\s*"
_YEAR_FIRST = re.compile(
    rf"(\d{{4}}){_SEPARATOR}(\d{{1,2}})\s*[-/.,、月\s]\s*(\d{{1,2}})\s*[日号]?{_TIME}", re.IGNORECASE
)
_YEAR_LAST = re.compile(rf"(\d{{1,2}})\s*[-/. ]\s*(\d{{1,2}})\s*[-/. ]\s*(\d{{4}}){_TIME}", re.IGNORECASE)
_SHORT_YEAR = re.compile(r"'?(\d{2})\s*[-/.年]\s*(\d{1,2})\s*[-/.月]\s*(\d{1,2})\s*[日号]?")
_COMPACT = re.compile(r"((?:18|19|20)\d{2})(\d{2})(\d{2})(?:\.0+)?")
_COMPACT_SHORT = re.compile(r"(\d{2})(\d{2})(\d{2})")
_DAY_MONTH = re.compile(
    rf"(\d{{1,2}})(?:st|nd|rd|th)?[-/. ,]*([A-Za-z]{{3,9}})\.?[-/. ,]*(\d{{4}}|\d{{2}}){_TIME}", re.IGNORECASE
)
_MONTH_DAY = re.compile(
    rf"([A-Za-z]{{3,9}})\.?[-/. ,]*(\d{{1,2}})(?:st|nd|rd|th)?[-/. ,]+(\d{{4}}){_TIME}", re.IGNORECASE
)
_YEAR_MONTH_NAME = re.compile(r"(\d{4})[-/. ]([A-Za-z]{3,9})\.?[-/. ](\d{1,2})")
_REPUBLIC = re.compile(r"民[国國]\s*(\d{1,3})\s*年\s*(\d{1,2})\s*月\s*(\d{1,2})\s*日?")
_SERIAL = re.compile(r"(\d{5})(?:\.\d+)?")
_NUMERALS = str.maketrans("〇○零一二三四五六七八九", "000123456789")


@dataclass(frozen=True, slots=True)
class DateReading:
    """The days a text can mean (none: not a date; two: the order of day and month, or the century, is open).

    `form` names how it was written: `date`, `year_first`, `compact`, `serial`, `day_month`, `month_name`,
    `short_year`, `republic`, `numerals`.
    """

    candidates: tuple[date, ...]
    form: str

    @property
    def day(self) -> date | None:
        return self.candidates[0] if len(self.candidates) == 1 else None


_UNREADABLE = DateReading((), "")


def read_date(value: object) -> DateReading:
    """Read a spreadsheet cell or a text as a calendar day; time of day is ignored."""
    if isinstance(value, str):
        return _from_text(value)
    if isinstance(value, datetime):
        return DateReading((value.date(),), "date")
    if isinstance(value, date):
        return DateReading((value,), "date")
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        return _from_number(value)
    return _UNREADABLE


def _from_number(value: float) -> DateReading:
    if int(value) in _SERIALS:
        return _reading([_EXCEL_EPOCH + timedelta(days=int(value))], "serial")
    return _from_text(str(value)) if isinstance(value, int) else _UNREADABLE


@lru_cache(maxsize=65536)
def _from_text(text: str) -> DateReading:
    text = fold(text).strip("'\"= ")
    for form, candidates in _attempts(text):
        if candidates is not None:
            return _reading(candidates, form)
    return _UNREADABLE


def _attempts(text: str) -> Iterable[tuple[str, list[date] | None]]:
    if found := _YEAR_FIRST.fullmatch(text):
        yield "year_first", _days(*found.groups())
    if found := _COMPACT.fullmatch(text):
        yield "compact", _days(*found.groups())
    if found := _SERIAL.fullmatch(text):
        yield "serial", [_EXCEL_EPOCH + timedelta(days=int(found[1]))] if int(found[1]) in _SERIALS else None
    if found := _YEAR_LAST.fullmatch(text):
        first, second, year = found.groups()
        yield "day_month", _days(year, second, first) + _days(year, first, second)
    yield from _with_month_names(text)
    yield from _rare(text)


def _with_month_names(text: str) -> Iterable[tuple[str, list[date] | None]]:
    if found := _DAY_MONTH.fullmatch(text):
        yield "month_name", _named(found[3], found[2], found[1])
    if found := _MONTH_DAY.fullmatch(text):
        yield "month_name", _named(found[3], found[1], found[2])
    if found := _YEAR_MONTH_NAME.fullmatch(text):
        yield "month_name", _named(found[1], found[2], found[3])


def _rare(text: str) -> Iterable[tuple[str, list[date] | None]]:
    if found := _REPUBLIC.fullmatch(text):
        yield "republic", _days(str(int(found[1]) + 1911), found[2], found[3])
    for pattern in (_SHORT_YEAR, _COMPACT_SHORT):
        if found := pattern.fullmatch(text):
            year, month, day = found.groups()
            yield "short_year", [d for century in _CENTURY_SPLIT for d in _days(str(century + int(year)), month, day)]
    if "年" in text and (digits := _chinese_numerals(text)) != text:
        yield "numerals", list(_from_text(digits).candidates)


def _chinese_numerals(text: str) -> str:
    text = re.sub(r"(?<=[一二三四五六七八九])十(?=[一二三四五六七八九])", "", text)
    text = re.sub(r"(?<=[一二三四五六七八九])十", "0", text)
    text = re.sub(r"十(?=[一二三四五六七八九])", "1", text).replace("十", "10")
    return text.translate(_NUMERALS)


def _named(year: str, month: str, day: str) -> list[date] | None:
    number = _MONTHS.get(month.lower())
    if number is None:
        return None
    years = [year] if len(year) == 4 else [str(century + int(year)) for century in _CENTURY_SPLIT]
    return [found for each in years for found in _days(each, str(number), day)]


def _days(year: str, month: str, day: str) -> list[date]:
    try:
        return [date(int(year), int(month), int(day))]
    except ValueError:
        return []


def _reading(candidates: Iterable[date], form: str) -> DateReading:
    return DateReading(tuple(dict.fromkeys(candidates)), form)
