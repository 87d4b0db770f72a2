"""Somebody in the cells of a list: name, document and telephone numbers, or why one of them cannot be used."""

from dataclasses import dataclass
from enum import StrEnum

from lazaretto.people.reading.documents import DocumentKind, Hints, read_documents
from lazaretto.people.reading.names import read_name
from lazaretto.people.reading.phones import read_phones
from lazaretto.people.reading.text import is_nothing

TICKS = "'’‘`＇"  # what spreadsheets put before a number to keep its digits
LONGEST_NAME = 120
_CARDS = frozenset({DocumentKind.ID_CARD, DocumentKind.RESIDENCE_PERMIT})


class CellIssue(StrEnum):
    """What is wrong or missing."""

    NO_NAME = "no_name"
    ODD_NAME = "odd_name"
    BAD_DOCUMENT = "bad_document"
    NO_DOCUMENT = "no_document"
    BAD_PHONE = "bad_phone"


@dataclass(frozen=True, slots=True)
class CellReading:
    """`document` is normal and empty where there is none that can be trusted; `phones` are E.164."""

    name: str
    kind: str
    document: str
    phones: tuple[str, ...]
    issues: tuple[CellIssue, ...]


def read_cells(*, name: str, document: str, phone: str, by_hand: bool = False) -> CellReading:
    """What three cells of a line say; `by_hand`: somebody typed the document, or looked at it and let it count."""
    issues: list[CellIssue] = []
    said = _name(name, issues)
    kind, number = _document(document, issues, by_hand=by_hand)
    return CellReading(said, kind, number, _phones(phone, issues), tuple(issues))


def without_ticks(text: str) -> str:
    """A cell without the spaces around it and the apostrophe before it."""
    return text.strip().lstrip(TICKS).strip()


def _name(text: str, issues: list[CellIssue]) -> str:
    if not text or is_nothing(text):
        issues.append(CellIssue.NO_NAME)
        return ""
    reading = read_name(text)
    too_long = len(reading.name) > LONGEST_NAME
    if not reading.certain or too_long:
        issues.append(CellIssue.ODD_NAME)
    return "" if too_long else reading.name


def _document(text: str, issues: list[CellIssue], *, by_hand: bool) -> tuple[str, str]:
    if not text or is_nothing(text):
        issues.append(CellIssue.NO_DOCUMENT)
        return DocumentKind.NONE.value, ""
    readings = read_documents(text, Hints(by_hand=by_hand))
    only_digits = text.isdigit() and readings[0].kind not in _CARDS  # a card that lost some of its digits
    if len(readings) != 1 or readings[0].trouble or not readings[0].number or only_digits:
        issues.append(CellIssue.BAD_DOCUMENT)
        return "", ""
    return readings[0].kind.value, readings[0].number


def _phones(text: str, issues: list[CellIssue]) -> tuple[str, ...]:
    if not text or is_nothing(text):
        return ()
    numbers = tuple(dict.fromkeys(number.e164 for number in read_phones(text).numbers))
    if not numbers:
        issues.append(CellIssue.BAD_PHONE)
    return numbers
