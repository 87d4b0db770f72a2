"""What is said of somebody who is new, and what of it can be believed."""

from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from typing import Annotated

from pydantic import Field

from lazaretto.people.choices import DocumentKind, NeedKind, PartyKind, Sex
from lazaretto.people.errors import BirthDateImpossible, DocumentInvalid, NameInvalid, PhoneInvalid
from lazaretto.people.rules import DocumentKind as ReadKind
from lazaretto.people.rules import DocumentReading, Hints, read_document, read_name, read_phones

Name = Annotated[str, Field(max_length=120)]
Number = Annotated[str, Field(max_length=40)]
Country = Annotated[str, Field(max_length=3)]
Words = Annotated[str, Field(max_length=500)]
Short = Annotated[str, Field(max_length=120)]
LanguageCode = Annotated[str, Field(max_length=12)]

LONGEST_LIFE = 130  # years; the oldest age on record is 122
EASTERNMOST = timedelta(hours=14)  # ahead of UTC, where a day begins first


@dataclass(frozen=True)
class GivenDocument:
    """An identity document. `country` is the issuing one, ISO 3166 alpha-3, empty when not known."""

    kind: DocumentKind
    number: Number
    country: Country = ""


@dataclass(frozen=True)
class GivenNeed:
    """A need, with a note of what exactly (which medicine, which diet)."""

    kind: NeedKind
    note: Words = ""


@dataclass(frozen=True)
class NewPerson:
    """Somebody who is not known yet.

    `phones` are E.164. People of one call with the same `party_key` become one party, called `party_label`.
    """

    name: Name
    other_names: tuple[Name, ...] = ()
    sex: Sex = Sex.UNKNOWN
    birth_date: date | None = None
    nationality: Country = ""
    language: LanguageCode = "zh-hans"
    documents: tuple[GivenDocument, ...] = ()
    phones: tuple[Short, ...] = ()
    needs: tuple[GivenNeed, ...] = ()
    employer: Short = ""
    dormitory: Short = ""
    address: Words = ""
    party_key: Short = ""
    party_label: Annotated[str, Field(max_length=80)] = ""
    party_kind: PartyKind = PartyKind.HOUSEHOLD
    relation: Annotated[str, Field(max_length=40)] = ""


def clean_person(person: NewPerson, *, at: datetime) -> NewPerson:
    """The same person as typed at a desk, put into normal forms; sex and birth date follow from an identity card.

    Raises `NameInvalid`, `DocumentInvalid`, `PhoneInvalid`, `BirthDateImpossible`.
    """
    given = [name for name in (person.name, *person.other_names) if name.strip()]
    names = list(dict.fromkeys(name for text in given for name in clean_names(text)))
    if not names:
        raise NameInvalid
    readings = [read_typed(document) for document in person.documents]
    facts = next((reading.facts for reading in readings if reading.facts), None)
    born = person.birth_date or (facts.birth_date if facts else None)
    refuse_impossible_birth(born, at=at)
    return replace(
        person,
        name=names[0],
        other_names=tuple(names[1:]),
        documents=tuple(
            replace(given, kind=DocumentKind(reading.kind), number=reading.number, country=given.country.upper())
            for given, reading in zip(person.documents, readings, strict=True)
        ),
        phones=tuple(number for typed in person.phones for number in clean_phones(typed)),
        birth_date=born,
        sex=person.sex if person.sex != Sex.UNKNOWN or not facts else Sex(facts.sex),
    )


def refuse_impossible_birth(born: date | None, *, at: datetime) -> None:
    """Raises `BirthDateImpossible` for a day ahead, wherever on earth it is looked at from, or too long ago."""
    if born is None:
        return
    today = (at.astimezone(UTC) + EASTERNMOST).date()
    if born > today or today.year - born.year > LONGEST_LIFE:
        raise BirthDateImpossible


def clean_names(text: str) -> tuple[str, ...]:
    """The name, and what stands beside it in Latin letters or brackets as further names: nothing typed is dropped.

    Raises `NameInvalid`, for a remark in brackets that is no name too.
    """
    reading = read_name(text)
    beside = (reading.latin, *reading.notes)
    return (clean_name(text), *(clean_name(other) for other in beside if other))


def clean_name(text: str) -> str:
    """One name as it is stored; raises `NameInvalid`."""
    reading = read_name(text)
    if not reading.certain or not reading.name:
        raise NameInvalid
    return reading.name


def read_typed(document: GivenDocument) -> DocumentReading:
    """The document as typed by somebody who chose its kind; raises `DocumentInvalid` with the reason."""
    reading = read_document(document.number, Hints(kind=ReadKind(document.kind), by_hand=True))
    if reading.trouble is not None:
        raise DocumentInvalid(reason=reading.trouble)
    return reading


def clean_phones(text: str) -> list[str]:
    """The telephone numbers of a field, E.164; raises `PhoneInvalid` when any piece is none."""
    reading = read_phones(text)
    if reading.refused:
        raise PhoneInvalid
    return [phone.e164 for phone in reading.numbers]
