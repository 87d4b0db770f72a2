"""Officers of many enterprises at once, from a list: who stands at the table and is told when to come."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from lazaretto.accounts.models import Unit
from lazaretto.core.access import Actor
from lazaretto.core.bulk import update_rows
from lazaretto.core.commands import command, record
from lazaretto.headcounts.choices import ContactOutcome, Issue
from lazaretto.headcounts.errors import TooManyContacts
from lazaretto.headcounts.models import Organisation
from lazaretto.headcounts.queries import MANAGE, of_unit
from lazaretto.headcounts.rules import folded, read_entry

MOST = 20_000  # lines: more enterprises no area has
LONGEST = 80  # characters of a name of an officer


@dataclass(frozen=True)
class ContactLine:
    """A line of a list of officers, by its number in the file."""

    number: int
    organisation: str
    contact: str
    phone: str = ""


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
        """Lines by which nobody is named."""
        return [one for one in self.read if one.outcome not in {ContactOutcome.NAMED, ContactOutcome.SAME}]


@command("headcounts.name_contacts", capability=MANAGE)
def name_contacts(*, actor: Actor, at: datetime, unit: Unit, lines: list[ContactLine]) -> ContactsNamed:
    """Say who stands at the table for each enterprise of an area. A line that names nobody changes nothing.

    Of two lines about one enterprise the first counts; an empty telephone keeps the one that is known of the same
    officer. Raises `TooManyContacts`.
    """
    if len(lines) > MOST:
        raise TooManyContacts(most=MOST)
    homes = of_unit(unit.pk, sorted({folded(line.organisation) for line in lines} - {""}))
    told: list[ContactRead] = []
    rows: dict[object, tuple[object, ...]] = {}
    seen: set[str] = set()
    for line in lines:
        key = folded(line.organisation)
        home = homes.get(key)
        name, phone, outcome = _read(line, home, again=key in seen)
        if home is not None and outcome in {ContactOutcome.NAMED, ContactOutcome.SAME}:
            seen.add(key)
        if home is not None and outcome == ContactOutcome.NAMED:
            rows[home.pk] = (name, phone, home.pk)
        told.append(ContactRead(line.number, line.organisation.strip(), outcome))
    update_rows(Organisation, ("contact", "contact_phone"), list(rows.values()))
    record(unit, unit_id=unit.pk, data=_counted(told))
    return ContactsNamed(len(told), len(rows), told)


def _read(line: ContactLine, home: Organisation | None, *, again: bool) -> tuple[str, str | None, ContactOutcome]:
    entry = read_entry({"name": line.contact, "phone": line.phone, "organisation": line.organisation})
    if entry is None and not line.organisation.strip():
        return "", None, ContactOutcome.EMPTY
    if home is None:
        return "", None, ContactOutcome.UNKNOWN
    if again:
        return "", None, ContactOutcome.SECOND
    issues = set(entry.issues) if entry else {Issue.NO_NAME.value}
    if entry is None or issues & {Issue.NO_NAME, Issue.ODD_NAME} or len(entry.name) > LONGEST:
        return "", None, ContactOutcome.NO_NAME
    if Issue.BAD_PHONE in issues:
        return "", None, ContactOutcome.BAD_PHONE
    phone = entry.phone or (home.contact_phone if home.contact == entry.name else None)
    same = (home.contact, home.contact_phone) == (entry.name, phone)
    return entry.name, phone, ContactOutcome.SAME if same else ContactOutcome.NAMED


def _counted(told: Sequence[ContactRead]) -> dict[str, int]:
    return {"lines": len(told), **Counter(str(one.outcome) for one in told)}
