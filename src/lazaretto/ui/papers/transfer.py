"""The transfer order as it goes with the people: who, from where, to where, which papers, who signs at both ends."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, tzinfo
from typing import Any, ClassVar

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from lazaretto.ui import qr
from lazaretto.ui.papers.compiler import Paper
from lazaretto.ui.papers.words import moment, spoken

WORDS = {
    "title": pgettext_lazy("paper", "Transfer order"),
    "number": pgettext_lazy("paper", "No."),
    "issuer": pgettext_lazy("paper", "Issued by"),
    "issuer_number": pgettext_lazy("paper", "Their number"),
    "origin": pgettext_lazy("paper", "From"),
    "destination": pgettext_lazy("paper", "To"),
    "category": pgettext_lazy("paper", "Category"),
    "reason": pgettext_lazy("paper", "Reason"),
    "urgency": pgettext_lazy("paper", "Urgency"),
    "valid": pgettext_lazy("paper", "Valid until"),
    "name": pgettext_lazy("paper", "Name"),
    "document": pgettext_lazy("paper", "Document"),
    "fetched": pgettext_lazy("paper", "Fetched at"),
    "mind": pgettext_lazy("paper", "To mind"),
    "checked": pgettext_lazy("paper", "Checked by"),
    "papers": pgettext_lazy("paper", "Papers that go along"),
    "sent": pgettext_lazy("paper", "Handed over by, time"),
    "escort": pgettext_lazy("paper", "Escort, vehicle"),
    "received": pgettext_lazy("paper", "Received by, time"),
    "seal": pgettext_lazy("paper", " (seal)"),
    "qr": pgettext_lazy("paper", "QR code of this transfer order"),
    "draft": pgettext_lazy("paper", "Draft: nobody is sent by it"),
    "withdrawn": pgettext_lazy("paper", "Withdrawn: nobody is sent by it"),
    "care": _("Urgent care never waits for this paper. If somebody falls ill on the way, call help first."),
}


@dataclass(frozen=True)
class TransferLine:
    """Somebody who goes. `mind` says in words what the escort must know, `checked` which sources agreed."""

    name: str
    document: str
    fetched: str
    mind: str = ""
    checked: str = ""


@dataclass(frozen=True, kw_only=True)
class TransferOrder(Paper):
    """One order; `code` is what the QR carries. `void` is empty, `draft` or `withdrawn`."""

    template: ClassVar[str] = "transfer_order"
    number: str
    issuer: str
    issuer_number: str = ""
    origin: str
    destination: str
    category: str
    reason: str
    urgency: str
    papers: tuple[str, ...]
    people: tuple[TransferLine, ...]
    valid_until: datetime
    issued_at: datetime | None
    override: str = ""
    void: str = ""
    code: str
    zone: tzinfo

    def data(self) -> Mapping[str, Any]:
        """Facts, people, papers, three signatures."""
        words = spoken(self.language, WORDS)
        facts = ("issuer", "issuer_number", "origin", "destination", "category", "urgency", "reason")
        return {
            "title": f"{words['title']} {self.number}",
            "words": words,
            "number": self.number,
            "issuer": self.issuer,
            "facts": [(words[key], getattr(self, key)) for key in facts],
            "valid": moment(self.valid_until, self.language, self.zone),
            "issued": moment(self.issued_at, self.language, self.zone) if self.issued_at else "",
            "people": [[one.name, one.document, one.fetched, one.mind, one.checked] for one in self.people],
            "papers": list(self.papers),
            "override": self.override,
            "void": words.get(self.void, ""),
            "qr": qr.svg_file(self.code),
            "footer": f"{self.number} · {self.issuer}",
        }
