"""What a list of officers would change: for each enterprise what stands there and what would."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from lazaretto.core.access import Actor
from lazaretto.core.secrets import keyed_hash
from lazaretto.headcounts.choices import ContactOutcome, Issue, OrganisationKind
from lazaretto.headcounts.models import Organisation
from lazaretto.headcounts.queries import MANAGE, of_unit
from lazaretto.headcounts.rules import folded, read_entry
from lazaretto.headcounts.rules_contacts import ContactLine, read_hours, read_place, said

LONGEST = 80  # characters of a name of an officer
FIELDS = ("contact", "contact_phone", "latitude", "longitude", "comes_from", "comes_until")
TAKEN = frozenset({ContactOutcome.NAMED, ContactOutcome.SAME})


@dataclass(frozen=True)
class Planned:
    """What would become of a line. `values` are new ones of its enterprise, by field; only what is otherwise."""

    number: int
    organisation: str
    outcome: ContactOutcome
    home: Organisation | None = None
    values: Mapping[str, Any] = field(default_factory=dict)

    @property
    def replaces(self) -> bool:
        """Whether something that stands there now gives way."""
        return any(getattr(self.home, name) not in {None, ""} for name in self.values)


def planned(unit_id: UUID, lines: Sequence[ContactLine], picked: Iterable[int] = ()) -> list[Planned]:
    """For each line what would become of it. One query.

    Lines of one enterprise that differ are a question, and none of them counts until one is `picked` by its number.
    """
    homes = of_unit(unit_id, sorted({folded(line.organisation) for line in lines} - {""}))
    read = [_read(line, homes.get(folded(line.organisation))) for line in lines]
    chosen = {one.home.pk: one.number for one in read if one.home and one.outcome in TAKEN and one.number in {*picked}}
    wishes: dict[UUID, list[Planned]] = {}
    for one in read:
        if one.home and one.outcome in TAKEN:
            wishes.setdefault(one.home.pk, []).append(one)
    asked = {pk for pk, rows in wishes.items() if any(row.values != rows[0].values for row in rows)} - chosen.keys()
    counting = {pk: chosen.get(pk, rows[0].number) for pk, rows in wishes.items()}
    return [_among(one, asked, counting) for one in read]


def _among(one: Planned, asked: set[UUID], counting: Mapping[UUID, int]) -> Planned:
    if one.home is None or one.outcome not in TAKEN:
        return one
    if one.home.pk in asked:
        return Planned(one.number, one.organisation, ContactOutcome.ASKED, one.home, one.values)
    if counting[one.home.pk] != one.number:
        return Planned(one.number, one.organisation, ContactOutcome.SECOND, one.home)
    return one


def _read(line: ContactLine, home: Organisation | None) -> Planned:
    name = line.organisation.strip()
    wanted, fault = _wanted(line, home)
    if fault is not None:
        return Planned(line.number, name, fault, home)
    values = {key: value for key, value in wanted.items() if getattr(home, key) != value}
    return Planned(line.number, name, ContactOutcome.NAMED if values else ContactOutcome.SAME, home, values)


def _wanted(line: ContactLine, home: Organisation | None) -> tuple[dict[str, Any], ContactOutcome | None]:
    """What the line wants to stand there; what it does not say stays. Or why nothing of it can be taken."""
    entry = read_entry({"name": line.contact, "phone": line.phone, "organisation": line.organisation})
    if entry is None and not line.organisation.strip():
        return {}, ContactOutcome.EMPTY
    if home is None:
        return {}, ContactOutcome.UNKNOWN
    where, fault = _where(line)
    if fault is not None or (where and entry is None):
        return where, fault
    issues = set(entry.issues) if entry else {Issue.NO_NAME.value}
    if entry is None or issues & {Issue.NO_NAME, Issue.ODD_NAME} or len(entry.name) > LONGEST:
        return {}, ContactOutcome.NO_NAME
    if Issue.BAD_PHONE in issues:
        return {}, ContactOutcome.BAD_PHONE
    phone = entry.phone or (home.contact_phone if home.contact == entry.name else None)
    return {"contact": entry.name, "contact_phone": phone, **where}, None


def _where(line: ContactLine) -> tuple[dict[str, Any], ContactOutcome | None]:
    latitude, longitude, hours = said(line.latitude), said(line.longitude), said(line.hours)
    found: dict[str, Any] = {}
    if latitude or longitude:
        place = read_place(latitude, longitude)
        if place is None:
            return {}, ContactOutcome.BAD_PLACE
        found |= {"latitude": place[0], "longitude": place[1]}
    if hours:
        span = read_hours(hours)
        if span is None:
            return {}, ContactOutcome.BAD_HOURS
        found |= {"comes_from": span[0], "comes_until": span[1]}
    return found, None


def seal_of(rows: Iterable[Planned]) -> str:
    """What was shown, in 64 letters: another seal, and something is otherwise by now."""
    told = [
        (one.number, str(one.outcome), [(key, str(getattr(one.home, key)), str(to)) for key, to in one.values.items()])
        for one in rows
    ]
    return keyed_hash(repr(told), "contacts")


def without_whereabouts(actor: Actor) -> int:
    """Enterprises of the actor's areas of which nobody wrote where they are: no way to a point is reckoned for them."""
    rows = Organisation.objects.visible_to(actor, MANAGE).filter(ended_at__isnull=True, latitude__isnull=True)
    return rows.exclude(kind=OrganisationKind.NONE).count()
