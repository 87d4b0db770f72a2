"""What a returnee owes: by the rule pack in force, else by our own numbers."""

from datetime import date

from lazaretto.protocols.choices import Category, Setting
from lazaretto.protocols.queries import effective
from lazaretto.protocols.rules import NoPackAdopted
from lazaretto.returnees.choices import Risk
from lazaretto.returnees.numbers import number, numbers
from lazaretto.returnees.rules import Owed

CATEGORIES = {
    Risk.HIGH: Category.HIGH_RISK_AREA, Risk.MEDIUM: Category.MEDIUM_RISK_AREA, Risk.LOW: Category.LOW_RISK_AREA,
}  # fmt: skip
OURS = "returnees/numbers.toml"


def owed_by(risk: str, jurisdiction: str, on: date) -> Owed:
    """Days, days with a test, and where the first of them are spent. `source` is the key of the pack, or our file."""
    category = CATEGORIES.get(Risk(risk))
    try:
        pack = effective(jurisdiction, on) if category else None
    except NoPackAdopted:
        pack = None
    rule = pack.rule(category) if pack and category else None
    if pack is None or rule is None or not rule.phases:
        return Owed(number("watch.days"), numbers("watch.tests"), Setting.HOME_MONITORING, OURS)
    tests: list[int] = []
    before = 0
    for phase in rule.phases:
        tests += [before + day for day in phase.tests]
        before += phase.days
    return Owed(rule.days, tuple(tests), rule.phases[0].setting, pack.key)
