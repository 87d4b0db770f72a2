"""Pinyin of personal names: surname readings, search tokens, and the romanised form for certificates.

Readings of given names come from pypinyin; a character with several common readings is found under each of them.
"""

import re
import unicodedata
from collections.abc import Iterable, Sequence
from functools import lru_cache
from itertools import product

from pypinyin import Style, pinyin_dict
from pypinyin import pinyin as readings_of

from lazaretto.people.reading.names import has_han, tidy_name
from lazaretto.people.reading.pronunciation import POLYPHONES, SURNAMES

_MOST_SPELLINGS = 6
_WORD = re.compile(r"[a-z0-9]+")
_PARTS = re.compile(r"[·\s]+")
_VOWEL_START = ("a", "o", "e")


def _all_readings(character: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(reading.replace("v", "ü") for reading in readings_of(
        character, style=Style.NORMAL, heteronym=True, errors="ignore", v_to_u=True)[0]))  # fmt: skip


@lru_cache(maxsize=32768)
def readings(character: str) -> tuple[str, ...]:
    """Every reading of one Chinese character without tones, the commonest first; empty for other characters."""
    if ord(character) not in pinyin_dict.pinyin_dict:
        return ()
    return _all_readings(character)


@lru_cache(maxsize=32768)
def surname_of(name: str) -> str:
    """The surname of a Chinese name: a compound one that is listed, else the first character; "" for 巴特尔·苏和."""
    name = tidy_name(name)
    if "·" in name or not has_han(name[:1]):
        return ""
    return name[:2] if len(name) > 2 and name[:2] in SURNAMES else name[:1]


def syllables(name: str) -> tuple[str, ...]:
    """The name's syllables as it is most likely read, surname reading first: 单小明 → shan, xiao, ming."""
    return tuple(options[0] for options in _options(tidy_name(name)) if options)


@lru_cache(maxsize=32768)
def _options(name: str) -> list[tuple[str, ...]]:
    surname = surname_of(name)
    fixed = SURNAMES.get(surname, ())
    head = [
        tuple(dict.fromkeys((reading, *readings(character)[:1])))
        for reading, character in zip(fixed, surname, strict=False)
    ]
    return head + [_usual(character) for character in name[len(head) :] if has_han(character)]


def _usual(character: str) -> tuple[str, ...]:
    return POLYPHONES.get(character, readings(character)[:1])


def spellings(name: str) -> tuple[tuple[str, ...], ...]:
    """The ways a clerk may type the name, likeliest first, at most six (重 zhong or chong; 单 shan or dan)."""
    options = [choice for choice in _options(tidy_name(name)) if choice]
    if not options:
        return ()
    widths = [1] * len(options)
    room = _MOST_SPELLINGS
    for place, choice in enumerate(options):
        widths[place] = min(len(choice), max(1, room), 2)
        room //= widths[place]
    return tuple(product(*(choice[:width] for choice, width in zip(options, widths, strict=True))))


def initials(name: str) -> str:
    """First letters of the syllables as the name is most likely read, or of its words: 单小明 → sxm, Ada Bo → ab."""
    read = syllables(name) if has_han(name) else _WORD.findall(_ascii(name).lower())
    return "".join(_ascii(syllable)[:1] for syllable in read)


@lru_cache(maxsize=32768)
def search_tokens(name: str) -> tuple[str, ...]:
    """What a search may start with to find this name, lower case, without accents or spaces.

    For a Chinese name: the characters, the joined pinyin, the initials, the given name alone, each for every likely
    spelling (ü also as v and u). For a Latin name: each word, the words joined, and joined the other way round.
    """
    tidy = tidy_name(name)
    tokens: dict[str, None] = {}
    if has_han(tidy):
        tokens[tidy.replace("·", "").replace(" ", "")] = None
        surname_length = len(surname_of(tidy))
        for spelling in spellings(tidy):
            tokens.update(dict.fromkeys(_chinese_tokens(spelling, surname_length)))
        for part in tidy.split("·")[1:]:
            tokens[part] = None
            tokens["".join(_ascii(each[0]) for each in map(_usual, part) if each)] = None
    tokens.update(dict.fromkeys(_latin_tokens(tidy)))
    return tuple(token for token in tokens if token)


def _chinese_tokens(spelling: Sequence[str], surname_length: int) -> Iterable[str]:
    for letter in ("v", "u", "yu") if any("ü" in syllable for syllable in spelling) else ("u",):
        plain = [syllable.replace("ü", letter) for syllable in spelling]
        yield "".join(plain)
        yield "".join(syllable[0] for syllable in plain)
        if len(plain) > surname_length > 0:
            yield "".join(plain[surname_length:])


def _latin_tokens(name: str) -> Iterable[str]:
    words = _WORD.findall(_ascii(name).lower())
    yield from words
    if len(words) > 1:
        yield "".join(words)
        yield "".join((*words[1:], words[0]))
        yield "".join(word[0] for word in words)


_LETTERS = str.maketrans({"ø": "o", "Ø": "O", "ł": "l", "Ł": "L", "đ": "d", "Đ": "D", "ß": "ss", "æ": "ae", "Æ": "AE",
                          "œ": "oe", "Œ": "OE", "þ": "th", "ı": "i", "'": "", "’": ""})  # fmt: skip


def _ascii(text: str) -> str:
    return unicodedata.normalize("NFKD", text.translate(_LETTERS)).encode("ascii", "ignore").decode()


def fold_query(text: str) -> str:
    """A search text in the form of the tokens: lower case, no accents, no spaces, no dots."""
    joined = "".join(_PARTS.split(tidy_name(text))).lower()
    return joined if has_han(joined) else "".join(_WORD.findall(_ascii(joined)))


def romanised(name: str) -> str:
    """The name in Latin letters as certificates print it: WANG Xiaoming, OUYANG Nana, LYU Bu, Bate'er Suhe.

    Surname in capitals first (GB/T 28039-2011); ü is YU as in passports (since 2012). Names with a middle dot have
    no surname: each part is capitalised. A name already in Latin letters is returned tidy and otherwise unchanged.
    """
    tidy = tidy_name(name)
    if not has_han(tidy):
        return tidy
    surname = surname_of(tidy)
    if not surname:
        parts = [_joined(tuple(readings(c)[0] for c in part if readings(c))) for part in _PARTS.split(tidy)]
        return " ".join(part.capitalize() for part in parts if part)
    spoken = syllables(tidy)
    family = "".join(_passport(syllable) for syllable in spoken[: len(surname)]).upper()
    given = _joined(spoken[len(surname) :])
    return f"{family} {given.capitalize()}".strip()


def _passport(syllable: str) -> str:
    return syllable.replace("ü", "yu")


def _joined(parts: Sequence[str]) -> str:
    """Syllables in one word; an apostrophe keeps xi'an from reading as xian."""
    word = ""
    for part in parts:
        spelled = _passport(part)
        word += ("'" if word and spelled.startswith(_VOWEL_START) else "") + spelled
    return word
