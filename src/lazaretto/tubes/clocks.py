"""Until when each leg of a tube's way and each step after a positive is due: hours as data, with their source."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Final

OURS = "our choice"
TURNAROUND = "turnaround of 2022 rounds: sample to laboratory 6 h, result 24 h (docs/tubes.md)"


@dataclass(frozen=True)
class Clock:
    """So long, and who says so."""

    within: timedelta
    source: str


# A laboratory's own hours (`Laboratory.hours`) take the place of "result".
CLOCKS: Final[dict[str, Clock]] = {
    "table": Clock(timedelta(hours=4), f"{OURS}, so that 6 h to the laboratory can be kept; {TURNAROUND}"),
    "courier": Clock(timedelta(hours=2), f"{OURS}: the rest of the 6 h; {TURNAROUND}"),
    "result": Clock(timedelta(hours=24), TURNAROUND),
    "look": Clock(timedelta(hours=1), f"{OURS}: a file that waits is results that nobody has"),
    "recheck": Clock(timedelta(hours=6), OURS),
    "retest": Clock(timedelta(hours=6), f"{OURS}: ten people stay where they are until then"),
    "hand_on": Clock(timedelta(hours=2), "plans 8 and 9: a case goes to the hospital within two hours"),
}
