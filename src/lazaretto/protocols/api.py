"""Read endpoints of rule packs. Codes are given, not labels: a program reads them."""

from datetime import date, time
from typing import Annotated, Any
from uuid import UUID

from django.http import HttpRequest
from ninja import Path, Query, Router, Schema
from pydantic import Field

from lazaretto.accounts.doors import actor_of, needs
from lazaretto.core.errors import NotFound
from lazaretto.core.paging import Page, PageOut, Paging, page
from lazaretto.protocols import queries
from lazaretto.protocols.errors import NoPackInForce
from lazaretto.protocols.library import library
from lazaretto.protocols.models import PackAdoption
from lazaretto.protocols.rules import (
    JURISDICTION,
    Cadence,
    CategoryRule,
    NoPackAdopted,
    Pack,
    PackUnknown,
    PassRule,
    Phase,
)

router = Router(tags=["rule packs"])

Word = Annotated[str, Field(max_length=80)]
Jurisdiction = Annotated[str, Field(max_length=20, pattern=f"^{JURISDICTION}$")]


class TextOut(Schema):
    """One text in two languages."""

    zh: str
    en: str


class PackLineOut(Schema):
    """A shipped pack in the list. `effective_from`: the date the document itself names."""

    code: str
    title: TextOut
    jurisdiction: str
    effective_from: date
    document: str
    confidence: str


class PhaseOut(Schema):
    """Days in one setting; `tests` are day numbers within it."""

    setting: str
    days: int
    tests: list[int]
    specimen: str
    release_samples: int


class SlotOut(Schema):
    """A check of the day in wall time of the site."""

    code: str
    opens: time
    due: time


class CategoryOut(Schema):
    """What a pack says of one category. No phases: not isolated, or referred to `refer_to`."""

    category: str
    clock: str
    counts: str
    days: int
    phases: list[PhaseOut]
    slots: list[SlotOut]
    fever_from: float
    transfer_within_hours: int | None
    refer_to: str
    early_grounds: list[str]


class CadenceOut(Schema):
    """When everybody of an area is tested again. `tubes`: people to a tube there, 0 for a household."""

    code: str
    title: TextOut
    every_days: int
    clean_rounds: int
    pause_days: int
    rounds_after: int
    tubes: int | None
    document: str
    clause: str
    confidence: str


class PassOut(Schema):
    """For how many hours after the swab a negative result opens a gate; 0: nobody is asked for one."""

    hours: int
    document: str
    clause: str
    confidence: str


class PlaceAndDate(Schema):
    """Where and when: a jurisdiction such as `CN-44-01-05`, a date there."""

    jurisdiction: Jurisdiction
    on: date


class PackOut(PackLineOut):
    """One pack, overlays laid over it. `key` is what an order records."""

    key: str
    overlays: list[str]
    transition: str
    release_time: time
    look_back_days: int
    categories: list[CategoryOut]
    cadences: list[CadenceOut]
    passes: PassOut | None


class AdoptionOut(Schema):
    """A jurisdiction follows a pack or overlay; `ends_on` is the first day it no longer does."""

    id: UUID
    pack: str
    jurisdiction: str
    starts_on: date
    ends_on: date | None
    transition: str
    reason: str
    end_reason: str


class PacksOut(Schema):
    """Every pack that ships."""

    items: list[PackLineOut]


class AdoptionFilter(Paging):
    """What to show of the adoptions."""

    jurisdiction: Jurisdiction | None = None
    pack: Word = ""


@router.get("/rule-packs", response=PacksOut, summary="Rule packs that ship, oldest first")
@needs("protocols.read")
def packs(request: HttpRequest) -> dict[str, Any]:
    """With the document each comes from; overlays are named by the packs they change."""
    return {"items": [_line(pack) for pack in library().packs]}


@router.get("/rule-packs/in-force", response=PackOut, summary="The rule pack that governs a place on a date")
@needs("protocols.read")
def in_force(request: HttpRequest, wanted: Query[PlaceAndDate]) -> dict[str, Any]:
    """Overlays laid over it; `no_pack_in_force` when there is none."""
    try:
        return _pack(queries.effective(wanted.jurisdiction, wanted.on))
    except NoPackAdopted as error:
        raise NoPackInForce(jurisdiction=wanted.jurisdiction, on=wanted.on) from error


@router.get("/rule-packs/{key}", response=PackOut, summary="One rule pack")
@needs("protocols.read")
def pack(request: HttpRequest, key: Annotated[str, Path(max_length=120)]) -> dict[str, Any]:
    """By code, or with overlays by `code+overlay`, as an order records it."""
    try:
        return _pack(library().by_key(key))
    except PackUnknown as error:
        raise NotFound(pack=key) from error


@router.get("/rule-pack-adoptions", response=PageOut[AdoptionOut], summary="What was put into force where")
@needs("protocols.read")
def adoptions(request: HttpRequest, wanted: Query[AdoptionFilter]) -> Page[PackAdoption]:
    """The latest first."""
    found = queries.adoptions(actor_of(request), jurisdiction=wanted.jurisdiction or "", pack=wanted.pack)
    return page(found, ("-starts_on", "id"), limit=wanted.limit, cursor=wanted.cursor)


def _line(pack: Pack) -> dict[str, Any]:
    return {
        "code": pack.code,
        "title": {"zh": pack.title.zh, "en": pack.title.en},
        "jurisdiction": pack.jurisdiction,
        "effective_from": pack.effective_from,
        "document": pack.source.document,
        "confidence": pack.source.confidence,
    }


def _pack(pack: Pack) -> dict[str, Any]:
    return {
        **_line(pack),
        "key": pack.key,
        "overlays": list(pack.overlays),
        "transition": pack.transition,
        "release_time": pack.release_time,
        "look_back_days": pack.look_back_days,
        "categories": [_category(rule) for rule in pack.categories.values()],
        "cadences": [_cadence(pack, one) for one in pack.cadences],
        "passes": _passes(pack.passes) if pack.passes else None,
    }


def _passes(rule: PassRule) -> dict[str, Any]:
    source = rule.source
    return {
        "hours": rule.hours, "document": source.document, "clause": source.clause, "confidence": source.confidence
    }  # fmt: skip


def _cadence(pack: Pack, one: Cadence) -> dict[str, Any]:
    return {
        "code": one.code,
        "title": {"zh": one.title.zh, "en": one.title.en},
        "every_days": one.every_days,
        "clean_rounds": one.clean_rounds,
        "pause_days": one.pause_days,
        "rounds_after": one.rounds_after,
        "tubes": pack.people_to_a_tube(one.tubes),
        "document": one.source.document,
        "clause": one.source.clause,
        "confidence": one.source.confidence,
    }


def _category(rule: CategoryRule) -> dict[str, Any]:
    return {
        "category": rule.category,
        "clock": rule.clock,
        "counts": rule.counts,
        "days": rule.days,
        "phases": [_phase(phase) for phase in rule.phases],
        "slots": [{"code": slot.code, "opens": slot.opens, "due": slot.due} for slot in rule.slots],
        "fever_from": float(rule.fever_from),
        "transfer_within_hours": rule.transfer_within_hours,
        "refer_to": rule.refer_to,
        "early_grounds": list(rule.early_grounds),
    }


def _phase(phase: Phase) -> dict[str, Any]:
    return {
        "setting": phase.setting,
        "days": phase.days,
        "tests": list(phase.tests),
        "specimen": phase.specimen,
        "release_samples": phase.release.samples if phase.release else 0,
    }
