"""A staged list becomes people on their way, piece by piece; each piece is one transaction: nothing is half done."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from functools import lru_cache
from typing import NamedTuple
from uuid import UUID
from zoneinfo import ZoneInfo

from lazaretto.arrivals.choices import ExpectedState, ManifestState, RowDecision, RowOutcome, RowResolution
from lazaretto.arrivals.errors import ManifestClosed
from lazaretto.arrivals.manifest import Issue, Person, Severity
from lazaretto.arrivals.models import ExpectedArrival, Manifest, ManifestRow
from lazaretto.arrivals.queries.known import Match, match_people, standing, under_way
from lazaretto.arrivals.queries.statement import Statement, statement_of
from lazaretto.arrivals.staging import exposure_day, from_payload, new_person, own_category, person_in, to_payload
from lazaretto.core import clock
from lazaretto.core.access import Actor
from lazaretto.core.bulk import insert_rows, update_rows
from lazaretto.core.commands import command, record, record_all
from lazaretto.core.ids import new_id
from lazaretto.core.journal import Note
from lazaretto.people.commands import add_people, form_parties, open_access
from lazaretto.people.models import Person as KnownPerson

CHUNK = 1_000


@dataclass(frozen=True)
class PieceCommitted:
    """How far a list is: `done` of `of` rows that can be committed have become people; `finished` when none is left."""

    manifest_id: UUID
    done: int
    of: int
    finished: bool
    statement: Statement


class _Row(NamedTuple):
    pk: int
    party_key: str
    decision: str
    candidate_id: UUID | None
    payload: str


@dataclass
class _Taken:
    """A row on its way to being a person. `row` holds only what is needed here: thousands are loaded at once."""

    row: _Row
    person: Person
    person_id: UUID | None = None
    issue: str = ""
    resolution: str = ""


@command("arrivals.commit_manifest", capability="arrivals.manage")
def commit_manifest(*, actor: Actor, at: datetime, manifest: Manifest, rows: int = CHUNK) -> PieceCommitted:
    """Commit the next `rows` ready rows (households whole); call again until `finished`.

    Known people are matched, others made; each is expected at the site. A row that has become doubtful since staging,
    because somebody was registered or expected meanwhile, is held by name instead. Held rows stay and can be decided
    and committed later. Raises `ManifestClosed` for a cancelled list.
    """
    if manifest.state == ManifestState.CANCELLED:
        raise ManifestClosed(manifest=manifest.id)
    taken = [_taken(row) for row in _next_rows(manifest, max(1, rows))]
    _identify(taken)
    _make_people(manifest, [one for one in taken if not one.issue], at)
    _settle(taken)
    statement = statement_of(manifest)
    finished = statement.ready == 0
    manifest.state = ManifestState.COMMITTED if finished else ManifestState.COMMITTING
    manifest.committed_at = (manifest.committed_at or at) if finished else None
    manifest.save(update_fields=["state", "committed_at"])
    done = statement.made + statement.matched
    record(manifest, unit_id=manifest.site.unit_id, data={"piece": len(taken), "done": done, "finished": finished})
    return PieceCommitted(manifest.id, done, done + statement.ready, finished, statement)


def _next_rows(manifest: Manifest, count: int) -> list[_Row]:
    """The next rows in the order of the file, and the rest of the households they belong to."""
    waiting = manifest.rows.select_for_update().filter(outcome=RowOutcome.READY, resolution="")
    waiting = waiting.order_by("sheet", "excel_row")
    rows = [_Row(*row) for row in waiting.values_list(*_Row._fields)[:count]]
    if len(rows) < count:
        return rows
    have = {row.pk for row in rows}
    households = waiting.filter(party_key__in=sorted({row.party_key for row in rows if row.party_key}))
    return rows + [_Row(*row) for row in households.values_list(*_Row._fields) if row[0] not in have]


def _taken(row: _Row) -> _Taken:
    person = person_in(row.payload)
    if person is None:
        raise RuntimeError(f"row {row.pk} is ready without a person")
    return _Taken(row, person)


def _identify(taken: Sequence[_Taken]) -> None:
    """Who is known, as of now; a row that a person matched by name stays matched."""
    matches = match_people([one.person for one in taken])
    for one, match in zip(taken, matches, strict=True):
        if one.row.decision == RowDecision.MATCH:
            one.person_id = one.row.candidate_id
        elif match.issue and not _was_decided(one.row, match):
            one.person_id, one.issue = match.person_id, match.issue
        elif not match.issue:
            one.person_id = match.person_id
    staying, expected = under_way({one.person_id for one in taken if one.person_id})
    seen: set[str] = set()
    for one, documents in zip(taken, [match.documents for match in matches], strict=True):
        if one.person_id and not one.issue:
            one.issue = standing(one.person_id, staying, expected)
        _refuse_doubles(one, documents, seen)


def _was_decided(row: _Row, match: Match) -> bool:
    """Somebody looked at the suggestion and said that it is another person."""
    return match.issue == "possibly_known" and row.decision == RowDecision.ACCEPT


def _refuse_doubles(one: _Taken, documents: Sequence[str], seen: set[str]) -> None:
    """Two rows of one piece must not become one document or one person twice."""
    keys = {*documents, *([str(one.person_id)] if one.person_id else [])}
    if not one.issue and keys & seen:
        one.issue = "duplicate_document"
    if not one.issue:
        seen |= keys


def _make_people(manifest: Manifest, taken: Sequence[_Taken], at: datetime) -> None:
    unit_id = manifest.site.unit_id
    fresh = [one for one in taken if one.person_id is None]
    made = add_people([new_person(one.person) for one in fresh], unit_id=unit_id, at=at)
    for one, person_id in zip(fresh, made, strict=True):
        one.person_id, one.resolution = person_id, RowResolution.CREATED
    matched = [one for one in taken if not one.resolution]
    for one in matched:
        one.resolution = RowResolution.MATCHED
    ids = [one.person_id for one in matched if one.person_id]
    open_access(ids, unit_id, at)
    record_all([_matched_note(person_id, manifest) for person_id in ids])
    _expect(manifest, taken, _parties(manifest, taken, made, at))


def _matched_note(person_id: UUID, manifest: Manifest) -> Note:
    return Note(
        KnownPerson._meta.label_lower, str(person_id), person_id, manifest.site.unit_id, {"known_by": "manifest"}
    )


def _parties(
    manifest: Manifest, taken: Sequence[_Taken], newcomers: Collection[UUID], at: datetime
) -> Mapping[str, UUID]:
    """One party for each household of the file with more than one person, those committed before included."""
    groups: dict[str, list[UUID]] = defaultdict(list)
    for one in taken:
        if one.row.party_key and one.person_id:
            groups[one.row.party_key].append(one.person_id)
    joined: set[str] = set()
    if manifest.state != ManifestState.STAGED:
        earlier = manifest.rows.filter(party_key__in=list(groups), person__isnull=False)
        for key, person_id in earlier.values_list("party_key", "person_id"):
            groups[key].append(person_id)
            joined.add(key)
    several = {key: people for key, people in groups.items() if len(set(people)) > 1}
    parties = form_parties(several, at=at, newcomers=set(newcomers))
    for key in joined & parties.keys():  # who was committed alone before now belongs to the household
        manifest.expected.filter(person__in=groups[key]).update(party_id=parties[key])
    return parties


def _expect(manifest: Manifest, taken: Sequence[_Taken], parties: Mapping[str, UUID]) -> None:
    rows = (
        (
            new_id(), manifest.pk, one.person_id, manifest.site_id, parties.get(one.row.party_key, one.person_id),
            own_category(one.person), _last_exposure(manifest, one.person), None, False, "", True,
            ExpectedState.EXPECTED, None, None, None,
        )
        for one in taken
    )  # fmt: skip
    insert_rows(ExpectedArrival, _EXPECTED_FIELDS, rows)


_EXPECTED_FIELDS = (
    "id", "manifest", "person", "site", "party_id", "category", "last_exposure_at", "room", "room_by_hand",
    "without_room_because", "on_manifest", "state", "boarded_at", "arrived_at", "stay",
)  # fmt: skip


def _last_exposure(manifest: Manifest, person: Person) -> datetime | None:
    """The beginning of that day."""
    day = exposure_day(person, manifest.category)
    return _beginning(day, manifest.site.time_zone) if day else None


@lru_cache(maxsize=64)
def _beginning(day: date, time_zone: str) -> datetime:
    """Midnight there; a whole bus was exposed on a few days."""
    return clock.local_moment(day, 0, 0, ZoneInfo(time_zone))


def _settle(taken: Iterable[_Taken]) -> None:
    done = [one for one in taken if not one.issue]
    update_rows(ManifestRow, ("resolution", "person"), [(o.resolution, o.person_id, o.row.pk) for o in done])
    for one in taken:
        if one.issue:
            _hold(one)


def _hold(one: _Taken) -> None:
    row = ManifestRow.objects.get(pk=one.row.pk)
    row.outcome, row.candidate_id, row.decision = RowOutcome.HELD, one.person_id, ""
    row.issues = list(dict.fromkeys([*row.issues, one.issue]))
    staged = from_payload(one.row.payload)
    row.payload = to_payload(replace(staged, issues=(*staged.issues, Issue(one.issue, Severity.HOLD, "name"))))
    row.save(update_fields=["outcome", "candidate", "decision", "issues", "payload"])
