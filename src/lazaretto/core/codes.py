"""Codes on tubes and bags, as everybody compares them."""

import re
import unicodedata
from typing import Final

_TICKS: Final = "'’‘`"  # what spreadsheets put before a code to keep its digits
UNSEEN: Final = re.compile(r"[\x00-\x08\x0e-\x1f\x7f\xad\u200b-\u200f\u2028-\u202e\u2060-\u2064\ufeff]")  # by anybody
_TIDY: Final = re.compile(r"[0-9A-Z][!-_{-~]*")  # ASCII without blanks, small letters and the like


def is_tidy(text: str) -> bool:
    """Whether nothing of a code needs to be spelled otherwise; not of every code that is in its one spelling."""
    return _TIDY.fullmatch(text) is not None


def tidy_code(text: str) -> str:
    """The code of a tube or a bag as everybody compares it: `＇ｍ００ 01` → `M0001`.

    Width, case, apostrophes in front, spaces and what nobody sees say nothing. The one rule for phones, desks, files,
    the interface; `codes.js` does the same, and `field/tests/codes.json` holds examples for both.
    """
    if is_tidy(text):
        return text  # nearly all of them, 200 in an upload
    plain = UNSEEN.sub("", unicodedata.normalize("NFKC", text)).strip().lstrip(_TICKS)
    return "".join(plain.split()).upper()
