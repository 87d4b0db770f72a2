"""Cards of people on paper: a code that the phone at the table reads, the name, the number on the roster."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

from django.conf import settings
from django.urls import reverse
from django.utils.translation import pgettext_lazy

from lazaretto.field.commands import Cards, PersonCard
from lazaretto.ui import papers, qr
from lazaretto.ui.papers.words import spoken

WORDS = {
    "title": pgettext_lazy("paper", "Cards for testing"),
    "number": pgettext_lazy("paper", "Number"),
    "qr": pgettext_lazy("paper", "QR code of the person"),
    "own": pgettext_lazy("paper", "My result: keep it"),
}


@dataclass(frozen=True, kw_only=True)
class PeopleCards(papers.Paper):
    """Cards to be cut and handed out."""

    template: ClassVar[str] = "people_cards"
    cards: Cards

    def data(self) -> Mapping[str, Any]:
        """One each, in the order of numbers."""
        words, found = spoken(self.language, WORDS), self.cards
        return {
            "title": words["title"],
            "words": words,
            "sub": f"{found.round} · {found.organisation}",
            "footer": f"{words['title']} · {found.round} · {found.organisation}",
            "cards": [
                {
                    "name": one.name, "number": str(one.number), "qr": qr.svg_file(one.code),
                    "own": qr.svg_file(_address(one)) if one.own else "",
                    "lines": [found.organisation, *_where(one), found.round],
                }
                for one in found.people
            ],
        }  # fmt: skip


def _address(one: PersonCard) -> str:
    return settings.BASE_URL + reverse("tubes:own", args=[one.own])


def _where(one: PersonCard) -> list[str]:
    said = " · ".join(part for part in (one.section, one.building) if part)
    return [said] if said else []


def pdf(found: Cards, language: str) -> bytes:
    """As PDF, in the reader's language."""
    return papers.render(PeopleCards(language="en" if language.startswith("en") else "zh-hans", cards=found))
