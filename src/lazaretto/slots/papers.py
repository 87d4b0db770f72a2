"""The notice of slots on paper: a page for each enterprise."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

from django.utils.translation import pgettext_lazy

from lazaretto.slots.queries import Holder, Wording, wording
from lazaretto.ui import papers
from lazaretto.ui.papers.words import spoken

WORDS = {
    "title": pgettext_lazy("paper", "Testing: when and where you come"),
    "time": pgettext_lazy("paper", "Time"),
    "point": pgettext_lazy("paper", "Point"),
    "people": pgettext_lazy("paper", "How many"),
    "part": pgettext_lazy("paper", "Department or dormitory"),
    "told": pgettext_lazy("paper", "Received by, time"),
    "sender": pgettext_lazy("paper", "Told by"),
}


@dataclass(frozen=True, kw_only=True)
class SlotNotices(papers.Paper):
    """Notices to hand over, each with a line to sign."""

    template: ClassVar[str] = "slot_notice"
    pages: Sequence[Wording]

    def data(self) -> Mapping[str, Any]:
        """Enterprise, slots, what to mind."""
        words = spoken(self.language, WORDS)
        return {
            "title": words["title"],
            "words": words,
            "footer": words["title"],
            "head": [words[key] for key in ("time", "point", "people", "part")],
            "pages": [
                {"to": one.to, "sub": f"{one.round} · {one.sender}", "lines": one.lines, "mind": one.mind}
                for one in self.pages
            ],
        }


def notices(found: Sequence[Holder], language: str) -> bytes:
    """As PDF."""
    spoken_in = "en" if language.startswith("en") else "zh-hans"
    return papers.render(SlotNotices(language=spoken_in, pages=[wording(one, spoken_in) for one in found]))
