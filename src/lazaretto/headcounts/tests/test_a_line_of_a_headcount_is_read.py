"""What a line of a headcount says: nothing is guessed, what is doubtful is named."""

import pytest

from lazaretto.headcounts.choices import Issue, LineOutcome
from lazaretto.headcounts.rules import columns_of, folded, is_header, place_of, read_entry
from lazaretto.headcounts.tests.lists import HEADER, card
from lazaretto.people.rules import initials

LINE = {"organisation": "正德", "name": "冯文杰", "document": card(7), "phone": "17225370406", "dormitory": "A栋238"}


def test_the_columns_of_a_park_are_known_in_any_order():
    header = HEADER.split(",")
    assert columns_of(header) == {
        0: "organisation", 1: "section", 2: "name", 3: "document", 4: "phone", 5: "dormitory", 6: "inside",
        7: "family", 8: "remark",
    }  # fmt: skip
    assert columns_of(["班次", "姓 名", "ID Number"]) == {1: "name", 2: "document"}
    assert is_header(header)
    assert not is_header(["正德", "研发", "冯文杰"])


def test_apostrophes_before_numbers_are_no_part_of_them():
    entry = read_entry({**LINE, "document": f"'{card(7)}", "phone": "’17225370406"})
    assert (entry.document, entry.phone, entry.issues) == (card(7), "+8617225370406", ())


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("C栋190", ("C栋", "190")), ("3号楼 502室", ("3号楼", "502室")), ("家属区12座3-401", ("家属区12座", "3-401")),
        ("190", ("", "190")), ("无", ("", "")), ("", ("", "")),
    ],
)  # fmt: skip
def test_building_and_room_are_told_apart(text, place):
    assert place_of(text) == place


@pytest.mark.parametrize(
    ("said", "issue"),
    [
        ({"name": ""}, Issue.NO_NAME),
        ({"name": "12345"}, Issue.ODD_NAME),
        ({"name": "长" * 130}, Issue.ODD_NAME),
        ({"document": card(7)[:-1] + ("1" if card(7)[-1] != "1" else "2")}, Issue.BAD_DOCUMENT),
        ({"document": "4401061967"}, Issue.BAD_DOCUMENT),
        ({"organisation": ""}, Issue.NO_ORGANISATION),
    ],
)
def test_what_somebody_must_decide_holds_the_line(said, issue):
    entry = read_entry({**LINE, **said})
    assert issue in entry.issues
    assert entry.outcome is LineOutcome.HELD


@pytest.mark.parametrize(
    ("said", "issue"), [({"document": ""}, Issue.NO_DOCUMENT), ({"phone": "123"}, Issue.BAD_PHONE)]
)
def test_what_can_be_lived_with_is_only_remarked(said, issue):
    entry = read_entry({**LINE, **said})
    assert entry.issues == (issue,)
    assert entry.outcome is LineOutcome.READY


def test_a_line_without_anybody_is_nobody():
    assert read_entry({"organisation": "正德", "section": "研发"}) is None


@pytest.mark.parametrize(
    ("said", "room", "inside"), [("是", "", True), ("否", "A栋238", False), ("", "A栋238", True), ("", "", None)]
)
def test_who_sleeps_inside(said, room, inside):
    assert read_entry({**LINE, "inside": said, "dormitory": room}).inside is inside


def test_names_of_enterprises_are_compared_without_width_and_spaces():
    assert folded("正德 ＡＢ科技") == folded("正德ab科技")


@pytest.mark.parametrize(("name", "letters"), [("单小明", "sxm"), ("曾伟", "zw"), ("Ada Bo", "ab"), ("欧阳娜", "oyn")])
def test_initials_find_somebody_at_the_table(name, letters):
    assert initials(name) == letters
