"""A line with some values typed by a person: read by the same rules as the file's own cells."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date

from lazaretto.arrivals.manifest.checks import check_identification
from lazaretto.arrivals.manifest.fields import Field
from lazaretto.arrivals.manifest.model import Column, Issue, Line, LineKind, Mend, Person, Table
from lazaretto.arrivals.manifest.rows import RowReader

_FIELDS = (
    Field.NAME, Field.DOCUMENT, Field.DOCUMENT_KIND, Field.BIRTH_DATE, Field.SEX, Field.PHONE, Field.HOUSEHOLD,
    Field.EXPOSURE_DATE,
)  # fmt: skip


def read_corrected(
    person: Person, typed: Mapping[Field, str | None], *, on: date
) -> tuple[Person, tuple[Issue, ...], tuple[Mend, ...]]:
    """The person with the typed values in place of what was read, the issues that remain, and what was mended of the
    name as typed (a remark in brackets taken off, say).

    A field that was not typed (None) keeps its value; an empty text takes it away.
    """
    texts = [_text(person, field, typed.get(field)) for field in _FIELDS]
    columns = tuple(Column(index, field.value, field, 1.0, "chosen") for index, field in enumerate(_FIELDS))
    table = Table(0, (), 1, 1, columns, "")
    draft = RowReader(table, [texts], on=on, around=on).read(texts, texts)
    new = draft.person
    kept_phones = new.phones if typed.get(Field.PHONE) is not None else person.phones
    merged = replace(
        person, name=new.name, sex=new.sex, birth_date=new.birth_date, documents=new.documents, phones=kept_phones,
        household=new.household, exposure_date=new.exposure_date, latin_name=new.latin_name or person.latin_name,
    )  # fmt: skip
    line = Line(0, 1, LineKind.PERSON, tuple(texts), merged, (), tuple(draft.issues))
    check_identification([line])
    mended = tuple(mend for mend in draft.mends if mend.field == Field.NAME)
    return replace(merged, remarks=tuple(dict.fromkeys((*person.remarks, *new.remarks)))), line.issues, mended


def _text(person: Person, field: Field, typed: str | None) -> str:
    if typed is not None:
        return typed.strip()
    if field is Field.DOCUMENT:
        return "/".join(document.number for document in person.documents)
    if field is Field.DOCUMENT_KIND:
        return ""
    if field is Field.PHONE:
        return "/".join(person.phones)
    value = {
        Field.NAME: person.name,
        Field.SEX: {"male": "男", "female": "女"}.get(person.sex, ""),
        Field.BIRTH_DATE: person.birth_date,
        Field.HOUSEHOLD: person.household,
        Field.EXPOSURE_DATE: person.exposure_date,
    }[field]
    return str(value) if value else ""
