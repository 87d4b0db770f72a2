"""Words that pages of stays share: states of cells, purposes of tests, commands in the journal."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.utils.timezone import localtime
from django.utils.translation import get_language, gettext, ngettext, pgettext
from django.utils.translation import gettext_lazy as _

from lazaretto.protocols.choices import (
    Category,
    CriterionRemark,
    EarlyGround,
    MissingForRelease,
    ReleaseCriterion,
    Setting,
)
from lazaretto.protocols.rules import Criterion
from lazaretto.stays.choices import SpecimenState

# What a cell of the board can say: key, word, icon. The order is that of the legend and of the number keys.
CELL_STATES = (
    ("positive", _("Positive"), "virus"),
    ("symptoms", _("Symptoms"), "temperature"),
    ("release_overdue", _("Release overdue"), "clock-exclamation"),
    ("release_today", _("Release today"), "calendar-check"),
    ("occupied", _("Occupied"), "user"),
    ("reserve", _("In reserve"), "bookmark"),
    ("held", _("Kept for somebody"), "home"),
    ("cleaning", _("Terminal cleaning"), "spray"),
    ("ready", _("Ready"), "circle-check"),
    ("out_of_service", _("Out of service"), "ban"),
)
MARKS = (("test", _("Test due"), "test-pipe"), ("silent", _("No answer"), "help-circle"))

LANGUAGES = {
    "zh-hans": _("Chinese"),
    "zh-hant": _("Chinese (traditional)"),
    "en": _("English"),
    "fr": _("French"),
    "es": _("Spanish"),
    "ar": _("Arabic"),
    "ru": _("Russian"),
    "ja": _("Japanese"),
    "ko": _("Korean"),
    "de": _("German"),
    "pt": _("Portuguese"),
    "vi": _("Vietnamese"),
}

RESULT_TONES = {
    SpecimenState.PENDING: "blue",
    SpecimenState.NEGATIVE: "green",
    SpecimenState.PRELIMINARY_POSITIVE: "red",
    SpecimenState.CONFIRMED_POSITIVE: "red",
    SpecimenState.REFUTED: "grey",
    SpecimenState.INVALID: "amber",
}

# Titles short enough for one line of the to-do list.
TODO = {
    "stays.positive": _("Positive: confirm or refute"),
    "stays.fever": _("Fever or symptoms"),
    "stays.no_answer": _("No answer"),
    "stays.release": _("Release"),
    "stays.breach": _("Breach"),
    "stays.test": _("Tests"),
    "stays.result": _("Results awaited"),
    "stays.round": _("Round"),
}

POSITIVE_STEPS = (_("Second test"), _("Result"), _("Moved out"), _("Disinfected"))


def language_name(code: str) -> str:
    """The name of a language, or its code."""
    return str(LANGUAGES.get(code, code))


def category_label(code: str) -> str:
    """Why somebody is isolated, in words."""
    return str(Category(code).label) if code in Category.values else code


def setting_label(code: str) -> str:
    """Where days are served, in words."""
    return str(Setting(code).label) if code in Setting.values else code


def joined(words: Iterable[str]) -> str:
    """An enumeration as the reader's language writes it."""
    return ("、" if (get_language() or "").startswith("zh") else ", ").join(words)


def criterion(item: Criterion) -> dict[str, Any]:
    """A condition of release in words: title, what is missing or worth a look, from when it can be met."""
    title = str(ReleaseCriterion(item.code).label)
    subject = item.subject
    if subject in EarlyGround.values:
        title = f"{title}: {EarlyGround(subject).label}"
    elif subject:
        title = f"{title}: {test_label(subject)}"
    remark = MissingForRelease(item.missing).label if item.missing else ""
    if item.remark:
        remark = CriterionRemark(item.remark).label
    return {"title": title, "met": item.satisfied, "remark": str(remark), "earliest_at": item.earliest_at}


def time_left(due_at: datetime, at: datetime) -> str:
    """`46 min` late or ahead within the hour, `3 h` within the day, otherwise the hour or the day it is due."""
    minutes = int(abs((due_at - at).total_seconds()) // 60)
    if minutes < 60:
        return ngettext("%(n)s min", "%(n)s min", minutes) % {"n": minutes}
    hours = minutes // 60
    if due_at < at and hours < 48:
        return ngettext("%(n)s h", "%(n)s h", hours) % {"n": hours}
    if due_at < at:
        return ngettext("%(n)s day", "%(n)s days", hours // 24) % {"n": hours // 24}
    local = localtime(due_at)
    return gettext("by %(time)s") % {"time": local.strftime("%H:%M" if hours < 24 else "%m-%d %H:%M")}


def todo_title(kind: str, otherwise: str) -> str:
    """A kind of deadline in few words."""
    return str(TODO.get(kind, otherwise))


def cell_day(day: int, people: int) -> str:
    """The second line of a cell: the day, and how many where it is more than one."""
    if people == 1:
        return f"D{day}"
    return pgettext("cell of the board", "D%(day)s·%(people)s") % {"day": day, "people": people}


def signed(number: int) -> str:
    """`+18`, `−6`, `0`."""
    return f"+{number}" if number > 0 else f"−{-number}" if number < 0 else "0"


def test_label(key: str) -> str:
    """`central-14` as words: the test of day 14."""
    _setting, _dash, day = key.rpartition("-")
    if day.isdigit():
        return gettext("test of day %(day)s") % {"day": day}
    return gettext("test on arrival") if day == "entry" else key
