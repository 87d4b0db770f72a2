"""The ledger: facts are added, and what they say (holdings, outcomes, questions) follows in the same transaction.

Called inside the running command of an app above: a stay that begins, a handover that leaves, a scan at a door. The
people must be locked by the caller, or be locked here, in the order of their ids.
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import chain
from typing import Any
from uuid import UUID

from django.db import connection
from django.db.models import QuerySet

from lazaretto.core.access import Actor, locked
from lazaretto.core.bulk import Changed, Fresh, update_rows, write_together
from lazaretto.core.commands import is_locked, record_all
from lazaretto.core.deadlines import Due, cancel_all, meet, raise_alarm, set_deadlines
from lazaretto.core.ids import new_id
from lazaretto.core.journal import Note
from lazaretto.core.prepared import prepared
from lazaretto.custody import rules
from lazaretto.custody.choices import Outcome
from lazaretto.custody.deadlines import HANDOVER, QUESTION
from lazaretto.custody.models import Fact, HandedOver, Handover, Holding, Question
from lazaretto.custody.queries.ends import unit_in_charge
from lazaretto.custody.queries.stories import Known, fact_of, known_of
from lazaretto.people.models import Person
from lazaretto.places.models import ExternalPlace, Site


@dataclass(frozen=True)
class Seen:
    """A fact about one person to be written. `site` or `external` is where; `handover` the one it belongs to."""

    person_id: UUID
    kind: rules.FactKind
    at: datetime
    site: Site | None = None
    external: ExternalPlace | None = None
    handover: Handover | None = None
    note: str = ""
    claimed_at: datetime | None = None
    id: UUID = field(default_factory=new_id)


@dataclass(frozen=True)
class Told:
    """What a fact came to: who holds the person now, and whether it became a question."""

    person_id: UUID
    held: rules.Held
    asked: rules.Conflict | None


@dataclass(frozen=True)
class Begun:
    """A handover that begins: the rows it consists of. Its lines say that everybody is under way."""

    handover: Handover
    rows: Sequence[Fresh]


def write_facts(facts: Sequence[Seen], *, actor: Actor, at: datetime, begun: Begun | None = None) -> list[Told]:
    """Add facts and let what follows from them follow. `at` is now, by the server; each fact has its own moment.

    `begun` is the handover that these facts begin, which is written with them.
    """
    people = sorted({fact.person_id for fact in facts})
    lock_people(people)
    before = known_of(people)
    after = _with(before, facts)
    new = Fresh(Fact, _FACT_FIELDS, [_fact_row(fact, actor, at) for fact in facts])
    write_together(*(begun.rows if begun else ()), new, _follow(before, after))
    _ask(before, after, at)
    legs = _legs(before) | _legs(after) | {fact.handover.id for fact in facts if fact.handover is not None}
    if begun and all(known.outcome_of(begun.handover.id)[0] == Outcome.UNDER_WAY for known in after.values()):
        legs.discard(begun.handover.id)
    _settle(after, legs, actor, at)
    record_all([_note(fact) for fact in facts])
    return [_told(fact, after[fact.person_id]) for fact in facts]


def take_in(person_ids: Sequence[UUID], *, site: Site, actor: Actor, at: datetime) -> list[Told]:
    """People are at a site of ours from now on: admitted at its desk, off the bus or from the street."""
    facts = [Seen(person, rules.FactKind.TAKEN_IN, at, site=site) for person in person_ids]
    return write_facts(facts, actor=actor, at=at)


def let_go(person_ids: Sequence[UUID], *, site: Site, actor: Actor, at: datetime) -> list[Told]:
    """People left our care at a site: released, died, or entered by mistake."""
    facts = [Seen(person, rules.FactKind.LET_GO, at, site=site) for person in person_ids]
    return write_facts(facts, actor=actor, at=at)


_FACT_FIELDS = (
    "id", "person", "kind", "site", "external", "handover", "occurred_at", "recorded_at", "claimed_at", "by", "note",
)  # fmt: skip


def _fact_row(fact: Seen, actor: Actor, at: datetime) -> tuple[Any, ...]:
    return (
        fact.id, fact.person_id, str(fact.kind), _key(fact.site), _key(fact.external),
        _key(fact.handover), fact.at, at, fact.claimed_at, actor.user_id, fact.note,
    )  # fmt: skip


def lock_people(people: Sequence[UUID]) -> None:
    """Nobody else writes facts about them until the transaction ends: for who reads where they are, and decides.

    SQLite has one writer anyway.
    """
    waiting = [person for person in sorted(people) if not is_locked(Person, person)]
    if waiting and connection.features.has_select_for_update:
        _locked_people(people=waiting)


@prepared
def _locked_people(people: Any) -> QuerySet[Person, UUID]:
    return locked(Person.objects.filter(pk__among=people).order_by("id")).values_list("id", flat=True)


def _with(before: dict[UUID, Known], facts: Sequence[Seen]) -> dict[UUID, Known]:
    fresh: dict[UUID, list[Seen]] = defaultdict(list)
    for fact in facts:
        fresh[fact.person_id].append(fact)
    return {
        person: before[person].plus([_plain(fact) for fact in own], _externals(own)) for person, own in fresh.items()
    }


def _plain(fact: Seen) -> rules.Fact:
    leg = leg_of(fact.handover) if fact.handover else None
    place = _key(fact.site or fact.external)
    return fact_of(fact.id, fact.kind, fact.at, place, leg)


def _key(row: Site | ExternalPlace | Handover | None) -> UUID | None:
    return row.id if row is not None else None


def leg_of(handover: Handover) -> rules.Leg:
    """A handover as the rules know it."""
    origin = handover.from_site_id or handover.from_external_id
    destination = handover.to_site_id or handover.to_external_id
    if origin is None or destination is None:
        raise ValueError(f"{handover} has no two ends")
    return rules.Leg(handover.id, origin, destination)


def _externals(facts: Sequence[Seen]) -> frozenset[UUID]:
    ends = [(fact.handover.from_external_id, fact.handover.to_external_id) for fact in facts if fact.handover]
    return frozenset(filter(None, chain((_key(fact.external) for fact in facts), *ends)))


def _follow(before: dict[UUID, Known], after: dict[UUID, Known]) -> Fresh:
    """Make the holdings what the facts say. Deleting and shortening come first, so that no two overlap on the way;
    those that are new are left to be written with the facts.
    """
    gone: list[UUID] = []
    changed: list[tuple[datetime | None, UUID]] = []
    made: list[tuple[Any, ...]] = []
    for person, known in after.items():
        old = {(period.since, period.held): period for period in before[person].story.periods}
        new = {(period.since, period.held): period for period in known.story.periods}
        gone += [since for since, held in old.keys() - new.keys()]
        changed += [(new[key].ended_at, key[0]) for key in old.keys() & new.keys() if old[key] != new[key]]
        made += [_holding_row(person, known, period) for key, period in new.items() if key not in old]
    if gone:
        Holding.objects.filter(fact__in=gone).delete()
    for ended_at, since in sorted(changed, key=lambda row: (row[0] is None, row[0])):
        _end(ended_at, since)
    return Fresh(Holding, _HOLDING_FIELDS, made)


def _end(ended_at: datetime | None, since: UUID) -> None:
    update_rows(Holding, ("ended_at",), [(ended_at, since)], by=("fact",))


_HOLDING_FIELDS = ("id", "person", "site", "external", "handover", "fact", "started_at", "ended_at")


def _holding_row(person: UUID, known: Known, period: rules.Period) -> tuple[Any, ...]:
    leg = period.held.id if isinstance(period.held, rules.Leg) else None
    place = None if isinstance(period.held, rules.Leg) else period.held
    outside = place in known.external
    return (
        new_id(), person, None if outside else place, place if outside else None, leg, period.since,
        period.started_at, period.ended_at,
    )  # fmt: skip


def _ask(before: dict[UUID, Known], after: dict[UUID, Known], at: datetime) -> None:
    """Open the questions that the facts raise now, close those that a fact explained."""
    for person, known in after.items():
        old = {doubt.fact for doubt in before[person].story.doubts}
        new = {doubt.fact: doubt for doubt in known.story.doubts}
        explained = old - new.keys()
        if explained:
            _explain(explained, at)
        # A doubt that was not asked because another fact had asked it already is asked when that one is explained.
        for fact, doubt in new.items():
            if explained or fact not in old:
                _open(person, known, doubt, at)


def _explain(facts: set[UUID], at: datetime) -> None:
    for question in Question.objects.filter(fact__in=facts, closed_at__isnull=True):
        question.closed_at, question.explained = at, True
        question.save(update_fields=["closed_at", "explained"])
        cancel_all(question, at=at, answer="explained by a later fact")


def _open(person: UUID, known: Known, doubt: rules.Doubt, at: datetime) -> None:
    """Ask both places; the same doubt that is still open (a card read twice) is not asked twice."""
    ends = (doubt.held.origin, doubt.held.destination) if isinstance(doubt.held, rules.Leg) else (doubt.held,)
    reported = known.place_of(doubt.fact)
    thought = [end for end in ends if end is not None and end not in known.external and end != reported]
    asked = {
        "person_id": person,
        "conflict": str(doubt.conflict),
        "first_site_id": thought[0] if thought else None,
        "second_site_id": None if reported in known.external else reported,
    }
    if Question.objects.filter(**asked, closed_at__isnull=True).exists():
        return
    question = Question.objects.create(**asked, fact_id=doubt.fact, opened_at=at)
    sites = (question.first_site, question.second_site)
    units = [site.unit_id for site in sites if site is not None]
    for slot, unit in enumerate(units) if units else [(0, None)]:
        raise_alarm(Due(QUESTION.code, question, at, str(slot), unit_id=unit, person_id=person), at=at)


def _legs(story_of: dict[UUID, Known]) -> set[UUID]:
    """The handovers on which these people were under way. A fact may take one out of their story again."""
    return {
        period.held.id
        for known in story_of.values()
        for period in known.story.periods
        if isinstance(period.held, rules.Leg)
    }


def _settle(after: dict[UUID, Known], legs: set[UUID], actor: Actor, at: datetime) -> None:
    """Bring the outcomes of handovers up to date; one that is settled for everybody is closed, its deadline met."""
    if not legs:
        return
    changed = []
    for pk, leg, person, before in _lines(handovers=list(legs), people=list(after)):
        outcome, settled_at = after[person].outcome_of(leg)
        if outcome != before:
            changed.append((outcome, settled_at or (None if outcome == Outcome.UNDER_WAY else at), pk, leg))
    if not changed:
        return
    lines = Changed(HandedOver, ("outcome", "settled_at"), [row[:3] for row in changed])
    # Locked before it is counted who is still under way: of two who settle the last two people, the later closes it.
    handovers = _locked_handovers(handovers=list({row[3] for row in changed}))
    turned = [handover for handover in handovers if _is_over(handover, changed) != (handover.closed_at is not None)]
    for handover in turned:
        handover.closed_at = at if handover.closed_at is None else None
    write_together(lines, Changed(Handover, ("closed_at",), [(one.closed_at, one.pk) for one in turned]))
    for handover in turned:
        if handover.closed_at is not None:
            meet(HANDOVER.code, handover, at=at, by=actor.user_id)
        else:
            watch(handover, at=at)


def _is_over(handover: Handover, changed: Sequence[tuple[Outcome, datetime | None, UUID, UUID]]) -> bool:
    """Whether nobody is under way on it any more, once these lines have changed."""
    own = {pk: outcome for outcome, _settled_at, pk, leg in changed if leg == handover.pk}
    return Outcome.UNDER_WAY not in own.values() and not _under_way(handover=handover.pk, but=list(own))


@prepared
def _locked_handovers(handovers: Any) -> QuerySet[Handover]:
    return locked(Handover.objects.filter(pk__among=handovers).order_by("id"))


@prepared
def _under_way(handover: Any, but: Any) -> QuerySet[HandedOver, UUID]:
    others = HandedOver.objects.filter(handover=handover, outcome="under_way").exclude(pk__among=but)
    return others.values_list("id", flat=True)[:1]


@prepared
def _lines(handovers: Any, people: Any) -> QuerySet[HandedOver, tuple[UUID, UUID, UUID, str]]:
    found = HandedOver.objects.filter(handover__among=handovers, person__among=people)
    return found.values_list("id", "handover_id", "person_id", "outcome")


def watch(handover: Handover, *, at: datetime) -> None:
    """Both ends are told when nobody has signed in by the deadline; where neither is ours, who answers for it."""
    set_deadlines(dues_of(handover), at=at)


def dues_of(handover: Handover) -> list[Due]:
    """The deadlines by which a handover is watched."""
    ends = {"from": handover.from_site, "to": handover.to_site}
    units = {slot: site.unit_id for slot, site in ends.items() if site is not None}
    units = units or {"": unit_in_charge(handover)}
    return [Due(HANDOVER.code, handover, handover.due_at, slot, unit_id=unit) for slot, unit in units.items()]


def _note(fact: Seen) -> Note:
    data = {"fact": str(fact.kind), "handover": fact.handover.number if fact.handover else ""}
    site = fact.site or (fact.handover.from_site if fact.handover else None)
    unit = site.unit_id if site else None
    return Note(Fact._meta.label_lower, str(fact.id), fact.person_id, unit, data, fact.note)


def _told(fact: Seen, known: Known) -> Told:
    asked = next((doubt.conflict for doubt in known.story.doubts if doubt.fact == fact.id), None)
    return Told(fact.person_id, known.story.held, asked)
