"""What pages say of a question: what happened, what to do, where it is decided."""

from typing import Any, Final

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from lazaretto.deciding.choices import Kind
from lazaretto.deciding.models import Matter
from lazaretto.deciding.rules import SETTLED_HERE
from lazaretto.tubes.choices import Doubt

TONES: Final = {
    Kind.POSITIVE: "red", Kind.HAND_ON: "red", Kind.TAKEN_BACK: "red", Kind.FEVER: "red",
    Kind.RECALL: "orange", Kind.LATE: "orange", Kind.HELD: "amber",
}  # fmt: skip

# What to do with the tube and the people, where words decide it.
STEPS: Final[dict[str, str | Promise]] = {
    Kind.TWICE: gettext_lazy(
        "The first swab counts; the second one is in its tube all the same. If that tube is positive, this person is "
        "called back too: say so to whoever reads its result. Was one of the two somebody else with the wrong card? "
        "Then put it right, and that one is tested."
    ),
    Kind.PLACE: gettext_lazy(
        "One of the two counts in this place of the tube; the other one counts nowhere. Ask the table who was swabbed: "
        "whoever was is counted in this tube too, whoever was not is swabbed again before the point closes."
    ),
    Kind.OVERFULL: gettext_lazy(
        "More swabs are in the tube than it takes. Ask the table: whoever was swabbed into it is counted, or swabbed "
        "again. Tell the laboratory if the tube has left."
    ),
    Kind.HOUSEHOLDS: gettext_lazy(
        "A household tube is for one, and people of two are in it. Do they live together after all? Write that. If "
        "not, swab one of the households again into a tube of its own before the point closes; a positive of this tube "
        "calls back everybody in it."
    ),
    Kind.TWO_POINTS: gettext_lazy(
        "The tube was first used at another point, so these scans count nowhere. Find the tube: if the code was read "
        "wrong, say into which tube the people here were swabbed; whoever is in none is swabbed again."
    ),
    Kind.REUSED: gettext_lazy(
        "The code belongs to a tube of another round, so these scans count nowhere. Find the tube: the people here are "
        "counted in the one they are in, or swabbed again; the table throws its old labels away."
    ),
    Kind.WRONG_ROUND: gettext_lazy(
        "The phone captured for another round. Look at its page: let it end and enrol it here, then let the table say "
        "whom it swabbed."
    ),
    Kind.NO_NUMBER: gettext_lazy(
        "Nobody has this number in the round. Ask the table whom it swabbed, and say their number; nobody knows? Then "
        "they are swabbed again when they come."
    ),
    Kind.NAMESAKE: gettext_lazy(
        "Somebody without a document was tested as a stranger, and somebody of that name on the roster was not tested. "
        "Call them: if it is the same one, say so, and they are tested."
    ),
    Kind.AGREED: gettext_lazy(
        "The officer of the enterprise signed another number than we count. Has a phone not sent yet? Then it comes "
        "right by itself. Otherwise go through the list by name together."
    ),
    Kind.CLOCK: gettext_lazy(
        "Its clock was wrong; times were put right by as much when it sent. Set the phone's clock. Was it set while it "
        "captured, times before that are wrong: write down from when to when."
    ),
}  # fmt: skip


def address_of(row: Matter) -> str:
    """The one page where it is decided."""
    if row.kind in SETTLED_HERE:
        return reverse("deciding:one", args=[row.pk])
    name, args = _page(row)
    return reverse(name, args=args) + ("?show=held" if row.kind == Kind.HELD else "")


def _page(row: Matter) -> tuple[str, list[Any]]:
    said, of = row.said, row.round_id
    positive = row.subject if row.kind == Kind.POSITIVE else said.get("positive", "")
    own: dict[str, tuple[str, list[Any]]] = {
        Kind.FEVER: ("screening:fevers", [of]),
        Kind.HELD: ("tubes:file", [row.subject]),
        Kind.TUBE: ("tubes:tube", [row.subject]),
        Kind.STRAY: ("tubes:questions", [of]),
        Kind.RECALL: ("tubes:again", [of]),
        Kind.HAND_ON: ("tubes:again", [of]),
        Kind.TAKEN_BACK: ("tubes:again", [of]),
    }
    if positive:
        return "tubes:positive", [positive]
    if row.kind in own:
        return own[row.kind]
    return ("tubes:bag", [of, said["bag"]]) if said.get("bag") else ("tubes:round", [of])


def told(row: Matter) -> str:
    """What is known of it, in one line, without a name."""
    return _TOLD[Kind(row.kind)](row.said)


def _scans(said: dict[str, Any]) -> str:
    n = said.get("scans", 1)
    return ngettext("%(n)s scan", "%(n)s scans", n) % {"n": n}


def _people(said: dict[str, Any]) -> str:
    n = said.get("people", 0)
    return ngettext("%(n)s person", "%(n)s people", n) % {"n": n}


def _table(said: dict[str, Any]) -> str:
    return _("table {n}").format(n=said["table"]) if said.get("table") else ""


def _joined(*parts: str) -> str:
    return " · ".join(part for part in parts if part)


def _doubts(said: dict[str, Any]) -> str:
    return ", ".join(str(Doubt(one).label) for one in said["doubts"] if one in Doubt.values)


def _number(said: dict[str, Any]) -> str:
    return _("number {n}").format(n=said["number"]) if said.get("number") else ""


def _agreed(said: dict[str, Any]) -> str:
    if said["ours"] is None:
        return _("{name}: signed {count}; no such enterprise on the roster").format(**said)
    return _("{name}: signed {count}, counted {ours}").format(**said)


def _clock(said: dict[str, Any]) -> str:
    minutes = abs(said["minutes"])
    way = _("{n} minutes behind") if said["minutes"] > 0 else _("{n} minutes ahead")
    return _joined(said["device"], way.format(n=minutes))


def _late(said: dict[str, Any]) -> str:
    legs = {
        "tubes.table": _("tubes at the table wait for the courier"),
        "tubes.courier": _("the bag is not at the laboratory"),
        "tubes.result": _("tubes of the bag have no result"),
    }
    return _joined(said["bag"], legs.get(said["leg"], ""))


_TOLD: Final = {
    Kind.POSITIVE: lambda said: _joined(said["tube"], _people(said)),
    Kind.RECALL: lambda said: _joined(said["tube"], _people(said)),
    Kind.HAND_ON: lambda said: _joined(said["tube"], _number(said)),
    Kind.TAKEN_BACK: lambda said: _joined(said["tube"], _number(said)),
    Kind.FEVER: lambda said: _joined(f"{said['degrees']} ℃", _number(said), _table(said)),
    Kind.HELD: lambda said: _joined(
        said["file"], ngettext("%(n)s line", "%(n)s lines", said["lines"]) % {"n": said["lines"]}
    ),
    Kind.LATE: _late,
    Kind.BAG: lambda said: _joined(said["bag"], _doubts(said)),
    Kind.TUBE: lambda said: _joined(said["tube"], _doubts(said)),
    Kind.STRAY: lambda said: _joined(said["tube"], said["bag"]),
    Kind.TWICE: lambda said: _joined(_number(said), said["tube"], _table(said)),
    Kind.PLACE: lambda said: _joined(said["tube"], _("place {n}").format(n=said["slot"]), _table(said)),
    Kind.OVERFULL: lambda said: _joined(said["tube"], _scans(said), _table(said)),
    Kind.HOUSEHOLDS: lambda said: _joined(said["tube"], _people(said), _table(said)),
    Kind.TWO_POINTS: lambda said: _joined(said["tube"], _scans(said), _table(said)),
    Kind.REUSED: lambda said: _joined(said["tube"], _scans(said), _table(said)),
    Kind.WRONG_ROUND: lambda said: _joined(_scans(said), _table(said)),
    Kind.NO_NUMBER: lambda said: _joined(_number(said), said["tube"], _table(said)),
    Kind.NAMESAKE: _number,
    Kind.AGREED: _agreed,
    Kind.CLOCK: _clock,
}
