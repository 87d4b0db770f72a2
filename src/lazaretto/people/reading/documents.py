"""Identity documents: GB 11643 identity cards with their check digit, passports, permits, and "none yet"."""

import re
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum
from functools import lru_cache
from operator import mul

from lazaretto.people.reading.text import Sex, fold, is_nothing

_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)  # ISO 7064 MOD 11-2 as tabled in GB 11643-1999
_CHECKS = "10X98765432"
# First two digits by GB/T 2260; 81–83 residents of Hong Kong, Macao and Taiwan, 9x foreign permanent residents.
_PROVINCES = frozenset(
    str(number)
    for first, last in ((11, 15), (21, 23), (31, 37), (41, 46), (50, 54), (61, 65), (71, 71), (81, 83), (91, 91))
    for number in range(first, last + 1)
)
_RESIDENCE = ("81", "82", "83", "9")
_LARGEST_EXACT = 10**15  # Excel keeps fifteen digits of a number


class DocumentKind(StrEnum):
    """Kinds of identity document; NONE means the person has none yet."""

    ID_CARD = "id_card"
    PASSPORT = "passport"
    HK_MACAO_PERMIT = "hk_macao_permit"
    TAIWAN_PERMIT = "taiwan_permit"
    RESIDENCE_PERMIT = "residence_permit"
    OTHER = "other"
    NONE = "none"


class DocumentTrouble(StrEnum):
    """Why a document cannot be taken as it stands."""

    CHECKSUM = "id_checksum"
    PRECISION = "id_precision_lost"
    LENGTH = "id_length"
    IMPOSSIBLE = "id_impossible"
    MASKED = "document_masked"
    KIND = "document_kind_conflict"
    SHAPE = "document_invalid"
    MISSING = "no_document"


@dataclass(frozen=True, slots=True)
class IdCardFacts:
    """What an 18-digit number says by itself. `region` is the GB/T 2260 code of first registration."""

    number: str
    region: str
    birth_date: date
    sex: Sex


@dataclass(frozen=True, slots=True)
class DocumentReading:
    """A document as read. `number` is normalised and empty when there is trouble; `mends` name what was put right."""

    kind: DocumentKind
    number: str = ""
    trouble: DocumentTrouble | None = None
    mends: tuple[str, ...] = ()
    facts: IdCardFacts | None = None


_KIND_WORDS: tuple[tuple[re.Pattern[str], DocumentKind], ...] = tuple(
    (re.compile(pattern, re.IGNORECASE), kind)
    for pattern, kind in (
        (r"台胞|台湾居民来往|台灣居民|台湾通行证|mtp|taiwan", DocumentKind.TAIWAN_PERMIT),
        (r"居住证|永久居留|永居|residen", DocumentKind.RESIDENCE_PERMIT),
        (r"回乡证|港澳居民来往|港澳居民通行|港澳来往|home ?return|^港澳通行证$", DocumentKind.HK_MACAO_PERMIT),
        (r"护照|護照|passport", DocumentKind.PASSPORT),
        (
            r"身份证|身分證|身份證|^二代证|(?:^|\b)id(?: ?card)?$|identity ?card|national ?id|居民证",
            DocumentKind.ID_CARD,
        ),
        (r"通行证|通行證|permit|出生|军官|士兵|警官|户口|驾驶|其他|其它|other|birth|证|證|card", DocumentKind.OTHER),
    )
)
_LABEL = re.compile(
    r"^(?:居民身份证|身份证|二代证|护照|证件|港澳通行证|回乡证|台胞证|通行证|居住证|id ?card|passport|id)"
    r"(?:号码|号|编号)?(?: ?(?:no|number|num))?\.?\s*[:：]?\s*(?=[A-Za-z]{0,3}\d)",
    re.IGNORECASE,
)
_SCIENTIFIC = re.compile(r"\d(?:\.\d+)?E\+\d{1,2}|\d\.\d+E\d{1,2}", re.IGNORECASE)
_MASKED = re.compile(r"[0-9A-Z]*[*＊xX●•…#]{3,}[0-9A-Z]*|.*[*●•…]{2,}.*")
_ID_SHAPE = re.compile(r"[0-9]{17}[0-9X]")
_NEARLY_ID = re.compile(r"[\dOILoil|]{17}[\dXOILoil×*ХхΧχ✕╳|]")
_HK_MACAO = re.compile(r"[HM]\d{8}(?:\d{2})?")
_HK_CARD = re.compile(r"[A-Z]{1,2}\d{6}\([\dA]\)")
_CHINESE_PASSPORT = re.compile(r"[EGPSDH]\d{8}|E[A-Z]\d{7}|(?:SE|DE|PE|MA|KJ|MB|MC)\d{7}|1[45]\d{7}|[GDSP]\.?\d{7,8}")
_TRAVEL_DOCUMENT = re.compile(r"(?=.*\d.*\d.*\d)[A-Z0-9]{6,15}")
_LONG_NUMBER = re.compile(r"[0-9]{13,}X?")
_SEPARATORS = re.compile(r"[/;；、,，\n|]+|\s{1,}")


def id_card_check_digit(body: str) -> str:
    """The last character that GB 11643 (ISO 7064 MOD 11-2) gives to the first seventeen digits."""
    return _CHECKS[sum(map(mul, _WEIGHTS, map(int, body))) % 11]


def id_card_facts(number: str) -> IdCardFacts | None:
    """Region, birth date and sex of an 18-character number, or None when region, date or check digit is wrong."""
    if not _ID_SHAPE.fullmatch(number) or id_card_check_digit(number[:17]) != number[17]:
        return None
    return _facts(number)


def _facts(number: str) -> IdCardFacts | None:
    try:
        born = date(int(number[6:10]), int(number[10:12]), int(number[12:14]))
    except ValueError:
        return None
    known = number[:2] in _PROVINCES or (number[0] == "9" and number[1:3] in _PROVINCES)
    if not known or born.year < 1850:
        return None
    return IdCardFacts(number, number[:6], born, Sex.MALE if int(number[16]) % 2 else Sex.FEMALE)


@lru_cache(maxsize=1024)
def kind_of_words(text: str) -> DocumentKind | None:
    """The kind of document that words such as 身份证 or "Passport" name; None for an empty or unknown text."""
    words = fold(text)
    if is_nothing(words):
        return DocumentKind.NONE if words and words not in "-—/" else None
    return next((kind for pattern, kind in _KIND_WORDS if pattern.search(words)), None)


@dataclass(frozen=True, slots=True)
class Hints:
    """What the rest of the row says about a document.

    `kind` is what another column or the header says, `stated` whether a person wrote it for this very row.
    `births` are the birth dates the row allows. `by_hand`: somebody typed or scanned it, no spreadsheet was between.
    """

    kind: DocumentKind | None = None
    stated: bool = True
    foreign: bool | None = None
    births: tuple[date, ...] = ()
    by_hand: bool = False


_NO_HINTS = Hints()
BY_HAND = Hints(by_hand=True)


def read_document(value: object, hints: Hints = _NO_HINTS) -> DocumentReading:
    """Read one document from a spreadsheet cell.

    A letter O among the digits is only taken for a zero when check digit and birth date both agree. Numbers of 16
    and more digits in a number cell have lost their end for ever.
    """
    if isinstance(value, str) and _ID_SHAPE.fullmatch(value):
        return _card(value, (), hints.kind, by_hand=hints.by_hand)
    kind = hints.kind or DocumentKind.ID_CARD
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        if abs(value) >= _LARGEST_EXACT:
            return DocumentReading(kind, trouble=DocumentTrouble.PRECISION)
        value = str(int(value)) if float(value).is_integer() else str(value)
    text, mends = _clean("" if value is None else str(value))
    if is_nothing(text):
        return DocumentReading(DocumentKind.NONE, trouble=DocumentTrouble.MISSING)
    if _SCIENTIFIC.fullmatch(text):
        return DocumentReading(kind, trouble=DocumentTrouble.PRECISION)
    return _by_shape(text, mends, hints)


def _by_shape(text: str, mends: tuple[str, ...], hints: Hints) -> DocumentReading:
    named = None if hints.kind is DocumentKind.NONE else hints.kind
    if _ID_SHAPE.fullmatch(text):
        return _card(text, mends, named, by_hand=hints.by_hand)
    if (long := _fifteen_digits(text, named)) is not None:
        return DocumentReading(DocumentKind.ID_CARD, long.number, None, (*mends, "fifteen_digits"), long)
    if _NEARLY_ID.fullmatch(text) and any(c.isdigit() for c in text[:6]):
        return _nearly_card(text, mends, hints.births)
    if named is DocumentKind.ID_CARD and not hints.foreign and (text.rstrip("X").isdigit() or hints.stated):
        return DocumentReading(named, "", _trouble_of_card(text), mends)
    if _MASKED.fullmatch(text):
        return DocumentReading(named or DocumentKind.OTHER, "", DocumentTrouble.MASKED, mends)
    return _travel(text, mends, named, hints.foreign)


def _trouble_of_card(text: str) -> DocumentTrouble:
    if _MASKED.fullmatch(text):
        return DocumentTrouble.MASKED
    if text.rstrip("X").isdigit():
        return DocumentTrouble.LENGTH
    return DocumentTrouble.KIND if _TRAVEL_DOCUMENT.fullmatch(text) else DocumentTrouble.SHAPE


def _card(number: str, mends: tuple[str, ...], named: DocumentKind | None, *, by_hand: bool) -> DocumentReading:
    kind = DocumentKind.RESIDENCE_PERMIT if number.startswith(_RESIDENCE) else DocumentKind.ID_CARD
    # Excel's sixteenth to eighteenth digit, turned into text afterwards; one card in 1,100 really ends so.
    if number.endswith("000") and not by_hand:
        return DocumentReading(kind, "", DocumentTrouble.PRECISION, mends)
    if id_card_check_digit(number[:17]) != number[17]:
        return DocumentReading(kind, "", DocumentTrouble.CHECKSUM, mends)
    facts = _facts(number)
    if facts is None:
        return DocumentReading(kind, "", DocumentTrouble.IMPOSSIBLE, mends)
    same = named in {None, kind, DocumentKind.NONE, DocumentKind.ID_CARD, DocumentKind.OTHER}
    return DocumentReading(kind, number, None, mends if same else (*mends, "kind"), facts)


def _fifteen_digits(text: str, named: DocumentKind | None) -> IdCardFacts | None:
    """GB 11643-1989 numbers were given until 1999, so their two-digit year is of the twentieth century.

    Sequence numbers 996 to 999 were kept for people already past a hundred: their century is not certain.
    """
    if len(text) != 15 or not text.isdigit() or named not in {None, DocumentKind.ID_CARD} or text[12:] >= "996":
        return None
    body = text[:6] + "19" + text[6:]
    return id_card_facts(body + id_card_check_digit(body))


def _nearly_card(text: str, mends: tuple[str, ...], births: tuple[date, ...]) -> DocumentReading:
    body = text[:17].translate(str.maketrans("OoIiLl|", "0011111"))
    last = text[17].translate(str.maketrans("OoIiLl|×*ХхΧχ✕╳", "0011111XXXXXXXX"))
    facts = id_card_facts(body + last)
    only_last = body == text[:17] and last == "X"
    if facts is not None and (only_last or facts.birth_date in births):
        return DocumentReading(DocumentKind.ID_CARD, facts.number, None, (*mends, "letter_for_digit"), facts)
    return DocumentReading(DocumentKind.ID_CARD, "", DocumentTrouble.CHECKSUM, mends)


def _travel(text: str, mends: tuple[str, ...], named: DocumentKind | None, foreign: bool | None) -> DocumentReading:
    if _HK_CARD.fullmatch(text):
        return DocumentReading(DocumentKind.OTHER, text, None, mends)
    if named in {None, DocumentKind.ID_CARD} and _LONG_NUMBER.fullmatch(text) and not foreign:
        return DocumentReading(DocumentKind.ID_CARD, "", DocumentTrouble.LENGTH, mends)
    if not _TRAVEL_DOCUMENT.fullmatch(text):
        return DocumentReading(named or DocumentKind.OTHER, "", DocumentTrouble.SHAPE, mends)
    if named is not None and named is not DocumentKind.ID_CARD:
        return DocumentReading(named, text, None, mends)
    return DocumentReading(_kind_by_shape(text, foreign), text, None, mends)


def _kind_by_shape(text: str, foreign: bool | None) -> DocumentKind:
    if _HK_MACAO.fullmatch(text) and not foreign:
        return DocumentKind.HK_MACAO_PERMIT
    if foreign or _CHINESE_PASSPORT.fullmatch(text):
        return DocumentKind.PASSPORT
    return DocumentKind.OTHER


def _clean(raw: str) -> tuple[str, tuple[str, ...]]:
    """The bare number in capitals, and the names of what had to be taken off."""
    folded = fold(raw)
    steps: list[str] = [] if folded == raw.strip() or not folded else ["width_or_invisible"]
    bare = folded.strip("'\"`’‘“”= ").rstrip(".")
    if bare != folded:
        steps.append("quotes")
    unlabelled = _LABEL.sub("", bare)
    if unlabelled != bare:
        steps.append("label")
    joined = re.sub(r"(?<=[0-9A-Za-z])[\s\-._]+(?=[0-9A-Za-z(])", "", unlabelled) if _groups(unlabelled) else unlabelled
    joined = re.sub(r"(\d{5,})\.0+\Z", r"\1", joined)
    if joined != unlabelled:
        steps.append("spaces")
    number = joined.upper()
    if number != joined and number[-1:] == "X":
        steps.append("lower_x")
    elif number != joined and not is_nothing(joined):
        steps.append("lower_case")
    return (joined if _SCIENTIFIC.fullmatch(joined) else number), tuple(steps)


def _groups(text: str) -> bool:
    return not _SCIENTIFIC.fullmatch(text) and not re.fullmatch(r"\d+\.0+", text) and bool(re.search(r"[\s\-._]", text))


def read_documents(value: object, hints: Hints = _NO_HINTS) -> tuple[DocumentReading, ...]:
    """Read a cell that may hold several documents (身份证/护照); always at least one reading."""
    whole = read_document(value, hints)
    if whole.trouble in {None, DocumentTrouble.MISSING, DocumentTrouble.PRECISION} or not isinstance(value, str):
        return (whole,)
    parts = [part for part in _SEPARATORS.split(value) if not is_nothing(part)]
    readings = [
        read_document(part, replace(hints, kind=kind_of_words(re.sub(r"[A-Za-z]?\d.*", "", part)))) for part in parts
    ]
    if len(readings) < 2 or any(reading.trouble for reading in readings):
        return (whole,)
    different = {reading.number: replace(reading, mends=(*reading.mends, "several")) for reading in readings}
    return tuple(different.values())
