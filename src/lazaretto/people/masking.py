"""Names for eyes that need none: 张*, 欧阳**, J*** S***. Pure."""

import re

from lazaretto.people.pinyin import surname_of
from lazaretto.people.rules import has_han

_WORD = re.compile(r"(\w)\w*", re.UNICODE)
STARS = "***"  # always as many, so that the length of a name says nothing


def mask(name: str) -> str:
    """The surname and one star a character of the given name; initials for names of other scripts."""
    if not has_han(name):
        return _WORD.sub(lambda word: word[1].upper() + STARS, name)
    surname = surname_of(name) or name[:1]
    return surname + "*" * max(1, len(name) - len(surname))
