"""What pages call things."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from lazaretto.tubes.choices import Doubt, Hold
from lazaretto.tubes.queries.strangers import StrangerLine
from lazaretto.tubes.queries.turnaround import LABORATORY, Timed, Took

STEP_LABELS: Final[dict[str, str | Promise]] = {
    "table": pgettext_lazy("tubes", "at the table"),
    "bagged": pgettext_lazy("tubes", "in a bag at the table"),
    "under_way": pgettext_lazy("tubes", "with the courier"),
    "laboratory": pgettext_lazy("tubes", "at the laboratory"),
    "answered": pgettext_lazy("tubes", "with a result"),
    "rejected": pgettext_lazy("tubes", "rejected"),
    "doubt": pgettext_lazy("tubes", "to look into"),
    "slip": pgettext_lazy("tubes", "slips"),
}
SITE_STEP_LABELS: Final[dict[str, str | Promise]] = {
    **STEP_LABELS,
    "table": pgettext_lazy("tubes", "at the site"),
    "bagged": pgettext_lazy("tubes", "in a bag at the site"),
}
TONES: Final[dict[str, str]] = {
    "negative": "green", "preliminary": "amber", "confirmed": "red", "refuted": "teal", "invalid": "purple",
    "open": "amber", "retested": "blue", "positive": "red", "cleared": "green", "closed": "grey",
}  # fmt: skip

# Columns of a laboratory's file that were understood; all others keep the laboratory's own words.
CELL_LABELS: Final[dict[str, str | Promise]] = {
    "tube": _("Tube"),
    "result": _("Result"),
    "ct_n": "Ct N",
    "ct_orf": "Ct ORF1ab",
}

# What to do with the tube, and with whoever is in it.
DOUBT_STEPS: Final[dict[str, str | Promise]] = {
    Doubt.SECOND_BAG: _(
        "Look into both bags; leave the tube in the one where it lies. Nobody in it has to do anything."
    ),
    Doubt.AFTER_ARRIVAL: _(
        "Ask the laboratory whether it has the tube. If not, look for it in this bag; if it is lost, reject "
        "it, and everybody in it is swabbed again."
    ),
    Doubt.UNKNOWN_COURIER: _(
        "Ask the table who took it and call them. Is it a courier of ours, name them, and the next bag fits; is it "
        "not, the bag is fetched back. Until it arrives its tubes count as under way."
    ),
    Doubt.SECOND_COURIER: _(
        "Call both couriers: whoever has the bag brings it. Until it arrives its tubes count as under way."
    ),
    Doubt.SECOND_LABORATORY: _("Call both laboratories: one of them has it and tests it. A result counts only once."),
    Doubt.COUNTED_OTHERWISE: _(
        "Count again at the laboratory, tube by tube. What is missing is looked for at the table and with the"
        " courier; what is lost is rejected, and everybody in it is swabbed again."
    ),
    Doubt.NEVER_FILLED: _(
        "Look at the tube. Empty: take it out of the bag and say that it was a slip. With swabs: the phone "
        "that filled it has not sent yet; find it and let it send. Nobody in it is known until then."
    ),
}  # fmt: skip
HOLD_STEPS: Final[dict[str, str | Promise]] = {
    Hold.NO_TUBE: _("Ask the laboratory which tube it is, and write its code. Nobody has a result until then."),
    Hold.UNREADABLE: _("Ask the laboratory what it found, and choose that. Nobody has a result until then."),
    Hold.UNKNOWN_TUBE: _(
        "Ask the laboratory to read the code off the tube once more. If it is right, a phone has not sent its"
        " scans yet: find it. It is released by itself when they come."
    ),
    Hold.OTHER_ROUND: _(
        "Leave it out here and send it again for the round of the tube; whoever is in it waits for that."
    ),
    Hold.SAID_OTHERWISE: _(
        "Ask the laboratory which line is right; let that one count and leave the other out. If a positive is"
        " among them, keep everybody in the tube where they are."
    ),
    Hold.CONTRADICTS: _(
        "Ask the laboratory which result is right and why. Nobody in the tube is released or moved until "
        "somebody decided by name."
    ),
    Hold.HIDDEN_POSITIVE: _(
        "Call the laboratory at once. Keep the tube for the recheck; whoever is in it is called as soon as "
        "you decide that it counts."
    ),
    Hold.CT_CONTRADICTS: _(
        "Ask the laboratory for the curve. Keep the tube; nobody in it is told that they are negative."
    ),
    Hold.NOT_RECEIVED: _(
        "Ask the laboratory whether the tube in its hands has this code. It is released by itself when the "
        "bag or the tube is received."
    ),
    Hold.REJECTED_TUBE: _(
        "Everybody in it is swabbed again in any case. Let it count only if the laboratory says that the "
        "rejection was the mistake."
    ),
    Hold.OTHER_SITE: _(
        "Send it to whoever reports for that site, or let the site type it in; then leave it out here. The person waits"
        " for it."
    ),
    Hold.SITE_DECIDES: _(
        "Tell the site what the laboratory found: a recheck, or a result other than the one that stands, is decided on"
        " its page of specimens. Then leave it out here."
    ),
    Hold.NO_FIRST_RESULT: _(
        "Look whether the first result is still under way; if this is the first one, leave it out and send it"
        " as a first result."
    ),
    Hold.NOT_INDEPENDENT: _(
        "Leave it out. Send the tube to the second laboratory; it reports the recheck itself, and another "
        "person enters it. Until then everybody in the tube stays where they are."
    ),
}  # fmt: skip


def doubts(codes: Iterable[str]) -> list[tuple[str, str | Promise]]:
    """Doubts in words, and what to do about each."""
    known = [Doubt(code) for code in codes if code in Doubt.values]
    return [(str(doubt.label), DOUBT_STEPS[doubt]) for doubt in known]


def holds(codes: Iterable[str]) -> list[tuple[str, str | Promise]]:
    """Why a line waits, and what to do with the tube and its people."""
    known = [Hold(code) for code in codes if code in Hold.values]
    return [(str(hold.label), HOLD_STEPS[hold]) for hold in known]


def lasted(time: timedelta | None) -> str:
    """A time in hours and minutes, or a dash."""
    if time is None:
        return "–"
    hours, minutes = divmod(round(time / timedelta(minutes=1)), 60)
    if not hours:
        return gettext("{minutes} min").format(minutes=minutes)
    whole = gettext("{hours} h").format(hours=hours)
    return gettext("{hours} h {minutes} min").format(hours=hours, minutes=minutes) if minutes else whole


@dataclass(frozen=True)
class TimedLine:
    """One place of a leg of a tube's way, in words."""

    name: str
    promised: str
    done: int
    half: str
    most: str
    longest: str
    late: int
    waiting: int
    oldest: datetime | None


def timed_lines(one: Timed, most: int | None = None) -> list[TimedLine]:
    """All of it first, then its places where there are several or one with a name."""
    return [
        _line(one.all, gettext("All"), one.late),
        *(_line(part, part.name or _none(one, part), part.late) for part in one.parts[:most]),
    ]


def _none(one: Timed, part: Took) -> str:
    """A result that somebody typed may name no laboratory: those tubes are not on their way to one."""
    if one.leg.of != LABORATORY:
        return gettext("no point known")
    return gettext("no laboratory named") if part.done else gettext("no laboratory yet")


def _line(took: Took, name: str, late: int) -> TimedLine:
    return TimedLine(
        name, lasted(took.promised), took.done, lasted(took.half), lasted(took.most), lasted(took.longest), late,
        took.waiting, took.oldest,
    )  # fmt: skip


def stranger_heads() -> list[str]:
    """Of the list of strangers, on paper and in Excel."""
    heads = (
        _("Number"), _("Name"), _("Enterprise, as they said"), _("Telephone"), _("Point"), _("Tube"), _("Swabbed"),
        _("Result"), pgettext_lazy("stranger", "On the roster"),
    )  # fmt: skip
    return [str(head) for head in heads]


def stranger_texts(line: StrangerLine, local: Callable[[datetime], datetime]) -> list[str]:
    """The same of one of them."""
    scan = line.scan
    result = line.result or gettext("waits for its result")
    return [
        str(line.row.number), line.name, line.row.organisation, line.phone,
        scan.upload.point.code if scan else "", scan.tube if scan else "",
        f"{local(scan.taken_at):%Y-%m-%d %H:%M}" if scan else "",
        result if scan else gettext("their scan does not count"), str(line.known or ""),
    ]  # fmt: skip
