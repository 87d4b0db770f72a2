"""Names as they are written: several scripts, middle dots, titles and notes in brackets."""

import re
from dataclasses import dataclass
from functools import lru_cache

from lazaretto.people.reading.text import fold

HAN = r"\u3007\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff\U000e0100-\U000e01ef\ue000-\uf8ff"
_HAN = re.compile(rf"[{HAN}]")
_LATIN = re.compile(r"[A-Za-z\u00c0-\u024f\u1e00-\u1eff]")
_SPACE_BETWEEN_HAN = re.compile(rf"(?<=[{HAN}·])\s+(?=[{HAN}·])")
_DOT = re.compile(rf"(?<=[{HAN}])\s*[·•‧∙⋅・･●˙.．ㆍ᛫]\s*(?=[{HAN}])")
_BRACKETS = re.compile(r"\s*[(\[{【〔〈<]([^()\[\]{}【】〔〕〈〉<>]*)[)\]}】〕〉>]\s*")
_TITLE_BEFORE = re.compile(r"(?:mr|mrs|ms|miss|mstr|master|dr|prof)\.?(?:\s+|(?<=\.))(?=[^\s])", re.IGNORECASE)
_TITLE_AFTER = re.compile(
    rf"(?<=[{HAN}]{{2}})(先生|女士|小姐|同志|小朋友|太太|老师)\Z|\s+(?:mr|mrs|ms|miss|mstr)\.?\Z", re.IGNORECASE
)
_SURNAME_MARK = re.compile(r"(?<=[^\W\d_])\s*[/,]\s*(?=[^\W\d_])")  # SMITH/JOHN, Smith, John
_NOT_A_NAME = re.compile(r"[0-9@#$%^&*=+_|\\?!;:�]")
_BOTH_SCRIPTS = re.compile(
    rf"([{HAN}·]+)[\s/,]*([A-Za-z\u00c0-\u024f][^{HAN}]*)|([^{HAN}]*[A-Za-z\u00c0-\u024f.])[\s/,]*([{HAN}·]+)"
)


@dataclass(frozen=True, slots=True)
class NameReading:
    """A name ready to be stored. `latin` is a second name in Latin letters, `notes` the bracketed remarks taken off.

    `certain` is false when the text does not look like a name at all (digits, signs, unreadable characters).
    """

    name: str
    latin: str = ""
    title: str = ""
    notes: tuple[str, ...] = ()
    certain: bool = True


def read_name(text: str) -> NameReading:
    """Read one person's name; spaces inside Chinese names go, middle dots become `·` (GB 18030 U+00B7)."""
    name = fold(text).lstrip("'").strip()
    if not name.isascii() and name.isalpha() and len(name) <= 3:
        return NameReading(name)
    name, notes = _without_brackets(name)
    if not has_han(name):
        name = " ".join(_SURNAME_MARK.sub(" ", name).split())
    name, title = _without_title(name)
    name = tidy_name(name)
    latin = ""
    if found := _BOTH_SCRIPTS.fullmatch(name):
        name, latin = (found[1], found[2]) if found[1] else (found[4], found[3])
    else:
        latin, notes = _latin_among(name, notes)
    certain = bool(_HAN.search(name) or any(c.isalpha() for c in name)) and not _NOT_A_NAME.search(name)
    return NameReading(name, latin.strip(" /,"), title, notes, certain)


@lru_cache(maxsize=32768)
def tidy_name(name: str) -> str:
    """Spaces and middle dots put right; letters and their case untouched."""
    name = _DOT.sub("·", name)
    return _SPACE_BETWEEN_HAN.sub("", _SPACE_BETWEEN_HAN.sub("", name)).strip(" ,/·-'\"")


@lru_cache(maxsize=32768)
def has_han(text: str) -> bool:
    """Whether there is any Chinese character in the text."""
    return bool(_HAN.search(text))


def _without_brackets(name: str) -> tuple[str, tuple[str, ...]]:
    notes = tuple(note.strip() for note in _BRACKETS.findall(name) if note.strip())
    rest = " ".join(_BRACKETS.sub(" ", name).split())
    return (rest, notes) if rest else (name, ())


def _without_title(name: str) -> tuple[str, str]:
    if found := _TITLE_BEFORE.match(name):
        return name[found.end() :].strip(), found[0].strip()
    if found := _TITLE_AFTER.search(name):
        return name[: found.start()].strip(), found[0].strip()
    return name, ""


def _latin_among(name: str, notes: tuple[str, ...]) -> tuple[str, tuple[str, ...]]:
    """王小明(WANG Xiaoming): the bracketed Latin words are the name again, not a remark."""
    if not has_han(name):
        return "", notes
    for note in notes:
        words = note.split()
        if len(words) >= 2 and _LATIN.search(note) and not has_han(note) and not _NOT_A_NAME.search(note):
            return note, tuple(other for other in notes if other != note)
    return "", notes
