"""Papers of slots: the notice to an enterprise, staff and supplies of a round."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, ClassVar

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import pgettext_lazy

from lazaretto.screening.models import Round
from lazaretto.slots.queries import Holder, Wording, wording
from lazaretto.slots.sheets import Section
from lazaretto.ui import papers
from lazaretto.ui.papers.words import moment, spoken

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
                {
                    "to": one.to,
                    "sub": f"{one.round} · {one.sender}",
                    "lines": one.lines,
                    "mind": [*one.places, *one.mind],
                }
                for one in self.pages
            ],
        }


def notices(found: Sequence[Holder], language: str) -> bytes:
    """As PDF."""
    spoken_in = "en" if language.startswith("en") else "zh-hans"
    return papers.render(SlotNotices(language=spoken_in, pages=[wording(one, spoken_in) for one in found]))


@dataclass(frozen=True, kw_only=True)
class SuppliesOfARound(papers.Paper):
    """What to pack and who works when, to hang up."""

    template: ClassVar[str] = "round_report"
    title: str
    sub: str
    sections: Sequence[Section]
    sign: Sequence[str]

    def data(self) -> Mapping[str, Any]:
        """A table a section."""
        tables = [
            {"title": one.title, "head": one.head, "rows": [list(map(str, row)) for row in one.rows]}
            for one in self.sections
            if one.rows
        ]
        return {
            "title": self.title, "sub": self.sub, "footer": f"{self.title} · {self.sub}", "words": {},
            "sections": tables, "sign": list(self.sign),
        }  # fmt: skip


def supplies(of: Round, sections: Sequence[Section], language: str, *, at: datetime) -> bytes:
    """As PDF, in the reader's language."""
    spoken_in = "en" if language.startswith("en") else "zh-hans"
    when = moment(at, spoken_in, timezone.get_default_timezone())
    paper = SuppliesOfARound(
        language=spoken_in,
        title=_("Staff and supplies: round {number}, {name}").format(number=of.number, name=of.name),
        sub=f"{of.unit.name} · {when}",
        sections=sections,
        sign=[_("Packed by"), _("Received by"), _("Time")],
    )
    return papers.render(paper)
