"""Read endpoints of people. Numbers, notes and addresses are not among them: reading one is a command."""

from datetime import date, datetime
from typing import Annotated, Any
from uuid import UUID

from django.http import HttpRequest
from ninja import Router, Schema
from ninja.params import Query
from pydantic import Field

from lazaretto.accounts.doors import actor_of, needs
from lazaretto.core.paging import Page, PageOut, Paging, page
from lazaretto.people import queries
from lazaretto.people.choices import NeedKind
from lazaretto.people.models import DuplicateSuggestion

router = Router(tags=["people"])


class PersonLineOut(Schema):
    """A person in the list. For a reader without names, `name` has stars and what identifies is empty."""

    person_id: UUID
    name: str
    romanised: str
    sex: str
    birth_date: date | None
    language: str
    needs: list[str]
    matched: str


class DocumentOut(Schema):
    """A document by its end; the whole number is read with `people.reveal_document`."""

    id: UUID
    kind: str
    country: str
    last_four: str


class ContactOut(Schema):
    """A telephone number by its end; the whole is read with `people.reveal_phone`."""

    id: UUID
    kind: str
    last_four: str


class NeedOut(Schema):
    """An open need, and what to do about it in the reader's language. The note is read with `people.reveal_note`."""

    id: UUID
    kind: str
    started_at: datetime
    has_note: bool
    on_arrival: str
    each_round: str
    in_fire: str


class MemberOut(Schema):
    """Somebody of the same party whom the reader may see."""

    person_id: UUID
    name: str
    relation: str


class PartyOut(Schema):
    """An open household or company; `hidden` of its members are cared for elsewhere."""

    party_id: UUID
    kind: str
    relation: str
    others: list[MemberOut]
    hidden: int


class PersonOut(Schema):
    """A person. `id` is that of the kept record when the one asked for was merged."""

    id: UUID
    name: str
    romanised: str
    names: list[str]
    sex: str
    birth_date: date | None
    nationality: str
    language: str
    employer: str
    dormitory: str
    documents: list[DocumentOut]
    contacts: list[ContactOut]
    needs: list[NeedOut]
    parties: list[PartyOut]
    created_at: datetime


class PairOut(Schema):
    """Two records that may be one person, the older first."""

    id: UUID
    first_id: UUID
    second_id: UUID
    reasons: list[str]
    created_at: datetime


class PeopleFilter(Paging):
    """Which people. `q`: a name, pinyin, initials, a document or telephone number whole or its end."""

    q: Annotated[str, Field(max_length=80)] = ""
    need: NeedKind | None = None
    unit: UUID | None = None


@router.get("/people", response=PageOut[PersonLineOut], summary="People, newest first or as a search finds them")
@needs("people.read")
def people(request: HttpRequest, wanted: Query[PeopleFilter]) -> Page[queries.Row]:
    """Those whom the actor's units care or cared for."""
    found = queries.people_page(
        actor_of(request),
        text=wanted.q,
        need=wanted.need or "",
        unit_id=wanted.unit,
        after=wanted.cursor,
        limit=wanted.limit,
    )
    return Page(found.rows, found.following or None)


@router.get("/people/{person_id}", response=PersonOut, summary="One person")
@needs("people.read")
def person(request: HttpRequest, person_id: UUID) -> dict[str, Any]:
    """By the id of the record, or of one that was merged into it."""
    actor = actor_of(request)
    return _person(queries.person_card(actor, queries.person_by_id(actor, person_id)))


@router.get("/duplicates", response=PageOut[PairOut], summary="Pairs of records that wait for a decision")
@needs("people.merge")
def duplicates(request: HttpRequest, wanted: Query[Paging]) -> Page[DuplicateSuggestion]:
    """Newest first."""
    return page(queries.suggestions(actor_of(request)), ("-id",), limit=wanted.limit, cursor=wanted.cursor)


def _person(card: queries.Card) -> dict[str, Any]:
    person = card.person
    plain = {"nationality": person.nationality, "employer": person.employer, "dormitory": person.dormitory}
    return {
        "id": person.id,
        "name": card.name,
        "romanised": card.romanised,
        "names": [name.full for name in card.names],
        "sex": person.sex,
        "birth_date": person.birth_date if card.named else None,
        "language": person.language,
        "created_at": person.created_at,
        **(plain if card.named else dict.fromkeys(plain, "")),
        "documents": card.documents if card.named else [],
        "contacts": card.contacts if card.named else [],
        "needs": [
            {
                "id": line.need.id,
                "kind": line.need.kind,
                "started_at": line.need.started_at,
                "has_note": line.has_note,
                **vars(line.todo),
            }
            for line in card.needs
        ],
        "parties": [
            {
                "party_id": party.party_id,
                "kind": party.kind,
                "relation": party.relation,
                "others": [vars(other) for other in party.others],
                "hidden": party.hidden,
            }
            for party in card.parties
        ],
    }
