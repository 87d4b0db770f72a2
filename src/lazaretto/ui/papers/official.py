"""Papers with legal weight: certificate of release, isolation order, notice of extension."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, tzinfo
from typing import Any, ClassVar

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from lazaretto.ui import qr
from lazaretto.ui.papers.compiler import Paper
from lazaretto.ui.papers.words import day, moment, spoken

CERTIFICATE = {
    "title": pgettext_lazy("paper", "Certificate of Release from Centralised Quarantine"),
    "number": pgettext_lazy("paper", "No."),
    "tested": _(
        "This is to certify that {name}{latin}, document number {document}, was under medical observation in "
        "centralised quarantine at {site} from {start} to {end}, {days} days in all. The nucleic acid tests in this "
        "period were negative. The conditions for release are met and the person is released."
    ),
    "untested": _(
        "This is to certify that {name}{latin}, document number {document}, was under medical observation in "
        "centralised quarantine at {site} from {start} to {end}, {days} days in all. The conditions for release are "
        "met and the person is released."
    ),
    "sampled": pgettext_lazy("paper", "Sampled on"),
    "tube": pgettext_lazy("paper", "Specimen number"),
    "laboratory": pgettext_lazy("paper", "Laboratory"),
    "result": pgettext_lazy("paper", "Result"),
    "negative": pgettext_lazy("paper", "negative"),
    "refuted": pgettext_lazy("paper", "positive not confirmed"),
    "scan": pgettext_lazy("paper", "Scan to verify"),
    "seal": pgettext_lazy("paper", " (seal)"),
    "signed_by": pgettext_lazy("paper", "Signed by"),
    "qr": pgettext_lazy("paper", "QR code that proves this certificate"),
    "withdrawn": pgettext_lazy("paper", "Withdrawn"),
}

ORDER = {
    "title": pgettext_lazy("paper", "Isolation order"),
    "number": pgettext_lazy("paper", "No."),
    "starts": pgettext_lazy("paper", "Begins"),
    "ends": pgettext_lazy("paper", "Ends"),
    "days": pgettext_lazy("paper", "Days"),
    "seal": pgettext_lazy("paper", " (seal)"),
    "received": pgettext_lazy("paper", "I have received this paper and it was explained to me."),
    "signature_note": pgettext_lazy("paper", "Signature of the person or guardian, date"),
    "qr": pgettext_lazy("paper", "QR code of this order"),
    "name": pgettext_lazy("paper", "Name"),
    "document": pgettext_lazy("paper", "Document"),
    "category": pgettext_lazy("paper", "Category"),
    "place": pgettext_lazy("paper", "Place"),
    "authority": pgettext_lazy("paper", "Authority"),
    "legal_basis": pgettext_lazy("paper", "Legal basis"),
    "reason": pgettext_lazy("paper", "Reason"),
    "pack": pgettext_lazy("paper", "Rules applied"),
    "order": pgettext_lazy("paper", "Order"),
    "decided_by": pgettext_lazy("paper", "Decided by"),
    "clock": _("The days are counted from the last exposure on {exposure}; days already served elsewhere count."),
}

DURING = (
    _("Stay in your room. The site brings meals, water, medicine and what you need day by day."),
    _("Your temperature is taken in the morning and in the evening; you are told before each test."),
    _("Say at once if you have a fever, pain or trouble breathing, if medicine runs out, or if you feel low."),
    _("Urgent care never waits for a test result, a form or a permission."),
)
RIGHTS = (
    _("The isolation ends at the time above by itself; you need not apply."),
    _("It may be made longer only by a named approver, for a reason that is given to you in writing."),
    _("You keep your right to food, medical care, communication, your faith and your pay under the law."),
    _("Your data serve this response only and are erased when the period of retention ends."),
)
REMEDIES = (
    _("You may object in writing or by telephone: {contact}. Every objection is answered in writing."),
    _(
        "Objecting brings you no disadvantage. The law gives you further remedies; "
        "the authority tells you where and by when."
    ),
)

EXTENSION = {
    **ORDER,
    "title": pgettext_lazy("paper", "Notice of extension of isolation"),
    "starts": pgettext_lazy("paper", "Ended until now"),
    "ends": pgettext_lazy("paper", "New end"),
    "days": pgettext_lazy("paper", "Extra days"),
    "qr": pgettext_lazy("paper", "QR code of this notice"),
}


@dataclass(frozen=True)
class TestLine:
    """One test on a certificate; `result` is `negative` or `refuted` (a positive that was not confirmed)."""

    __test__ = False  # not a test case

    taken_on: date
    tube: str
    laboratory: str
    result: str = "negative"


@dataclass(frozen=True, kw_only=True)
class ReleaseCertificate(Paper):
    """Chinese and English on one sheet. `code` is what the QR carries: the signed token or an address with it.

    One that no longer counts bears the day it was `withdrawn_on` across the sheet.
    """

    template: ClassVar[str] = "certificate"
    number: str
    authority: str
    site: str
    name: str
    latin_name: str = ""
    document: str
    started_on: date
    ended_on: date
    days: int
    tests: tuple[TestLine, ...]
    code: str
    verify_url: str = ""
    issued_on: date
    signed_by: str = ""
    withdrawn_on: date | None = None

    def data(self) -> Mapping[str, Any]:
        """Both languages, side by side."""
        return {
            "title": f"{self._words('zh-hans')['title']} {self.number}",
            "words": self._words("zh-hans"),
            "second": self._words("en"),
            "dates": self._dates("zh-hans"),
            "second_dates": self._dates("en"),
            "tests": [self._line(test) for test in self.tests],
            "qr": qr.svg_file(self.code),
            "withdrawn": f"{self.withdrawn_on:%Y-%m-%d}" if self.withdrawn_on else "",
            **{key: getattr(self, key) for key in PRINTED_AS_GIVEN},
        }

    def _words(self, language: str) -> dict[str, str]:
        words = spoken(language, CERTIFICATE)
        return {**words, "body": words["tested" if self.tests else "untested"]}

    def _dates(self, language: str) -> dict[str, str]:
        dates = {"start": self.started_on, "end": self.ended_on, "issued": self.issued_on}
        return {key: day(value, language) for key, value in dates.items()}

    def _line(self, test: TestLine) -> dict[str, str]:
        result = f"{self._words('zh-hans')[test.result]} {self._words('en')[test.result]}"
        return {"day": f"{test.taken_on:%Y-%m-%d}", "tube": test.tube, "laboratory": test.laboratory, "result": result}


@dataclass(frozen=True, kw_only=True)
class ReleaseCertificates(Paper):
    """The certificates of a day in one document, a sheet each. There must be one at least."""

    template: ClassVar[str] = "certificate"
    certificates: tuple[ReleaseCertificate, ...]

    def data(self) -> Mapping[str, Any]:
        """One after the other."""
        sheets = [certificate.data() for certificate in self.certificates]
        return {"title": sheets[0]["title"], "words": sheets[0]["words"], "sheets": sheets}


PRINTED_AS_GIVEN = ("number", "authority", "site", "name", "latin_name", "document", "days", "verify_url", "signed_by")


@dataclass(frozen=True, kw_only=True)
class _Decision(Paper):
    """What an order and a change of it have in common. Times carry a zone; they are printed in `zone`."""

    template: ClassVar[str] = "order"
    number: str
    authority: str
    legal_basis: str
    reason: str
    name: str
    latin_name: str = ""
    document: str
    site: str
    room: str = ""
    issued_at: datetime
    issued_by: str
    objection_contact: str
    remedies: tuple[str, ...] = ()
    code: str = ""
    zone: tzinfo

    def _common(self, words: Mapping[str, str], footer: str) -> dict[str, Any]:
        return {
            "title": words["title"],
            "words": words,
            "number": self.number,
            "authority": self.authority,
            "issued": moment(self.issued_at, self.language, self.zone),
            "issued_by": self.issued_by,
            "qr": qr.svg_file(self.code) if self.code else "",
            "footer": footer,
        }

    def _who(self, words: Mapping[str, str]) -> list[tuple[str, str]]:
        name = f"{self.name}  {self.latin_name}".strip()
        place = "  ".join(filter(None, [self.site, self.room]))
        return [(words["name"], name), (words["document"], self.document), (words["place"], place)]

    def _remedies(self) -> list[str]:
        given = self.remedies or tuple(spoken(self.language, dict(enumerate_words(REMEDIES))).values())
        return [sentence.replace("{contact}", self.objection_contact) for sentence in given]


@dataclass(frozen=True, kw_only=True)
class IsolationOrder(_Decision):
    """The order, in the person's language. `remedies` replaces our general sentences where the law is known."""

    category: str
    pack: str
    starts_at: datetime
    ends_at: datetime
    days: int
    last_exposure_on: date

    def data(self) -> Mapping[str, Any]:
        """Facts, period, what happens now, rights."""
        words = spoken(self.language, ORDER)
        grounds = [
            (words[key], getattr(self, key)) for key in ("category", "authority", "legal_basis", "reason", "pack")
        ]
        return {
            **self._common(words, f"{self.number} · {self.name}"),
            "facts": [*self._who(words), *grounds],
            "starts": moment(self.starts_at, self.language, self.zone),
            "ends": moment(self.ends_at, self.language, self.zone),
            "days": self.days,
            "clock": words["clock"].replace("{exposure}", day(self.last_exposure_on, self.language)),
            "parts": [
                *paragraphs(
                    self.language,
                    (
                        (pgettext_lazy("paper", "During the isolation"), DURING),
                        (pgettext_lazy("paper", "Your rights"), RIGHTS),
                    ),
                ),
                {
                    "heading": spoken(self.language, {"h": pgettext_lazy("paper", "If you disagree")})["h"],
                    "sentences": self._remedies(),
                },
            ],
        }


@dataclass(frozen=True, kw_only=True)
class ExtensionNotice(_Decision):
    """The end of an order moved later: by whom, why, until when. `number` is the order's."""

    ended_before: datetime
    ends_at: datetime
    extra_days: int

    def data(self) -> Mapping[str, Any]:
        """The reason first; then the rights."""
        words = spoken(self.language, EXTENSION)
        grounds = [("authority", self.authority), ("legal_basis", self.legal_basis), ("decided_by", self.issued_by)]
        headings = spoken(
            self.language,
            {
                "why": pgettext_lazy("paper", "Why your isolation is longer"),
                "disagree": pgettext_lazy("paper", "If you disagree"),
            },
        )
        return {
            **self._common(words, f"{self.number} · {self.name}"),
            "facts": [
                (words["order"], self.number),
                *self._who(words),
                *[(words[key], value) for key, value in grounds],
            ],
            "starts": moment(self.ended_before, self.language, self.zone),
            "ends": moment(self.ends_at, self.language, self.zone),
            "days": self.extra_days,
            "clock": "",
            "parts": [
                {"heading": headings["why"], "sentences": [self.reason]},
                {"heading": headings["disagree"], "sentences": self._remedies()},
            ],
        }


def paragraphs(language: str, parts: tuple[tuple[Any, tuple[Any, ...]], ...]) -> list[dict[str, Any]]:
    """Headings with their sentences, in that language."""
    return [
        {
            "heading": spoken(language, {"h": heading})["h"],
            "sentences": list(spoken(language, dict(enumerate_words(sentences))).values()),
        }
        for heading, sentences in parts
    ]


def enumerate_words(sentences: tuple[Any, ...]) -> list[tuple[str, Any]]:
    """Sentences keyed by their place."""
    return [(str(place), sentence) for place, sentence in enumerate(sentences)]
