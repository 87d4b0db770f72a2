"""Consequences in words."""

from django.utils.translation import gettext as _
from django.utils.translation import override

from lazaretto.cases.choices import ConsequenceKind, Destination, Why
from lazaretto.cases.rules import Consequence
from lazaretto.protocols.choices import Category
from lazaretto.protocols.queries import title_of_pack

# What a consequence looks like: the tone of its badge and its icon.
LOOKS: dict[str, tuple[str, str]] = {
    ConsequenceKind.STAY_IN_ROOM: ("amber", "door"),
    ConsequenceKind.RECHECK: ("amber", "test-pipe"),
    ConsequenceKind.MOVE: ("red", "ambulance"),
    ConsequenceKind.CONTACT: ("orange", "users"),
    ConsequenceKind.COMPANY: ("red", "users"),
    ConsequenceKind.RESTART: ("orange", "clock-exclamation"),
    ConsequenceKind.GOES_ON: ("green", "circle-check"),
    ConsequenceKind.MADE_UP: ("orange", "calendar-plus"),
    ConsequenceKind.STAFF: ("purple", "users"),
    ConsequenceKind.TEST: ("blue", "test-pipe"),
    ConsequenceKind.TELL: ("blue", "phone"),
    ConsequenceKind.PAPER: ("blue", "clipboard-check"),
    ConsequenceKind.PLACE: ("blue", "spray"),
    ConsequenceKind.BACK: ("green", "arrow-back-up"),
    ConsequenceKind.VOID: ("green", "test-pipe"),
    ConsequenceKind.DECIDE: ("orange", "user"),
    ConsequenceKind.ROOM: ("red", "door"),
    ConsequenceKind.UNTELL: ("blue", "phone"),
    ConsequenceKind.LETTER: ("blue", "printer"),
    ConsequenceKind.TRACE: ("orange", "phone"),
    ConsequenceKind.AT_HOME: ("blue", "home"),
    ConsequenceKind.CALLED_OFF: ("grey", "circle-check"),
}


def category_label(code: str) -> str:
    """The category in words."""
    return str(Category(code).label) if code in Category.values else code


def destination(to: str, category: str) -> str:
    """Where somebody must go, in words."""
    if not to:
        return ""
    where = str(Destination(to).label)
    if to != Destination.SITE or not category:
        return where
    return _("{place}: {category}").format(place=where, category=category_label(category))


def why(code: str, pack: str) -> str:
    """The reason, with the pack it rests on."""
    return _("{reason} ({pack})").format(reason=Why(code).label, pack=title_of_pack(pack))


def written_reason(one: Consequence, number: str, *, language: str) -> str:
    """What stands as the reason on the new order, in the person's language as far as our papers speak it."""
    with override("zh-hans" if language.startswith("zh") else "en"):
        said = {"kind": ConsequenceKind(one.kind).label, "why": Why(one.why).label, "number": number}
        return _("{kind}: {why} (change of status {number})").format(**said)
