"""What a name can be found by, and what a search text is compared with."""

from collections.abc import Iterable

from lazaretto.people import pinyin
from lazaretto.people.choices import Script
from lazaretto.people.rules import has_han

TOKEN_LENGTH = 80


def tokens_of(names: Iterable[str]) -> list[str]:
    """Every search token of a person with these names, without repetition."""
    found = {token[:TOKEN_LENGTH]: None for name in names for token in (*pinyin.search_tokens(name), plain(name))}
    return [token for token in found if token]


def plain(name: str) -> str:
    """The name itself in any script, folded to lower case, without spaces; empty for plain Latin and Chinese names."""
    return "" if has_han(name) or name.isascii() else "".join(name.casefold().split())


def fold_query(text: str) -> str:
    """A search text in the form of the tokens."""
    return pinyin.fold_query(text) or "".join(text.casefold().split())


def script_of(name: str) -> Script:
    """The script a name is written in."""
    if has_han(name):
        return Script.HAN
    latin = all(not letter.isalpha() or letter < "\u0250" or "\u1e00" <= letter <= "\u1eff" for letter in name)
    return Script.LATIN if latin else Script.OTHER


def romanised(name: str, others: tuple[str, ...] = ()) -> str:
    """The name in Latin letters: as one of the person's names gives it (a passport's), else by pinyin, else empty."""
    written = next((each for each in (name, *others) if script_of(each) is Script.LATIN), "")
    return written or (pinyin.romanised(name) if has_han(name) else "")
