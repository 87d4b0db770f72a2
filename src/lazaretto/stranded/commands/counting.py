"""Whoever is found belongs to no enterprise: on a headcount all the same, so that the next round waits for them."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from lazaretto.core.access import Actor
from lazaretto.core.commands import command, record
from lazaretto.headcounts.commands import enrol_without_employer
from lazaretto.stranded import rules
from lazaretto.stranded.choices import State, StepKind
from lazaretto.stranded.commands.common import chosen, write_step
from lazaretto.stranded.models import Group


@dataclass(frozen=True)
class CountedIn:
    """How many are on the headcount of people without an employer now who were on none."""

    group_id: UUID
    fresh: int


@command("stranded.count_in", capability=rules.REGISTER)
def count_in(*, actor: Actor, at: datetime, group: Group, people: tuple[UUID, ...] = ()) -> CountedIn:
    """Put them on the headcount of people without an employer of the unit that has them.

    Whoever is on a headcount there already stays as they are. They leave it when they have a room of ours, are home or
    taken over. Raises `NobodyFound`, `StepNotPossible`.
    """
    rows = chosen(group, people, *rules.HERE, State.ON_THE_WAY)
    fresh = enrol_without_employer([row.person for row in rows], unit_id=group.unit_id, at=at)
    if fresh:
        write_step(group, StepKind.COUNTED, rows, actor=actor, at=at)
    record(group, unit_id=group.unit_id, data={"number": group.number, "fresh": fresh})
    return CountedIn(group.pk, fresh)
