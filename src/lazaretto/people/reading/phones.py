"""Telephone numbers: one or several in a cell, Chinese unless they say otherwise."""

import re
from dataclasses import dataclass
from functools import lru_cache

import phonenumbers

from lazaretto.people.reading.text import fold, is_nothing

_CN_MOBILE = re.compile(r"1[3-9][0-9]{9}")
_SPLIT = re.compile(r"[/、,;|\n\r]|或者?|\bor\b|\s和\s|&|以及")
_GAPS = re.compile(r"[\s\-.()]")
_LABEL = re.compile(r"[^\d+()]+")
_DATE = re.compile(r"(?:19|20)\d\d([-./])(?:0?[1-9]|1[0-2])\1(?:0?[1-9]|[12]\d|3[01])(?: 0?0:00(?::00)?)?")
_EXTENSION = re.compile(r"(?:转|轉|分机|ext\.?|x)\s*[:.]?\s*(\d{1,6})\Z", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Phone:
    """A number that can be dialled: E.164, and an extension if there is one. `note` keeps words that stood by it."""

    e164: str
    extension: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True)
class PhoneReading:
    """The numbers found, and the pieces that could not be dialled as they stand."""

    numbers: tuple[Phone, ...]
    refused: tuple[str, ...]


def read_phones(text: str, region: str = "CN") -> PhoneReading:
    """Read every number in the text.

    Mobile numbers of mainland China need the right length and first digits (new blocks are opened faster than any
    table follows); other numbers of `region` must exist in its numbering plan; foreign ones must be possible there.
    """
    raw = str(text)
    if _CN_MOBILE.fullmatch(raw) and region == "CN":
        return PhoneReading((Phone("+86" + raw),), ())
    return _read(raw, region)


@lru_cache(maxsize=16384)
def _read(raw: str, region: str) -> PhoneReading:
    numbers: list[Phone] = []
    refused: list[str] = []
    for piece in _pieces(raw):
        phone = _one(piece, region)
        if phone is None:
            refused.append(piece)
        elif phone.e164 not in {known.e164 for known in numbers}:
            numbers.append(phone)
    return PhoneReading(tuple(numbers), tuple(refused))


def _pieces(raw: str) -> list[str]:
    lines = [part for part in _SPLIT.split(raw.replace("，", ",").replace("；", ";").replace("／", "/")) if part]
    pieces = [fold(part).strip("'\"= ") for part in lines]
    return [each for piece in pieces if not is_nothing(piece) for each in _side_by_side(piece)]


def _side_by_side(piece: str) -> list[str]:
    """Two mobile numbers with only a space or dash between them are two numbers; a number in groups is one."""
    parts = re.split(r"[\s\-]+", piece)
    if len(parts) > 1 and all(_CN_MOBILE.fullmatch(part.removeprefix("+86")) for part in parts):
        return parts
    digits = re.sub(r"\D", "", piece)
    if len(digits) == 22 and _CN_MOBILE.fullmatch(digits[:11]) and _CN_MOBILE.fullmatch(digits[11:]):
        return [digits[:11], digits[11:]]
    return [piece]


def _one(piece: str, region: str) -> Phone | None:
    if _DATE.fullmatch(piece):
        return None  # in the wrong column; its digits would make a number in Guangzhou
    extension = found[1] if (found := _EXTENSION.search(piece)) else ""
    core = piece[: found.start()] if found else piece
    note = " ".join(word.strip(" :()") for word in _LABEL.findall(_GAPS.sub("", core))).strip()
    compact = _GAPS.sub("", _LABEL.sub("", core)) if note else _GAPS.sub("", core)
    if note and len(re.findall(r"\d{7,}", core)) > 1:
        return None
    return _china(compact, extension, note, region) or _by_plan(compact, extension, note, region)


def _china(compact: str, extension: str, note: str, region: str) -> Phone | None:
    for prefix in ("+86", "0086", "86", "") if region == "CN" else ("+86", "0086"):
        if compact.startswith(prefix) and _CN_MOBILE.fullmatch(compact[len(prefix) :]):
            return Phone("+86" + compact[len(prefix) :], extension, note)
    return None


def _by_plan(compact: str, extension: str, note: str, region: str) -> Phone | None:
    dialled = "+" + compact[2:] if compact.startswith("00") else compact
    try:
        number = phonenumbers.parse(dialled, region)
    except phonenumbers.NumberParseException:
        return None
    foreign = dialled.startswith("+") and number.country_code != phonenumbers.country_code_for_region(region)
    good = phonenumbers.is_possible_number(number) if foreign else phonenumbers.is_valid_number(number)
    if not good:
        return None
    return Phone(phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164), extension, note)
