"""A line of a manifest as it lies in the database: encrypted JSON and back, and how it becomes a `NewPerson`.

Plain conversions: nothing here reads or writes the database.
"""

import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from hashlib import sha256
from typing import Any

from babel import Locale

from lazaretto.arrivals.choices import ColumnMeaning
from lazaretto.arrivals.manifest import Document, Issue, Line, Mend, Need, Person, Severity
from lazaretto.people.choices import DocumentKind, NeedKind, Sex
from lazaretto.people.commands import GivenDocument, GivenNeed, NewPerson
from lazaretto.people.rules import DocumentKind as ReadKind
from lazaretto.people.rules import Sex as ReadSex
from lazaretto.people.rules import alpha3
from lazaretto.places.choices import SiteCategory

LONGEST_KEY = 120  # of the column for a household's key
_KINDS: dict[ReadKind, DocumentKind] = {
    kind: DocumentKind(kind.value) for kind in ReadKind if kind is not ReadKind.NONE
}
_CHINESE = frozenset(("", "CN", "HK", "MO", "TW"))
_NEEDS = {
    "infant": NeedKind.INFANT,
    "elderly": NeedKind.ELDERLY,
    "pregnant": NeedKind.PREGNANT,
    "disability": NeedKind.DISABILITY,
    "self_care": NeedKind.DISABILITY,
    "mobility": NeedKind.CANNOT_WALK,
    "dialysis": NeedKind.DIALYSIS,
    "chronic": NeedKind.CHRONIC,
    "surgery": NeedKind.CHRONIC,
    "medication": NeedKind.MEDICATION,
    "mental_health": NeedKind.MENTAL_HEALTH,
    "diet": NeedKind.DIET,
    "allergy": NeedKind.DIET,
    "faith": NeedKind.FAITH,
    "language": NeedKind.LANGUAGE,
}


_CATEGORIES = frozenset(SiteCategory.values)
_JSON = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"))


@dataclass(frozen=True)
class StagedRow:
    """What the payload of a row holds."""

    cells: tuple[str, ...]
    person: Person | None
    mends: tuple[Mend, ...]
    issues: tuple[Issue, ...]
    table: int | None


def to_payload(row: StagedRow | Line) -> str:
    """The row as JSON text (the field encrypts it)."""
    person = row.person
    said: dict[str, Any] = {
        "cells": row.cells,
        "mends": [[mend.field, mend.before, mend.after, mend.reason] for mend in row.mends],
        "issues": [[i.code, i.severity, i.field, i.text, i.rows] for i in row.issues],
        "table": row.table,
        "person": None if person is None else _person_said(person),
    }
    return _JSON.encode(said)


def _person_said(person: Person) -> dict[str, Any]:
    """Every field that says something."""
    said = {name: value for name in Person.__slots__ if (value := getattr(person, name))}
    return {name: _SAID[name](value) if name in _SAID else value for name, value in said.items()}


_SAID: dict[str, Callable[[Any], Any]] = {
    "birth_date": date.isoformat,
    "arrival_date": date.isoformat,
    "exposure_date": date.isoformat,
    "documents": lambda documents: [[document.kind, document.number] for document in documents],
    "needs": lambda needs: [[need.kind, need.text] for need in needs],
}


def from_payload(payload: str) -> StagedRow:
    """The row that `to_payload` wrote."""
    said = json.loads(payload)
    return StagedRow(
        tuple(said["cells"]),
        _person_of(said["person"]),
        tuple(Mend(*mend) for mend in said["mends"]),
        tuple(Issue(code, Severity(kind), name, text, tuple(rows)) for code, kind, name, text, rows in said["issues"]),
        said["table"],
    )


def person_in(payload: str) -> Person | None:
    """Only the person of the row that `to_payload` wrote."""
    return _person_of(json.loads(payload)["person"])


def _person_of(said: dict[str, Any] | None) -> Person | None:
    if said is None:
        return None
    return Person(**{name: _READ[name](value) if name in _READ else value for name, value in said.items()})


# What JSON knows only as text or list.
_READ: dict[str, Callable[[Any], Any]] = {
    "sex": ReadSex,
    "birth_date": date.fromisoformat,
    "arrival_date": date.fromisoformat,
    "exposure_date": date.fromisoformat,
    "documents": lambda said: tuple(Document(ReadKind(kind), number) for kind, number in said),
    "needs": lambda said: tuple(Need(kind, text) for kind, text in said),
    "phones": tuple,
    "remarks": tuple,
}


def category_of(person: Person, manifest_category: str) -> str:
    """The person's own category where the line says one, else the list's."""
    return own_category(person) or manifest_category


def own_category(person: Person) -> str:
    """The category that the line itself says, empty for none."""
    return person.category if person.category in _CATEGORIES else ""


def exposure_day(person: Person, manifest_category: str) -> date | None:
    """The day of last exposure; for travellers whose list names none, the day of entry."""
    inbound = category_of(person, manifest_category) == SiteCategory.INBOUND
    return person.exposure_date or (person.arrival_date if inbound else None)


def new_person(person: Person) -> NewPerson:
    """The person of a line as `people` takes one.

    A text that is longer than its place ends with "…" there and stands whole in the person's notes.
    """
    country = alpha3(person.nationality)
    too_long: list[Need] = []

    def fitting(text: str, most: int, meaning: ColumnMeaning) -> str:
        if len(text) <= most:
            return text
        too_long.append(Need("other", f"{meaning.label}: {text}"))
        return f"{text[: most - 1]}…"

    name = fitting(person.name, 120, ColumnMeaning.NAME)
    latin = fitting(person.latin_name, 160, ColumnMeaning.LATIN_NAME)
    employer = fitting(person.details.get("employer", ""), 120, ColumnMeaning.EMPLOYER)
    relation = fitting(person.details.get("relation", ""), 40, ColumnMeaning.RELATION)
    return NewPerson(
        name=name,
        other_names=(latin,) if latin else (),
        sex=Sex(person.sex),
        birth_date=person.birth_date,
        nationality=country,
        language=language_code(person.language, person.nationality),
        documents=documents_of(person),
        phones=person.phones,
        needs=tuple(_needs([*person.needs, *too_long])),
        employer=employer,
        address=person.details.get("address", ""),
        relation=relation,
    )


def documents_of(person: Person) -> tuple[GivenDocument, ...]:
    """The documents of a line; a passport's country is the nationality that the line states."""
    country = alpha3(person.nationality)
    kinds = [(_KINDS[document.kind], document.number) for document in person.documents]
    return tuple(
        GivenDocument(kind, number, country if kind == DocumentKind.PASSPORT else "") for kind, number in kinds
    )


def _needs(needs: Iterable[Need]) -> Iterable[GivenNeed]:
    notes: dict[NeedKind, dict[str, None]] = {}
    for need in needs:
        notes.setdefault(_NEEDS.get(need.kind, NeedKind.OTHER), {})[need.text] = None
    return (GivenNeed(kind, "；".join(texts)) for kind, texts in notes.items())


@lru_cache(maxsize=512)
def language_code(words: str, nationality: str) -> str:
    """The language to speak to somebody: as the list states it, else Chinese for Chinese nationals, else English."""
    spoken = words.strip().lower()
    if not spoken:
        return "zh-hans" if nationality in _CHINESE else "en"
    if any(word in spoken for word in ("中文", "汉语", "普通话", "国语", "粤", "chinese", "mandarin", "cantonese")):
        return "zh-hans"
    return _languages().get(spoken, "") or _languages().get(spoken.removesuffix("语") + "文", "") or "en"


@lru_cache(maxsize=1)
def _languages() -> dict[str, str]:
    return {
        name.lower(): code
        for locale in ("en", "zh")
        for code, name in Locale.parse(locale).languages.items()
        if len(code) == 2
    }


def same_name(one: str, other: str) -> bool:
    """Whether two names are written alike, spaces, dots and case aside."""
    return _plain(one) == _plain(other)


def _plain(name: str) -> str:
    return "".join(letter for letter in name.casefold() if letter.isalnum()) or name


def household_key(sheet: int, label: str) -> str:
    """By what the rows of one household are found; empty for nobody's. One label on two sheets may be two families.

    A label that is too long for its column stands as its digest: cut, two families could become one.
    """
    if not label:
        return ""
    key = f"{sheet}:{label.casefold()}"
    return key if len(key) <= LONGEST_KEY else f"{sheet}:{sha256(key.encode()).hexdigest()}"
