"""What a column may hold, and how offices head it."""

import re
import tomllib
from enum import StrEnum
from functools import lru_cache
from importlib import resources

from lazaretto.people.rules import fold


class Field(StrEnum):
    """The meaning of a column. OTHER is kept word for word under its header; IGNORED only by a person's choice."""

    SERIAL = "serial"
    NAME = "name"
    FAMILY_NAME = "family_name"
    GIVEN_NAME = "given_name"
    LATIN_NAME = "latin_name"
    SEX = "sex"
    NATIONALITY = "nationality"
    DOCUMENT_KIND = "document_kind"
    DOCUMENT = "document"
    ID_CARD = "id_card"
    PASSPORT = "passport"
    PERMIT = "permit"
    BIRTH_DATE = "birth_date"
    AGE = "age"
    PHONE = "phone"
    FLIGHT = "flight"
    SEAT = "seat"
    ARRIVAL_DATE = "arrival_date"
    CATEGORY = "category"
    EXPOSURE_DATE = "exposure_date"
    HOUSEHOLD = "household"
    RELATION = "relation"
    NEEDS = "needs"
    NEED_FLAG = "need_flag"
    DIET = "diet"
    LANGUAGE = "language"
    ORIGIN = "origin"
    ADDRESS = "address"
    CONTACT_NAME = "contact_name"
    CONTACT_PHONE = "contact_phone"
    EMPLOYER = "employer"
    ROOM = "room"
    REMARKS = "remarks"
    OTHER = "other"


NAMES = frozenset((Field.NAME, Field.FAMILY_NAME, Field.GIVEN_NAME, Field.LATIN_NAME))
DOCUMENTS = frozenset((Field.DOCUMENT, Field.ID_CARD, Field.PASSPORT, Field.PERMIT))
# Fields that may be spread over several columns; any other is taken from its best column only.
REPEATABLE = frozenset((*DOCUMENTS, Field.PHONE, Field.NEEDS, Field.NEED_FLAG, Field.DIET, Field.REMARKS, Field.OTHER))
# In a merged block of these the value belongs to every row of the block.
SHARED = frozenset(Field) - NAMES - DOCUMENTS - {Field.SERIAL, Field.BIRTH_DATE, Field.AGE, Field.SEAT, Field.SEX}

_VOCABULARY = tomllib.loads(resources.files(__package__).joinpath("headers.toml").read_text("utf-8"))
_WORDS = {word: Field(field) for field, words in _VOCABULARY["exact"].items() for word in words}
_COMPILED = tuple((Field(entry["field"]), re.compile("|".join(entry["words"]))) for entry in _VOCABULARY["pattern"])
_SIGNS = re.compile(r"[\W_]+|必填|选填|请填写")
_BRACKETED = re.compile(r"[(\[【〔（][^)\]】〕）]*[)\]】〕）]")
_IN_LATIN = re.compile(r"^(?!.*中英)(?=.*(姓|名|name))(?=.*(英文|拼音|外文|english|pinyin|latin))")
LONGEST_HEADER = 60


@lru_cache(maxsize=4096)
def match_header(text: str) -> tuple[Field, float] | None:
    """The field a header names, with confidence 1.0 (a known wording) to 0.6; None when the words are unknown.

    What stands in brackets only counts when the words before it say nothing.
    """
    if not text or len(text) > LONGEST_HEADER:
        return None
    folded = fold(text).lower()
    whole, bare = _SIGNS.sub("", folded), _SIGNS.sub("", _BRACKETED.sub("", folded))
    if _IN_LATIN.search(whole):  # Name (English): the brackets matter
        return Field.LATIN_NAME, 0.9
    for words, confidence in ((bare, 1.0), (whole, 0.95)):
        if words in _WORDS:
            return _WORDS[words], confidence
    for words, confidence in ((bare, 0.85), (whole, 0.7)):
        for field, pattern in _COMPILED:
            if words and pattern.search(words):
                return field, confidence
    return None


def header_key(text: str) -> str:
    """A header without spaces, signs and case: how it is compared and remembered."""
    return _SIGNS.sub("", fold(text).lower())
