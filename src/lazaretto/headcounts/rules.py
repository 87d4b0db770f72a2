"""What a line of a headcount says. Pure: a reading follows from what is written, or names why it does not.

The columns are those that parks send (企业名称, 部门, 姓名, 身份证号码, 手机, 宿舍, 是否住园区 …), in any order.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

from lazaretto.core.tables.lists import Headings
from lazaretto.headcounts.choices import Issue, LineOutcome, OrganisationKind
from lazaretto.headcounts.rules_families import NO_FAMILY, Family, household_number, read_family, with_remark
from lazaretto.people.rules import fold, is_nothing, read_cells, without_ticks


def folded(name: str) -> str:
    """How an enterprise's name is compared: without width, case, spaces."""
    return fold(name).replace(" ", "").casefold()


HEADINGS = Headings({
    "organisation": (
        "企业名称", "企业", "公司", "公司名称", "单位", "单位名称", "工作单位",
        "enterprise", "company", "employer", "organisation",
    ),
    "community": (
        "社区", "小区", "社区名称", "小区名称", "所属社区", "所在小区", "村", "村居", "居委会", "村委会", "community",
        "village", "neighbourhood",
    ),
    "section": ("部门", "车间", "班组", "科室", "department", "section", "team"),
    "name": ("姓名", "名字", "员工姓名", "居民姓名", "name", "full name"),
    "document": (
        "身份证号码", "身份证号", "身份证", "证件号码", "证件号", "id number", "id card", "document", "document number",
    ),
    "phone": ("手机", "手机号", "手机号码", "联系电话", "电话", "phone", "mobile", "telephone"),
    "dormitory": ("宿舍", "宿舍号", "住址", "房号", "门牌", "dormitory", "room", "address"),
    "building": ("楼栋", "栋", "楼号", "栋号", "楼幢", "幢号", "building"),
    "stair": ("单元", "单元号", "stair", "staircase"),
    "room": ("室", "室号", "房间", "房间号", "门牌号", "flat", "room number"),
    "inside": ("是否住园区", "住园区", "是否住宿", "是否住厂", "lives here", "lives inside"),
    "family": ("家庭情况", "家庭状况", "家庭备注", "特殊情况", "特殊人群", "family", "family situation", "needs"),
    "remark": ("备注", "备注信息", "备注说明", "说明", "remark", "remarks", "note", "notes", "comment", "comments"),
    "household": ("户号", "户编号", "家庭编号", "家庭号", "户口簿号", "household", "household number", "family number"),
}, folded)  # fmt: skip
CONTACTS = Headings({
    "organisation": (*HEADINGS.words["organisation"], *HEADINGS.words["community"]),
    "name": (
        "联系人", "联系人姓名", "联络员", "企业联系人", "企业联络员", "负责人", "人事", "人事联系人",
        "contact", "officer", "hr", "hr contact",
    ),
    "phone": (
        "联系电话", "联系人电话", "联系人手机", "联系方式", "手机", "手机号", "手机号码", "电话",
        "phone", "mobile", "telephone", "contact phone",
    ),
    "longitude": ("经度", "企业经度", "longitude", "lng", "lon"),
    "latitude": ("纬度", "企业纬度", "latitude", "lat"),
    "hours": (
        "可采样时段", "可采时段", "可采样时间", "采样时段", "可来时段", "可来时间", "hours", "can come",
    ),
}, folded)  # fmt: skip
columns_of, is_header = HEADINGS.columns_of, HEADINGS.is_header
HOLDS: frozenset[str] = frozenset({Issue.NO_NAME, Issue.ODD_NAME, Issue.NO_ORGANISATION, Issue.BAD_DOCUMENT})
_YES, _NO = (
    frozenset(("是", "y", "yes", "住", "true", "1", "√", "✓")),
    frozenset(("否", "n", "no", "不住", "false", "0", "×")),
)
_ROOM = re.compile(r"\s*(?P<building>.*[栋幢座号楼区])\s*(?P<room>[\w\-]+(?:室|房)?)\s*")
LONGEST = {"organisation": 120, "section": 80, "building": 60, "room": 40}


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
    family: Family = NO_FAMILY
    household: str = ""
    issues: tuple[str, ...] = ()

    @property
    def outcome(self) -> LineOutcome:
        """Held when somebody must decide."""
        return LineOutcome.HELD if HOLDS.intersection(self.issues) else LineOutcome.READY


def read_entry(
    said: Mapping[str, str],
    *,
    organisation: str = "",
    kind: OrganisationKind = OrganisationKind.ENTERPRISE,
    by_hand: bool = False,
) -> Entry | None:
    """A line as it was read, or None when there is nobody in it. `organisation` is whose list it is, `kind` of whom;
    `by_hand`: its document was typed, not sent.
    """
    cells = {field: without_ticks(text) for field, text in said.items()}
    if not any(cells.get(field) for field in ("name", "document", "phone")):
        return None
    found = read_cells(**{field: cells.get(field, "") for field in ("name", "document", "phone")}, by_hand=by_hand)
    issues: list[str] = [*found.issues]
    employer = _answers(cells, organisation, kind)
    if not employer:
        issues.append(Issue.NO_ORGANISATION)
    building, room = _sleeps(cells)
    family = with_remark(read_family(cells.get("family", "")), cells.get("remark", ""))
    if family.remarked:
        issues.append(Issue.FROM_REMARK)
    return Entry(
        name=found.name,
        organisation=employer,
        section=_short("section", cells.get("section", "")),
        kind=found.kind,
        document=found.document,
        phone=found.phones[0] if found.phones else "",
        building=building,
        room=room,
        inside=_inside(cells.get("inside", ""), room),
        family=family,
        household=household_number(cells.get("household", "")),
        issues=tuple(issues),
    )


def _answers(cells: Mapping[str, str], organisation: str, kind: OrganisationKind) -> str:
    """Who answers for them. On a list of residents the employer that a line names does not, and nobody's employer does
    on a list of people who have none in the area.
    """
    if kind == OrganisationKind.NONE:
        return organisation
    community = _short("organisation", cells.get("community", ""))
    if kind == OrganisationKind.COMMUNITY:
        return community or organisation
    return _short("organisation", cells.get("organisation", "")) or community or organisation


def _sleeps(cells: Mapping[str, str]) -> tuple[str, str]:
    """Building and room, from one cell or from several: 楼栋 3, 单元 2, 室 501 → ("3", "2单元501")."""
    building, room = (_short(field, cells.get(field, "")) for field in ("building", "room"))
    whole = place_of(cells.get("dormitory", ""))
    if not building and not room:
        return whole
    stair = _short("room", cells.get("stair", ""))
    stair += "单元" if stair.isdigit() else ""
    return building or whole[0], _short("room", stair + (room or whole[1]))


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
