"""What time is left before a round must be prepared, and when one counts as late. Pure; hours are our choice."""

from __future__ import annotations

import re
from collections.abc import Collection
from datetime import date, datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from lazaretto.core.clock import local_date, local_moment

# A series that nobody went on with for so long is no more asked about; a later round begins a new one.
REMEMBERED: Final = timedelta(days=60)
# Points, slots and notices to enterprises take an evening: a round of the next morning is prepared by then.
AHEAD: Final = timedelta(hours=12)
# How long a round that is prepared may open late before somebody is asked.
OPENS_LATE: Final = timedelta(minutes=30)
USUAL_BEGIN: Final = time(8)
USUAL_LENGTH: Final = timedelta(hours=10)
# A foretold end that lies after the deadline must stay there so long before anybody is told, and lie so long before it
# again before that is taken back: paces of single hours jump.
SETTLES: Final = timedelta(minutes=15)
TUBES: Final = {0: "household", 1: "single", 5: "5", 10: "10", 20: "20"}


LONGEST_NAME: Final = 120
_DIGITS: Final = "零一二三四五六七八九"
_COUNTED: Final = re.compile(
    r"(第\s*)(\d{1,4}|[一二三四五六七八九十]{1,3})(?=\s*[轮次])|(\bround\s+)(\d{1,4})\b", re.IGNORECASE
)


def next_name(last: str, taken: Collection[str], *, number: int, appended: str) -> str:
    """What the next round may be called, unlike those `taken` in its area: as the last one, its count one higher.

    A count is 第三轮 or Round 3. Where there is none, `appended` follows, with the `number` of the round in the area.
    """
    found = _COUNTED.search(last)
    said = (found[2] or found[4]) if found else ""
    count = _counted(said) + 1 if found else number
    while (name := _named(last, found, said, count, appended)) in taken:
        count += 1
    return name


def _named(last: str, found: re.Match[str] | None, said: str, count: int, appended: str) -> str:
    if found is None:
        tail = appended.format(number=count)
        return f"{last[: LONGEST_NAME - len(tail) - 1].rstrip()} {tail}".strip()
    shown = str(count) if said.isdecimal() else _spelled(count)
    return f"{last[: found.start()]}{found[1] or found[3]}{shown}{last[found.end() :]}"[:LONGEST_NAME]


def _counted(said: str) -> int:
    """Digits, or Chinese numerals up to 99."""
    if said.isdecimal():
        return int(said)
    tens, ten, ones = said.rpartition("十")
    return (_DIGITS.index(tens) if tens else 1 if ten else 0) * 10 + (_DIGITS.index(ones) if ones else 0)


def _spelled(count: int) -> str:
    tens, ones = divmod(count, 10)
    if tens > 9:
        return str(count)
    return ("十" if tens == 1 else f"{_DIGITS[tens]}十" if tens else "") + (_DIGITS[ones] if ones else "")


def tube_rule(people: int | None) -> str:
    """The tube rule for so many people to a tube, 0 for a household; empty where the pack does not say, or says a
    number for which there is no rule.
    """
    return TUBES.get(people, "") if people is not None else ""


def begins_at(on: date, usual: time, zone: ZoneInfo) -> datetime:
    """When a round of that day begins, at the hour at which the last one did."""
    return local_moment(on, usual.hour, usual.minute, zone)


def prepared_by(begins: datetime) -> datetime:
    """Until when a round that begins then is to be prepared."""
    return begins - AHEAD


def proposed_begin(
    due_on: date | None, usual: time, zone: ZoneInfo, now: datetime, length: timedelta = USUAL_LENGTH
) -> datetime:
    """When a round should begin that is prepared now: on the day it is due at the usual hour; on the next day where
    nothing is due. Where that is past, in the next full hour, as long as half of the usual `length` is left of today's;
    else tomorrow, which is late and needs a reason.
    """
    today = local_date(now, zone)
    tomorrow = begins_at(today + timedelta(days=1), usual, zone)
    begins = begins_at(max(due_on, today), usual, zone) if due_on else tomorrow
    if begins > now:
        return begins
    soon = now.replace(minute=0, second=0, microsecond=0) + timedelta(hours=1)
    return soon if soon <= begins + length / 2 else tomorrow


def is_late(*, finish: datetime | None, stalled: bool, deadline: datetime, stands: bool) -> bool | None:
    """Whether a round will be done after its deadline; None where nothing can be foretold, and what stands stays.

    `stalled`: tables are open, people are missing, and nobody came for an hour. `stands`: it was late until now.
    """
    if stalled:
        return True
    if finish is None:
        return None
    return finish > (deadline - SETTLES if stands else deadline)
