"""Where a category leads to under a pack: hospital, a site, home; how soon; for how long. Pure.

Sources: a case leaves the site for the designated hospital; close contacts are taken to a site within hours (8 in the
ninth edition, 12 before); whoever was discharged returns under the rules that then apply.
"""

from __future__ import annotations

from dataclasses import dataclass

from lazaretto.protocols.rules.pack import Pack


@dataclass(frozen=True, slots=True, kw_only=True)
class LeadsTo:
    """The setting that a category is kept in first (empty: nowhere, the pack isolates nobody for it), within how many
    hours somebody has to be there (None: the pack says nothing), and how many days that setting wants."""

    setting: str
    within_hours: int | None
    days: int


def leads_to(pack: Pack, category: str) -> LeadsTo:
    """Where this pack sends people of the category first."""
    rule = pack.rule(category)
    if rule.refer_to:
        return LeadsTo(setting=rule.refer_to, within_hours=rule.transfer_within_hours, days=0)
    if not rule.phases:
        return LeadsTo(setting="", within_hours=None, days=0)
    first = rule.phases[0]
    return LeadsTo(setting=first.setting, within_hours=rule.transfer_within_hours, days=first.days)
