"""What can only be seen when all lines are known: doubles, households, identification, totals."""

from collections import defaultdict
from collections.abc import Iterable, Sequence

from lazaretto.arrivals.manifest.model import Declared, Issue, Line, LineKind, Outcome, Severity, Table

Names = Sequence[str]
"""Sheet names by index, for telling where another line stands."""


def find_doubles(lines: Sequence[Line], sheets: Names) -> None:
    """Mark lines that share a document, or that are the same person without one.

    Two different people with one number: nobody can tell here whose it is, so all of them are held. The same person
    written twice (same name, no contradicting birth date): the first line stands, every later one is held, so that
    a person decides whether to drop it. The person is made once in any case.
    """
    by_number: dict[str, list[Line]] = defaultdict(list)
    for line in lines:
        for document in line.person.documents if line.person else ():
            by_number[document.number].append(line)
    for group in by_number.values():
        if len(group) > 1:
            _mark(group, "duplicate_document", sheets)
    _same_without_document(lines, sheets)


def _mark(group: Sequence[Line], code: str, sheets: Names) -> None:
    same = all(_same_person(group[0], other) for other in group[1:])
    for line in group[1:] if same else group:
        others = tuple(_place(other, sheets) for other in group if other is not line)
        numbers = ", ".join(document.number for document in line.person.documents) if line.person else ""
        _add(line, Issue(code, Severity.HOLD, "document", numbers, others))


def _same_person(one: Line, other: Line) -> bool:
    a, b = one.person, other.person
    if a is None or b is None or _key(a.name) != _key(b.name):
        return False
    return a.birth_date == b.birth_date or a.birth_date is None or b.birth_date is None


def _key(name: str) -> str:
    return "".join(name.split()).casefold()


def _same_without_document(lines: Sequence[Line], sheets: Names) -> None:
    """Same name, birth date and telephone, and one of the two has no document to tell them apart."""
    groups: dict[tuple[str, object, str], list[Line]] = defaultdict(list)
    for line in lines:
        person = line.person
        if person and person.name and person.birth_date:
            for phone in person.phones:
                groups[_key(person.name), person.birth_date, phone].append(line)
    for group in groups.values():
        first, *later = group
        for line in later:
            if not (line.person and line.person.documents) or not (first.person and first.person.documents):
                _add(line, Issue("duplicate_person", Severity.HOLD, "name", "", (_place(first, sheets),)))


def check_identification(lines: Iterable[Line]) -> None:
    """Without a document a person passes only when name, birth date and one thing more tell who it is.

    The one thing more: a telephone number, the flight seat, or a household in which somebody has a document.
    """
    lines = list(lines)
    vouched = {_household(line) for line in lines if line.person and line.person.household and line.person.documents}
    for line in lines:
        person = line.person
        if person is None or person.documents or any(issue.field in _DOCUMENT_FIELDS for issue in line.issues):
            continue
        more = person.phones or (person.flight and person.seat) or _household(line) in vouched
        known = person.name and person.birth_date and more
        _add(line, Issue("no_document", Severity.WARNING if known else Severity.HOLD, "document"))


_DOCUMENT_FIELDS = frozenset(("document", "id_card", "passport", "permit"))


def _household(line: Line) -> tuple[int, str]:
    return line.sheet, line.person.household.casefold() if line.person else ""


def check_households(lines: Iterable[Line]) -> None:
    """One label on two sheets may be one household or two: rooms must not be shared on that ground alone."""
    first_sheet: dict[str, int] = {}
    for line in lines:
        if line.person and line.person.household:
            label = line.person.household.casefold()
            if first_sheet.setdefault(label, line.sheet) != line.sheet:
                text = line.person.household
                _add(line, Issue("household_on_two_sheets", Severity.WARNING, "household", text))


def count_declared(
    stated: Sequence[tuple[Line, int, str, bool]], lines: Sequence[Line], tables: Sequence[Table]
) -> tuple[Declared, ...]:
    """Compare every stated number with the lines of people it can be about.

    A total may speak of the lines since the last total, of its table or of its sheet; the sheet's count is the one
    reported when none agrees. Numbers never speak for another sheet.
    """
    declared: list[Declared] = []
    previous: dict[int, int] = {}
    for line, number, text, is_total in stated:
        people = [each for each in lines if each.sheet == line.sheet and each.kind is LineKind.PERSON]
        ways = [len(people), len([p for p in people if p.excel_row < line.excel_row])] if is_total else [len(people)]
        table = next((t for t in tables if t.sheet == line.sheet and _is_about(t, line, is_total)), None)
        if table is not None:
            ways.append(sum(1 for p in people if table.first_row <= p.excel_row <= table.last_row))
        if is_total:
            since = previous.get(line.sheet, 0)
            ways.append(sum(1 for p in people if since < p.excel_row < line.excel_row))
            previous[line.sheet] = line.excel_row
        counted = number if number in ways else ways[0]
        declared.append(Declared(line.sheet, line.excel_row, number, counted, text))
    return tuple(declared)


def _is_about(table: Table, line: Line, is_total: bool) -> bool:
    """A total closes the table it stands in; a title opens the next one."""
    if is_total:
        return table.first_row <= line.excel_row <= table.last_row
    return table.first_row > line.excel_row


def hold_hidden(lines: Iterable[Line]) -> None:
    """People on a hidden sheet may be last week's: a person must say that they are meant."""
    for line in lines:
        if line.kind is LineKind.PERSON:
            _add(line, Issue("hidden_sheet", Severity.HOLD))


def _place(line: Line, sheets: Names) -> str:
    return f"{sheets[line.sheet]}:{line.excel_row}"


def _add(line: Line, issue: Issue) -> None:
    if issue.code not in {known.code for known in line.issues}:
        line.issues = (*line.issues, issue)


def outcomes(lines: Iterable[Line]) -> dict[Outcome, int]:
    """How many lines have each outcome."""
    counts = dict.fromkeys(Outcome, 0)
    for line in lines:
        counts[line.outcome] += 1
    return counts
