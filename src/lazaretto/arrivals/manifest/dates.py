"""Dates of a table: which order of day and month a column uses, and days written without a year."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache

from lazaretto.core.tables import Cell, cell_text
from lazaretto.people.rules import fold, read_date

_DAY_MONTH = re.compile(r"(\d{1,2})\s*[-/.]\s*(\d{1,2})\s*[-/.]\s*\d{4}")
_NO_YEAR = re.compile(r"(\d{1,2})\s*[-/.月]\s*(\d{1,2})\s*[日号]?")
_ENOUGH = 3
_OLDEST = 110  # years; beyond, a birth date is a slip of the pen
_NEAR = timedelta(days=60)


@dataclass(frozen=True, slots=True)
class Reading:
    """A day, or the reason why there is none: invalid, ambiguous, or nothing written (empty reason).

    `mend` names a conclusion that needs to be shown: column_order, short_year, year_added, serial, document.
    """

    day: date | None
    reason: str = ""
    mend: str = ""


def day_first(rows: Sequence[Sequence[Cell]], column: int) -> bool | None:
    """Whether 03/02/2001 means 3 February in this column: known when at least three other cells show the order."""
    firsts = lasts = 0
    for row in rows:
        found = _DAY_MONTH.match(fold(cell_text(row[column]))) if column < len(row) else None
        if found:
            firsts += int(found[1]) > 12
            lasts += int(found[2]) > 12
    if firsts >= _ENOUGH and not lasts:
        return True
    return False if lasts >= _ENOUGH and not firsts else None


def read_birth(value: Cell, *, on: date, order: bool | None, document: date | None) -> Reading:
    """A birth date; `document` is what the identity card says, which settles what can be read in two ways."""
    reading = read_date(value)
    possible = [day for day in reading.candidates if on.year - _OLDEST <= day.year and day <= on]
    if document is not None and document in reading.candidates:
        return Reading(document, mend="document" if len(reading.candidates) > 1 else "")
    if document is not None and reading.candidates:
        return Reading(None, "conflict")
    return _choose(possible, reading.form, order)


@lru_cache(maxsize=1024, typed=True)
def read_event(value: Cell, *, around: date, order: bool | None) -> Reading:
    """The day of arrival or exposure. A day without a year is the one within sixty days of `around`, if any."""
    reading = read_date(value)
    possible = [day for day in reading.candidates if abs(day.year - around.year) <= 30]
    if possible or not isinstance(value, str):
        return _choose(possible, reading.form, order)
    found = _NO_YEAR.fullmatch(fold(value))
    return _without_year(int(found[1]), int(found[2]), around) if found else Reading(None, "invalid")


def _without_year(month: int, day: int, around: date) -> Reading:
    near: list[date] = []
    for year in (around.year - 1, around.year, around.year + 1):
        try:
            candidate = date(year, month, day)
        except ValueError:
            continue
        if abs(candidate - around) <= _NEAR:
            near.append(candidate)
    return Reading(near[0], mend="year_added") if len(near) == 1 else Reading(None, "invalid")


def _choose(possible: Sequence[date], form: str, order: bool | None) -> Reading:
    if len(possible) == 1:
        return Reading(possible[0], mend=form if form in {"serial", "short_year", "republic", "numerals"} else "")
    if not possible:
        return Reading(None, "invalid")
    if form == "day_month" and order is not None:
        return Reading(possible[0] if order else possible[1], mend="column_order")
    return Reading(None, "ambiguous")
