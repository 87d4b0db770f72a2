"""How each number of staff and supplies is found, and where the figures in it come from."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _

from lazaretto.screening.choices import TubeRule
from lazaretto.screening.models import Round
from lazaretto.slots.models import Proposal
from lazaretto.slots.numbers import number, numbers

RESERVE = "supplies.reserve_percent"
PACE = "staff.people_per_table_hour"
# What, how, and the keys of the numbers in it; names in braces are keys without their table, or said in `_figures`.
SAID = (
    (_("Shifts"), _("from the opening on, {shift_hours} hours each"), ("staff.shift_minutes",)),
    (_("Registrars"), _("tables × {registrars_per_table}"), ("staff.registrars_per_table",)),
    (
        _("Samplers"),
        _("tables × {samplers_per_table}, and never fewer than people of the shift ÷ {people_per_sampler}"),
        ("staff.samplers_per_table", "staff.people_per_sampler"),
    ),
    (_("Guides of the queue"), _("tables ÷ {tables_per_guide}, rounded up"), ("staff.tables_per_guide",)),
    (
        _("Tables needed"),
        _("people of the shift ÷ ({pace} an hour × hours of the shift), rounded up"),
        (PACE,),
    ),
    (_("Swabs"), _("people × {swabs_per_person}; {reserve}"), ("supplies.swabs_per_person", RESERVE)),
    (
        _("Protective suits"),
        _("all who work × shifts, one for {suit_hours} hours; {reserve}"),
        ("supplies.suit_minutes", RESERVE),
    ),
)
SHARED = _(
    "for each enterprise that comes: (people + tables × {less}) ÷ {holds}, because one at each table may stay half "
    "empty; {reserve}"
)
TUBES = {
    TubeRule.SINGLE: _("one for each; {reserve}"),
    TubeRule.HOUSEHOLD: _("people ÷ {household} of a household, for each enterprise or community; {reserve}"),
    TubeRule.FIVE: SHARED,
    TubeRule.TEN: SHARED,
    TubeRule.TWENTY: SHARED,
}


@dataclass(frozen=True)
class Formula:
    """What a number is, how it is found, and where the figures in it come from."""

    what: str
    how: str
    sources: list[str]


def formulas(of: Round, plan: Proposal | None) -> list[Formula]:
    """Of every number on the page, in the reader's language."""
    keys = [f"tubes.{of.tube_rule}", RESERVE]
    if of.tube_rule == TubeRule.HOUSEHOLD:
        keys.append("supplies.people_per_100_households")
    figures = _figures(of, plan)
    rows = (*SAID, (_("Tubes"), TUBES[TubeRule(of.tube_rule)], keys))
    return [Formula(str(what), str(how).format(**figures), _sources(used, plan)) for what, how, used in rows]


def _figures(of: Round, plan: Proposal | None) -> dict[str, object]:
    by = {key.partition(".")[2]: one.value for key, one in numbers().items()}
    holds = number(f"tubes.{of.tube_rule}")
    return {
        **by,
        "pace": plan.per_table_hour if plan else number(PACE),
        "shift_hours": f"{by['shift_minutes'] / 60:g}",
        "suit_hours": f"{by['suit_minutes'] / 60:g}",
        "household": by["people_per_100_households"] / 100,
        "holds": holds,
        "less": holds - 1,
        "reserve": str(_("{n} % in reserve, rounded up")).format(n=number(RESERVE)),
    }


def _sources(keys: tuple[str, ...] | list[str], plan: Proposal | None) -> list[str]:
    chosen = str(_("As chosen for the slots of this round"))
    found = [chosen if key == PACE and plan else numbers()[key].source for key in keys]
    return list(dict.fromkeys(found))
