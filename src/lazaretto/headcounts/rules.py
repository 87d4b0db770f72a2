"""What a line of a headcount says. Pure: a reading follows from what is written, or names why it does not.

The columns are those that parks send (企业名称, 部门, 姓名, 身份证号码, 手机, 宿舍, 是否住园区 …), in any order.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from lazaretto.headcounts.choices import Issue, LineOutcome
from lazaretto.people.rules import DocumentKind, fold, is_nothing, read_documents, read_name, read_phones


def folded(name: str) -> str:
    """How an enterprise's name is compared: without width, case, spaces."""
    return fold(name).replace(" ", "").casefold()


HEADERS = {
    "organisation": (
        "企业名称", "企业", "公司", "公司名称", "单位", "单位名称", "工作单位", "社区", "小区",
        "enterprise", "company", "employer", "organisation", "community",
    ),
    "section": ("部门", "车间", "班组", "科室", "department", "section", "team"),
    "name": ("姓名", "名字", "员工姓名", "居民姓名", "name", "full name"),
    "document": (
        "身份证号码", "身份证号", "身份证", "证件号码", "证件号", "id number", "id card", "document", "document number",
    ),
    "phone": ("手机", "手机号", "手机号码", "联系电话", "电话", "phone", "mobile", "telephone"),
    "dormitory": ("宿舍", "宿舍号", "住址", "房号", "门牌", "dormitory", "room", "address"),
    "inside": ("是否住园区", "住园区", "是否住宿", "是否住厂", "lives here", "lives inside"),
}  # fmt: skip
_FIELD_OF = {folded(word): field for field, words in HEADERS.items() for word in words}
HOLDS: frozenset[str] = frozenset({Issue.NO_NAME, Issue.ODD_NAME, Issue.NO_ORGANISATION, Issue.BAD_DOCUMENT})
_TICKS = "'’‘`＇"  # what spreadsheets put before a number to keep its digits
_YES, _NO = (
    frozenset(("是", "y", "yes", "住", "true", "1", "√", "✓")),
    frozenset(("否", "n", "no", "不住", "false", "0", "×")),
)
_CARDS = frozenset({DocumentKind.ID_CARD, DocumentKind.RESIDENCE_PERMIT})
_ROOM = re.compile(r"\s*(?P<building>.*[栋幢座号楼区])\s*(?P<room>[\w\-]+(?:室|房)?)\s*")
LONGEST = {"organisation": 120, "section": 80, "name": 120, "building": 60, "room": 40}


@dataclass(frozen=True, slots=True)
class Entry:
    """One person as a list names them. `document` is normal and empty where there is none that can be trusted."""

    name: str = ""
    organisation: str = ""
    section: str = ""
    kind: str = ""
    document: str = ""
    phone: str = ""
    building: str = ""
    room: str = ""
    inside: bool | None = None
    issues: tuple[str, ...] = ()

    @property
    def outcome(self) -> LineOutcome:
        """Held when somebody must decide."""
        return LineOutcome.HELD if HOLDS.intersection(self.issues) else LineOutcome.READY


def columns_of(header: Sequence[str]) -> dict[int, str]:
    """Which column says what; columns with unknown words are left out, the first of two with one meaning counts."""
    found: dict[int, str] = {}
    for index, word in enumerate(header):
        field = _FIELD_OF.get(folded(str(word)))
        if field and field not in found.values():
            found[index] = field
    return found


def is_header(cells: Sequence[str]) -> bool:
    """Whether a line names columns: a name and one more."""
    found = columns_of(cells)
    return "name" in found.values() and len(found) > 1


def read_entry(said: Mapping[str, str], *, organisation: str = "") -> Entry | None:
    """A line as it was read, or None when there is nobody in it. `organisation` is whose list it is."""
    cells = {field: text.strip().lstrip(_TICKS).strip() for field, text in said.items()}
    if not any(cells.get(field) for field in ("name", "document", "phone")):
        return None
    issues: list[str] = []
    name = _name(cells.get("name", ""), issues)
    employer = _short("organisation", cells.get("organisation", "")) or organisation
    if not employer:
        issues.append(Issue.NO_ORGANISATION)
    kind, document = _document(cells.get("document", ""), issues)
    building, room = place_of(cells.get("dormitory", ""))
    return Entry(
        name=name,
        organisation=employer,
        section=_short("section", cells.get("section", "")),
        kind=kind,
        document=document,
        phone=_phone(cells.get("phone", ""), issues),
        building=building,
        room=room,
        inside=_inside(cells.get("inside", ""), room),
        issues=tuple(issues),
    )


def _name(text: str, issues: list[str]) -> str:
    if not text or is_nothing(text):
        issues.append(Issue.NO_NAME)
        return ""
    reading = read_name(text)
    if not reading.certain:
        issues.append(Issue.ODD_NAME)
    return reading.name[: LONGEST["name"]] if len(reading.name) <= LONGEST["name"] else _too_long(issues)


def _too_long(issues: list[str]) -> str:
    issues.append(Issue.ODD_NAME)
    return ""


def _document(text: str, issues: list[str]) -> tuple[str, str]:
    if not text or is_nothing(text):
        issues.append(Issue.NO_DOCUMENT)
        return DocumentKind.NONE.value, ""
    readings = read_documents(text)
    only_digits = text.isdigit() and readings[0].kind not in _CARDS  # a card that lost some of its digits
    if len(readings) != 1 or readings[0].trouble or not readings[0].number or only_digits:
        issues.append(Issue.BAD_DOCUMENT)
        return "", ""
    return readings[0].kind.value, readings[0].number


def _phone(text: str, issues: list[str]) -> str:
    if not text or is_nothing(text):
        return ""
    numbers = read_phones(text).numbers
    if not numbers:
        issues.append(Issue.BAD_PHONE)
        return ""
    return numbers[0].e164


def _inside(text: str, room: str) -> bool | None:
    said = fold(text)
    if said in _YES:
        return True
    if said in _NO:
        return False
    return True if room else None


@lru_cache(maxsize=16384)
def place_of(text: str) -> tuple[str, str]:
    """Building and room of "C栋190" → ("C栋", "190"); what has no such form is a room as it stands."""
    text = text.strip()
    if not text or is_nothing(text):
        return "", ""
    found = _ROOM.fullmatch(text)
    if found is None:
        return "", _short("room", text)
    return _short("building", found["building"]), _short("room", found["room"])


def _short(field: str, text: str) -> str:
    """The text, within what its column holds; the list keeps it whole."""
    text = "" if is_nothing(text) else " ".join(text.split())
    return text[: LONGEST[field]]
