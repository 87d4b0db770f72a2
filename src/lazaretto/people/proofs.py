"""What `lazaretto verify` proves about people."""

import re
from collections.abc import Iterator
from datetime import datetime
from typing import Any

from cryptography.exceptions import InvalidTag
from django.db import connection, models
from django.utils.translation import gettext_lazy as _

from lazaretto.core.models import JournalEntry
from lazaretto.core.promises import Finding, Offender, proof
from lazaretto.core.secrets import decrypt
from lazaretto.people.digests import contact_digest, document_digest, last_four, number_digest
from lazaretto.people.links import EQUAL, links
from lazaretto.people.models import ContactPoint, IdentityDocument, Merge, Need, Person, SearchToken
from lazaretto.people.rules import id_card_facts

CHUNK = 2_000
MOST = 1_000
CARD = re.compile(r"(?<![0-9A-Za-z])\d{17}[\dXx](?![0-9A-Za-z])")


@proof(1, "merged_people_hold_nothing", _("Everything of a merged record stands on the one that was kept"))
def merged_people_hold_nothing(_at: datetime) -> Finding:
    """No stay, document, need or other link stands on a record that was merged away; each merge is in the book."""
    kept = _kept()
    offenders = [flaw for model, field in links() for flaw in _left_behind(model, field, kept)]
    booked = set(Merge.objects.filter(undone_at__isnull=True).values_list("merged_id", "kept_id"))
    direct = set(Person.objects.filter(merged_into__isnull=False).values_list("id", "merged_into_id"))
    offenders += [Offender("person", str(one), "merged without a merge in the book") for one, _to in direct - booked]
    offenders += [Offender("merge", str(one), "in the book but not merged") for one, _to in booked - direct]
    figures = {"people": Person.objects.current().count(), "merged_records": len(direct)}
    return Finding(figures, offenders, in_use=figures["people"] > 0)


def _kept() -> dict[Any, Any]:
    """Each merged record and the one that finally stands for it."""
    into = dict(Person.objects.filter(merged_into__isnull=False).values_list("id", "merged_into_id"))
    kept = {}
    for person, first in into.items():
        target, seen = first, {person}
        while target in into and target not in seen:
            seen.add(target)
            target = into[target]
        kept[person] = target
    return kept


def _left_behind(model: type[models.Model], field: str, kept: dict[Any, Any]) -> Iterator[Offender]:
    same = EQUAL.get(model)
    name = field.removesuffix("_id")
    rows = model._base_manager.filter(**{f"{name}__merged_into__isnull": False})
    for row in rows.iterator(chunk_size=CHUNK):
        person = getattr(row, field)
        twin = {field: kept[person], same: getattr(row, same)} if same else None
        if twin is None or not model._base_manager.filter(**twin).exists():
            yield Offender(model._meta.label_lower, str(row.pk), f"still stands on the merged record {person}")


@proof(1, "people_can_be_found", _("Everybody can be found by name"))
def people_can_be_found(_at: datetime) -> Finding:
    """A person without a search token would be in care and yet never come up; a token of nobody finds nobody."""
    tokens = SearchToken.objects.filter(person=models.OuterRef("pk"), unit_id=SearchToken.EVERYWHERE)
    silent = Person.objects.current().exclude(models.Exists(tokens)).values_list("id", flat=True)
    offenders = [Offender("person", str(pk), "no search finds this person") for pk in silent]
    people = Person.objects.filter(pk=models.OuterRef("person_id"))
    astray = SearchToken.objects.exclude(models.Exists(people)).values_list("id", flat=True)
    offenders += [Offender("search_token", str(pk), "leads to nobody") for pk in astray[:MOST]]
    return Finding({}, offenders)


@proof(7, "identity_sealed", _("Document numbers, phones and notes lie encrypted and can be read with the key"))
def identity_sealed(_at: datetime) -> Finding:
    """Each hidden value opens with the installation's key, and its digests are the ones of what is in it."""
    figures: dict[str, int] = {}
    offenders: list[Offender] = []
    for model, column, extra in SEALED:
        count = 0
        for pk, blob, *rest in _raw(model, column, extra):
            count += 1
            if why := _flaw(model, blob, rest):
                offenders.append(Offender(model._meta.label_lower, str(pk), why))
        figures[f"sealed_{model._meta.model_name}s"] = count
    return Finding(figures, offenders, in_use=any(figures.values()))


SEALED: tuple[tuple[type[models.Model], str, tuple[str, ...]], ...] = (
    (IdentityDocument, "number", ("kind", "country", "digest", "number_digest", "last_four")),
    (ContactPoint, "value", ("digest", "last_four")),
    (Need, "note", ()),
    (Person, "address", ()),
)


def _raw(model: type[models.Model], column: str, extra: tuple[str, ...]) -> Iterator[tuple[Any, ...]]:
    """The bytes as they lie in the database, past the field that would decrypt them."""
    names = ", ".join(("id", column, *extra))
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {names} FROM {model._meta.db_table} WHERE {column} IS NOT NULL")  # noqa: S608
        while rows := cursor.fetchmany(CHUNK):
            yield from rows


def _flaw(model: type[models.Model], blob: Any, rest: list[str]) -> str:
    try:
        plain = decrypt(bytes(blob, "utf-8") if isinstance(blob, str) else bytes(blob))
    except (InvalidTag, ValueError, UnicodeDecodeError):
        return "does not open with the key of this installation"
    if model is IdentityDocument:
        kind, country, *digests = rest
        expected = [document_digest(kind, country, plain), number_digest(plain), last_four(plain)]
        return "" if digests == expected else "its digests belong to another number"
    if model is ContactPoint:
        return "" if rest == [contact_digest(plain), last_four(plain)] else "its digest belongs to another number"
    return ""


@proof(7, "no_number_in_the_open", _("No identity number stands readable in names, remarks or the journal"))
def no_number_in_the_open(_at: datetime) -> Finding:
    """Eighteen characters with a right check digit in a readable text are an identity card number."""
    texts = [
        (Person, ("name", "romanised", "employer", "dormitory")),
        (JournalEntry, ("reason", "data")),
        (Merge, ("moved",)),
    ]
    offenders = [
        Offender(model._meta.label_lower, str(pk), "an identity card number stands here readable")
        for model, fields in texts
        for pk, *said in model._base_manager.values_list("pk", *fields).iterator(chunk_size=CHUNK)
        if any(id_card_facts(found.upper()) for found in CARD.findall(" ".join(map(str, said))))
    ]
    return Finding({}, offenders, in_use=Person.objects.exists())
