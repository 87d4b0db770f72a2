"""Officers of many enterprises at once, from a list: who stands at the table and is told when to come."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from lazaretto.accounts.models import Unit
from lazaretto.core.access import Actor
from lazaretto.core.bulk import update_rows
from lazaretto.core.commands import command, record
from lazaretto.headcounts.choices import ContactOutcome
from lazaretto.headcounts.errors import ContactsChanged, TooManyContacts
from lazaretto.headcounts.models import Organisation
from lazaretto.headcounts.queries import MANAGE
from lazaretto.headcounts.queries.contacts import FIELDS, TAKEN, planned, seal_of
from lazaretto.headcounts.rules_contacts import ContactLine

MOST = 20_000  # lines: more enterprises no area has


@dataclass(frozen=True)
class ContactRead:
    """What became of a line."""

    number: int
    organisation: str
    outcome: str


@dataclass(frozen=True)
class ContactsNamed:
    """What became of every line; `named` are new or other than before."""

    lines: int
    named: int
    read: list[ContactRead]

    @property
    def undone(self) -> list[ContactRead]:
        """Lines by which nothing is written."""
        return [one for one in self.read if one.outcome not in TAKEN]


@command("headcounts.name_contacts", capability=MANAGE)
def name_contacts(
    *,
    actor: Actor,
    at: datetime,
    unit: Unit,
    lines: list[ContactLine],
    picked: list[int] | None = None,
    seal: str = "",
) -> ContactsNamed:
    """Say for each enterprise of an area who stands at the table, where it is and when its people can come. What a line
    does not say stays as it was; a line that cannot be read changes nothing.

    Lines of one enterprise that differ are a question: none counts but one that is `picked` by its number. An empty
    telephone keeps the one that is known of the same officer. With the `seal` of what was shown (`seal_of`) exactly
    that is written. Raises `TooManyContacts`, `ContactsChanged` when something is otherwise since it was shown.
    """
    if len(lines) > MOST:
        raise TooManyContacts(most=MOST)
    if seal and seal != seal_of(planned(unit.pk, lines)):
        raise ContactsChanged(unit=unit.pk)
    told = planned(unit.pk, lines, picked or [])
    changes = [(one.home, one.values) for one in told if one.home and one.outcome == ContactOutcome.NAMED]
    rows = [(*(new.get(name, getattr(home, name)) for name in FIELDS), home.pk) for home, new in changes]
    update_rows(Organisation, FIELDS, rows)
    read = [ContactRead(one.number, one.organisation, one.outcome) for one in told]
    record(unit, unit_id=unit.pk, data=_counted(read))
    return ContactsNamed(len(read), len(rows), read)


def _counted(told: Sequence[ContactRead]) -> dict[str, int]:
    return {"lines": len(told), **Counter(str(one.outcome) for one in told)}
