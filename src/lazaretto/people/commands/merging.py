"""Two records of one person become one, and apart again.

Every foreign key to the merged record is moved to the kept one, whichever app it belongs to: the relations are read
from the models, so an app above need not be known here. What cannot stand twice on one person is settled by rule:

- an open period that both have (access of a unit, a need, a party) is moved and ended at the moment of the merge;
- an equal name or contact stays with the merged record, the kept one has it already;
- what an app above settles by a rule of its own (two requests for one trip), it settles first: `settle_first`;
- anything of another app that collides (two open stays, two overlapping ones) refuses the merge: `BothInCare`.

`Merge.moved` lists every change in order. Undoing applies it backwards and refuses when a moved row is gone.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import asdict, dataclass
from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

from django.apps import apps
from django.db import IntegrityError, models, transaction

from lazaretto.core.access import Actor
from lazaretto.core.choices import DeadlineState
from lazaretto.core.commands import command
from lazaretto.core.models import Alarm, Deadline
from lazaretto.core.secrets import decrypt, encrypt
from lazaretto.people.choices import Sex, SuggestionState
from lazaretto.people.commands.common import compare_again, note, still_one
from lazaretto.people.commands.duplicates import pair_of
from lazaretto.people.commands.newcomers import Words
from lazaretto.people.commands.tokens import remove_tokens, rewrite_tokens
from lazaretto.people.errors import AlreadyDecided, BothInCare, MergeBuiltUpon, SamePerson
from lazaretto.people.links import EQUAL, links
from lazaretto.people.models import DuplicateSuggestion, Merge, Need, PartyMember, Person, PersonAccess

# At most one open row each: model → the field of which there may be one.
OPEN_ONCE: dict[type[models.Model], str] = {PersonAccess: "unit_id", Need: "kind", PartyMember: "party_id"}
# What the kept record takes over where it says nothing itself.
FILLED = ("sex", "birth_date", "nationality", "employer", "dormitory", "address", "romanised")
# Rows of the core name people without a foreign key. What is closed is history and stays, like the journal.
LOOSE: dict[type[models.Model], dict[str, Any]] = {
    Deadline: {"state": DeadlineState.OPEN},
    Alarm: {"answered_at__isnull": True},
}


@dataclass(frozen=True)
class PeopleMerged:
    """The records are one. `merge_id` undoes it."""

    merge_id: UUID
    kept_id: UUID


@dataclass(frozen=True)
class MergeUndone:
    """The records are two again."""

    kept_id: UUID
    merged_id: UUID


@dataclass(frozen=True)
class Change:
    """One field of one row was changed. Sensitive texts are sealed: hex of the encrypted value."""

    model: str
    pk: str
    field: str
    old: Any
    new: Any
    sealed: bool = False
    firm: bool = True  # undoing needs the row to be as the merge left it


@command("people.merge", capability="people.merge")
def merge(*, actor: Actor, at: datetime, kept: Person, merged: Person, reason: Words = "") -> PeopleMerged:
    """Make one person of two records.

    Raises `SamePerson`, `PersonMerged`, `BothInCare` (naming what collides).
    """
    still_one(kept, merged)
    if kept == merged:
        raise SamePerson
    note(actor, merged, data={"kept": str(kept.id)}, reason=reason)
    changes = [*_settle_open_periods(kept, merged, at), *_settle_above(kept, merged, actor, at)]
    changes += [*_move_links(kept, merged), *_fill(kept, merged)]
    Person.objects.filter(pk=merged.pk).update(merged_into=kept)
    pair = pair_of(kept, merged, at)
    changes += _decide(pair, at)
    row = Merge.objects.create(
        kept=kept, merged=merged, moved=[asdict(each) for each in changes], merged_at=at, merged_by_id=actor.user_id
    )
    remove_tokens([merged.id])
    rewrite_tokens([kept.id])
    compare_again(kept)
    note(actor, kept, row, data={"merged": str(merged.id), "moved": len(changes)}, reason=reason)
    return PeopleMerged(row.id, kept.id)


@command("people.undo_merge", capability="people.merge")
def undo_merge(*, actor: Actor, at: datetime, merge: Merge, reason: Words = "") -> MergeUndone:
    """Make two records of one again, each with the links it had; what came since stays with the kept record.

    Raises `AlreadyDecided` when it was undone before, `MergeBuiltUpon` when later changes stand on it.
    """
    if merge.undone_at is not None:
        raise AlreadyDecided
    kept, merged = _locked(merge.kept_id), _locked(merge.merged_id)
    if kept.merged_into_id is not None:
        raise MergeBuiltUpon(by=kept.merged_into_id)
    try:
        with transaction.atomic():
            Person.objects.filter(pk=merged.pk).update(merged_into=None)
            for saved in reversed(merge.moved):
                _take_back(Change(**saved))
    except IntegrityError as error:
        raise MergeBuiltUpon from error
    merge.undone_at = at
    merge.save(update_fields=["undone_at"])
    rewrite_tokens([kept.id, merged.id])
    compare_again(kept, merged)
    note(actor, kept, merge, data={"apart": str(merged.id)}, reason=reason)
    note(actor, merged, merge, data={"apart": str(kept.id)}, reason=reason)
    return MergeUndone(kept.id, merged.id)


Settling = Callable[[Person, Person, Actor, datetime], Iterable[Change]]
_settling: list[Settling] = []


def settle_first(function: Settling) -> None:
    """An app above settles what would stand twice on one person, before its rows are moved, and says what it changed.

    It may refuse the merge by an error of its own. Called once, when the app is ready.
    """
    if function not in _settling:
        _settling.append(function)


def _settle_above(kept: Person, merged: Person, actor: Actor, at: datetime) -> Iterator[Change]:
    for function in _settling:
        yield from function(kept, merged, actor, at)


def _settle_open_periods(kept: Person, merged: Person, at: datetime) -> Iterator[Change]:
    for model, key in OPEN_ONCE.items():
        rows: Any = model._default_manager
        present = {getattr(row, key): row for row in rows.filter(person=kept, ended_at__isnull=True)}
        for row in rows.filter(person=merged, ended_at__isnull=True):
            twin = present.get(getattr(row, key))
            if twin is None:
                continue
            row.ended_at = max(at, row.started_at)
            row.save(update_fields=["ended_at"])
            yield change_of(row, "ended_at", None, _plain(row.ended_at))
            if isinstance(row, Need) and row.note and row.note != twin.note:
                yield _join_notes(twin, row.note)


def _join_notes(need: Need, more: str) -> Change:
    """The open need says what both said; a medicine must not vanish because two records became one."""
    old = need.note
    need.note = f"{old}; {more}" if old else more
    need.save(update_fields=["note"])
    return change_of(need, "note", _seal(old), _seal(need.note), sealed=True, firm=False)


def _move_links(kept: Person, merged: Person) -> Iterator[Change]:
    for model, field in [*links(), *((model, "person_id") for model in LOOSE)]:
        rows: Any = model._base_manager.filter(**{field: merged.pk}, **LOOSE.get(model, {}))
        if model in EQUAL:
            said = model._base_manager.filter(**{field: kept.pk}).values_list(EQUAL[model], flat=True)
            rows = rows.exclude(**{f"{EQUAL[model]}__in": list(said)})
        moving = list(rows.order_by("pk"))
        try:
            with transaction.atomic():
                model._base_manager.filter(pk__in=[row.pk for row in moving]).update(**{field: kept.pk})
        except IntegrityError as error:
            raise BothInCare(kind=model._meta.label_lower) from error
        for row in moving:
            yield change_of(row, field, str(merged.pk), str(kept.pk))


def _fill(kept: Person, merged: Person) -> Iterator[Change]:
    filled = [
        name
        for name in FILLED
        if getattr(kept, name) in {None, "", Sex.UNKNOWN} and getattr(merged, name) not in {None, "", Sex.UNKNOWN}
    ]
    for name in filled:
        old, new = getattr(kept, name), getattr(merged, name)
        setattr(kept, name, new)
        sealed = name == "address"
        yield change_of(
            kept, name, _seal(old) if sealed else old, _seal(new) if sealed else _plain(new), sealed, firm=False
        )
    kept.save(update_fields=filled)


def _decide(pair: DuplicateSuggestion, at: datetime) -> Iterator[Change]:
    yield change_of(pair, "state", pair.state, SuggestionState.MERGED)
    yield change_of(pair, "decided_at", _comparable(pair.decided_at), _plain(at))
    pair.state, pair.decided_at = SuggestionState.MERGED, at
    pair.save(update_fields=["state", "decided_at"])


def _take_back(change: Change) -> None:
    """Set a field as it was. A moved row that is gone or elsewhere refuses; a field edited since keeps the edit."""
    model: Any = apps.get_model(change.model)
    row = model._base_manager.select_for_update().filter(pk=change.pk).first()
    if row is None:
        raise MergeBuiltUpon(kind=change.model, id=change.pk)
    present = getattr(row, change.field)
    if _comparable(present) != (_open(change.new) if change.sealed else change.new):
        if change.firm:
            raise MergeBuiltUpon(kind=change.model, id=change.pk)
        return
    field = model._meta.get_field(change.field)
    old = _open(change.old) if change.sealed else field.to_python(change.old)
    model._base_manager.filter(pk=change.pk).update(**{change.field: old})


def changed(row: models.Model, **fields: Any) -> Iterator[Change]:
    """Write these fields of a row, each as a change that undoing takes back; what has moved on since stays."""
    for name, value in fields.items():
        yield change_of(row, name, _comparable(getattr(row, name)), _comparable(value), firm=False)
        setattr(row, name, value)
    row.save(update_fields=list(fields))


def change_of(row: models.Model, field: str, old: Any, new: Any, sealed: bool = False, firm: bool = True) -> Change:
    """One field of a row, as undoing needs it."""
    return Change(row._meta.label_lower, str(row.pk), field, old, new, sealed, firm)


def _comparable(value: Any) -> Any:
    return None if value is None else _plain(value)


def _plain(value: Any) -> str:
    if isinstance(value, datetime):
        value = value.astimezone(UTC)
    return str(value.isoformat()) if isinstance(value, date) else str(value)


def _seal(text: str | None) -> str | None:
    return None if text is None else encrypt(text).hex()


def _open(sealed: str | None) -> str | None:
    return None if sealed is None else decrypt(bytes.fromhex(sealed))


def _locked(pk: UUID) -> Person:
    return Person.objects.select_for_update().get(pk=pk)
