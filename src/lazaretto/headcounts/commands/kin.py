"""Families as lists name them, piece by piece: whose household a line is of, what is to be thought of."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from lazaretto.core.bulk import insert_few, insert_rows, update_rows
from lazaretto.core.secrets import keyed_hash
from lazaretto.headcounts.commands.common import Standing
from lazaretto.headcounts.models import HeadcountList, Household, MemberConcern
from lazaretto.headcounts.queries import concerns_of, households_with
from lazaretto.headcounts.rules import Entry
from lazaretto.headcounts.rules_families import Family, lasts

CONCERN_FIELDS = ("member", "kind", "note", "from_list", "started_at", "ended_at")
_AT_ONCE = 200  # rows whose keys are wanted, in one statement


def households_of(
    headcount_list: HeadcountList,
    lines: Sequence[tuple[Entry, str]],
    there: Iterable[Standing],
    at: datetime,
) -> list[int | None]:
    """The household of each line (an entry and its document's digest); a number that is new makes one.

    Whose line names none is of the household of their document: as this piece says, else as it stands in the unit.
    """
    standing = {row.digest: row.household for row in there if row.household and row.unit == headcount_list.unit_id}
    numbers = {number_key(headcount_list, entry.household): entry.household for entry, _digest in lines}
    numbers.pop("", None)
    found = dict(households_with(unit_id=headcount_list.unit_id, digests=sorted(numbers))) if numbers else {}
    missing = {key: number for key, number in numbers.items() if key not in found}
    if missing:
        before: dict[str, list[int]] = {}
        for entry, digest in lines:
            if digest in standing:
                before.setdefault(number_key(headcount_list, entry.household), []).append(standing[digest])
        found |= _numbered_anew(headcount_list, missing, before)
        found |= _made(headcount_list, {key: n for key, n in missing.items() if key not in found}, at)
    named = [found.get(number_key(headcount_list, entry.household)) for entry, _digest in lines]
    by_document = {digest: is_of for (_entry, digest), is_of in zip(lines, named, strict=True) if digest and is_of}
    return [
        is_of or by_document.get(digest) or standing.get(digest)
        for (_entry, digest), is_of in zip(lines, named, strict=True)
    ]


def number_key(headcount_list: HeadcountList, number: str) -> str:
    """Under which digest a household's number is found: one of the register in the unit, a short one in its list."""
    if not number:
        return ""
    return keyed_hash(f"household|{'' if lasts(number) else headcount_list.pk}|{number}")


def _numbered_anew(
    headcount_list: HeadcountList, missing: Mapping[str, str], before: Mapping[str, Sequence[int]]
) -> dict[str, int]:
    """Households that stand, which this list numbers its own way: its number counts from now on.

    So the next list does not make every family anew. One that this list named before keeps that number, and one with a
    number of the register keeps it for ever.
    """
    asked = {pk for key in missing for pk in before.get(key, ())}
    rows = Household.objects.filter(pk__in=asked).exclude(from_list=headcount_list) if asked else []
    free = {row.pk for row in rows if not lasts(row.number or "")}
    found: dict[str, int] = {}
    for key in missing:
        mine = next((pk for pk in before.get(key, ()) if pk in free), None)
        if mine is not None:
            found[key] = mine
            free.discard(mine)
    renamed = [(missing[key], key, headcount_list.pk, pk) for key, pk in found.items()]
    update_rows(Household, ("number", "number_digest", "from_list"), renamed)
    return found


def _made(headcount_list: HeadcountList, numbers: Mapping[str, str], at: datetime) -> dict[str, int]:
    fields = ("unit", "number", "number_digest", "from_list", "started_at")
    rows = [(headcount_list.unit_id, number, key, headcount_list.pk, at) for key, number in numbers.items()]
    return dict(zip(numbers, with_keys(Household, fields, rows), strict=True))


def with_keys(model: Any, fields: Sequence[str], rows: Sequence[tuple[Any, ...]]) -> list[int]:
    """Insert rows whose keys are wanted, in order."""
    keys: list[int] = []
    for start in range(0, len(rows), _AT_ONCE):
        keys += insert_few(model, fields, rows[start : start + _AT_ONCE], returning=True)
    return keys


def concerns_begun(members: Iterable[tuple[int, Family]], list_id: UUID | None, at: datetime) -> list[tuple[Any, ...]]:
    """The rows of what is said about members who have none yet; a note lies with the first concern."""
    return [
        (member, concern, note or None, list_id, at, None)
        for member, family in members
        for concern, note in _noted(family)
    ]


def write_concerns(
    fresh: Sequence[tuple[int, Family]], kept: Mapping[int, Family], headcount_list: HeadcountList, at: datetime
) -> None:
    """What a piece says about families. An empty cell says nothing; another word than before ends what lists said.

    What somebody wrote by hand stays.
    """
    begun = concerns_begun(fresh, headcount_list.pk, at)
    said = {member: dict(_noted(family)) for member, family in kept.items() if family.concerns}
    ended: list[tuple[Any, ...]] = []
    for pk, member, kind, note, from_list in concerns_of(members=sorted(said)) if said else ():
        same = kind in said[member] and (note or "") == said[member][kind]
        if same or from_list is None:
            said[member].pop(kind, None)
        else:
            ended.append((at, pk))
    update_rows(MemberConcern, ("ended_at",), ended)
    begun += [
        (member, kind, note or None, headcount_list.pk, at, None)
        for member, concerns in said.items()
        for kind, note in concerns.items()
    ]
    insert_rows(MemberConcern, CONCERN_FIELDS, begun)


def _noted(family: Family) -> list[tuple[str, str]]:
    return [(concern.value, "" if place else family.note) for place, concern in enumerate(family.concerns)]
