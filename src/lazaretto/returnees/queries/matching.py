"""Which cases the lines of a list may mean. For commands: not limited to what an actor may see."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from uuid import UUID

from lazaretto.core.access import locked
from lazaretto.people.queries import contact_digest
from lazaretto.returnees.models import ListedLine, Phone, Returnee
from lazaretto.returnees.numbers import number
from lazaretto.returnees.rules import Entry, folded


def phone_digest(phone: str) -> str:
    """Under which digest a number of a returnee is found: the one of `people`."""
    return contact_digest(phone)


@dataclass(frozen=True)
class Known:
    """A case as a line is compared with it."""

    id: UUID
    unit_id: UUID
    folded: str
    document_digest: str
    made_at: datetime
    closed_at: datetime | None = None
    outcome: str = ""
    row: Returnee | None = None  # none: the list itself made it

    @property
    def open(self) -> bool:
        """Whether somebody still sees to it."""
        return self.closed_at is None


@dataclass
class Cases:
    """The cases that a piece of a list may mean, with those that it makes."""

    documents: dict[str, list[Known]] = field(default_factory=lambda: defaultdict(list))
    ids: dict[UUID, Known] = field(default_factory=dict)
    phones: dict[str, list[Known]] = field(default_factory=lambda: defaultdict(list))
    numbers: set[tuple[UUID, str]] = field(default_factory=set)

    def add(self, case: Known) -> None:
        """One that is there, or that was made."""
        if case.id not in self.ids:
            self.ids[case.id] = case
            if case.document_digest:
                self.documents[case.document_digest].append(case)

    def add_phone(self, case: Known, digest: str) -> bool:
        """Whether the case did not have this number yet."""
        if (case.id, digest) in self.numbers:
            return False
        self.numbers.add((case.id, digest))
        self.phones[digest].append(case)
        return True

    def by_id(self, pk: UUID | None) -> Known | None:
        """The one a question was about."""
        return self.ids.get(pk) if pk else None

    def by_document(self, digest: str, at: datetime, arrived_on: date | None) -> Known | None:
        """The open case with that document, else the last one that was closed so lately that it is the same return."""
        found = self.documents.get(digest, []) if digest else []
        opened = next((case for case in found if case.open), None)
        if opened is not None:
            return opened
        span = timedelta(days=number("lists.same_return_days"))
        lately = [case for case in found if case.closed_at and case.closed_at > at - span]
        lately = [case for case in lately if arrived_on is None or arrived_on <= case.closed_at.date()]  # type: ignore[union-attr]
        return max(lately, key=lambda case: case.made_at, default=None)

    def alike(self, entry: Entry, digest: str) -> Known | None:
        """An open case with the name and a number of the line, whose document is not the line's."""
        name = folded(entry.name)
        for phone in entry.phones:
            for case in self.phones.get(phone_digest(phone), []):
                if case.open and case.folded == name and (not digest or case.document_digest != digest):
                    return case
        return None


def known_cases(lines: Sequence[ListedLine], entries: Sequence[Entry]) -> Cases:
    """In four queries at most: by document, by telephone number, and those that questions were about."""
    found = Cases()
    digests = sorted({line.document_digest for line in lines} - {""})
    for row in locked(Returnee.objects.filter(document_digest__in=digests).order_by("pk"), beside=True):
        found.add(_known(row))
    numbers = sorted({phone_digest(phone) for entry in entries for phone in entry.phones})
    shared = Phone.objects.filter(digest__in=numbers, returnee__closed_at__isnull=True).select_related("returnee")
    for phone in shared:
        found.add(_known(phone.returnee))
    asked = {line.candidate_id for line in lines if line.candidate_id} - found.ids.keys()
    for row in locked(Returnee.objects.filter(pk__in=asked).order_by("pk"), beside=True):
        found.add(_known(row))
    for case, digest in Phone.objects.filter(returnee__in=found.ids).values_list("returnee_id", "digest"):
        found.add_phone(found.ids[case], digest)
    return found


def _known(row: Returnee) -> Known:
    return Known(row.pk, row.unit_id, row.folded, row.document_digest, row.made_at, row.closed_at, row.outcome, row)
