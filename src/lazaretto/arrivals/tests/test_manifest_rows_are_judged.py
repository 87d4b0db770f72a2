"""What becomes of a line: mended when certain, held with a named reason when not, never changed silently."""

from datetime import date

import pytest

from lazaretto.arrivals.tests.offices import (
    HEADER,
    TODAY,
    by_outcome,
    card,
    codes,
    line,
    person,
    read,
    read_rows,
    text,
    xlsx,
)


def judged(*cells, header=("姓名", "证件号码", "出生日期", "电话")):
    return line(read_rows([list(header), list(cells)]), 2)


@pytest.mark.parametrize(
    "written",
    [
        "440105 19910209 0167",
        "4401 0519 9102 0901 67",
        "４４０１０５１９９１０２０９０１６７",
        "'440105199102090167",
        "\t440105199102090167",
        "440105199102090167\u200b",
        "440105-19910209-0167",
        "身份证440105199102090167",
        "440105199102090167.0",
        "440105910209016",
        "44010519910209O167",
    ],
)
def test_a_number_that_is_certain_is_mended_and_the_mend_is_shown(written):
    found = judged("李梅", written, "1991-02-09", "13800138000")
    assert found.outcome == "ready"
    assert found.person.documents[0].number == "440105199102090167"
    if written.strip() != "440105199102090167":
        assert [(mend.field, mend.before, mend.after) for mend in found.mends] == [
            ("document", written, "440105199102090167")
        ]


def test_a_letter_among_the_digits_is_not_guessed_when_the_birth_date_does_not_confirm_it():
    assert codes(judged("李梅", "44010519910209O167", "", "13800138000")) == ["id_checksum"]


@pytest.mark.parametrize("last", ["x", "Ｘ", "×", "*", "Х"])
def test_every_way_to_write_the_check_digit_x_is_read(last):
    assert judged("李梅", "61010219760324624" + last, "", "").person.documents[0].number == "61010219760324624X"


@pytest.mark.parametrize(
    ("written", "code"),
    [
        ("440105199102090168", "id_checksum"),
        ("44010519910209016", "id_length"),
        ("4401051991020901677", "id_length"),
        ("4.40105E+17", "id_precision_lost"),
        ("4.42E+17", "id_precision_lost"),
        (440105199102090167, "id_precision_lost"),
        (4.401051991020902e17, "id_precision_lost"),
        ("440105199102090000", "id_precision_lost"),
        ("440105********0167", "document_masked"),
        ("E1234", "document_invalid"),
        ("见附件", "document_invalid"),
    ],
)
def test_a_number_that_cannot_be_mended_is_held_by_name_and_kept_as_it_stood(written, code):
    found = judged("李梅", written, "1991-02-09", "13800138000", header=("姓名", "证件号", "生日", "电话"))
    assert (found.outcome, codes(found)) == ("held", [code])
    assert found.person.documents == ()
    assert found.cells[1] == (written if isinstance(written, str) else "4.401051991020902E+17")


def test_an_impossible_date_inside_a_number_is_held_though_the_check_digit_agrees():
    assert codes(judged("李梅", card("19910231"), "", "1"))[0] == "id_impossible"


def test_the_trick_with_an_equals_sign_in_text_files_is_undone():
    found = line(read(f'姓名,身份证号\n李梅,"=""{card()}"""\n'.encode()), 2)
    assert found.person.documents[0].number == card()


def test_a_birth_date_that_contradicts_the_card_is_held():
    found = judged("李梅", card("19910209"), "1991-03-09", "13800138000")
    assert (found.outcome, codes(found), found.person.birth_date) == ("held", ["birth_date_conflict"], None)


def test_a_wrong_check_digit_is_not_also_called_a_birth_date_conflict():
    assert codes(judged("李梅", "440105199102090168", "1980-01-01", "13800138000")) == ["id_checksum"]


@pytest.mark.parametrize(
    "written",
    [
        "1991-02-09", "1991/2/9", "1991.2.9", "19910209", 19910209, "1991年2月9日", date(1991, 2, 9), 33278, "33278",
        "9-Feb-1991", "9 February 1991", "Feb 9, 1991", "1991-02-09 00:00:00", "１９９１－０２－０９", "91.2.9",
        "910209",
        "民国80年2月9日", "一九九一年二月九日", "1991 02 09", "13/02/1991",
    ],
)  # fmt: skip
def test_birth_dates_are_read_in_all_their_forms(written):
    expected = date(1991, 2, 13) if written == "13/02/1991" else date(1991, 2, 9)
    found = judged("SMITH John", "GB2036081", written, "+81 832647724")
    assert (found.outcome, found.person.birth_date) == ("ready", expected)


def test_day_and_month_that_can_be_exchanged_are_held_unless_the_card_decides():
    assert codes(judged("SMITH John", "GB2036081", "09/02/1991", "")) == ["birth_date_ambiguous"]
    assert judged("李梅", card("19910209"), "09/02/1991", "").person.birth_date == date(1991, 2, 9)


def test_day_and_month_are_settled_by_a_column_that_shows_its_order_three_times():
    rows = [
        ["Name", "Passport", "DOB"],
        *[[f"SMITH {c}", f"GB203608{n}", f"{20 + n}/03/1980"] for n, c in enumerate("ABC")],
    ]
    manifest = read_rows([*rows, ["JONES D", "GB9999999", "09/02/1991"]])
    assert line(manifest, 5).person.birth_date == date(1991, 2, 9)
    assert line(manifest, 5).mends[0].reason == "column_order"


@pytest.mark.parametrize("written", ["1991", "1991.2", "不清楚", "2031-01-01", "1850-01-01", "1991-02-30"])
def test_a_birth_date_nobody_can_read_is_held_but_only_noted_beside_a_valid_card(written):
    assert codes(judged("SMITH John", "GB2036081", written, "")) == ["birth_date_invalid"]
    beside = judged("李梅", card("19910209"), written, "")
    if written in {"2031-01-01", "1850-01-01"}:
        assert codes(beside) == ["birth_date_conflict"]
    else:
        assert (beside.outcome, beside.person.birth_date) == ("ready", date(1991, 2, 9))


def test_a_missing_birth_date_and_sex_come_from_the_card():
    found = judged("李梅", card("19910209", "016"), "", "")
    assert (found.person.birth_date, found.person.sex) == (date(1991, 2, 9), "female")


def test_a_sex_that_contradicts_the_card_is_held():
    found = judged("李梅", card(sequence="016"), "男", header=("姓名", "身份证号", "性别"))
    assert codes(found) == ["sex_conflict"]


@pytest.mark.parametrize(
    ("written", "numbers", "issues"),
    [
        ("13661318609", ("+8613661318609",), []),
        (13661318609, ("+8613661318609",), []),
        ("１３６６１３１８６０９", ("+8613661318609",), []),
        ("136-6131-8609", ("+8613661318609",), []),
        ("+86 136 6131 8609", ("+8613661318609",), []),
        ("13661318609/13012345678", ("+8613661318609", "+8613012345678"), []),
        ("13661318609、13012345678", ("+8613661318609", "+8613012345678"), []),
        ("13661318609\n13012345678", ("+8613661318609", "+8613012345678"), []),
        ("13661318609 13012345678", ("+8613661318609", "+8613012345678"), []),
        ("0760-88888888", ("+8676088888888",), []),
        ("+81 832647724", ("+81832647724",), []),
        ("1366131860", (), ["phone_invalid"]),
        ("2095-01-01", (), ["phone_invalid"]),
        ("136613186099", (), ["phone_invalid"]),
        ("12345678901", (), ["phone_invalid"]),
        ("1.36613E+10", (), ["phone_invalid"]),
        ("13661318609/1301234", ("+8613661318609",), ["phone_invalid"]),
        ("无", (), []),
    ],
)
def test_telephones_are_read_and_a_wrong_one_only_warns(written, numbers, issues):
    found = judged("李梅", card(), "1991-02-09", written)
    assert (found.outcome, found.person.phones, codes(found)) == ("ready", numbers, issues)


def test_without_document_somebody_identified_otherwise_passes_with_a_warning():
    found = judged("李梅", "", "1991-02-09", "13800138000")
    assert (found.outcome, codes(found)) == ("ready", ["no_document"])
    assert codes(judged("李梅", "暂无", "1991-02-09", "13800138000")) == ["no_document"]


@pytest.mark.parametrize(
    "cells", [("李梅", "", "", "13800138000"), ("李梅", "", "1991-02-09", ""), ("李梅", "无", "", "")]
)
def test_without_document_and_not_identified_otherwise_is_held(cells):
    found = judged(*cells)
    assert (found.outcome, codes(found)) == ("held", ["no_document"])


def test_a_newborn_without_document_is_vouched_for_by_the_household():
    rows = [["姓名", "证件号码", "出生日期", "家庭"], ["李梅", card(), "", "F1"], ["李小宝", "", "2021-05-01", "F1"]]
    assert line(read_rows(rows), 3).outcome == "ready"


def test_two_people_with_one_number_are_both_held():
    rows = [HEADER, person(1, "李梅"), person(2), [3, "王强", *person(1)[2:]]]
    manifest = read_rows(rows)
    assert by_outcome(manifest)["held"] == [2, 4]
    assert line(manifest, 2).issues[0].code == "duplicate_document"
    assert line(manifest, 2).issues[0].rows == ("名单:4",)


def test_the_same_person_twice_stands_once_and_the_repetition_is_held():
    manifest = read_rows([HEADER, person(1, "李梅"), person(2), person(1, "李 梅")])
    assert by_outcome(manifest) == {"ready": [2, 3], "held": [4], "skipped": [1]}
    assert codes(line(manifest, 4)) == ["duplicate_document"]


def test_a_number_in_its_old_and_new_form_on_two_sheets_is_one_number():
    old = person(1, "李梅", "440105910209016", birth="19910209", sex="女")
    new = person(2, "王强", "440105199102090167", birth="19910209", sex="女")
    manifest = read(xlsx({"a": [HEADER, old], "b": [HEADER, new]}))
    assert codes(line(manifest, 2)) == codes(line(manifest, 2, sheet=1)) == ["duplicate_document"]


def test_the_same_person_twice_without_document_is_held():
    row = ["李梅", "", "1991-02-09", "13800138000"]
    manifest = read_rows([["姓名", "证件号码", "出生日期", "电话"], row, row])
    assert codes(line(manifest, 3)) == ["duplicate_person", "no_document"]
    assert line(manifest, 2).outcome == "ready"


def test_two_documents_in_one_cell_are_both_kept():
    found = judged("李梅", "440105199102090167/E12345678", "", "")
    assert [(d.kind, d.number) for d in found.person.documents] == [
        ("id_card", "440105199102090167"),
        ("passport", "E12345678"),
    ]


def test_separate_columns_for_card_and_passport_are_both_read():
    found = judged("李梅", card(), "e12345678", header=("姓名", "身份证号码", "护照号码"))
    assert [d.kind for d in found.person.documents] == ["id_card", "passport"]


def test_a_passport_number_under_the_kind_identity_card_is_held():
    header = ("姓名", "证件类型", "证件号码")
    assert codes(judged("李梅", "身份证", "E12345678", header=header)) == ["document_kind_conflict"]
    assert judged("李梅", "护照", card(), header=header).person.documents[0].kind == "id_card"


@pytest.mark.parametrize(
    ("kind", "number", "expected"),
    [
        ("港澳居民来往内地通行证", "H0123456701", "hk_macao_permit"),
        ("回乡证", "M01234567", "hk_macao_permit"),
        ("台胞证", "01234567", "taiwan_permit"),
        ("护照", "n5338739", "passport"),
        ("Passport", "C01X00T47", "passport"),
        ("出生证明", "T440012345", "other"),
        ("", "810000199103240012", None),
    ],
)
def test_permits_and_foreign_passports_are_kept_by_their_kind(kind, number, expected):
    found = judged("李梅", kind, number, header=("姓名", "证件类型", "证件号码"))
    if expected:
        assert (found.person.documents[0].kind, found.person.documents[0].number) == (expected, number.upper())


@pytest.mark.parametrize(
    ("written", "name"),
    [
        ("李 梅", "李梅"),
        ("\u200b李梅\xa0", "李梅"),
        ("李　梅", "李梅"),
        ("巴特尔•苏和", "巴特尔·苏和"),
        ("巴特尔．苏和", "巴特尔·苏和"),
        ("李梅女士", "李梅"),
        ("李梅（孕妇）", "李梅"),
        ("Mr. SMITH John", "SMITH John"),
        ("SMITH/JOHN PAUL MR", "SMITH JOHN PAUL"),
        ("ＳＭＩＴＨ　Ｊｏｈｎ", "SMITH John"),
        ("GARCÍA  José", "GARCÍA José"),
        ("李梅 LI Mei", "李梅"),
    ],
)
def test_names_are_tidied_and_the_mend_is_shown(written, name):
    found = judged(written, card(), "", "")
    assert (found.outcome, found.person.name) == ("ready", name)
    assert found.mends[0].before == written


def test_a_remark_beside_the_name_becomes_a_remark_and_a_need():
    found = judged("李梅（孕妇）", card(), "", "")
    assert found.person.remarks == ("孕妇",)
    assert [need.kind for need in found.person.needs] == ["pregnant"]


@pytest.mark.parametrize(
    ("name", "code"),
    [("", "name_missing"), ("无", "name_missing"), ("13800138000", "name_invalid"), ("李?", "name_invalid"),
     ("李\ufffd梅", "name_invalid"), ("李梅、王强", "several_people_in_row"), ("李梅\n王强", "several_people_in_row")],
)  # fmt: skip
def test_a_name_nobody_can_vouch_for_is_held(name, code):
    found = judged(name, card(), "", "13800138000")
    assert (found.outcome, codes(found)[0]) == ("held", code)


def test_family_and_given_name_in_two_columns_are_one_name():
    header = ("Surname", "Given names", "Passport No.")
    assert judged("SMITH", "John Paul", "GB2036081", header=header).person.name == "SMITH John Paul"
    assert judged("李", "梅", card(), header=("姓", "名", "身份证号")).person.name == "李梅"


def test_needs_diet_language_and_yes_no_columns_are_understood():
    header = ("姓名", "证件号码", "特殊需求", "饮食", "语言", "是否孕妇", "备注")
    found = judged("李梅", card(), "行动不便、需血液透析", "不吃猪肉", "西班牙语", "是", "晚到", header=header)
    assert {need.kind for need in found.person.needs} == {"mobility", "dialysis", "diet", "pregnant"}
    assert (found.person.language, found.person.remarks) == ("西班牙语", ("晚到",))


@pytest.mark.parametrize("words", ["无", "无特殊需求", "否", "None", "/", "无基础疾病", "没有过敏"])
def test_no_need_is_no_need(words):
    assert judged("李梅", card(), words, header=("姓名", "证件号码", "特殊需求")).person.needs == ()


def test_needs_in_words_we_do_not_know_are_kept_as_other():
    found = judged("李梅", card(), "需要婴儿床", header=("姓名", "证件号码", "特殊需求"))
    assert found.person.needs[0].text == "需要婴儿床"
    assert judged("李梅", card(), "靠窗", header=("姓名", "证件号码", "特殊需求")).person.needs[0].kind == "other"


@pytest.mark.parametrize(
    ("words", "category"),
    [("入境人员", "inbound"), ("密接", "close_contact"), ("密切接触者", "close_contact"),
     ("次密接", "secondary_contact"),
     ("密接的密接", "secondary_contact"), ("Close contact", "close_contact"), ("无症状感染者", "case")],
)  # fmt: skip
def test_categories_are_told_apart(words, category):
    assert judged("李梅", card(), words, header=("姓名", "证件号码", "人员类别")).person.category == category


def test_an_exposure_date_that_cannot_be_read_is_held_because_the_clock_rests_on_it():
    header = ("姓名", "证件号码", "末次暴露日期", "入境日期")
    assert codes(judged("李梅", card(), "上周", "2021.6.3", header=header)) == ["exposure_date_invalid"]
    ahead = judged("李梅", card(), f"{TODAY.year + 1}-11-20", "2021.6.3", header=header)
    assert codes(ahead) == ["exposure_date_ahead"]
    assert ahead.outcome == "held"
    found = judged("李梅", card(), "2021.5.31", "不详", header=header)
    assert (found.outcome, found.person.exposure_date) == ("ready", date(2021, 5, 31))


def test_a_date_without_year_is_the_one_near_the_date_of_the_list():
    rows = [
        ["名单 2020年12月30日"],
        ["姓名", "证件号码", "末次暴露日期"],
        ["李梅", card(), "1月2日"],
        ["王强", card(sequence="031"), "6月2日"],
    ]
    manifest = read_rows(rows)
    assert line(manifest, 3).person.exposure_date == date(2021, 1, 2)
    assert line(manifest, 3).mends[0].reason == "year_added"
    assert codes(line(manifest, 4)) == ["exposure_date_invalid"]


def test_a_household_label_on_two_sheets_is_pointed_out():
    header = [*HEADER, "家庭编号"]
    manifest = read(xlsx({"a": [header, [*person(1), "F1"]], "b": [header, [*person(2), "F1"]]}))
    assert codes(line(manifest, 2, sheet=1)) == ["household_on_two_sheets"]


def test_damaged_bytes_of_a_text_file_are_counted_and_their_row_is_held():
    data = text([HEADER, person(1), person(2, "李梅梅")]).replace("梅梅".encode(), b"\xe6\xa2" + "梅".encode())
    manifest = read(data)
    assert "damaged_text" in [issue.code for issue in manifest.issues]
    assert by_outcome(manifest) == {"ready": [2], "held": [3], "skipped": [1]}
