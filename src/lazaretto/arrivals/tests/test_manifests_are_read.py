"""Where the people stand in the files that offices send: headers, lines, sheets, formats."""

from datetime import date

import pytest

from lazaretto.arrivals.manifest import Field, LineKind
from lazaretto.arrivals.tests.offices import (
    HEADER,
    by_outcome,
    card,
    codes,
    line,
    person,
    read,
    read_rows,
    text,
    xls,
    xlsx,
)
from lazaretto.core.tables import EmptyFile, NotATable, PasswordProtected, TableError, TooLarge, read_workbook


def fields(manifest, table=0):
    return {column.header.replace("\n", ""): column.field for column in manifest.tables[table].columns}


def test_title_blank_and_total_lines_are_no_people():
    rows = [
        ["某市转运人员名单"],
        ["转出单位：口岸    日期：2021年6月3日"],
        [],
        HEADER,
        person(1),
        [],
        person(2),
        ["合计", "2人"],
    ]
    manifest = read_rows(rows)
    assert by_outcome(manifest) == {"ready": [5, 7], "held": [], "skipped": [1, 2, 3, 4, 6, 8]}
    assert [each.kind for each in manifest.lines][:4] == ["title", "title", "blank", "header"]
    assert manifest.declared[0].agrees


def test_rows_are_numbered_as_in_excel_when_the_sheet_begins_with_empty_rows_and_columns():
    rows = [[], [], [], [None, None, *HEADER], [None, None, *person(1)]]
    manifest = read_rows(rows)
    assert line(manifest, 5).kind is LineKind.PERSON
    assert line(manifest, 5).person.name == person(1)[1]


@pytest.mark.parametrize(
    "header",
    [
        ["编号", "旅客姓名", "性别", "身份证号", "出生年月日", "联系电话"],
        ["No.", "Full Name", "Gender", "ID No.", "Date of Birth", "Mobile"],
        ["S/N", "Passenger Name", "Sex", "ID/Passport Number", "DOB", "Contact No."],
        ["序\n号", "姓  名", "性\n别", "证件号码\n（身份证/护照）", "出生\n日期", "手机号\n（本人）"],
        ["序號", "姓名", "性別", "證件號碼", "出生日期", "電話"],
        ["序号 No.", "姓名 Name", "性别 Sex", "证件号码 ID No.", "出生日期 Date of birth", "电话 Phone"],
        [" 序号 ", "姓名*", "性别（男/女）", "有效身份证件号码", "生日", "联系方式（手机）"],
    ],
)
def test_other_wordings_of_the_header_mean_the_same(header):
    found = line(read_rows([header, person(3, "李小梅")]), 2)
    assert found.outcome == "ready", found.issues
    assert found.person.name == "李小梅"
    assert found.person.documents[0].number == person(3)[3]
    assert found.person.phones == ("+8613800000003",)


def test_a_header_of_which_only_the_name_is_known_is_a_header():
    manifest = read_rows([["姓名", "杂项", "甲"], ["李梅", "甲类", "乙"], ["王强", "", ""]])
    assert [line(manifest, row).person.name for row in (2, 3)] == ["李梅", "王强"]
    assert by_outcome(manifest)["held"] == [2, 3]


def test_columns_may_stand_in_any_order_and_extra_columns_are_kept():
    manifest = read_rows(
        [["车牌号", "手机", "证件号码", "姓名", "体温"], ["粤A1", "13800138000", card(), "李梅", 36.5]]
    )
    found = line(manifest, 2).person
    assert (found.name, found.documents[0].number) == ("李梅", card())
    assert found.details == {"车牌号": "粤A1", "体温": "36.5"}


def test_a_header_over_two_rows_with_merged_groups_is_one_header():
    rows = [
        ["序号", "姓名", "证件", None, "航班信息", None],
        [None, None, "类型", "号码", "航班号", "座位"],
        [1, "李梅", "身份证", card(), "CZ331", "12A"],
    ]
    manifest = read(xlsx({"a": rows}, merged=["A1:A2", "B1:B2", "C1:D1", "E1:F1"]))
    assert manifest.tables[0].header_rows == (1, 2)
    assert line(manifest, 3).person.flight == "CZ331"
    assert line(manifest, 3).person.seat == "12A"
    assert [column.field for column in manifest.tables[0].columns][2:4] == [Field.DOCUMENT_KIND, Field.DOCUMENT]


def test_a_header_over_two_rows_is_found_in_text_without_merged_cells():
    rows = [
        ["序号", "姓名", "证件", "", "电话"],
        ["", "", "类型", "号码", ""],
        ["1", "李梅", "身份证", card(), "13800138000"],
    ]
    manifest = read(text(rows))
    assert manifest.tables[0].header_rows == (1, 2)
    assert line(manifest, 3).person.documents[0].number == card()


def test_a_second_header_line_in_english_belongs_to_the_header():
    rows = [["姓名", "证件号码", "电话"], ["Name", "ID No.", "Phone"], ["李梅", card(), "13800138000"]]
    manifest = read_rows(rows)
    assert by_outcome(manifest) == {"ready": [3], "held": [], "skipped": [1, 2]}


def test_the_header_repeated_on_each_page_is_skipped():
    manifest = read_rows([HEADER, person(1), ["小计", "1人"], HEADER, person(2), ["小计", "1人"], ["总计", "2人"]])
    assert by_outcome(manifest) == {"ready": [2, 5], "held": [], "skipped": [1, 3, 4, 6, 7]}
    assert len(manifest.tables) == 1
    assert [total.agrees for total in manifest.declared] == [True, True, True]


def test_a_second_table_with_other_columns_on_the_same_sheet_is_read_by_its_own_header():
    rows = [HEADER, person(1), [], ["补充名单"], ["姓名", "护照号", "国籍"], ["SMITH John", "GB2036081", "英国"]]
    manifest = read_rows(rows)
    assert len(manifest.tables) == 2
    assert line(manifest, 6).person.documents[0].kind == "passport"
    assert line(manifest, 4).outcome == "skipped"


def test_every_sheet_is_read_with_its_own_columns():
    second = [["旅客姓名", "护照号码"], ["TANAKA Yui", "JP7982361"]]
    manifest = read(xlsx({"一车": [HEADER, person(1)], "二车": second, "说明": [["请按要求填写"]]}))
    assert [(sheet.ready, sheet.held) for sheet in manifest.sheets] == [(1, 0), (1, 0), (0, 0)]
    assert [issue.code for issue in manifest.issues] == ["no_table"]


def test_people_on_a_hidden_sheet_are_held():
    manifest = read(xlsx({"名单": [HEADER, person(1)], "旧": [HEADER, person(2)]}, hidden=["旧"]))
    assert codes(line(manifest, 2, sheet=1)) == ["hidden_sheet"]
    assert manifest.sheets[1].held == 1


def test_a_list_without_header_is_read_by_its_content():
    manifest = read_rows([person(number)[1:] for number in range(1, 6)])
    assert [issue.code for issue in manifest.issues] == ["no_header"]
    assert line(manifest, 1).person.name == person(1)[1]
    assert line(manifest, 1).person.documents[0].number == person(1)[3]
    assert line(manifest, 1).person.phones == ("+8613800000001",)


def test_a_column_with_an_unknown_header_is_recognised_by_its_content():
    rows = [["姓名", "码"], *[[f"王{chr(0x4E00 + n)}", card(f"1991020{n}", f"01{n}")] for n in range(1, 5)]]
    manifest = read_rows(rows)
    assert manifest.tables[0].columns[1].source == "content"
    assert line(manifest, 2).person.documents[0].number == rows[1][1]


def test_a_merged_household_cell_belongs_to_all_its_rows_and_to_no_other():
    rows = [[*HEADER, "家庭编号"], [*person(1), "F1"], person(2), person(3)]
    manifest = read(xlsx({"a": rows}, merged=["G2:G3"]))
    assert [line(manifest, row).person.household for row in (2, 3, 4)] == ["F1", "F1", ""]


def test_a_merged_flight_or_date_belongs_to_all_its_rows_but_a_document_does_not():
    rows = [[*HEADER, "航班号", "入境日期"], [*person(1), "CZ1", date(2021, 6, 3)], [2, "李乙", None, None, None, None]]
    manifest = read(xlsx({"a": rows}, merged=["D2:D3", "G2:G3", "H2:H3"]))
    second = line(manifest, 3)
    assert (second.person.flight, second.person.arrival_date) == ("CZ1", date(2021, 6, 3))
    assert second.person.documents == ()
    assert codes(second) == ["no_document"]


def test_old_excel_files_are_read_with_their_merged_cells_and_dates():
    rows = [["名单"], [*HEADER, "同行"], [*person(1)[:4], date(1951, 2, 11), "13800138000", "A"], [*person(2)]]
    manifest = read(xls(rows, merged=[(2, 3, 6, 6)]))
    assert by_outcome(manifest)["ready"] == [3, 4]
    assert line(manifest, 3).person.birth_date == date(1951, 2, 11)
    assert line(manifest, 4).person.household == "A"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "gb18030", "gbk"])
@pytest.mark.parametrize("delimiter", [",", "\t", ";"])
def test_text_files_are_read_in_every_usual_encoding_and_delimiter(encoding, delimiter):
    manifest = read(text([["名单"], HEADER, *[person(n) for n in range(1, 4)], ["合计", "3人"]], encoding, delimiter))
    assert by_outcome(manifest) == {"ready": [3, 4, 5], "held": [], "skipped": [1, 2, 6]}
    assert line(manifest, 3).person.name == person(1)[1]


def test_big5_text_is_told_from_gb18030():
    manifest = read("姓名\t證件號碼\t電話\n陳大文\tH1234567890\t13800138000\n".encode("big5"))
    assert line(manifest, 2).person.name == "陳大文"


def test_blank_lines_of_a_text_file_keep_the_row_numbers_of_excel():
    data = f"姓名,证件号码\r\n\r\n\r\n李梅,{card()}\r\n".encode("gb18030")
    assert line(read(data), 4).person.name == "李梅"


def test_a_quote_that_is_never_closed_does_not_swallow_the_following_people():
    people = f'李梅,{card()},"晚到\n王强,{card(sequence="031")},\n赵敏,{card(sequence="044")},\n'
    manifest = read(f"姓名,证件号码,备注\n{people}".encode())
    assert by_outcome(manifest)["ready"] == [2, 3, 4]
    assert "quotes_ignored" in [issue.code for issue in manifest.issues]


@pytest.mark.parametrize(
    "cells",
    [
        "<tr><td rowspan=1000 colspan=1000>x</td></tr>" * 2,
        "<tr>" + "<td colspan=1000>x</td>" * 900 + "</tr>" + "<tr><td>x</td></tr>" * 9,
    ],
    ids=["spans", "sheet"],
)
def test_an_html_table_that_swells_is_refused_before_it_takes_the_memory(cells):
    with pytest.raises(TooLarge):
        read_workbook(f"<table>{cells}</table>".encode())


def test_an_html_table_under_the_name_of_an_excel_file_is_read():
    cells = "".join(f"<tr><td rowspan=1>{row[1]}</td><td>{row[3]}</td></tr>" for row in (person(1), person(2)))
    data = f"<html><table><tr><th>姓名</th><th>证件号码</th></tr>{cells}</table></html>".encode("gbk")
    assert by_outcome(read(data))["ready"] == [2, 3]


def test_the_words_around_a_table_inside_a_table_are_kept():
    inner = f"<table><tr><th>姓名</th><th>证件号码</th></tr><tr><td>李梅</td><td>{card()}</td></tr></table>"
    manifest = read(f"<table><tr><td>共1人{inner}</td></tr></table>".encode())
    assert manifest.lines[0].cells == ("共1人",)
    assert manifest.people[0].cells == ("李梅", card())


def test_notes_and_signatures_under_the_list_are_no_people():
    rows = [
        HEADER,
        person(1),
        ["备注：以上人员均已核酸检测"],
        ["填表人：", None, "审核人："],
        ["以下空白"],
        ["注：请携带身份证"],
    ]
    assert by_outcome(read_rows(rows)) == {"ready": [2], "held": [], "skipped": [1, 3, 4, 5, 6]}


def test_a_note_that_names_a_contact_by_telephone_is_no_person():
    rows = [HEADER, person(1), [None, "联系人：车队 电话：13800138000"]]
    assert line(read_rows(rows), 3).outcome == "skipped"


def test_lines_numbered_in_advance_and_never_filled_are_blank():
    manifest = read_rows([HEADER, person(1), [2], [3], [4]])
    assert by_outcome(manifest)["skipped"] == [1, 3, 4, 5]


def test_a_line_of_column_numbers_under_the_header_is_a_note():
    assert line(read_rows([HEADER, [1, 2, 3, 4, 5, 6], person(1)]), 2).kind is LineKind.NOTE


def test_a_section_title_merged_across_the_list_is_no_person():
    rows = [HEADER, ["第一组"], person(1), ["第二车（儿童）"], person(2)]
    manifest = read(xlsx({"a": rows}, merged=["A2:F2", "A4:F4"]))
    assert by_outcome(manifest) == {"ready": [3, 5], "held": [], "skipped": [1, 2, 4]}


def test_somebody_outside_every_table_is_held_and_not_skipped():
    rows = [["李梅", None, card()], [], HEADER, person(1)]
    manifest = read_rows(rows)
    assert codes(line(manifest, 1)) == ["unrecognised_line"]


def test_two_lists_side_by_side_are_held():
    rows = [
        ["姓名", "证件号码", "姓名", "证件号码"],
        ["李梅", card(), "王强", card(sequence="031")],
        ["赵敏", card(sequence="044")],
    ]
    manifest = read_rows(rows)
    assert "several_people_in_row" in codes(line(manifest, 2))
    assert line(manifest, 3).outcome == "ready"


@pytest.mark.parametrize(
    ("words", "number"),
    [
        (["合计", "3人"], 3),
        (["合计：3人"], 3),
        ([None, "共计", 3], 3),
        (["总计", None, None, 3], 3),
        (["Total", 3], 3),
        (["Total: 3 persons"], 3),
        (["Grand total", "3 pax"], 3),
        (["合 计", "三人"], 3),
        (["共三人"], 3),
        (["总人数：3"], 3),
        (["合计3人，其中男2人，女1人"], 3),
        (["小计", None, "3 名"], 3),
        ([4, "合计", "3人"], 3),
    ],
)
def test_totals_in_any_words_are_read_and_compared(words, number):
    manifest = read_rows([HEADER, *[person(n) for n in range(1, 4)], words])
    assert line(manifest, 5).kind is LineKind.TOTAL
    assert [(total.declared, total.agrees) for total in manifest.declared] == [(number, True)]


def test_a_total_that_does_not_match_is_told_with_both_numbers():
    manifest = read_rows([HEADER, person(1), person(2), ["合计", "3人"]])
    (issue,) = manifest.issues
    assert (issue.code, issue.excel_row, dict(issue.params)) == ("total_mismatch", 4, {"declared": 3, "counted": 2})


@pytest.mark.parametrize(
    "title",
    [
        "入境人员名单（共2人）",
        "转运名单(2人)",
        "名单 共计：2人",
        "Passenger list, total 2 passengers",
        "本次转运共二人",
    ],
)
def test_a_number_of_people_in_the_title_is_compared_too(title):
    assert [d.agrees for d in read_rows([[title], HEADER, person(1), person(2)]).declared] == [True]
    assert read_rows([[title], HEADER, person(1)]).issues[0].code == "total_mismatch"


def test_a_date_or_a_bus_number_in_the_title_is_no_total():
    assert read_rows([["2021年6月3日 3号车 名单"], HEADER, person(1)]).declared == ()


def test_a_sheet_that_fills_the_last_row_of_its_format_is_suspected_of_lost_people():
    rows = [["姓名", "证件号码"], ["李梅", "E00000001"], *[[]] * 65_533, ["王强", "E00000002"]]
    manifest = read(xls(rows))
    assert "row_limit_reached" in [issue.code for issue in manifest.issues]


@pytest.mark.parametrize(
    ("data", "error"),
    [
        (b"", EmptyFile),
        (b"   \r\n", EmptyFile),
        (b"%PDF-1.7 ...", NotATable),
        (b"\x89PNG\r\n", NotATable),
        (b"PK\x03\x04 cut off", TableError),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, TableError),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "EncryptedPackage".encode("utf-16-le"), PasswordProtected),
        (xlsx({"empty": []}), EmptyFile),
        (xlsx({"a": [HEADER]})[:-300], TableError),
    ],
)
def test_files_that_cannot_be_read_say_why(data, error):
    with pytest.raises(TableError) as caught:
        read_workbook(data)
    assert type(caught.value) is error


def test_a_file_without_people_says_so():
    assert "no_people" in [issue.code for issue in read_rows([HEADER]).issues]


def test_a_mapping_chosen_by_a_person_wins_over_the_guess():
    data = xlsx({"a": [["姓名", "其他", "电话"], ["李梅", card(), "13800138000"]]})
    signature = read(data).tables[0].signature
    manifest = read(data, chosen={signature: {1: Field.DOCUMENT, 2: Field.OTHER}})
    assert line(manifest, 2).person.documents[0].number == card()
    assert line(manifest, 2).person.phones == ()
    assert manifest.tables[0].columns[1].source == "chosen"
