"""Whom the phones of a point keep: who comes by the slots that stand there, and whoever was added by hand."""

import hashlib
from base64 import b64encode
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache, reduce
from hmac import new as hmac_new
from operator import or_
from os import urandom
from typing import Any
from uuid import UUID

from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.db.models import Exists, OuterRef, Q, QuerySet

from lazaretto.field.errors import RosterTooLarge
from lazaretto.field.models import Device, Expected
from lazaretto.field.queries.phones import key_of
from lazaretto.field.rules import MOST_COURIERS, MOST_ROSTER, NAMES_KNOWN_FOR, ROSTER_PIECE, document_text
from lazaretto.headcounts.models import Organisation
from lazaretto.headcounts.rules import folded
from lazaretto.people.masking import mask
from lazaretto.people.pinyin import syllables
from lazaretto.screening.choices import TubeRule
from lazaretto.screening.models import AlsoNamed, Point, RosterEntry, RosterShare, Round
from lazaretto.slots.models import Slot
from lazaretto.slots.queries import Comers, comers, slots_by_home
from lazaretto.tubes.queries.couriers import couriers_for


def by_hand(point: Point) -> set[UUID]:
    """Enterprises that were added to a point by hand."""
    return set(Expected.objects.filter(point=point).values_list("organisation_id", flat=True))


def comers_at(point: Point) -> frozenset[Comers]:
    """Who comes to a point, by slot or added by hand; empty where neither says anybody. Two queries."""
    return comers(point) | {Comers(pk) for pk in by_hand(point)}


@dataclass(frozen=True)
class ExpectedPeople:
    """Who comes to a point and how many people of the roster they are; `added` is whom somebody added by hand."""

    comers: frozenset[Comers]
    added: set[UUID]
    people: int

    @property
    def enterprises(self) -> int:
        """How many come; 0: everybody of the round."""
        return len({one.organisation_id for one in self.comers})


def expected_people(point: Point) -> ExpectedPeople:
    """For the pages of a point, however many they are. Two queries, and one where they were not counted yet."""
    slots, added = comers(point), by_hand(point)
    chosen = slots | {Comers(pk) for pk in added}
    return ExpectedPeople(chosen, added, _people(point, chosen))


@dataclass(frozen=True)
class HomeLine:
    """An enterprise of a round as the page of a point lists it: its slots there, and whether somebody added it."""

    organisation: Organisation
    people: int
    slots: list[Slot]
    added: bool


def shares_at(point: Point, chosen: frozenset[Comers], *, q: str = "") -> QuerySet[RosterShare]:
    """Who comes to a point; with `q` everybody of the round whose name has that in it, to be added."""
    rows = RosterShare.objects.filter(round=point.round_id).select_related("organisation")
    rows = rows.defer("organisation__contact_phone")
    if q.strip():
        return rows.filter(organisation__folded__contains=folded(q))
    return rows.filter(organisation__in={one.organisation_id for one in chosen})


def lines_at(point: Point, shares: Sequence[RosterShare], added: Collection[UUID]) -> list[HomeLine]:
    """What each of these has to do with a point. One query."""
    slots = slots_by_home(point, [row.organisation_id for row in shares])
    return [
        HomeLine(row.organisation, row.people, slots.get(row.organisation_id, []), row.organisation_id in added)
        for row in shares
    ]


@dataclass(frozen=True)
class RosterState:
    """Whom a phone keeps: a word that changes when they change, and how many they are."""

    version: str
    people: int


def roster_state(point: Point) -> RosterState:
    """For the phones of a point; where nobody is named, everybody of the round. Raises `RosterTooLarge`.

    Two queries, and one more where these people were not counted yet.
    """
    chosen = comers_at(point)
    people = _people(point, chosen)
    if people > MOST_ROSTER:
        raise RosterTooLarge(people=people, most=MOST_ROSTER)
    said = f"3|{point.round_id}|{point.round.frozen_at}|{sorted((str(pk), by, part) for pk, by, part in chosen)}"
    return RosterState(_short(said), people)


def _people(point: Point, chosen: frozenset[Comers]) -> int:
    return _counted(point.round_id, point.round.frozen_at, chosen) if chosen else point.round.entries


@lru_cache(maxsize=512)
def _counted(round_id: UUID, frozen_at: datetime | None, chosen: frozenset[Comers]) -> int:
    """A roster is fixed once: so are the people of the same enterprises on it, however often phones ask.

    By UUID: two databases of one process never meet here.
    """
    return _roster(round_id, chosen).count()


@dataclass(frozen=True)
class Names:
    """What the enterprises of a round are called, by key, with a word that changes when one of them changes."""

    version: str
    names: Mapping[str, str]


def names_in(point: Point, *, at: datetime) -> Names:
    """Of all enterprises of a round, as they were called within the last minute. One query, or none."""
    minute = int(at.timestamp() // NAMES_KNOWN_FOR.total_seconds())
    return _names(point.round_id, point.round.frozen_at, minute)


@lru_cache(maxsize=32)
def _names(round_id: UUID, frozen_at: datetime | None, minute: int) -> Names:
    """Phones ask four times a minute each, for thousands of names that nobody changes: they are read once a minute.

    By UUID: two databases of one process never meet here.
    """
    there = RosterShare.objects.filter(round=round_id).values("organisation")
    rows = Organisation.objects.filter(pk__in=there).order_by("name", "id").values_list("pk", "name")
    found = {str(pk): name for pk, name in rows}
    return Names(_short(repr(found)), found)


@dataclass(frozen=True)
class Couriers:
    """Code, name and number plate of everybody who carries for a round, with a word that changes when they change."""

    version: str
    rows: Sequence[tuple[str, str, str]]


def couriers_at(point: Point, *, at: datetime) -> Couriers:
    """As they were named within the last minute. Three queries, or none."""
    return _couriers(point.round_id, int(at.timestamp() // NAMES_KNOWN_FOR.total_seconds()))


@lru_cache(maxsize=32)
def _couriers(round_id: UUID, minute: int) -> Couriers:
    unit = Round.objects.values_list("unit_id", flat=True).get(pk=round_id)
    rows = list(couriers_for(unit).values_list("code", "name", "plate")[:MOST_COURIERS])
    return Couriers(_short(repr(rows)), rows)


def _short(said: str) -> str:
    return hashlib.sha256(said.encode()).hexdigest()[:16]


def roster_piece(device: Device, *, after: int) -> list[list[Any]]:
    """Rows of the roster of a phone's point, from a number on: number, masked name, initials, enterprise, last four of
    the document, by what the phone finds the document, the whole name and how it is read under the phone's key, by what
    it finds the person's own code; in a round of household tubes their household too. No document number and no whole
    name leaves the server in plain. Three queries.
    """
    point = device.point
    rows = _roster(point.round_id, comers_at(point)).filter(number__gt=after).select_related("member")
    names, match = AESGCM(bytes.fromhex(key_of(device, "name"))), bytes.fromhex(key_of(device, "match"))
    by_household = point.round.tube_rule == TubeRule.HOUSEHOLD
    return [
        [*_row(entry, names, match), *([entry.household] if by_household else [])]
        for entry in rows.order_by("number")[:ROSTER_PIECE]
    ]


def _row(entry: RosterEntry, names: AESGCM, match: bytes) -> list[Any]:
    member, nonce = entry.member, urandom(12)
    said = f"{member.name}\n{''.join(syllables(member.name))}"  # "王小明", "wangxiaoming"
    sealed = names.encrypt(nonce, said.encode(), str(entry.number).encode())
    return [
        entry.number,
        mask(member.name),
        member.initials,
        str(entry.organisation_id),
        member.document_tail,
        found_by(match, f"doc:{document_text(member.document)}") if member.document else "",
        b64encode(nonce + sealed).decode(),
        found_by(match, f"person:{member.person_id}") if member.person_id else "",
    ]


def found_by(match: bytes, text: str) -> str:
    """By what a phone finds a document or a person that it scanned: HMAC-SHA256 under its own key, 32 hex digits."""
    return hmac_new(match, text.encode(), "sha256").hexdigest()[:32]


def _roster(round_id: UUID, chosen: frozenset[Comers]) -> QuerySet[RosterEntry]:
    """With those whom an enterprise of the point names too, wherever they are counted."""
    rows = RosterEntry.objects.filter(round=round_id)
    if not chosen:
        return rows
    homes = {one.organisation_id for one in chosen}
    also = AlsoNamed.objects.filter(round=round_id, number=OuterRef("number"), organisation__in=homes)
    whole = {one.organisation_id for one in chosen if not one.by}
    parts: dict[tuple[UUID, str], list[str]] = {}
    for one in chosen:
        if one.organisation_id not in whole:
            parts.setdefault((one.organisation_id, one.by), []).append(one.part)
    of_parts = [Q(organisation=home, **{f"{by}__in": sorted(names)}) for (home, by), names in sorted(parts.items())]
    return rows.filter(reduce(or_, of_parts, Q(organisation__in=whole) | Exists(also)))
