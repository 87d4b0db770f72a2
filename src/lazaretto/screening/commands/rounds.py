"""Rounds: prepared, changed, their roster fixed, opened, closed, cancelled."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import connection
from django.db.models import Max
from django.utils.translation import gettext as _

from lazaretto.accounts.models import Unit
from lazaretto.core.access import Actor
from lazaretto.core.bulk import insert
from lazaretto.core.commands import command, record
from lazaretto.core.databases import on_postgresql
from lazaretto.core.errors import IllegalTransition, InvalidInput, ReasonRequired, whole
from lazaretto.core.states import Edge, edge
from lazaretto.screening.choices import PointState, RoundState, TubeRule
from lazaretto.screening.errors import EditedMeanwhile, RosterIsFixed, RoundWithoutPoint
from lazaretto.screening.models import Round
from lazaretto.screening.rules import MANAGE, OVER, ROUND_EDGES, odd_dates


@dataclass(frozen=True)
class RoundDrafted:
    """A round is being prepared."""

    round_id: UUID
    number: int


@dataclass(frozen=True)
class RoundFrozen:
    """Who is expected is fixed: so many people, numbered from 1; `also_named`: by a second enterprise too."""

    round_id: UUID
    entries: int
    also_named: int


@dataclass(frozen=True)
class RoundChanged:
    """A round took a step."""

    round_id: UUID
    state: str


@dataclass(frozen=True)
class RoundEdited:
    """A round is called otherwise or ends at another time; `follows` says in words what that does to what stands."""

    round_id: UUID
    follows: list[str]


Hear = Callable[[Round, datetime, bool, str], None]
_HEAR: list[Hear] = []


def told_of_drafts(hear: Hear) -> Hear:
    """Declare who is told of each round that is prepared, whether it stands apart, and the reason given; twice is
    harmless. An app above may raise its own error: then nothing is prepared.
    """
    if hear not in _HEAR:
        _HEAR.append(hear)
    return hear


@command("screening.draft_round", capability=MANAGE)
def draft_round(
    *,
    actor: Actor,
    at: datetime,
    unit: Unit,
    name: str,
    opens_at: datetime,
    deadline_at: datetime,
    tube_rule: TubeRule,
    apart: bool = False,
    reason: str = "",
) -> RoundDrafted:
    """Prepare the next round of testing everybody in the area of a unit.

    `apart`: it is none of the rounds that follow one another there, such as a sample of key posts. Raises
    `InvalidInput`, `TextTooLong`, and what apps above raise (`told_of_drafts`).
    """
    if not name.strip():
        raise InvalidInput(fields={"name": _("Say what the round is called.")})
    _sound_dates(opens_at, deadline_at, at)
    last = Round.objects.filter(unit=unit).aggregate(last=Max("number"))["last"] or 0
    made = insert(
        Round(
            unit=unit, number=last + 1, name=whole(name, 120), tube_rule=tube_rule, opens_at=opens_at,
            deadline_at=deadline_at,
        )
    )  # fmt: skip
    why = whole(reason.strip(), 200)
    for hear in _HEAR:
        hear(made, at, apart, why)
    record(made, unit_id=unit.id, data={"number": made.number, "tube_rule": made.tube_rule}, reason=why)
    return RoundDrafted(made.id, made.number)


def _sound_dates(opens_at: datetime, deadline_at: datetime, at: datetime) -> None:
    said = {
        "backwards": ("deadline_at", _("It must be after the beginning.")),
        "past": ("opens_at", _("This lies in the past; look at the year.")),
        "far": ("deadline_at", _("This is more than 60 days away; look at month and year.")),
    }.get(odd_dates(opens_at, deadline_at, at=at))
    if said is not None:
        raise InvalidInput(fields=dict([said]))


@command("screening.change_round", capability=MANAGE)
def change_round(
    *,
    actor: Actor,
    at: datetime,
    test_round: Round,
    name: str,
    deadline_at: datetime,
    reason: str = "",
    edition: str = "",
) -> RoundEdited:
    """Call a round otherwise, or give it another deadline, which needs a reason.

    `edition` is that of the round as the writer saw it: if it stands no more, nothing is written. Without one, whatever
    stands is written over. Raises `EditedMeanwhile`, `IllegalTransition` for a round that is over, `InvalidInput`,
    `TextTooLong`, `ReasonRequired`.
    """
    not_over(test_round)
    if not name.strip():
        raise InvalidInput(fields={"name": _("Say what the round is called.")})
    before = {"name": test_round.name, "deadline_at": test_round.deadline_at}
    after: dict[str, Any] = {"name": whole(name.strip(), 120), "deadline_at": deadline_at}
    unless_edited(edition, test_round.edition, differences(before, after))
    if deadline_at != test_round.deadline_at:
        _sound_deadline(test_round, deadline_at, reason, at)
    follows = following(test_round, at)
    test_round.name, test_round.deadline_at = after["name"], deadline_at
    test_round.save(update_fields=list(after))
    record(test_round, unit_id=test_round.unit_id, data=differences(before, after), reason=whole(reason.strip(), 200))
    return RoundEdited(test_round.id, follows())


def _sound_deadline(of: Round, deadline_at: datetime, reason: str, at: datetime) -> None:
    if deadline_at <= at:
        raise InvalidInput(fields={"deadline_at": _("This lies in the past; close the round instead.")})
    _sound_dates(of.opens_at, deadline_at, max(at, of.opens_at))
    if not reason.strip():
        raise ReasonRequired


def unless_edited(seen: str, now: str, changes: Mapping[str, Any]) -> None:
    """Raise `EditedMeanwhile` where the writer saw another edition; the same said twice changes nothing."""
    if seen and seen != now and changes:
        raise EditedMeanwhile


def differences(before: Mapping[str, Any], after: Mapping[str, Any]) -> dict[str, Any]:
    """What changed, as the journal keeps it: what was and what is."""
    return {key: {"before": before[key], "after": value} for key, value in after.items() if before[key] != value}


Follow = Callable[[Round, datetime], str]
_FOLLOWS: list[Follow] = []


def follows_a_change(follow: Follow) -> Follow:
    """Declare what follows when a round or one of its points changes, in words, empty for nothing. Twice is harmless.

    An app above looks, and may let what is its own follow in the same transaction.
    """
    if follow not in _FOLLOWS:
        _FOLLOWS.append(follow)
    return follow


def followed(of: Round, at: datetime) -> list[str]:
    """What all apps say follows from how the round is now."""
    return [said for follow in _FOLLOWS if (said := follow(of, at))]


def following(of: Round, at: datetime) -> Callable[[], list[str]]:
    """Asked before a change, called after it: what all apps say follows now and did not before."""
    before = followed(of, at)
    return lambda: [said for said in followed(of, at) if said not in before]


def not_over(of: Round) -> None:
    """Raise `IllegalTransition` for a round that is closed or cancelled."""
    if of.state in OVER:
        raise IllegalTransition(state=of.state)


@command("screening.cancel_round", capability=MANAGE)
def cancel_round(*, actor: Actor, at: datetime, test_round: Round, reason: str) -> RoundChanged:
    """Call a round off, before or after it opened; what was captured stays, and what comes in later is taken as late.

    Raises `IllegalTransition`, `ReasonRequired`, `TextTooLong`.
    """
    permitted(ROUND_EDGES, test_round.state, RoundState.CANCELLED)
    if not reason.strip():
        raise ReasonRequired
    test_round.state, test_round.cancelled_at = RoundState.CANCELLED, at
    test_round.reason = whole(reason.strip(), 200)
    test_round.save(update_fields=["state", "cancelled_at", "reason"])
    record(test_round, unit_id=test_round.unit_id, data={"state": test_round.state}, reason=test_round.reason)
    return RoundChanged(test_round.id, test_round.state)


@command("screening.open_round", capability=MANAGE)
def open_round(*, actor: Actor, at: datetime, test_round: Round) -> RoundChanged:
    """Testing begins. Raises `IllegalTransition`, `RoundWithoutPoint`."""
    permitted(ROUND_EDGES, test_round.state, RoundState.OPEN)
    if not test_round.points.filter(state=PointState.OPEN).exists():
        raise RoundWithoutPoint(round=test_round.id)
    test_round.state, test_round.opened_at = RoundState.OPEN, at
    test_round.save(update_fields=["state", "opened_at"])
    record(test_round, unit_id=test_round.unit_id, data={"state": test_round.state})
    return RoundChanged(test_round.id, test_round.state)


Gate = Callable[[Round, datetime], None]
_GATES: list[Gate] = []


def closes_only_when(gate: Gate) -> Gate:
    """Declare what must stand before a round closes: an app above raises its own error. Twice is harmless."""
    if gate not in _GATES:
        _GATES.append(gate)
    return gate


@command("screening.close_round", capability=MANAGE)
def close_round(*, actor: Actor, at: datetime, test_round: Round) -> RoundChanged:
    """The round is over; scans that come in later are taken, marked late.

    Raises `IllegalTransition`, and what the gates of apps above raise (`closes_only_when`).
    """
    permitted(ROUND_EDGES, test_round.state, RoundState.CLOSED)
    for gate in _GATES:
        gate(test_round, at)
    test_round.state, test_round.closed_at = RoundState.CLOSED, at
    test_round.save(update_fields=["state", "closed_at"])
    record(test_round, unit_id=test_round.unit_id, data={"state": test_round.state})
    return RoundChanged(test_round.id, test_round.state)


def permitted(table: tuple[Edge, ...], before: str, after: str) -> None:
    """Raise `IllegalTransition` for a step that the table does not know."""
    if edge(table, before, after) is None:
        raise IllegalTransition(before=before, after=after)


# ---- the roster

# Everybody on an open headcount of the unit and the units below it; whoever is named twice by their document belongs to
# the one who named them first. Whoever has no document cannot be told from another and is an entry of their own.
_NAMED = """WITH RECURSIVE area AS (
    SELECT id FROM accounts_unit WHERE id = %s
    UNION ALL SELECT below.id FROM accounts_unit below JOIN area ON below.parent_id = area.id
), named AS (
    SELECT m.id, m.organisation_id, m.section, m.building, m.name, m.document_digest, o.folded, row_number() OVER (
        PARTITION BY CASE WHEN m.document_digest = '' THEN CAST(m.id AS varchar(20)) ELSE m.document_digest END
        ORDER BY m.started_at, m.id
    ) AS turn, max(m.household_id) OVER (
        PARTITION BY CASE WHEN m.document_digest = '' THEN CAST(m.id AS varchar(20)) ELSE m.document_digest END
    ) AS household
    FROM headcounts_member m JOIN headcounts_organisation o ON o.id = m.organisation_id
    WHERE o.unit_id IN (SELECT id FROM area) AND o.ended_at IS NULL AND m.ended_at IS NULL
)"""
_ENTER = f"""INSERT INTO screening_rosterentry
    (round_id, number, member_id, organisation_id, section, building, document_digest, household)
{_NAMED} SELECT %s, row_number() OVER (ORDER BY folded, organisation_id, section, name, id),
    id, organisation_id, section, building, NULLIF(document_digest, ''), household
FROM named WHERE turn = 1"""  # noqa: S608 - our own words
_ALSO = f"""INSERT INTO screening_alsonamed (round_id, number, member_id, organisation_id)
{_NAMED} SELECT entry.round_id, entry.number, named.id, named.organisation_id
FROM named JOIN screening_rosterentry entry ON entry.document_digest = named.document_digest AND entry.round_id = %s
WHERE turn > 1"""  # noqa: S608 - our own words
_SHARE = """INSERT INTO screening_rostershare (round_id, organisation_id, people, first)
SELECT round_id, organisation_id, count(*), min(number) FROM screening_rosterentry WHERE round_id = %s
GROUP BY round_id, organisation_id"""

_BUILDING = """INSERT INTO screening_rosterbuilding (round_id, building, people, enterprises)
SELECT round_id, building, count(*), count(DISTINCT organisation_id) FROM screening_rosterentry
WHERE round_id = %s AND building <> '' GROUP BY round_id, building"""


@command("screening.freeze_round", capability=MANAGE)
def freeze_round(*, actor: Actor, at: datetime, test_round: Round) -> RoundFrozen:
    """Fix who is expected: everybody on the headcounts of the area now, each once, under a dense number.

    Whoever two enterprises name is counted with the one that named them first; the other is kept beside. The database
    copies them; nothing passes through the program, however many they are. Raises `RosterIsFixed`.
    """
    if test_round.state != RoundState.DRAFT:
        raise RosterIsFixed(round=test_round.id)
    unit, own = _key(test_round.unit_id), _key(test_round.id)
    with connection.cursor() as cursor:
        cursor.execute(_ENTER, [unit, own])
        entries = cursor.rowcount
        cursor.execute(_ALSO, [unit, own])
        also = cursor.rowcount
        cursor.execute(_SHARE, [own])
        cursor.execute(_BUILDING, [own])
    _make_room(test_round.id)
    test_round.state, test_round.frozen_at, test_round.entries = RoundState.FROZEN, at, max(0, entries)
    test_round.save(update_fields=["state", "frozen_at", "entries"])
    record(test_round, unit_id=test_round.unit_id, data={"entries": test_round.entries, "also_named": max(0, also)})
    return RoundFrozen(test_round.id, test_round.entries, max(0, also))


def _make_room(round_id: UUID) -> None:
    """The part of the table of scans that is this round's. Attached, because making it in place would stop all scans
    of other rounds until this transaction has ended.
    """
    if not on_postgresql():
        return
    part = f"screening_scan_{round_id.hex}"
    with connection.cursor() as cursor:
        cursor.execute(f"CREATE TABLE {part} (LIKE screening_scan INCLUDING ALL)")
        cursor.execute(f"ALTER TABLE screening_scan ATTACH PARTITION {part} FOR VALUES IN ('{round_id}')")


def _key(pk: UUID) -> Any:
    return Round._meta.pk.get_db_prep_value(pk, connection)
