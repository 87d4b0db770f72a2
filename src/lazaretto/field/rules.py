"""Rules of phones at the tables: how long a code and a token are good for, and what phones are told. Pure.

Sources: Chengdu 2022-09-02 (the network failed on the first day, for hours); points without any signal for days. What a
phone captured is a fact: it is taken when it comes, also from a phone whose shift is over.
"""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from typing import Final

from lazaretto.screening.choices import RoundState

CODE_LIFE: Final = timedelta(minutes=15)  # from the page that shows it to the phone that reads it
BEYOND_DEADLINE: Final = timedelta(days=3)  # "no network for days": a token outlives its round by so much
GRACE: Final = timedelta(days=14)  # after its end a phone may still send what it holds, and nothing else
ROSTER_PIECE: Final = 1_000
MOST_ROSTER: Final = 20_000  # people whom one phone keeps; a point sees 2,000 to 3,000
MOST_COURIERS: Final = 500  # whom a phone knows; with more, a badge may be asked about that is a good one
NAMES_KNOWN_FOR: Final = timedelta(minutes=1)  # an enterprise that is renamed is called so on phones a minute later
TOLD_PIECE: Final = 200
OVERLAP: Final = timedelta(minutes=2)  # what was written at the same moment may become readable later

TOKEN: Final = re.compile(r"lzf_[A-Za-z0-9_-]{43}")  # 32 random bytes, made by the phone
TAKING: Final = (RoundState.FROZEN, RoundState.OPEN)  # rounds that people come to, or will
MOST_CARDS: Final = 400  # printed at once: two codes each, four seconds, twenty-five pages
CARD: Final = "LZ1:{round}:{number}"  # what a person's code of a round says; `round` in 32 hex digits


def token_until(deadline_at: datetime, at: datetime) -> datetime:
    """Until when a token made now is good."""
    return max(deadline_at, at) + BEYOND_DEADLINE


def document_text(number: str) -> str:
    """A document number as phone and server compare it: letters and digits, capitals."""
    return re.sub(r"[^0-9A-Z]", "", number.upper())
