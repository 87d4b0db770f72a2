"""Every line of every list ends in somebody's hands: a new case, a case it joins, or a question."""

from datetime import date, timedelta
from io import BytesIO
from zipfile import ZipFile

import pytest
import xlsxwriter
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, transaction
from django.urls import reverse
from python_calamine import CalamineWorkbook

from lazaretto.core.deadlines import open_deadlines
from lazaretto.core.errors import InvalidInput
from lazaretto.core.models import Deadline
from lazaretto.core.promises import verify
from lazaretto.returnees import commands, files
from lazaretto.returnees.choices import Agency, Decision, Outcome
from lazaretto.returnees.commands import OpenReturnee, OpenReturnees
from lazaretto.returnees.errors import LineSettled, ListClosed, NoNameColumn
from lazaretto.returnees.models import Attempt, Desk, ListedLine, Phone, Returnee
from lazaretto.returnees.queries.lists import account_of
from lazaretto.returnees.rules import read_entry, risk_of, with_years
from lazaretto.returnees.sheets import open_cases
from lazaretto.returnees.tests.agencies import CAME, HEADER, card, lay_out, name, named, row, take_in, xlsx
from tests.factories import NOW

pytestmark = pytest.mark.django_db
WRONG = card(3)[:-1] + ("1" if card(3)[-1] != "1" else "2")


@pytest.fixture
def duty(cast):
    return cast.duty_officer.actor


@pytest.fixture
def unit(cast):
    return cast.site.unit


def outcomes(found):
    return list(found.entries.order_by("number").values_list("number", "outcome"))


def test_each_line_makes_a_case_joins_one_or_is_held(duty, unit):
    found = take_in(
        duty, unit, row("冯文杰", card(1), "13800000001"), row("侯敏轩", card(2), "13800000002"),
        row("冯文杰", card(1), "13800000003"), row("错号", WRONG, "13800000004"), row("合计：4人"),
        row("", address=""), declared=4,
    )  # fmt: skip
    assert outcomes(found) == [
        (2, "made"), (3, "made"), (4, "joined"), (5, "held"), (6, "empty"), (7, "empty"),
    ]  # fmt: skip
    account = account_of(found)
    assert (account.lines, account.made, account.joined, account.held, account.empty) == (6, 2, 1, 1, 2)
    assert account.balances
    assert account.people == account.declared == 4
    assert found.state == "committing"  # somebody has to decide, and that is watched
    assert Deadline.objects.filter(kind="returnees.lists", state="open", unit_id=unit.pk).exists()
    one = named("冯文杰")
    assert (one.arrived_on, one.risk, one.state, one.came_from) == (CAME, "medium", "to_reach", "某市甲区")
    assert sorted(one.phones.values_list("last_four", flat=True)) == ["0001", "0003"]


def test_a_further_list_fills_in_what_was_not_known_and_tells_what_it_says_otherwise(duty, unit):
    take_in(duty, unit, row("冯文杰", card(1), "13800000001", risk="低风险", address=""))
    take_in(duty, unit, row("冯文杰", card(1), risk="高风险", came="2026-11-21"), agency=Agency.POLICE)
    one = named("冯文杰")
    assert (one.address, one.risk, one.arrived_on) == ("临江路9号", "high", CAME), (
        "nobody was reached: the higher risk stands"
    )
    (told,) = one.steps.filter(step="said")
    assert "高风险 ≠ 低风险" in told.words
    assert "2026-11-21 ≠ 2026-11-20" in told.words
    take_in(duty, unit, row("冯文杰", card(1), risk="中风险"), agency=Agency.RAILWAY)
    assert named("冯文杰").risk == "high"


def test_a_higher_risk_of_somebody_who_is_watched_is_looked_at_now(duty, unit):
    take_in(duty, unit, row("冯文杰", card(1), "13800000001", risk="低风险"))
    later = NOW + timedelta(days=2)
    Returnee.objects.update(state="watched", counted_from=CAME, watch_until=later.date(), due_at=later)
    take_in(duty, unit, row("冯文杰", card(1), risk="高风险"), agency=Agency.POLICE)
    one = named("冯文杰")
    assert (one.risk, one.due_at) == ("low", NOW)


def test_the_same_person_whose_case_was_closed_meanwhile_is_opened_again_or_somebody_else(duty, unit):
    take_in(duty, unit, row("冯文杰", "", "13800000001"))
    found = take_in(duty, unit, row("冯文杰", card(1), "13800000001"), agency=Agency.POLICE)
    given = {"actor": duty, "at": NOW, "returnee_list": found, "number": 2, "take": True}
    Returnee.objects.update(state="closed", closed_at=NOW, due_at=None, outcome=Outcome.WRONG_PERSON, reason="本人否认")
    with pytest.raises(InvalidInput):
        commands.decide_line(**given, who=Decision.SAME)
    commands.decide_line(**given, who=Decision.REOPENED)
    assert named("冯文杰").state == "to_reach"


def test_an_excel_file_keeps_its_row_numbers(duty, unit):
    found = take_in(duty, unit, content=xlsx(row("冯文杰", card(1)), row("侯敏轩", card(2))))
    assert outcomes(found) == [(3, "made"), (4, "made")]


def book(**sheets: list[tuple[str, ...]]) -> bytes:
    """An Excel file with these sheets."""
    target = BytesIO()
    made = xlsxwriter.Workbook(target, {"in_memory": True})
    for called, rows in sheets.items():
        sheet = made.add_worksheet(called)
        for number, line in enumerate(rows):
            sheet.write_row(number, 0, line)
    made.close()
    return target.getvalue()


def test_a_sheet_without_people_is_passed_over_and_lines_are_those_of_their_sheet(cast, duty, unit):
    letter = [("关于协查来穗人员的函",), ("请于今日内核查",)]
    first, second = [("名单",), HEADER, row(name(1), card(1))], [HEADER, row(name(2), card(2)), row("", card(3))]
    content = book(说明=letter, 铁路=first, 民航=second)
    source = files.from_bytes(content, "名单.xlsx")
    assert (source.passed, [one.name for one in source.sheets]) == (["说明"], ["铁路", "民航"])
    found = take_in(duty, unit, content=content)
    assert [line.place for line in found.entries.order_by("number")] == ["铁路 3", "民航 2", "民航 3"]
    page = cast.duty_officer.client.get(reverse("returnees:list", args=[found.pk])).content.decode()
    assert "民航 3" in page
    assert "姓名、证件号码" in page, "listed as Chinese lists"
    case = named(name(2))
    assert "民航 2" in cast.duty_officer.client.get(reverse("returnees:one", args=[case.number])).content.decode()


def test_whoever_sends_a_cover_letter_is_told_that_it_was_passed_over(cast, unit):
    content = book(说明=[("请核查",)], 名单=[HEADER, row(name(1), card(1))])
    given = {"unit": unit.pk, "agency": "railway", "file": SimpleUploadedFile("名单.xlsx", content)}
    page = cast.duty_officer.client.post(reverse("returnees:lists"), given, follow=True).content.decode()
    assert "以下工作表没有人员，已跳过：说明。" in page


def test_a_sheet_with_people_whose_columns_nobody_names_is_refused_still():
    content = book(一=[HEADER, row(name(1), card(1))], 二=[(name(2), card(2), "13800000002")])
    with pytest.raises(NoNameColumn):
        files.from_bytes(content, "名单.xlsx")


LETTERS = [
    [("联系人：张三 电话 021-55501234",)],
    [("联系人", "张三"), ("联系电话", "021-55501234")],
    [("联系人：", "13800001111")],
    [("如有疑问请致电 021-55501234。",), ("日期", "2026-11-20")],
    [("Questions? Tel.: +86 21 5550 1234",)],
    [("沪防办〔2026〕1234567号",), ("编号：20261123001",)],
]
PEOPLE = [
    [(name(2), "13800000002")],
    [(f"{name(2)} 13800000002",)],
    [(name(2), "E12345678")],
    [("联系人：张三 电话 021-55501234",), (name(2), card(2))],
    [(f"联系人{name(2)} {card(2)}",)],
    [(name(n), "某市", f"手机 1380000000{n}") for n in range(6)],
]


@pytest.mark.parametrize("letter", LETTERS)
def test_the_telephone_of_a_letter_makes_nobody_of_it(cast, unit, letter):
    letter = [("关于协查来穗人员的函",), ("请于今日内核查",), *letter]
    given = {"unit": unit.pk, "agency": "railway"}
    given["file"] = SimpleUploadedFile("名单.xlsx", book(公函=letter, 名单=[HEADER, row(name(1), card(1))]))
    answer = cast.duty_officer.client.post(reverse("returnees:lists"), given)
    assert answer.status_code == 302
    for _again in range(2):  # it stands there for whoever opens the list later
        assert (
            "以下工作表没有人员，已跳过：公函"
            in cast.duty_officer.client.get(answer.headers["Location"]).content.decode()
        )


@pytest.mark.parametrize("people", PEOPLE)
def test_a_sheet_that_is_refused_is_named(cast, unit, people):
    given = {"unit": unit.pk, "agency": "railway"}
    given["file"] = SimpleUploadedFile("名单.xlsx", book(铁路=[HEADER, row(name(1), card(1))], 民航=people))
    answer = cast.duty_officer.client.post(reverse("returnees:lists"), given)
    assert answer.status_code == 422
    assert "工作表“民航”" in answer.content.decode()


def test_an_address_alone_is_held_and_put_right_with_a_name(duty, unit):
    found = lay_out(duty, unit, row("", "", ""), row(name(1), card(1)), ("2", "", "", "", "", "", "", "", ""))
    assert [line.outcome for line in found.entries.order_by("number")] == ["held", "ready", "empty"]
    held = found.entries.get(outcome="held")
    assert "address_alone" in held.issues
    commands.decide_line(actor=duty, at=NOW, returnee_list=found, number=held.number, take=True, name=name(5))
    held.refresh_from_db()
    assert (held.outcome, "address_alone" in held.issues) == ("ready", False)


def test_a_day_without_a_year_has_the_year_of_the_others_or_the_nearest(cast, duty, unit):
    days = ("11-18", "11月19日", "2026-11-20", "13-45", "2026-11-29")
    found = take_in(duty, unit, *(row(name(n), card(n), came=day) for n, day in enumerate(days)))
    told = [named(name(n)).arrived_on for n in range(5)]
    assert told == [date(2026, 11, 18), date(2026, 11, 19), date(2026, 11, 20), None, date(2026, 11, 29)]
    issues = [line.issues for line in found.entries.order_by("number")]
    assert [("year_added" in one, "bad_date" in one, "future_date" in one) for one in issues] == [
        (True, False, False), (True, False, False), (False, False, False), (False, True, False), (False, False, True),
    ]  # fmt: skip
    page = cast.duty_officer.client.get(reverse("returnees:list", args=[found.pk]) + "?show=all").content.decode()
    for words in ("11月19日 → 2026-11-19", "已补上年份", "在今天之后"):
        assert words in page, words


@pytest.mark.parametrize(
    ("days", "today", "meant"),
    [
        (["12-30"], date(2027, 1, 2), [date(2026, 12, 30)]),
        (["1/2", "2026-12-31"], date(2027, 3, 1), [date(2027, 1, 2), None]),
        (["6.30", "2022-07-01"], date(2026, 11, 21), [date(2022, 6, 30), None]),
        (["2月29日"], date(2026, 11, 21), [None]),
        (["2-29"], date(2028, 3, 1), [date(2028, 2, 29)]),
        (["", "G1234"], date(2026, 11, 21), [None, None]),
    ],
)
def test_which_year_is_meant(days, today, meant):
    assert with_years(days, today=today) == meant


def test_cells_that_begin_like_formulas_are_texts_in_excel():
    one = OpenReturnee(
        number="R-1", name="=HYPERLINK(1)", area="@街道", phones=("+8613800000000",), address="-1+1", came_from="=1",
        risk="", arrived_on=None, agencies=("=2",), state="", tries=0, due_at=None, owner="",
    )  # fmt: skip
    content = open_cases(OpenReturnees((one,)))
    with ZipFile(BytesIO(content)) as file:
        sheet = file.read("xl/worksheets/sheet1.xml").decode()
    assert "<f>" not in sheet
    rows = CalamineWorkbook.from_filelike(BytesIO(content)).get_sheet_by_index(0).to_python()
    assert rows[1][1:6] == ["=HYPERLINK(1)", "@街道", "+8613800000000", "-1+1", "=1"]


def test_a_cell_merged_over_a_family_says_the_same_of_each(duty, unit):
    target = BytesIO()
    book = xlsxwriter.Workbook(target, {"in_memory": True})
    sheet = book.add_worksheet()
    sheet.write_row(0, 0, ("姓名", "身份证号", "手机号", "现住址"))
    for line in (1, 2):
        sheet.write_row(line, 0, (f"冯文{'杰明'[line - 1]}", card(line)))
    sheet.merge_range(1, 2, 3, 2, "13800000001")
    sheet.merge_range(1, 3, 2, 3, "临江路9号")
    sheet.write(3, 0, "")
    book.close()
    found = take_in(duty, unit, content=target.getvalue())
    assert [one for _line, one in outcomes(found)] in (["made", "made"], ["made", "made", "empty"])
    assert set(Returnee.objects.values_list("name", "address", "phones__last_four")) == {
        ("冯文杰", "临江路9号", "0001"), ("冯文明", "临江路9号", "0001"),
    }  # fmt: skip


def test_three_agencies_name_one_person_and_each_is_seen(duty, unit):
    for agency in (Agency.BIG_DATA, Agency.RAILWAY, Agency.COMMUNITY):
        phone = f"1380000000{len(agency) % 10}"
        take_in(duty, unit, row("冯文杰", card(1), phone), agency=agency)
    one = Returnee.objects.get()
    assert one.lines.count() == 3
    assert {line.returnee_list.agency for line in one.lines.all()} == {"big_data", "railway", "community"}
    assert sorted(line.outcome for line in one.lines.all()) == ["joined", "joined", "made"]


def test_same_name_and_telephone_without_the_same_document_is_asked(duty, unit):
    take_in(duty, unit, row("冯文杰", card(1), "13800000001"))
    second = take_in(duty, unit, row("冯文杰", "", "13800000001"), row("冯母", "", "13800000001"), agency=Agency.POLICE)
    assert outcomes(second) == [(2, "held"), (3, "made")]  # families share telephones; only a name more asks
    line = second.entries.get(number=2)
    assert (line.issues[-1], line.candidate) == ("maybe_same", named("冯文杰"))
    with pytest.raises(InvalidInput):
        commands.decide_line(actor=duty, at=NOW, returnee_list=second, number=2, take=True)
    done = commands.decide_line(actor=duty, at=NOW, returnee_list=second, number=2, take=True, who=Decision.SAME)
    assert (done.outcome, done.held) == ("joined", 0)
    second.refresh_from_db()
    assert second.state == "committed"
    assert not open_deadlines("returnees.lists", Desk.objects.get()).exists()
    third = take_in(duty, unit, row("冯文杰", card(9), "13800000001"), agency=Agency.AIRLINE)
    done = commands.decide_line(actor=duty, at=NOW, returnee_list=third, number=2, take=True, who=Decision.SEPARATE)
    assert done.outcome == "made"
    assert Returnee.objects.filter(name="冯文杰").count() == 2
    with pytest.raises(LineSettled):
        commands.decide_line(actor=duty, at=NOW, returnee_list=third, number=2, take=True)


def test_a_case_without_a_document_is_known_by_the_one_that_joins_it(duty, unit):
    take_in(duty, unit, row("冯文杰", "", "13800000001"))
    found = take_in(duty, unit, row("冯文杰", card(1), "13800000001"))
    commands.decide_line(actor=duty, at=NOW, returnee_list=found, number=2, take=True, who=Decision.SAME)
    one = Returnee.objects.get()
    assert (one.document, one.document_tail) == (card(1), card(1)[-4:])
    found = take_in(duty, unit, row("冯文傑", card(1), "13800000009"))
    assert outcomes(found) == [(2, "joined")]


def test_every_column_of_telephones_is_read_and_headings_may_have_stars(duty, unit):
    head = "*姓名,身份证号（必填）,手机号1,手机号2,备用电话,备注,备注"
    rows = f"冯文杰,{card(1)},13800000001,13800000002/13800000003,13800000001,甲,乙"
    found = take_in(duty, unit, content=f"{head}\n{rows}\n".encode("gb18030"))
    assert outcomes(found) == [(2, "made")]
    assert sorted(Phone.objects.values_list("last_four", flat=True)) == ["0001", "0002", "0003"]
    assert [one for one in found.columns.values() if one.startswith("+备注")] == ["+备注", "+备注 2"]


def test_nobody_says_more_people_than_a_list_can_have(duty, unit):
    with pytest.raises(InvalidInput):
        lay_out(duty, unit, row("冯文杰", card(1)), declared=10**20)


def test_a_held_line_is_put_right_or_left_out_with_a_reason(duty, unit):
    found = lay_out(duty, unit, row("错号", WRONG, "13800000004"), row("", card(2)), row("无处", address=""))
    assert [line.issues[0] for line in found.entries.order_by("number")] == ["bad_document", "no_name", "no_document"]
    assert "nothing_to_reach" in found.entries.get(number=4).issues
    commands.decide_line(actor=duty, at=NOW, returnee_list=found, number=2, take=True, document=card(3))
    commands.decide_line(actor=duty, at=NOW, returnee_list=found, number=3, take=True, name="补名")
    commands.decide_line(actor=duty, at=NOW, returnee_list=found, number=4, take=False, reason="已问发送单位，无此人")
    commands.commit_list(actor=duty, at=NOW, returnee_list=found)
    assert outcomes(found) == [(2, "made"), (3, "made"), (4, "rejected")]
    found.refresh_from_db()
    assert found.state == "committed"


def test_a_late_list_about_a_closed_case_asks_unless_there_is_a_finding(duty, unit):
    take_in(duty, unit, row("冯文杰", card(1), "13800000001"))
    one = named("冯文杰")
    commands.close(actor=duty, at=NOW, returnee=one, outcome=Outcome.GONE, reason="家人说", to_where="乙市")
    late = take_in(duty, unit, row("冯文杰", card(1), "13900000001"), agency=Agency.POLICE)
    assert late.entries.get().issues[-1] == "closed_before"
    commands.decide_line(actor=duty, at=NOW, returnee_list=late, number=2, take=True, who=Decision.REOPENED)
    one.refresh_from_db()
    assert (one.state, one.outcome, one.phones.count()) == ("to_reach", "", 2)
    assert Returnee.objects.count() == 1


def test_the_same_file_again_is_the_list_that_is_there(duty, unit):
    first = take_in(duty, unit, row("冯文杰", card(1)))
    again = commands.begin_list(
        actor=duty, at=NOW, unit=unit, agency=Agency.BIG_DATA, file_name="x", digest=first.digest, header=["姓名"]
    )
    assert (again.known, again.list_id) == (True, first.pk)
    with pytest.raises(ListClosed):
        commands.cancel_list(actor=duty, at=NOW, returnee_list=first, reason="重复")


def test_the_database_keeps_one_open_case_a_document_and_history_as_written(duty, unit):
    take_in(duty, unit, row("冯文杰", card(1), "13800000001"))
    one = named("冯文杰")
    with pytest.raises(IntegrityError), transaction.atomic():
        Returnee.objects.create(
            number="R-X",
            unit=unit,
            name="另",
            document="x",
            document_digest=one.document_digest,
            due_at=NOW,
            made_at=NOW,
        )
    with pytest.raises(IntegrityError), transaction.atomic():
        Returnee.objects.filter(pk=one.pk).update(state="closed")
    with pytest.raises(IntegrityError), transaction.atomic():
        ListedLine.objects.update(returnee=None)
    commands.note_attempt(actor=duty, at=NOW, returnee=one, answer="no_answer")
    with pytest.raises(IntegrityError), transaction.atomic():
        Attempt.objects.update(answer="reached")


def test_what_lies_in_the_database_can_be_read_by_nobody_without_the_key(duty, unit):
    take_in(duty, unit, row("冯文杰", card(1), "13800000001"))
    assert Phone.objects.get().value == "+8613800000001"
    assert named("冯文杰").document == card(1)
    from django.db import connection  # noqa: PLC0415

    with connection.cursor() as cursor:
        cursor.execute("SELECT document FROM returnees_returnee")
        assert card(1).encode() not in bytes(cursor.fetchone()[0])


def test_what_words_say_of_a_risk():
    assert [risk_of(text) for text in ("高风险", "中", "低风险区", "中高风险", "", "High")] == [
        "high", "medium", "low", "unknown", "unknown", "high",
    ]  # fmt: skip
    entry = read_entry({"name": "冯文杰", "phone": "13800000001", "arrived_on": "前天"})
    assert entry is not None
    assert set(entry.issues) == {"no_document", "bad_date"}


def test_every_promise_holds_while_lines_wait(duty, unit):
    take_in(duty, unit, row("冯文杰", card(1)), row("错号", WRONG))
    assert [one.offenders for one in verify(at=NOW) if one.promise in {4, 5, 6}] == [[], [], []]
