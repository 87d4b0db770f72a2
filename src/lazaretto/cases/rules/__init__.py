"""What follows from a change of status: at a site, outside, and what both share; pure, on plain values."""

from lazaretto.cases.rules.outcome import outcome
from lazaretto.cases.rules.outside import OUTSIDE
from lazaretto.cases.rules.scene import (
    CONFIRM,
    EDGES,
    NO_CATEGORY,
    PROPOSE,
    REVERSIBLE,
    Around,
    Back,
    Clock,
    Consequence,
    Declared,
    Near,
    Outcome,
    Scene,
    Undone,
    may_become,
    takes_back,
)

__all__ = [
    "CONFIRM", "EDGES", "NO_CATEGORY", "OUTSIDE", "PROPOSE", "REVERSIBLE", "Around", "Back", "Clock", "Consequence",
    "Declared", "Near", "Outcome", "Scene", "Undone", "may_become", "outcome", "takes_back",
]  # fmt: skip
