"""One line of people: every cell read, what was mended, what is in doubt."""

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import lru_cache

from lazaretto.arrivals.manifest.dates import Reading, day_first, read_birth, read_event
from lazaretto.arrivals.manifest.fields import Field
from lazaretto.arrivals.manifest.model import HOLDS, Document, Issue, Mend, Need, Person, Severity, Table
from lazaretto.arrivals.manifest.needs import need_of_flag, needs_in_remark, read_needs
from lazaretto.core.tables import Cell
from lazaretto.people.rules import (
    DocumentKind,
    DocumentReading,
    DocumentTrouble,
    Hints,
    Sex,
    country_code,
    fold,
    has_han,
    is_nothing,
    kind_of_words,
    read_date,
    read_documents,
    read_name,
    read_phones,
    read_sex,
)

_CHINESE = frozenset(("CN", "HK", "MO", "TW"))
_KIND_OF_COLUMN = {Field.ID_CARD: DocumentKind.ID_CARD, Field.PASSPORT: DocumentKind.PASSPORT}
_CATEGORIES: tuple[tuple[str, re.Pattern[str]], ...] = (
    ("secondary_contact", re.compile(r"次密|密接的密接|secondary|二次", re.IGNORECASE)),
    ("close_contact", re.compile(r"密切接触|密接|close.?contact|^contact", re.IGNORECASE)),
    ("case", re.compile(r"确诊|病例|阳性|无症状|positive|\bcase\b|confirmed", re.IGNORECASE)),
    ("inbound", re.compile(r"入境|境外|国际|回国|inbound|overseas|international|travell?er", re.IGNORECASE)),
    ("general_contact", re.compile(r"一般接触|general", re.IGNORECASE)),
    ("risk_area", re.compile(r"中高风险|高风险|风险(地)?区|重点人员|重点地区|risk", re.IGNORECASE)),
)
_TWO_NAMES = re.compile(r"\s*[、,，;；/\n]\s*")
_OTHER_DOT = re.compile(r"[•‧∙⋅・･●˙.．]")
_LONGEST_NAME = 80
_KEPT = (
    Field.SERIAL, Field.AGE, Field.RELATION, Field.DIET, Field.ADDRESS, Field.CONTACT_NAME, Field.CONTACT_PHONE,
    Field.EMPLOYER, Field.ROOM,
)  # fmt: skip


@dataclass(slots=True)
class Draft:
    """A person in the making, with what was noticed on the way."""

    person: Person = field(default_factory=Person)
    mends: list[Mend] = field(default_factory=list)
    issues: list[Issue] = field(default_factory=list)
    row: Sequence[Cell] = ()
    texts: Sequence[str] = ()
    card_birth: date | None = None
    card_sex: Sex | None = None

    def issue(self, code: str, name: Field, text: str = "", severity: Severity | None = None) -> None:
        usual = Severity.HOLD if code in HOLDS else Severity.WARNING
        self.issues.append(Issue(code, severity or usual, name.value, text))

    def mend(self, name: Field, before: str, after: str, reason: str) -> None:
        self.mends.append(Mend(name.value, before, after, reason))


class RowReader:
    """Reads the lines of one table. `on` is the day of import, `around` the day the list itself gives."""

    def __init__(self, table: Table, rows: Sequence[Sequence[Cell]], *, on: date, around: date) -> None:
        self._on, self._around = on, around
        self._columns: dict[Field, list[int]] = {}
        for column in table.columns:
            self._columns.setdefault(column.field, []).append(column.index)
        self._first = {name: columns[0] for name, columns in self._columns.items()}
        self._kept = [(name.value, self._first[name]) for name in _KEPT if name in self._first]
        self._papers = [
            (name, _KIND_OF_COLUMN.get(name), index)
            for name in (Field.DOCUMENT, Field.ID_CARD, Field.PASSPORT, Field.PERMIT)
            for index in self._columns.get(name, ())
        ]
        self._headers = {column.index: column.header for column in table.columns}
        self._doubles = self._name_again(table)
        dates = (Field.BIRTH_DATE, Field.ARRIVAL_DATE, Field.EXPOSURE_DATE)
        self._order = {name: day_first(rows, self._columns[name][0]) for name in dates if name in self._columns}
        self._steps: tuple[Callable[[Draft], None], ...] = (
            self._name, self._nationality, self._documents, self._birth, self._sex, self._phones, self._dates,
            self._plain, self._needs, self._others,
        )  # fmt: skip

    @staticmethod
    def _name_again(table: Table) -> list[int]:
        """Other columns under the very header of the name column: two lists side by side."""
        name = table.column_of(Field.NAME)
        if name is None or not name.header:
            return []
        return [c.index for c in table.columns if c.index != name.index and fold(c.header) == fold(name.header)]

    def read(self, row: Sequence[Cell], texts: Sequence[str]) -> Draft:
        """Read one line; `texts` are the texts of its cells."""
        draft = Draft(row=row, texts=texts)
        for step in self._steps:
            step(draft)
        return draft

    def _cells(self, draft: Draft, name: Field) -> list[tuple[Cell, str]]:
        return [(draft.row[i], draft.texts[i]) for i in self._columns.get(name, ()) if draft.texts[i]]

    def _text(self, draft: Draft, name: Field) -> str:
        index = self._first.get(name)
        return "" if index is None else draft.texts[index]

    def _name(self, draft: Draft) -> None:
        before = self._text(draft, Field.NAME) or self._joined_name(draft)
        latin = fold(self._text(draft, Field.LATIN_NAME))
        if is_nothing(before):
            before, latin = latin, ""
        if is_nothing(before):
            draft.issue("name_missing", Field.NAME, before)
            return
        reading = read_name(before)
        draft.person.name = reading.name
        draft.person.latin_name = latin if latin and not is_nothing(latin) else reading.latin
        draft.person.remarks += tuple(note for note in reading.notes if note != draft.person.latin_name)
        if reading.latin and latin and fold(reading.latin) != latin:
            draft.person.remarks += (reading.latin,)
        self._judge_name(draft, before, reading.certain and len(reading.name) <= _LONGEST_NAME)
        if reading.name != before.strip():
            draft.mend(Field.NAME, before, reading.name, _reason(before, reading.title, reading.notes or reading.latin))

    def _joined_name(self, draft: Draft) -> str:
        family, given = (fold(self._text(draft, name)) for name in (Field.FAMILY_NAME, Field.GIVEN_NAME))
        return f"{family}{given}" if has_han(family) and has_han(given) else f"{family} {given}".strip()

    def _judge_name(self, draft: Draft, before: str, certain: bool) -> None:
        beside = any(draft.texts[index].strip() for index in self._doubles) if self._doubles else False
        if beside or (not before.isalpha() and _several_names(before)):
            draft.issue("several_people_in_row", Field.NAME, before)
        elif not certain:
            draft.issue("name_invalid", Field.NAME, before)

    def _nationality(self, draft: Draft) -> None:
        text = fold(self._text(draft, Field.NATIONALITY))
        if not is_nothing(text):
            draft.person.nationality, draft.person.nationality_text = country_code(text), text

    def _documents(self, draft: Draft) -> None:
        birth = self._columns.get(Field.BIRTH_DATE)
        births = read_date(draft.row[birth[0]]).candidates if birth else ()
        stated = kind_of_words(self._text(draft, Field.DOCUMENT_KIND))
        foreign = None if not draft.person.nationality else draft.person.nationality not in _CHINESE
        for name, kind, index in self._papers:
            if text := draft.texts[index]:
                hints = Hints(stated or kind, bool(stated), foreign, births)
                for reading in read_documents(draft.row[index], hints):
                    _take_document(draft, reading, name, text)

    def _birth(self, draft: Draft) -> None:
        columns = self._columns.get(Field.BIRTH_DATE)
        text = self._text(draft, Field.BIRTH_DATE)
        if not columns or is_nothing(text):
            draft.person.birth_date = draft.card_birth
            return
        value = draft.row[columns[0]]
        order = self._order.get(Field.BIRTH_DATE)
        reading = read_birth(value, on=self._on, order=order, document=draft.card_birth)
        draft.person.birth_date = reading.day
        if reading.mend:
            draft.mend(Field.BIRTH_DATE, text, str(reading.day), reading.mend)
        if reading.reason == "invalid":
            # The document says it for certain, so an unreadable cell takes nothing away.
            severity = Severity.WARNING if draft.card_birth else Severity.HOLD
            draft.person.birth_date = draft.card_birth
            draft.issue("birth_date_invalid", Field.BIRTH_DATE, text, severity)
        elif reading.reason:
            draft.issue(f"birth_date_{reading.reason}", Field.BIRTH_DATE, text)

    def _sex(self, draft: Draft) -> None:
        text = self._text(draft, Field.SEX)
        sex = read_sex(text)
        if sex is None:
            draft.issue("sex_unknown", Field.SEX, text)
        stated = sex if sex in {Sex.MALE, Sex.FEMALE} else None
        if stated and draft.card_sex and stated is not draft.card_sex:
            draft.issue("sex_conflict", Field.SEX, text)
            return
        draft.person.sex = stated or draft.card_sex or Sex.UNKNOWN

    def _phones(self, draft: Draft) -> None:
        for _, text in self._cells(draft, Field.PHONE):
            reading = read_phones(text)
            draft.person.phones += tuple(p.e164 for p in reading.numbers if p.e164 not in draft.person.phones)
            for refused in reading.refused:
                draft.issue("phone_invalid", Field.PHONE, refused)
            if len(reading.numbers) > 1:
                draft.mend(Field.PHONE, text, ", ".join(p.e164 for p in reading.numbers), "several")
            for phone in reading.numbers:
                if phone.extension or phone.note:
                    draft.person.remarks += (fold(text),)

    def _dates(self, draft: Draft) -> None:
        draft.person.arrival_date = self._event(draft, Field.ARRIVAL_DATE, "arrival_date_invalid")
        draft.person.exposure_date = self._event(draft, Field.EXPOSURE_DATE, "exposure_date_invalid")
        self._judge_exposure(draft)

    def _judge_exposure(self, draft: Draft) -> None:
        """The days of isolation are counted from it, and nobody was exposed in time to come: a slip, and held."""
        day = draft.person.exposure_date
        if day is not None and day > max(self._on, self._around) + timedelta(days=1):
            draft.issue("exposure_date_ahead", Field.EXPOSURE_DATE, day.isoformat())

    def _event(self, draft: Draft, name: Field, code: str) -> date | None:
        columns = self._columns.get(name)
        if not columns or is_nothing(text := draft.texts[columns[0]]):
            return None
        reading: Reading = read_event(draft.row[columns[0]], around=self._around, order=self._order.get(name))
        if reading.reason:
            draft.issue(code, name, text)
        elif reading.mend:
            draft.mend(name, text, str(reading.day), reading.mend)
        return reading.day

    def _plain(self, draft: Draft) -> None:
        person = draft.person
        person.flight = fold(self._text(draft, Field.FLIGHT)).upper().replace(" ", "")
        person.seat = fold(self._text(draft, Field.SEAT)).upper().replace(" ", "")
        person.household = _unless_nothing(self._text(draft, Field.HOUSEHOLD))
        person.language = _unless_nothing(self._text(draft, Field.LANGUAGE))
        person.origin = _unless_nothing(self._text(draft, Field.ORIGIN))
        person.category_text = _unless_nothing(self._text(draft, Field.CATEGORY))
        person.category = category_of(person.category_text)
        if person.category_text and not person.category:
            draft.issue("category_unknown", Field.CATEGORY, person.category_text)

    def _needs(self, draft: Draft) -> None:
        needs: list[Need] = []
        for name in (Field.NEEDS, Field.DIET):
            for _, text in self._cells(draft, name):
                needs += _as_diet(read_needs(text)) if name is Field.DIET else read_needs(text)
        for index in self._columns.get(Field.NEED_FLAG, ()):
            needs += need_of_flag(self._headers[index], draft.texts[index])
        remarks = [fold(text) for _, text in self._cells(draft, Field.REMARKS)]
        draft.person.remarks += tuple(remark for remark in remarks if not is_nothing(remark))
        for remark in draft.person.remarks:
            needs += needs_in_remark(remark)
        draft.person.needs = tuple(dict.fromkeys(needs))

    def _others(self, draft: Draft) -> None:
        details = draft.person.details
        for key, index in self._kept:
            if text := _unless_nothing(draft.texts[index]):
                details[key] = text
        for index in self._columns.get(Field.OTHER, ()):
            if text := fold(draft.texts[index]):
                header = fold(self._headers[index]) or f"column {index + 1}"
                details[header if header not in details else f"{header} ({index + 1})"] = text


def _take_document(draft: Draft, reading: DocumentReading, name: Field, before: str) -> None:
    if reading.trouble is DocumentTrouble.MISSING:
        return
    if reading.trouble is not None:
        draft.issue(reading.trouble.value, name, before)
        return
    known = {document.number for document in draft.person.documents}
    if reading.number not in known:
        draft.person.documents += (Document(reading.kind, reading.number),)
    if reading.facts is not None:
        draft.card_birth, draft.card_sex = reading.facts.birth_date, reading.facts.sex
    if reading.mends:
        draft.mend(name, before, reading.number, reading.mends[0])


def _unless_nothing(text: str) -> str:
    return "" if is_nothing(text) else fold(text)


def _as_diet(needs: Iterable[Need]) -> list[Need]:
    return [Need("diet" if need.kind == "other" else need.kind, need.text) for need in needs]


@lru_cache(maxsize=1024)
def category_of(text: str) -> str:
    """The category of people that the office's words name; "" when they name none we know."""
    return next((code for code, pattern in _CATEGORIES if pattern.search(text)), "") if text else ""


def _several_names(before: str) -> bool:
    parts = [part for part in _TWO_NAMES.split(before.strip()) if part]
    return len(parts) > 1 and all(has_han(part) and 2 <= len(fold(part)) <= 4 for part in parts)


def _reason(before: str, title: str, noted: object) -> str:
    if title:
        return "title"
    if noted:
        return "note"
    if _OTHER_DOT.search(before):
        return "dot"
    return "spaces" if fold(before) == " ".join(before.split()) else "width_or_invisible"
