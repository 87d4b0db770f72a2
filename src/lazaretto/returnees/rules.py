"""What a line of an agency's list says, what a returnee owes, and which steps there are. Pure."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta, tzinfo
from typing import Final

from lazaretto.core import clock
from lazaretto.core.states import Edge, edge
from lazaretto.core.tables.lists import OTHER, Headings
from lazaretto.people.rules import DocumentKind, fold, is_nothing, read_cells, read_date, without_ticks
from lazaretto.returnees.choices import Answer, Issue, LineOutcome, Outcome, Risk, State

READ, CALL, MANAGE = "returnees.read", "returnees.call", "returnees.manage"

EDGES: Final = (
    Edge(State.TO_REACH, State.WATCHED, CALL, through="attempt"),
    Edge(State.TO_REACH, State.CLOSED, CALL),
    Edge(State.WATCHED, State.CLOSED, CALL),
    Edge(State.CLOSED, State.TO_REACH, MANAGE),
)


def permitted(before: str, after: str) -> bool:
    """Whether the table has that step."""
    return edge(EDGES, before, after) is not None


# ---- lines


def folded(text: str) -> str:
    """How words and names are compared: without width, case, spaces, and what stands in brackets."""
    return re.sub(r"\(.*?\)", "", fold(text)).replace(" ", "").casefold()


def _heading(text: str) -> str:
    """How headings are compared: also without the star of a column that must be filled, and the number of a second."""
    return re.sub(r"[\s*:：]|\d+$", "", folded(text))


HEADINGS: Final = Headings(
    {
        "name": ("姓名", "名字", "人员姓名", "旅客姓名", "乘客姓名", "返回人员", "name", "full name", "passenger"),
        "document": (
            "身份证号码", "身份证号", "身份证", "证件号码", "证件号", "公民身份号码", "id number", "id card",
            "document", "document number",
        ),
        "phone": (
            "手机", "手机号", "手机号码", "联系电话", "联系方式", "电话", "电话号码", "本人电话", "备用电话",
            "其他电话", "固定电话", "住宅电话", "phone", "mobile", "telephone",
        ),
        "came_from": (
            "来源地", "出发地", "始发地", "途经地", "旅居地", "旅居史", "何地返回", "中高风险地区", "风险地区",
            "上车站", "from", "origin", "came from", "risk area",
        ),
        "risk": (
            "风险", "风险等级", "风险级别", "风险类别", "地区风险", "地区风险等级", "来源地风险", "来源地风险等级",
            "涉疫风险", "中/高", "高/中", "risk", "risk level",
        ),
        "arrived_on": (
            "返回日期", "抵达日期", "到达日期", "抵穗日期", "返穗日期", "到穗日期", "到达时间", "抵达时间", "入市日期",
            "返回时间", "返程日期", "返程时间", "入境日期", "入境时间", "入境返回时间", "入境返回日期",
            "返抵时间", "返抵日期", "抵穗时间", "返穗时间",
            "到穗时间", "来穗日期", "来穗时间", "入市时间", "返乡日期", "返乡时间", "日期",
            "arrived on", "arrival", "arrival date", "date", "return date", "returned on",
        ),
        "travel": ("车次", "航班", "航班号", "交通工具", "车次/航班", "班次", "车牌", "train", "flight", "travel"),
        "address": (
            "现住址", "居住地址", "现居住地", "现居住地址", "住址", "地址", "目的地址", "address", "home address",
        ),
        "area": ("街道", "镇街", "社区", "所属街道", "所属社区", "辖区", "area", "community", "street"),
    },
    _heading,
)  # fmt: skip
HOLDS: Final[frozenset[str]] = frozenset(
    {
        Issue.NO_NAME, Issue.ODD_NAME, Issue.BAD_DOCUMENT, Issue.NOTHING_TO_REACH, Issue.ADDRESS_ALONE,
        Issue.MAYBE_SAME, Issue.CLOSED_BEFORE,
    }
)  # fmt: skip
ASKS: Final[frozenset[str]] = frozenset({Issue.MAYBE_SAME, Issue.CLOSED_BEFORE})  # who is meant, not what is written
MOST_PEOPLE: Final = 10_000_000  # that anybody says are on one list
LONGEST: Final = {"came_from": 120, "travel": 60, "address": 200, "area": 80}
MENDED: Final = "arrived_read"  # not a column: how a day without a year was read, YYYY-MM-DD
_NO_YEAR = re.compile(r"(\d{1,2})\s*[-/.月]\s*(\d{1,2})\s*[日号]?(?:\s+\d{1,2}[:时点]\d{0,2}分?)?")
_NEVER: Final = "合计|总计|小计|共计|total|sum"
_TOTAL = re.compile(rf"(?:{_NEVER}).{{0,20}}", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Entry:
    """One person as a list names them."""

    name: str = ""
    kind: str = DocumentKind.NONE
    document: str = ""
    phones: tuple[str, ...] = ()
    came_from: str = ""
    risk: str = Risk.UNKNOWN
    arrived_on: date | None = None
    travel: str = ""
    address: str = ""
    area: str = ""
    issues: tuple[str, ...] = ()

    @property
    def outcome(self) -> LineOutcome:
        """Held when somebody must decide."""
        return LineOutcome.HELD if HOLDS.intersection(self.issues) else LineOutcome.READY


def read_entry(said: Mapping[str, str], *, by_hand: bool = False, today: date | None = None) -> Entry | None:
    """A line as it was read, or None when there is nobody in it: an empty line, or one of totals. `by_hand`: its
    document was typed, not sent. `today`: a day of return after it is marked.
    """
    cells = {field: without_ticks(text) for field, text in said.items()}
    who = {field: cells.get(field, "") for field in ("name", "document", "phone")}
    address = _short("address", cells.get("address", ""))
    if not any((*who.values(), address)) or (_TOTAL.fullmatch(who["name"]) and not who["document"]):
        return None
    found = read_cells(**who, by_hand=by_hand)
    arrived, trouble = _day(cells.get("arrived_on", ""), cells.get(MENDED, ""))
    issues = [*map(str, found.issues), *trouble]
    if not any(who.values()):
        issues.append(Issue.ADDRESS_ALONE)
    if arrived and today and arrived > today:
        issues.append(Issue.FUTURE_DATE)
    phones = tuple(dict.fromkeys((*found.phones, *_more_phones(cells))))
    if not phones and not found.document and not address:
        issues.append(Issue.NOTHING_TO_REACH)
    return Entry(
        name=found.name, kind=found.kind, document=found.document, phones=phones,
        came_from=_short("came_from", cells.get("came_from", "")), risk=risk_of(cells.get("risk", "")),
        arrived_on=arrived, travel=_short("travel", cells.get("travel", "")), address=address,
        area=_short("area", cells.get("area", "")), issues=tuple(issues),
    )  # fmt: skip


def _more_phones(cells: Mapping[str, str]) -> Sequence[str]:
    """Numbers of further columns with telephones: only the first is the column of the telephone."""
    headed = {field: field.removeprefix(OTHER) for field in cells if field.startswith(OTHER)}
    texts = [cells[field] for field, word in headed.items() if "phone" in HEADINGS.columns_of([word]).values()]
    return [phone for text in texts if text for phone in read_cells(name="", document="", phone=text).phones]


def _day(text: str, mended: str) -> tuple[date | None, list[str]]:
    if not text or is_nothing(text):
        return None, [Issue.NO_DATE]
    if mended:
        return date.fromisoformat(mended), [Issue.YEAR_ADDED]
    day = None if _month_day(text) else read_date(text).day
    return day, [] if day else [Issue.BAD_DATE]


def _month_day(text: str) -> tuple[int, int] | None:
    """Month and day of a date without a year."""
    found = _NO_YEAR.fullmatch(fold(text))
    return (int(found[1]), int(found[2])) if found else None


def _on(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None


def with_years(days: Sequence[str], *, today: date) -> list[date | None]:
    """What is meant by each of the days of a list that say no year; None for all others.

    The year is the one that puts it nearest to the last of the other days, else to today: in January, 12-30 was last
    year.
    """
    whole = [day for text in days if text and not _month_day(text) and (day := read_date(text).day)]
    near = max(whole, default=today)
    return [_nearest(found, near) if (found := _month_day(text)) else None for text in days]


def _nearest(month_day: tuple[int, int], near: date) -> date | None:
    there = [day for year in (near.year - 1, near.year, near.year + 1) if (day := _on(year, *month_day))]
    return min(there, key=lambda day: abs(day - near), default=None)


def risk_of(text: str) -> str:
    """The risk that words name; unknown where they name none, or more than one."""
    said = fold(text).casefold()
    marks = (("高", "high", Risk.HIGH), ("中", "medium", Risk.MEDIUM), ("低", "low", Risk.LOW))
    named = [risk for han, latin, risk in marks if han in said or latin in said]
    return named[0] if len(named) == 1 else Risk.UNKNOWN


def _short(field: str, text: str) -> str:
    """The text, within what its column holds; the list keeps it whole."""
    return ("" if is_nothing(text) else " ".join(text.split()))[: LONGEST[field]]


SAYS: Final = ("came_from", "risk", "arrived_on", "travel", "address")
_UNSAID: Final = ("", None, Risk.UNKNOWN)
_BY_RISK: Final = (Risk.UNKNOWN, Risk.LOW, Risk.MEDIUM, Risk.HIGH)


def heard(known: Mapping[str, object], entry: Entry) -> tuple[dict[str, object], dict[str, object]]:
    """What a further line fills in of what a case did not say (`SAYS`), and what it says otherwise."""
    said = {name: value for name in SAYS if (value := getattr(entry, name)) not in _UNSAID}
    fresh = {name: value for name, value in said.items() if known[name] in _UNSAID}
    other = {
        name: value
        for name, value in said.items()
        if name not in fresh and folded(str(value)) != folded(str(known[name]))
    }
    return fresh, other


def is_riskier(said: str, known: str) -> bool:
    """Whether that risk asks for more than this one."""
    return _BY_RISK.index(Risk(said)) > _BY_RISK.index(Risk(known))


# ---- what a returnee owes


@dataclass(frozen=True)
class Owed:
    """Days of watching and the days of it with a test, the first day after the return being 1.

    `setting` is where the first of the days are spent, `source` says who says so.
    """

    days: int
    tests: tuple[int, ...]
    setting: str
    source: str


@dataclass(frozen=True)
class PlannedTest:
    """A test: which day of the watch it is for, and until when it is due."""

    day: int
    due_at: datetime


@dataclass(frozen=True)
class Watch:
    """Tests in order, and the last day."""

    tests: tuple[PlannedTest, ...]
    until: date


def plan_watch(
    owed: Owed, counted_from: date, *, at: datetime, zone: tzinfo, by_hour: int, missed_within: timedelta
) -> Watch:
    """The tests from today on. Those of days gone by are made good by one, today: nobody is watched out untested."""
    today = clock.local_date(at, zone)
    tests: dict[date, PlannedTest] = {}
    for day in owed.tests:
        on = max(counted_from + timedelta(days=day), today)
        due = clock.local_moment(on, by_hour, 0, zone)
        tests[on] = PlannedTest(day, due if due > at else at + missed_within)
    until = max([counted_from + timedelta(days=owed.days), today, *tests])
    return Watch(tuple(tests[on] for on in sorted(tests)), until)


def next_call(at: datetime, wait: timedelta, zone: tzinfo, *, from_hour: int, until_hour: int) -> datetime:
    """The next moment, not before `wait` is over, at which somebody may be called."""
    then = at + wait
    local = then.astimezone(zone)
    if local.hour >= until_hour:
        return clock.local_moment(local.date() + timedelta(days=1), from_hour, 0, zone)
    return clock.local_moment(local.date(), from_hour, 0, zone) if local.hour < from_hour else then


# ---- how a case may end

UNHEARD: Final = frozenset({Answer.NO_ANSWER, Answer.WRONG_NUMBER})
FINAL: Final = frozenset({Outcome.WATCHED_OUT, Outcome.QUARANTINE})  # nothing is asked again when a late list comes


@dataclass(frozen=True)
class Standing:
    """What stands when somebody wants to close: how often tried in vain, tests owed, whether one was positive,
    the last day of the watch."""

    tries: int
    owed: int
    positive: bool
    watch_until: date | None


def obstacles(outcome: str, standing: Standing, *, today: date, tries: int) -> Sequence[str]:
    """Why it cannot end so: `positive`, `tests`, `watch`, `tries`; empty when it can.

    Tests that are owed bar every end but a hand-over to quarantine, where they are done; for the others but
    `watched_out` a reason of its own lifts that.
    """
    found = []
    if standing.positive and outcome != Outcome.QUARANTINE:
        found.append("positive")
    if standing.owed and outcome != Outcome.QUARANTINE:
        found.append("tests")
    if outcome == Outcome.WATCHED_OUT and (standing.watch_until is None or today < standing.watch_until):
        found.append("watch")
    if outcome == Outcome.UNREACHED and standing.tries < tries:
        found.append("tries")
    return found
