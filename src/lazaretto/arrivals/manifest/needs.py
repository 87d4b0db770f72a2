"""Needs and vulnerabilities in the words of offices."""

import re
import tomllib
from functools import lru_cache
from importlib import resources

from lazaretto.arrivals.manifest.model import Need
from lazaretto.people.rules import fold, is_nothing

_VOCABULARY = tomllib.loads(resources.files(__package__).joinpath("needs.toml").read_text("utf-8"))
_COMPILED = tuple((entry["kind"], re.compile("|".join(entry["words"]), re.IGNORECASE)) for entry in _VOCABULARY["need"])
_DENIED = re.compile(
    r"(?:无|没有|不需要?|否认|非)[^，,;；。、]{0,8}|\bno (?:special|known|needs?)[^,;.]*", re.IGNORECASE
)
_EXCEPTIONS = re.compile(
    r"不能自理|无法自理|不吃|不懂|不会|无麸质|不通|行动不便|no (?:pork|beef|chinese)", re.IGNORECASE
)
_YES = frozenset(["是", "有", "y", "yes", "true", "1", "√", "✓", "✔", "v", "对"])


@lru_cache(maxsize=8192)
def read_needs(text: str) -> tuple[Need, ...]:
    """Needs in a column of needs: each kind that is named, `other` when the words are none of ours."""
    words = fold(text)
    if is_nothing(words):
        return ()
    return needs_in_remark(words) or (() if _is_denial(words) else (Need("other", words),))


@lru_cache(maxsize=8192)
def needs_in_remark(text: str) -> tuple[Need, ...]:
    """Needs that a remark names in words we know; other remarks are no needs."""
    words = fold(text)
    affirmed = words if _EXCEPTIONS.search(words) else _DENIED.sub("", words)
    return tuple(Need(kind, words) for kind, pattern in _COMPILED if pattern.search(affirmed))


def _is_denial(words: str) -> bool:
    return not _EXCEPTIONS.search(words) and not _DENIED.sub("", words).strip(" ,;，；。、.")


def need_of_flag(header: str, text: str) -> tuple[Need, ...]:
    """A yes/no column: the header is the need, "yes" says it applies, any other words are kept beside it."""
    words = fold(text)
    if is_nothing(words) or words.lower() in {"n", "×", "x", "0", "false", "无"}:
        return ()
    title = re.sub(r"^是否(?:为|有|属于)?|[?？]", "", fold(header))
    described = title if words.lower() in _YES else f"{title}: {words}"
    return needs_in_remark(described) or (Need("other", described),)
