"""Letters to somebody in our care: the medical observation notice, the reply to an objection, a status corrected."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, ClassVar

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from lazaretto.ui.papers.official import DURING, ORDER, RIGHTS, _Decision, paragraphs
from lazaretto.ui.papers.words import moment, spoken

NOTICE = {
    **ORDER,
    "title": pgettext_lazy("paper", "Medical observation notice"),
    "qr": pgettext_lazy("paper", "QR code of this notice"),
    "until": pgettext_lazy("paper", "Until"),
}
REPLY = {
    **ORDER,
    "title": pgettext_lazy("paper", "Reply to your objection"),
    "qr": pgettext_lazy("paper", "QR code of this reply"),
    "objection": pgettext_lazy("paper", "Your objection"),
    "outcome": pgettext_lazy("paper", "Outcome"),
    "raised": pgettext_lazy("paper", "Raised"),
}
CORRECTION = {
    **ORDER,
    "title": pgettext_lazy("paper", "Notice that a finding was corrected"),
    "qr": pgettext_lazy("paper", "QR code of this notice"),
}
NOT_FORCED = (
    _("You may say no, ask questions and ask for time. Saying no brings you no disadvantage."),
    _("Whoever speaks with you tells you their name and writes down what was said."),
    _("If you disagree, a mediator speaks with you, then headquarters; you get a written reply."),
)


@dataclass(frozen=True, kw_only=True)
class ObservationNotice(_Decision):
    """What medical observation means, why, until when, what happens, what somebody's rights are (医学观察告知书)."""

    template: ClassVar[str] = "letter"
    category: str
    ends_at: datetime

    def data(self) -> Mapping[str, Any]:
        """Facts, what happens, rights, what to do when one disagrees."""
        words = spoken(self.language, NOTICE)
        grounds = [(words[key], getattr(self, key)) for key in ("category", "authority", "legal_basis", "reason")]
        until = (words["until"], moment(self.ends_at, self.language, self.zone))
        disagree = spoken(self.language, {"h": pgettext_lazy("paper", "If you disagree")})["h"]
        return {
            **self._common(words, f"{self.number} · {self.name}"),
            "facts": [*self._who(words), *grounds, until],
            "parts": [
                *paragraphs(
                    self.language,
                    (
                        (pgettext_lazy("paper", "During the isolation"), DURING),
                        (pgettext_lazy("paper", "Your rights"), RIGHTS),
                        (pgettext_lazy("paper", "Nobody is forced here"), NOT_FORCED),
                    ),
                ),
                {"heading": disagree, "sentences": self._remedies()},
            ],
        }


@dataclass(frozen=True, kw_only=True)
class ObjectionReply(_Decision):
    """The written reply to an objection. `reason` is what was objected, in their words; `reply` the answer."""

    template: ClassVar[str] = "letter"
    about: str
    outcome: str
    raised_at: datetime
    reply: str

    def data(self) -> Mapping[str, Any]:
        """Their words first, then the answer, then the further remedies."""
        words = spoken(self.language, REPLY)
        raised = moment(self.raised_at, self.language, self.zone)
        said = {
            "asked": pgettext_lazy("paper", "What you said"),
            "answer": pgettext_lazy("paper", "Our answer"),
            "disagree": pgettext_lazy("paper", "If you still disagree"),
        }
        heading = spoken(self.language, said)
        return {
            **self._common(words, f"{self.number} · {self.name}"),
            "facts": [
                *self._who(words), (words["objection"], self.about), (words["raised"], raised),
                (words["outcome"], self.outcome),
            ],
            "parts": [
                {"heading": heading["asked"], "sentences": [self.reason]},
                {"heading": heading["answer"], "sentences": self.reply.splitlines()},
                {"heading": heading["disagree"], "sentences": self._remedies()},
            ],
        }  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class CorrectionNotice(_Decision):
    """Somebody was held for what they were not. `reason` says what was found false; `now` what holds from today on, in
    whole sentences in the paper's language. Whoever stayed at no site had no order of ours: it is left out."""

    template: ClassVar[str] = "letter"
    order: str
    now: tuple[str, ...]

    def data(self) -> Mapping[str, Any]:
        """What was wrong first, then what holds now, then the remedies."""
        words = spoken(self.language, CORRECTION)
        said = {
            "wrong": pgettext_lazy("paper", "What was wrong"),
            "now": pgettext_lazy("paper", "What holds from now on"),
            "disagree": pgettext_lazy("paper", "If you disagree"),
        }
        heading = spoken(self.language, said)
        facts = [
            *self._who(words), (words["order"], self.order), (words["authority"], self.authority),
            (words["legal_basis"], self.legal_basis), (words["decided_by"], self.issued_by),
        ]  # fmt: skip
        return {
            **self._common(words, f"{self.number} · {self.name}"),
            "facts": [(label, value) for label, value in facts if value],
            "parts": [
                {"heading": heading["wrong"], "sentences": [self.reason]},
                {"heading": heading["now"], "sentences": list(self.now)},
                {"heading": heading["disagree"], "sentences": self._remedies()},
            ],
        }  # fmt: skip
