"""What pages say of the next round of an area, and of a round that was prepared otherwise than the pack says."""

from datetime import date

from django.utils.formats import date_format
from django.utils.timezone import localdate
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from lazaretto.cadence.models import Plan
from lazaretto.cadence.queries import Area, plan_of
from lazaretto.protocols.choices import Confidence
from lazaretto.protocols.queries import title_of_pack
from lazaretto.protocols.rules import Cadence, NextRound
from lazaretto.protocols.rules.cadence import AFTER_PAUSE, AWAITED, BEGINNING, DONE
from lazaretto.protocols.wording import cadence_said, said
from lazaretto.screening.choices import TubeRule
from lazaretto.screening.models import Round


def why(area: Area) -> str:
    """Why the next round is due then, or why none is, in one sentence."""
    if area.said is not None:
        when = date_format(area.said.at.astimezone(area.zone), "Y-m-d H:i")
        return _("Set by {who}, {when}: {reason}").format(who=area.said.by, when=when, reason=area.said.reason)
    if area.pack is None:
        return _("No rule pack is in force here: the duty officer sets the day.")
    if area.cadence is None or area.found is None:
        return _("The rule pack names no cadence: the duty officer sets the day.")
    return _by_the_pack(area.cadence, area.found)


def _by_the_pack(cadence: Cadence, found: NextRound) -> str:
    counted = ngettext("{count} clean round of {needed}", "{count} clean rounds of {needed}", found.clean)
    clean = counted.format(count=found.clean, needed=cadence.clean_rounds)
    if found.step == BEGINNING:
        return _("No round of a new series has begun.")
    if found.step == DONE:
        return _("{clean}: the series is done.").format(clean=clean)
    if found.step == AWAITED:
        return _("{clean}; the results of round {number} decide.").format(clean=clean, number=found.awaits)
    if found.step == AFTER_PAUSE:
        pause = ngettext("after a pause of {count} day", "after a pause of {count} days", cadence.pause_days)
        pause = pause.format(count=cadence.pause_days)
        return _("{clean}; once more {pause}.").format(clean=clean, pause=pause)
    often = _("every {count} days").format(count=cadence.every_days) if cadence.every_days > 1 else _("daily")
    return _("{clean}; {often} until then.").format(clean=clean, often=often)


def source(area: Area) -> str:
    """Which rule says so, where it stands, and how sure that is; empty where none does."""
    if area.pack is None:
        return ""
    if area.cadence is None:
        return title_of_pack(area.pack.key)
    stands = area.cadence.source
    parts = (said(area.cadence.title), cadence_said(area.cadence), stands.document, Confidence(stands.confidence).label)
    return " · ".join(str(part) for part in parts if part)


def otherwise(of: Round) -> list[str]:
    """How a round was prepared otherwise than the rule pack says, for its page."""
    plan = plan_of(of)
    if plan is None:
        return []
    if plan.apart:
        return [_("Stands apart: it is not counted among the rounds that follow one another here.")]
    return [line for line in (_day(plan, of), _tubes(plan, of)) if line]


def _day(plan: Plan, of: Round) -> str:
    if plan.due_on is None:
        return ""
    if not plan.late:
        early = _("It was due on {due}, and is prepared for an earlier day.").format(due=day(plan.due_on))
        return early if localdate(of.opens_at) < plan.due_on else ""
    words = _("It was due on {due}, and is prepared for later: {reason}")
    return words.format(due=day(plan.due_on), reason=plan.reason)


def _tubes(plan: Plan, of: Round) -> str:
    if not plan.pack_tubes or plan.pack_tubes == of.tube_rule:
        return ""
    words = _("Tubes: the rule pack says {pack}, chosen was {chosen}.")
    return words.format(pack=TubeRule(plan.pack_tubes).label, chosen=of.get_tube_rule_display())


def day(on: date) -> str:
    """A date as pages show it."""
    return date_format(on, "Y-m-d")
