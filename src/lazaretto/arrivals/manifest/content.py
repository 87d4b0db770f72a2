"""Guessing what a column holds by looking at its cells, for columns whose header says nothing."""

import re
from collections.abc import Callable, Sequence
from itertools import islice

from lazaretto.arrivals.manifest.fields import Field
from lazaretto.core.tables import Cell, cell_text
from lazaretto.people.rules import Sex, fold, id_card_facts, read_date, read_sex

_SAMPLE = 60
_MOBILE = re.compile(r"(?:\+?86)?1[3-9]\d{9}")
_HAN_NAME = re.compile(r"[\u3400-\u9fff]{2,4}|[\u3400-\u9fff]{1,8}·[\u3400-\u9fff·]{1,12}")
_NO_NAMES = re.compile(r"[男女]|中国|身份证|护照|密接|.*(人员|接触者|省|市|区|州|县|号楼|公司)")


def _is_card(text: str) -> bool:
    return id_card_facts(text.replace(" ", "").upper()) is not None


def _is_sex(text: str) -> bool:
    return not text.isdigit() and read_sex(text) in {Sex.MALE, Sex.FEMALE}


def _is_birth(text: str) -> bool:
    day = read_date(text).day
    return day is not None and day.year > 1900 and len(text) >= 8


def _is_name(text: str) -> bool:
    return bool(_HAN_NAME.fullmatch(text.replace(" ", ""))) and not _NO_NAMES.fullmatch(text)


# Field, test of one cell, share of the filled cells that must pass.
_TESTS: tuple[tuple[Field, Callable[[str], bool], float], ...] = (
    (Field.DOCUMENT, _is_card, 0.5),
    (Field.PHONE, lambda text: bool(_MOBILE.fullmatch(re.sub(r"[\s\-]", "", text))), 0.6),
    (Field.SEX, _is_sex, 0.8),
    (Field.NAME, _is_name, 0.7),
)


def guess_columns(rows: Sequence[Sequence[Cell]], width: int) -> dict[int, Field]:
    """Fields of columns by their content. Several names: the most varied column; one birth date by its spread."""
    samples = [_sample(rows, column) for column in range(width)]
    guesses: dict[int, Field] = {}
    for field, test, share in _TESTS:
        fitting = [
            column
            for column, sample in enumerate(samples)
            if column not in guesses and len(sample) > 1 and sum(map(test, sample)) >= share * len(sample)
        ]
        if field is Field.NAME:
            fitting = sorted(fitting, key=lambda column: -len(set(samples[column])) / len(samples[column]))[:1]
        guesses.update(dict.fromkeys(fitting, field))
    return guesses | _birth_dates(samples, guesses)


def _birth_dates(samples: Sequence[Sequence[str]], taken: dict[int, Field]) -> dict[int, Field]:
    for column, sample in enumerate(samples):
        if column in taken or len(sample) < 3 or not all(map(_is_birth, sample)):
            continue
        years = [day.year for text in sample if (day := read_date(text).day)]
        if max(years) - min(years) > 15:
            return {column: Field.BIRTH_DATE}
    return {}


def _sample(rows: Sequence[Sequence[Cell]], column: int) -> list[str]:
    filled = (fold(cell_text(row[column])) for row in rows if row[column] not in {"", None})
    return list(islice(filled, _SAMPLE))
