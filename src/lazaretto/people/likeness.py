"""Whether two records may be one person. Pure: knows what is written, asks nobody.

Two different known birth dates outweigh names and phones: families share phones, and common names are common.
Numbers of one family's passports often follow each other, so nearly equal numbers count only with an equal name.
"""

import re
from dataclasses import dataclass
from datetime import date

from lazaretto.people.pinyin import fold_query, spellings
from lazaretto.people.rules import BY_HAND, has_han, read_document

SHORTEST_NUMBER = 6
_WORD = re.compile(r"[^\W\d_]+")


@dataclass(frozen=True)
class Traits:
    """What is compared: names, document numbers (plain), digests of phones, birth date."""

    names: frozenset[str]
    numbers: frozenset[str]
    phones: frozenset[str]
    birth_date: date | None


def reasons(one: Traits, other: Traits) -> list[str]:
    """The codes of `choices.Likeness` that hold, strongest first; empty when nothing suggests one person."""
    if _long(one.numbers) & _long(other.numbers):
        return ["same_number"]
    if one.birth_date and other.birth_date and one.birth_date != other.birth_date:
        return []
    same_name = not one.names.isdisjoint(other.names)
    same_sound = same_name or not sounds(one.names).isdisjoint(sounds(other.names))
    if not same_sound:
        return []
    found = []
    if any(near(a, b) for a in one.numbers for b in other.numbers):
        found.append("near_number")
    if one.birth_date and one.birth_date == other.birth_date:
        found.append("same_name_birth" if same_name else "same_sound_birth")
    if one.phones & other.phones:
        found.append("same_phone")
    return found


def sounds(names: frozenset[str]) -> frozenset[str]:
    """How the names are spoken, as one lower-case word each: every likely reading, Latin words in either order."""
    found: set[str] = set()
    for name in names:
        if has_han(name):
            found |= {"".join(spelling).replace("ü", "v") for spelling in spellings(name)}
        words = [fold_query(word) for word in _WORD.findall(name)]
        found |= {"".join(words), "".join((*words[1:], *words[:1]))} if not has_han(name) else set()
    return frozenset(sound for sound in found if sound)


def near(one: str, other: str) -> bool:
    """Whether two numbers differ by one character, one missing character, or two neighbours that changed places."""
    if one == other or min(len(one), len(other)) < SHORTEST_NUMBER or abs(len(one) - len(other)) > 1:
        return False
    start = next((n for n, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), min(len(one), len(other)))
    if len(one) != len(other):
        short, long = sorted((one, other), key=len)
        return short[start:] == long[start + 1 :]
    swapped = one[:start] + one[start + 1 : start + 2] + one[start] + one[start + 2 :]
    return one[start + 1 :] == other[start + 1 :] or swapped == other


def _long(numbers: frozenset[str]) -> set[str]:
    """Numbers with 15-digit identity cards in their 18-digit form (GB 11643-1999)."""
    return {read_document(number, BY_HAND).number or number for number in numbers}
