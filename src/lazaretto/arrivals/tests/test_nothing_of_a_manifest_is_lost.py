"""Whatever an office writes: rows in = ready + held + skipped, and no text of the source disappears."""

import time
from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lazaretto.arrivals.manifest import LineKind, Outcome, read_manifest
from lazaretto.arrivals.tests.offices import HEADER, TODAY, card, codes, line, person, read, read_rows, text, xlsx
from lazaretto.core.tables import Sheet, Workbook, cell_text, read_workbook
from lazaretto.people.rules import fold, is_nothing, read_date

_words = st.sampled_from(
    ["", "李梅", "王 强", "巴特尔·苏和", "SMITH John", "合计", "3人", "共3人", "备注：晚到", "男", "女",
     "F", "无", "-", "身份证", "护照", card(), card("19800101", "233"), "440105199102090168", "4.42E+17", "E12345678",
     "13800138000", "138001380001",
     "1991-02-09", "1991.2.9", "09/02/1991", "33278", "素食", "孕妇", "F1", "CZ331", "12A", "姓名",
     "证件号码", "以下空白", "\u200b"]
)  # fmt: skip
_cells = st.one_of(
    _words,
    st.text(max_size=12),
    st.integers(-5, 10**19),
    st.floats(allow_nan=False, allow_infinity=False),
    st.dates(date(1899, 1, 1), date(2100, 1, 1)),
    st.booleans(),
)
_headers = st.lists(
    st.sampled_from(
        [
            "序号",
            "姓名",
            "性别",
            "证件号码",
            "出生日期",
            "电话",
            "备注",
            "特殊需求",
            "家庭编号",
            "航班号",
            "Name",
            "ID No.",
            "其他",
        ]
    ),
    min_size=2,
    max_size=8,
)


@st.composite
def _sheets(draw):
    header = draw(_headers)
    width = len(header) + draw(st.integers(0, 2))
    body = draw(st.lists(st.lists(_cells, min_size=width, max_size=width), max_size=12))
    above = draw(st.lists(st.lists(_words, min_size=width, max_size=width), max_size=3))
    rows = [*above, [*header, *[""] * (width - len(header))], *body]
    return Sheet("名单", rows, visible=draw(st.booleans()))


@settings(max_examples=300, deadline=None)
@given(st.lists(_sheets(), min_size=1, max_size=3))
def test_every_row_becomes_one_line_and_every_text_stays(sheets):
    manifest = read_manifest(Workbook("xlsx", tuple(sheets)), on=TODAY)

    assert [(each.sheet, each.excel_row) for each in manifest.lines] == [
        (index, number) for index, sheet in enumerate(sheets) for number, _ in sheet.numbered()
    ]
    for each in manifest.lines:
        assert each.cells == tuple(cell_text(value) for value in sheets[each.sheet].rows[each.excel_row - 1])
        assert (each.outcome is Outcome.SKIPPED) == (each.kind is not LineKind.PERSON)
    for report in manifest.sheets:
        assert report.rows == report.ready + report.held + report.skipped
    for each in manifest.people:
        _assert_all_said(each)


def _assert_all_said(each):
    """Every filled cell of a ready person is in a field, a detail, a mend or an issue."""
    if each.person is None or each.outcome is not Outcome.READY:
        return
    person_ = each.person
    said = {fold(mend.before) for mend in each.mends} | {fold(issue.text) for issue in each.issues}
    said |= {fold(remark) for remark in person_.remarks} | {fold(need.text) for need in person_.needs}
    said |= set(person_.details.values()) | {person_.name, person_.latin_name, person_.seat, person_.flight}
    said |= {person_.household, person_.category_text, person_.origin, person_.language, person_.nationality_text}
    said |= {document.number for document in person_.documents}
    numbers = {number[-11:] for number in person_.phones}
    days = {person_.birth_date, person_.arrival_date, person_.exposure_date}
    for value in each.cells:
        text_ = fold(value)
        compact = text_.replace(" ", "")
        known = text_ in said or compact.upper() in {word.upper().replace(" ", "") for word in said}
        known = known or compact.lstrip("+")[-11:] in numbers or _is_day(text_, days) or text_ in {"男", "女", "F"}
        known = known or text_ in {"1", "2", "M", "m", "f"} or any(text_ in word for word in said if word)
        assert known or is_nothing(text_) or text_ in {"身份证", "护照"}, (value, person_)


def _is_day(text_, days):
    return bool(set(read_date(text_).candidates) & days)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.lists(st.one_of(_words, st.text(max_size=8)), min_size=3, max_size=6), min_size=1, max_size=10))
def test_any_text_file_is_read_without_an_accident(rows):
    data = text([["姓名", "证件号码", "电话"], *rows])
    manifest = read(data)
    assert sum(report.rows for report in manifest.sheets) == len(manifest.lines)


def test_a_list_of_the_shape_of_a_real_one_is_read_whole():
    """Title lines, merged households, a blank line, every kind of damage, a wrong total and a late second sheet."""
    header = [
        "序号",
        "姓 名",
        "性别",
        "国籍/地区",
        "证件类型",
        "证件号码\n（身份证/护照）",
        "出生日期",
        "手机号码",
        "家庭/同行\n编号",
        "特殊需求",
    ]

    def guest(
        number, name, document, born, household=None, need=None, nation="中国", kind="身份证", phone="13800138000"
    ):
        digit = document.replace(" ", "")[16:17] if isinstance(document, str) else ""
        sex = "男" if digit and digit in "13579" else "女"
        return [number, name, sex, nation, kind, document, born, phone, household, need]

    destroyed = float(card("19590414", "256"))
    rows = [
        ["入境人员转运名单"],
        ["转出单位：口岸    日期：2021年6月3日"],
        [],
        header,
        guest(1, "李 梅", card("19910209", "016")[:6] + " " + card("19910209", "016")[6:], "1991-02-09", "F1"),
        guest(2, "\u200b李小龙\xa0", card("20170109", "033"), date(2017, 1, 9)),
        guest(3, "巴特尔•苏和", card("19760324", "241"), "1976.3.24", None, "血液透析"),
        [],
        guest(4, "王秀英", destroyed, "1959-04-14"),
        guest(5, "赵敏", "440105199102090168", "1991-02-09"),
        guest(6, "TANAKA Yui", "jp7982361", "19760410", None, "素食", "日本", "护照", "+81 832647724"),
        ["合计", "8人"],
    ]
    second = [["旅客姓名", "护照号", "电话"], ["廖补", "E79988171", "13722817163"]]
    manifest = read(xlsx({"转运名单": rows, "补充名单": second}, merged=["A1:J1", "I5:I6"]))

    assert [(report.ready, report.held, report.skipped) for report in manifest.sheets] == [(4, 2, 6), (1, 0, 1)]
    assert [line(manifest, row).person.household for row in (5, 6, 7)] == ["F1", "F1", ""]
    assert [codes(line(manifest, row)) for row in (9, 10)] == [["id_precision_lost"], ["id_checksum"]]
    assert [line(manifest, row).person.name for row in (5, 6, 7)] == ["李梅", "李小龙", "巴特尔·苏和"]
    assert [(d.excel_row, d.declared, d.counted) for d in manifest.declared] == [(12, 8, 6)]
    assert [need.kind for need in line(manifest, 7).person.needs] == ["dialysis"]
    assert line(manifest, 11).person.documents[0].number == "JP7982361"


def test_what_stands_beyond_the_columns_of_the_header_is_kept():
    found = line(read_rows([HEADER, [*person(1), None, "与李四同住"]]), 2)
    assert found.person.details["column 8"] == "与李四同住"


@pytest.mark.bench
def test_twenty_thousand_people_are_read_in_two_seconds():
    births = [date(1930, 1, 1) + timedelta(days=number % 30_000) for number in range(20_000)]
    rows = [
        [
            n,
            f"王{chr(0x4E00 + n % 5000)}{chr(0x5000 + n % 3000)}",
            "",
            card(f"{b:%Y%m%d}", f"{n % 999:03d}"),
            f"{b}",
            138 * 10**8 + n,
        ]
        for n, b in enumerate(births)
    ]
    data = xlsx({"a": [HEADER, *rows]})
    started = time.perf_counter()
    manifest = read_manifest(read_workbook(data), on=TODAY)
    elapsed = time.perf_counter() - started
    assert len(manifest.people) == 20_000
    assert elapsed < 2
