"""Read endpoints of rule packs. Codes are given, not labels: a program reads them."""

from datetime import date, time
from typing import Any
from uuid import UUID

from django.http import HttpRequest
from ninja import Router, Schema

from lazaretto.accounts.doors import actor_of, needs
from lazaretto.core.errors import NotFound
from lazaretto.protocols import queries
from lazaretto.protocols.errors import NoPackInForce
from lazaretto.protocols.library import library
from lazaretto.protocols.rules import CategoryRule, NoPackAdopted, Pack, PackUnknown, Phase

router = Router(tags=["protocols"])


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


class PackOut(PackLineOut):
    """One pack, overlays laid over it. `key` is what an order records."""

    key: str
    overlays: list[str]
    transition: str
    release_time: time
    look_back_days: int
    categories: list[CategoryOut]


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


@router.get("/packs", response=list[PackLineOut], url_name="packs")
@needs("protocols.read")
def packs(request: HttpRequest) -> list[dict[str, Any]]:
    """Every pack that ships, oldest first."""
    return [_line(pack) for pack in library().packs]


@router.get("/packs/{key}", response=PackOut, url_name="pack")
@needs("protocols.read")
def pack(request: HttpRequest, key: str) -> dict[str, Any]:
    """One pack by code, or with overlays by `code+overlay`."""
    try:
        return _pack(library().by_key(key))
    except PackUnknown as error:
        raise NotFound(pack=key) from error


@router.get("/in-force", response=PackOut, url_name="pack_in_force")
@needs("protocols.read")
def in_force(request: HttpRequest, jurisdiction: str, on: date) -> dict[str, Any]:
    """The pack that governs a jurisdiction on a local date; problem `no_pack_in_force` when there is none."""
    try:
        return _pack(queries.effective(jurisdiction, on))
    except NoPackAdopted as error:
        raise NoPackInForce(jurisdiction=jurisdiction, on=on) from error


@router.get("/adoptions", response=list[AdoptionOut], url_name="adoptions")
@needs("protocols.read")
def adoptions(request: HttpRequest) -> Any:
    """What was put into force where, the latest first."""
    return queries.adoptions(actor_of(request))


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
