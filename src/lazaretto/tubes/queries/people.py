"""Who is behind a number of a round: a name and a telephone on a headcount, or what a stranger said."""

from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from lazaretto.core.access import Actor
from lazaretto.people.queries import known_people, name_for
from lazaretto.screening.models import RosterEntry, Round, Stranger
from lazaretto.tubes.choices import RecallState
from lazaretto.tubes.models import Recall


@dataclass(frozen=True)
class Somebody:
    """Whom a number of a round means. `phone` is empty for a role that calls nobody."""

    number: int
    name: str
    phone: str = ""
    organisation: str = ""
    place: str = ""
    person: UUID | None = None


def people_of(of: Round, numbers: Iterable[int]) -> dict[int, Somebody]:
    """By number; two queries. For commands, and for pages through `shown`."""
    wanted = sorted(set(numbers))
    rows = RosterEntry.objects.filter(round=of.pk, number__in=wanted).select_related("member", "organisation")
    found = {
        row.number: Somebody(
            row.number, row.member.name, row.member.phone or "", row.organisation.name,
            " ".join(part for part in (row.section, row.building, row.member.room) if part), row.member.person_id,
        )
        for row in rows
    }  # fmt: skip
    strangers = Stranger.objects.filter(round=of, number__in=[one for one in wanted if one > of.entries])
    return found | {row.number: Somebody(row.number, row.name, row.phone or "", row.organisation) for row in strangers}


def people_among(pairs: Iterable[tuple[UUID, int]]) -> dict[tuple[UUID, int], Somebody]:
    """The same of several rounds, by round and number; two queries for each round, one for all of them."""
    numbers: dict[UUID, set[int]] = {}
    for round_id, number in pairs:
        numbers.setdefault(round_id, set()).add(number)
    rounds = Round.objects.in_bulk(numbers)
    return {
        (pk, number): who
        for pk, of in rounds.items()
        for number, who in people_of(of, numbers[pk]).items()
    }  # fmt: skip


def called_back(round_id: UUID) -> list[int]:
    """Who is to be swabbed singly, by number: all that a table has to know of it. One query."""
    rows = Recall.objects.filter(round=round_id, state=RecallState.OPEN).order_by("number")
    return list(rows.values_list("number", flat=True).distinct())


def shown(actor: Actor, of: Round, found: Somebody, *, calls: bool) -> Somebody:
    """As the actor reads them: the name by role, the telephone only for who calls."""
    return Somebody(
        found.number, name_for(actor, found.name, unit_id=of.unit_id) if found.name else "",
        found.phone if calls else "", found.organisation, found.place, found.person,
    )  # fmt: skip


def person_of(of: Round, number: int) -> UUID | None:
    """The person of our records, where they are one. For commands."""
    row = RosterEntry.objects.filter(round=of.pk, number=number).select_related("member").first()
    return row.member.person_id if row else None


def known_person(of: Round, number: int) -> UUID | None:
    """The same, also of whoever became known by their document since the headcount was taken, or is a stranger."""
    row = RosterEntry.objects.filter(round=of.pk, number=number).select_related("member").first()
    linked: UUID | None = row.member.person_id if row is not None else None
    if linked is not None:
        return linked
    said = row.member if row is not None else Stranger.objects.filter(round=of, number=number).first()
    if said is None or not said.document:
        return None
    return next(iter(known_people([Paper(said.document_kind, said.document)]).values()), None)


@dataclass(frozen=True)
class Paper:
    """A document as `people` is asked for it."""

    kind: str
    number: str
    country: str = ""
