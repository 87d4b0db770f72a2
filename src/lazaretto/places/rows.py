"""A room as a row of the grid or of an Excel list: reading cells, and what is wrong with them. No database."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from uuid import UUID

from lazaretto.places.choices import RowIssue, RowOutcome

MOST_BEDS = 12
LONGEST_NUMBER = 12
LONGEST_NOTE = 120
LONGEST_FLOOR = 12
LONGEST_BUILDING = 40
MOST_POSITION = 9999
YES = frozenset({"1", "y", "yes", "true", "x", "是", "有", "√", "✓", "对"})
NO = frozenset({"", "0", "n", "no", "false", "否", "无", "×", "-", "没有"})


@dataclass(frozen=True)
class RoomRow:
    """A room as it shall be. `room_id` None makes a new one. `position` counts doors along the corridor."""

    building: str
    floor: str
    number: str
    position: int = 0
    beds: int = 1
    accessible: bool = False
    has_window: bool = True
    note: str = ""
    room_id: UUID | None = None


@dataclass(frozen=True)
class Fault:
    """What is wrong with a cell: `row` as its sender numbers rows (Excel's number, or the line of the grid)."""

    row: int
    column: str
    issue: str


@dataclass(frozen=True)
class Ground:
    """What a site has: floors by building, and rooms by number."""

    floors: Mapping[str, frozenset[str]]
    rooms: Mapping[str, RoomRow]

    @property
    def ids(self) -> dict[str, UUID]:
        """Ids of the rooms by number."""
        return {number: room.room_id for number, room in self.rooms.items() if room.room_id is not None}


@dataclass
class Read:
    """A row as read: the room, if its cells can be used, the faults that hold it, and what was mended for certain."""

    row: int
    room: RoomRow | None
    faults: list[Fault] = field(default_factory=list)
    mended: list[Fault] = field(default_factory=list)


def tidy(text: object, *, prose: bool = False) -> str:
    """Text without invisible characters and outer blanks, `3.0` as 3; full-width forms are left in prose only."""
    if isinstance(text, bool):
        return "1" if text else "0"
    if isinstance(text, float) and text.is_integer():
        text = int(text)
    plain = str("" if text is None else text)
    plain = plain if prose else unicodedata.normalize("NFKC", plain)
    return "".join(sign for sign in plain if unicodedata.category(sign) not in {"Cf", "Cc"} or sign == "\n").strip()


def read(cells: Mapping[str, object], *, row: int, room_id: UUID | None = None) -> Read:
    """Cells by column name → a room, or the faults that prevent it."""
    found = Read(row, None)
    text = {column: tidy(cells.get(column), prose=column == "note") for column in COLUMNS}
    for column, raw in cells.items():
        if column in text and str(raw or "").strip() != text[column] and not isinstance(raw, bool | int | float):
            found.mended.append(Fault(row, column, RowIssue.MENDED_WIDTH))
    _check_texts(text, found)
    position = _whole(
        text["position"], found, "position", RowIssue.POSITION_INVALID, low=0, high=MOST_POSITION, empty=0
    )
    beds = _whole(text["beds"], found, "beds", RowIssue.BEDS_INVALID, low=1, high=MOST_BEDS, empty=1)
    accessible = _answer(text["accessible"], found, "accessible", empty=False)
    window = _answer(text["has_window"], found, "has_window", empty=True)
    if not found.faults:
        found.room = RoomRow(
            text["building"], text["floor"], text["number"], position, beds, accessible, window, text["note"], room_id
        )
    return found


COLUMNS = ("building", "floor", "number", "position", "beds", "accessible", "has_window", "note")


def _check_texts(text: Mapping[str, str], found: Read) -> None:
    faults = (
        ("number", not text["number"], RowIssue.NUMBER_MISSING),
        ("number", len(text["number"]) > LONGEST_NUMBER, RowIssue.NUMBER_TOO_LONG),
        ("floor", not text["floor"], RowIssue.FLOOR_MISSING),
        ("note", len(text["note"]) > LONGEST_NOTE, RowIssue.NOTE_TOO_LONG),
    )
    found.faults += [Fault(found.row, column, issue) for column, wrong, issue in faults if wrong]


def _whole(text: str, found: Read, column: str, issue: str, *, low: int, high: int, empty: int) -> int:
    if not text:
        return empty
    if re.fullmatch(r"\d{1,4}", text) and low <= int(text) <= high:
        return int(text)
    found.faults.append(Fault(found.row, column, issue))
    return empty


def _answer(text: str, found: Read, column: str, *, empty: bool) -> bool:
    if not text:
        return empty
    if text.lower() in YES | NO:
        return text.lower() in YES
    found.faults.append(Fault(found.row, column, RowIssue.ANSWER_INVALID))
    return empty


def examine(rows: Sequence[tuple[int, RoomRow]], ground: Ground) -> list[Fault]:
    """Faults of rooms against each other and against the site: numbers twice, rooms of another site."""
    known = set(ground.ids.values())
    strange = [Fault(row, "number", RowIssue.ROOM_UNKNOWN) for row, room in rows if room.room_id not in {None, *known}]
    limits = [fault for row, room in rows for fault in _limits(row, room)]
    return [*_twice(rows, ground), *strange, *limits, *missing_places(rows, ground)]


def _limits(row: int, room: RoomRow) -> list[Fault]:
    """What `read` checks of texts, for rooms that came typed already."""
    faults = (
        ("number", not room.number.strip(), RowIssue.NUMBER_MISSING),
        ("number", len(room.number) > LONGEST_NUMBER, RowIssue.NUMBER_TOO_LONG),
        ("building", len(room.building) > LONGEST_BUILDING, RowIssue.NAME_TOO_LONG),
        ("floor", not room.floor.strip(), RowIssue.FLOOR_MISSING),
        ("floor", len(room.floor) > LONGEST_FLOOR, RowIssue.NAME_TOO_LONG),
        ("note", len(room.note) > LONGEST_NOTE, RowIssue.NOTE_TOO_LONG),
        ("beds", not 1 <= room.beds <= MOST_BEDS, RowIssue.BEDS_INVALID),
        ("position", not 0 <= room.position <= MOST_POSITION, RowIssue.POSITION_INVALID),
    )
    return [Fault(row, column, issue) for column, wrong, issue in faults if wrong]


def missing_places(rows: Iterable[tuple[int, RoomRow]], ground: Ground) -> list[Fault]:
    """Buildings and floors that the site does not have: a fault in the grid, to be made by an imported list."""
    faults = []
    for row, room in rows:
        if room.building not in ground.floors:
            faults.append(Fault(row, "building", RowIssue.BUILDING_UNKNOWN))
        elif room.floor not in ground.floors[room.building]:
            faults.append(Fault(row, "floor", RowIssue.FLOOR_UNKNOWN))
    return faults


def _twice(rows: Sequence[tuple[int, RoomRow]], ground: Ground) -> Iterable[Fault]:
    """The number occurs twice among the rows, or belongs to a room that these rows do not rename."""
    times = Counter(room.number for _row, room in rows)
    ids = ground.ids
    renamed = {room.room_id for _row, room in rows if room.room_id is not None}
    for row, room in rows:
        holder = ids.get(room.number)
        taken = holder is not None and holder != room.room_id and holder not in renamed
        if times[room.number] > 1 or taken:
            yield Fault(row, "number", RowIssue.NUMBER_TWICE)


@dataclass(frozen=True)
class StagedRow:
    """What becomes of a row of an imported list. `issues` hold it when its outcome is held, else they inform."""

    outcome: str
    room: RoomRow | None
    issues: tuple[Fault, ...] = ()


def stage(rows: Sequence[Mapping[str, object] | None], ground: Ground) -> list[StagedRow]:
    """The outcome of each row of a list, in order; None stands for a title or a blank line. Nothing is left out."""
    reads = {n: read(complete(cells, ground), row=n) for n, cells in enumerate(rows) if cells is not None}
    rooms = [(n, _tied(one.room, ground)) for n, one in reads.items() if one.room is not None]
    faults: dict[int, list[Fault]] = {n: list(one.faults) for n, one in reads.items()}
    notes: dict[int, list[Fault]] = {n: list(one.mended) for n, one in reads.items()}
    for n, one in reads.items():
        if one.room is not None and one.room.number != tidy((rows[n] or {}).get("number")):
            notes[n].append(Fault(n, "number", RowIssue.MENDED_ZEROS))
    for fault in examine(rooms, ground):
        new = NEW_PLACES.get(fault.issue)
        if new is None:
            faults[fault.row].append(fault)
        else:
            notes[fault.row].append(Fault(fault.row, fault.column, new))
    tied = dict(rooms)
    return [
        _outcome(tied.get(n), ground, faults[n], notes[n]) if n in reads else StagedRow(RowOutcome.SKIPPED, None)
        for n in range(len(rows))
    ]


# In a list a building or floor that the site does not have is made, not refused.
NEW_PLACES: dict[str, str] = {
    RowIssue.BUILDING_UNKNOWN: RowIssue.BUILDING_NEW,
    RowIssue.FLOOR_UNKNOWN: RowIssue.FLOOR_NEW,
}


def complete(cells: Mapping[str, object], ground: Ground) -> dict[str, object]:
    """Cells with what the list leaves open: the room's present values, the site's only building."""
    full = dict(cells)
    number = own_number(tidy(cells.get("number")), ground)
    if number != tidy(cells.get("number")):
        full["number"] = number
    present = ground.rooms.get(number)
    for column in COLUMNS:
        if present is not None and (column not in cells or (column != "note" and not tidy(cells[column]))):
            full[column] = getattr(present, column)
    if not tidy(full.get("building")):
        full["building"] = next(iter(ground.floors)) if len(ground.floors) == 1 else ("" if ground.floors else "A")
    return full


def own_number(text: str, ground: Ground) -> str:
    """The number as the site writes it: 301, a number of which Excel cut off the zero, is room 0301 if there is one."""
    if text in ground.rooms or not text.isdecimal():
        return text
    same = [number for number in ground.rooms if number.isdecimal() and number.lstrip("0") == text.lstrip("0")]
    return same[0] if len(same) == 1 and len(same[0]) > len(text) else text


def _tied(room: RoomRow, ground: Ground) -> RoomRow:
    present = ground.rooms.get(room.number)
    return room if present is None else replace(room, room_id=present.room_id)


def _outcome(room: RoomRow | None, ground: Ground, faults: list[Fault], notes: list[Fault]) -> StagedRow:
    if room is None or faults:
        return StagedRow(RowOutcome.HELD, None, tuple(faults + notes))
    present = ground.rooms.get(room.number)
    outcome = RowOutcome.NEW if present is None else RowOutcome.SAME if present == room else RowOutcome.CHANGED
    return StagedRow(outcome, room, tuple(notes))
