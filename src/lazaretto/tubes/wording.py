"""What pages call things."""

from collections.abc import Iterable
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import pgettext_lazy

from lazaretto.tubes.choices import Doubt

STEP_LABELS: Final[dict[str, str | Promise]] = {
    "table": pgettext_lazy("tubes", "at the table"),
    "bagged": pgettext_lazy("tubes", "in a bag at the table"),
    "under_way": pgettext_lazy("tubes", "with the courier"),
    "laboratory": pgettext_lazy("tubes", "at the laboratory"),
    "answered": pgettext_lazy("tubes", "with a result"),
    "rejected": pgettext_lazy("tubes", "rejected"),
    "doubt": pgettext_lazy("tubes", "to look into"),
}
TONES: Final[dict[str, str]] = {
    "negative": "green", "preliminary": "amber", "confirmed": "red", "refuted": "teal", "invalid": "purple",
    "open": "amber", "retested": "blue", "positive": "red", "cleared": "green", "closed": "grey",
}  # fmt: skip


def doubts(codes: Iterable[str]) -> list[str]:
    """Doubts in words."""
    return [str(Doubt(code).label) if code in Doubt.values else code for code in codes]
