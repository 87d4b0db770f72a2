"""Finds people by a few letters or digits, fast among millions.

Names are searched by prefix in `SearchToken`, in byte order, which is also the keyset order. Numbers lie encrypted:
they are found by keyed digest when typed whole, and by their last four characters, decrypted and compared further
when more than four were typed. Who may not read names cannot search by what identifies a person.
"""

from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from django.db.models import Exists, OuterRef, Q, QuerySet

from lazaretto.core.access import Actor
from lazaretto.core.errors import NotFound
from lazaretto.people.digests import contact_digest, normal_number, number_digest
from lazaretto.people.models import ContactPoint, IdentityDocument, Need, Person, PersonAccess, SearchToken
from lazaretto.people.queries.names import CAPABILITY as NAMES
from lazaretto.people.queries.names import display_names
from lazaretto.people.queries.records import READ, person_by_id, uuid_of
from lazaretto.people.rules import BY_HAND, read_document, read_phones
from lazaretto.people.search_text import fold_query

LAST = "\U0010ffff"
SHORTEST_END = 4
LONGEST_END = 12
MOST_ENDS = 500

Rows = QuerySet[Any, Any]
Hit = tuple[UUID, str, str]  # person, matched by, cursor


@dataclass(frozen=True)
class Found:
    """One hit. `name` is as the actor may read it; `cursor` continues the list after this one."""

    person_id: UUID
    name: str
    romanised: str
    sex: str
    birth_date: date | None
    matched: str
    cursor: str


@dataclass(frozen=True)
class _Among:
    """Among whom is searched: people of these units (None: everybody), with this need open if one is given."""

    units: frozenset[UUID] | None
    need: str

    def narrow(self, rows: Rows) -> Rows:
        """Rows about people, limited to these people; what stayed with a merged record does not count."""
        rows = rows.filter(person__merged_into__isnull=True)
        if self.units is not None:
            seen = PersonAccess.objects.filter(person=OuterRef("person"), unit_id__in=self.units)
            rows = rows.filter(Exists(seen))
        return self.needing(rows)

    def needing(self, rows: Rows) -> Rows:
        """Rows about people, limited to those with the need."""
        if not self.need:
            return rows
        return rows.filter(
            Exists(Need.objects.filter(person=OuterRef("person"), kind=self.need, ended_at__isnull=True))
        )


def find(
    actor: Actor, text: str, *, limit: int = 20, after: str = "", need: str = "", unit_id: UUID | None = None
) -> list[Found]:
    """People whom the actor may see and name, by name, pinyin, initials, document, phone or record id.

    A short text is a prefix of a name; a text with digits is a whole number or the end of one. At most six queries.
    `need` and `unit_id` narrow the search to people with that need, or of that unit.
    """
    return _described(actor, search(actor, text, limit=limit, after=after, need=need, unit_id=unit_id))


def search(
    actor: Actor, text: str, *, limit: int, after: str = "", need: str = "", unit_id: UUID | None = None
) -> list[Hit]:
    """Person ids, what each was found by, and the cursor after it; `find` without the names."""
    units = _scope(actor)
    text = text.strip()
    if unit_id is not None:
        units = frozenset({unit_id}) if units is None or unit_id in units else frozenset()
    if not text or (units is not None and not units):
        return []
    among = _Among(units, need)
    if (person := _record_id(text)) is not None:
        return _by_record(actor, person)
    if any(letter.isdigit() for letter in text) or "@" in text:
        return _by_number(text, among, limit)
    return _by_name(text, among, limit, after)


def _scope(actor: Actor) -> frozenset[UUID] | None:
    """The units whose people may be searched; None for the whole district."""
    if actor.everywhere(READ) and actor.everywhere(NAMES):
        return None
    if actor.everywhere(READ):
        return actor.units_with(NAMES)
    return actor.units_with(READ) if actor.everywhere(NAMES) else actor.units_with(READ) & actor.units_with(NAMES)


def _by_name(text: str, among: _Among, limit: int, after: str) -> list[Hit]:
    prefix = fold_query(text)
    if not prefix:
        return []
    rows = among.needing(name_hits(prefix, among.units, after))[:limit]
    return [(person, "name", f"{token}|{person}") for token, person in rows]


def name_hits(prefix: str, units: frozenset[UUID] | None, after: str = "") -> "QuerySet[SearchToken, tuple[str, UUID]]":
    """Token and person id of everybody found by the prefix, each once (by their first token), in keyset order."""
    places = [SearchToken.EVERYWHERE] if units is None else list(units)
    tokens = SearchToken.objects.filter(unit_id__in=places, token__gte=prefix, token__lt=prefix + LAST)
    # A person with several tokens of this prefix stands under the first; of several units, under the smallest.
    same = SearchToken.objects.filter(person=OuterRef("person"), unit_id__in=places, token__gte=prefix)
    earlier = Q(token__lt=OuterRef("token")) | Q(token=OuterRef("token"), unit_id__lt=OuterRef("unit_id"))
    tokens = tokens.filter(~Exists(same.filter(earlier)))
    if after:
        token, _, person = after.rpartition("|")
        tokens = tokens.filter(token__gte=token).filter(Q(token__gt=token) | Q(person_id__gt=uuid_of(person)))
    return tokens.order_by("token", "person_id").values_list("token", "person_id")


def _by_number(text: str, among: _Among, limit: int) -> list[Hit]:
    digests = [number_digest(text)]
    reading = read_document(text, BY_HAND)
    if reading.number:
        digests.append(number_digest(reading.number))
    phones = [contact_digest(phone.e164) for phone in read_phones(text).numbers] or [contact_digest(text)]
    hits = dict.fromkeys(_people(IdentityDocument.objects.filter(number_digest__in=digests), among, limit), "document")
    for person in _people(ContactPoint.objects.filter(digest__in=phones), among, limit):
        hits.setdefault(person, "phone")
    if not hits:
        hits = _by_end(normal_number(text), among)
    return [(person, matched, "") for person, matched in hits.items()][:limit]


def _by_end(end: str, among: _Among) -> dict[UUID, str]:
    if not SHORTEST_END <= len(end) <= LONGEST_END:
        return {}
    hits: dict[UUID, str] = {}
    for model, field, matched in ((IdentityDocument, "number", "document"), (ContactPoint, "value", "phone")):
        rows = among.narrow(model._default_manager.filter(last_four=end[-SHORTEST_END:]))
        for person, value in rows.order_by("-id").values_list("person_id", field)[:MOST_ENDS]:
            if value.endswith(end):
                hits.setdefault(person, matched)
    return hits


def _people(rows: Rows, among: _Among, limit: int) -> list[UUID]:
    return list(among.narrow(rows).order_by("-id").values_list("person_id", flat=True)[:limit])


def _by_record(actor: Actor, person_id: UUID) -> list[Hit]:
    """A scanned card may carry the id of a record that was merged since."""
    try:
        return [(person_by_id(actor, person_id).id, "record", "")]
    except NotFound:
        return []


def _record_id(text: str) -> UUID | None:
    try:
        return UUID(text.rpartition("/")[2])
    except ValueError:
        return None


def _described(actor: Actor, hits: list[Hit]) -> list[Found]:
    people = Person.objects.defer("address").in_bulk([person for person, _matched, _cursor in hits])
    names = display_names(actor, people.values())
    return [
        Found(
            person_id=pk,
            name=names[pk],
            romanised=people[pk].romanised,
            sex=people[pk].sex,
            birth_date=people[pk].birth_date,
            matched=matched,
            cursor=cursor,
        )
        for pk, matched, cursor in hits
        if pk in people
    ]
