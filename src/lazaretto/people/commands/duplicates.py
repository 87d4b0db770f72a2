"""Suspected duplicates: suggested by comparing, decided by people."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet

from lazaretto.core.access import Actor
from lazaretto.core.commands import command, record
from lazaretto.core.prepared import prepared
from lazaretto.people.choices import SuggestionState
from lazaretto.people.commands.common import note, still_one
from lazaretto.people.commands.newcomers import Words
from lazaretto.people.errors import AlreadyDecided, SamePerson
from lazaretto.people.models import DuplicateSuggestion, Person
from lazaretto.people.queries.duplicates import Pair, likely_pairs


@dataclass(frozen=True)
class DuplicatesSuggested:
    """The pairs that were not known before."""

    suggestion_ids: list[UUID]


@dataclass(frozen=True)
class DecidedDifferent:
    """Two different people: the pair is never suggested again unless somebody takes the decision back."""

    suggestion_id: UUID


@dataclass(frozen=True)
class SuggestionReopened:
    """The pair stands in the queue again."""

    suggestion_id: UUID


@command("people.suggest_duplicates", capability="people.merge", district=True, internal=True)
def suggest_duplicates(*, actor: Actor, at: datetime, pairs: list[Pair]) -> DuplicatesSuggested:
    """Put pairs into the queue; a pair that was ever suggested stays as it was decided."""
    made = []
    for pair in pairs:
        row, fresh = DuplicateSuggestion.objects.get_or_create(
            first_id=pair.first, second_id=pair.second, defaults={"reasons": pair.reasons, "created_at": at}
        )
        if fresh:
            made.append(row.id)
            record(row, unit_id=None, person_id=pair.second, data={"other": str(pair.first), "reasons": pair.reasons})
    return DuplicatesSuggested(made)


def compare_new(at: datetime, limit: int = 50) -> int:
    """Compare people who are new or changed with everybody, and suggest what looks alike; returns how many.

    Work of a duty: safe to run twice or to be killed, because people are ticked off together with the suggestions.
    """
    with transaction.atomic():
        waiting = Person.objects.filter(compared_at__isnull=True).order_by("id")
        ids = list(waiting.select_for_update(skip_locked=True).values_list("id", flat=True)[:limit])
        compare(ids, at)
    return len(ids)


def compare(person_ids: Sequence[UUID], at: datetime) -> None:
    """Compare these people with everybody now, inside a transaction."""
    pairs = likely_pairs(person_ids)
    known = set(_suggested(first=[pair.first for pair in pairs])) if pairs else set()
    fresh = [pair for pair in pairs if (pair.first, pair.second) not in known]
    if fresh:
        suggest_duplicates(actor=Actor.system("duplicates"), at=at, pairs=fresh)
    Person.objects.filter(pk__in=person_ids).update(compared_at=at)


@prepared
def _suggested(first: Any) -> QuerySet[DuplicateSuggestion, tuple[UUID, UUID]]:
    return DuplicateSuggestion.objects.filter(first__among=first).values_list("first", "second")


@command("people.decide_different", capability="people.merge")
def decide_different(
    *, actor: Actor, at: datetime, first: Person, second: Person, reason: Words = ""
) -> DecidedDifferent:
    """These are two different people. Raises `SamePerson`, `PersonMerged`, `AlreadyDecided`."""
    still_one(first, second)
    if first == second:
        raise SamePerson
    row = pair_of(first, second, at)
    if row.state == SuggestionState.DIFFERENT:
        raise AlreadyDecided
    row.state, row.decided_at = SuggestionState.DIFFERENT, at
    row.save(update_fields=["state", "decided_at"])
    note(actor, first, row, data={"other": str(second.id)}, reason=reason)
    note(actor, second, row, data={"other": str(first.id)}, reason=reason)
    return DecidedDifferent(row.id)


@command("people.reopen_suggestion", capability="people.merge")
def reopen_suggestion(*, actor: Actor, at: datetime, first: Person, second: Person) -> SuggestionReopened:
    """Take back the decision that these are different people. Raises `AlreadyDecided` when there is none."""
    row = pair_of(first, second, at)
    if row.state != SuggestionState.DIFFERENT:
        raise AlreadyDecided
    row.state, row.decided_at = SuggestionState.OPEN, None
    row.save(update_fields=["state", "decided_at"])
    note(actor, first, row, data={"other": str(second.id)})
    note(actor, second, row, data={"other": str(first.id)})
    return SuggestionReopened(row.id)


def pair_of(one: Person, other: Person, at: datetime) -> DuplicateSuggestion:
    """The row of a pair, locked; made if there is none. The older record is the first."""
    first, second = sorted((one, other), key=lambda person: person.id)
    row, _fresh = DuplicateSuggestion.objects.select_for_update().get_or_create(
        first=first, second=second, defaults={"created_at": at}
    )
    return row
