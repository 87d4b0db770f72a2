"""A line of a laboratory's file as it is written: codes, words, Ct values."""

from decimal import Decimal

import pytest

from lazaretto.core.codes import tidy_code
from lazaretto.tubes.rules import columns_of, is_header, read_ct, read_line, read_outcome, standing_of


@pytest.mark.parametrize(
    ("said", "meant"),
    [
        ("阴性", "negative"),
        ("阴性(-)", "negative"),
        ("阴性（－）", "negative"),
        (" 阴 性 ", "negative"),
        ("-", "negative"),
        ("未检出", "negative"),
        ("N基因：阴性；ORF1ab：阴性", "negative"),
        ("Negative", "negative"),
        ("NEG", "negative"),
        ("新型冠状病毒核酸检测阴性", "negative"),
        ("Not detected", "negative"),
        ("'阴性", "negative"),
        ("阳性", "positive"),
        ("阳性(+)", "positive"),
        ("检出", "positive"),
        ("+", "positive"),
        ("Positive", "positive"),
        ("弱阳性", "suspect"),
        ("可疑", "suspect"),
        ("单靶标阳性", "suspect"),
        ("灰区，待复检", "suspect"),
        ("±", "suspect"),
        ("无效", "invalid"),
        ("标本不合格", "invalid"),
        ("样本量不足，请重采", "invalid"),
        ("invalid", "invalid"),
        ("", ""),
        ("N基因阳性 ORF1ab阴性", ""),
        ("排除阳性", ""),
        ("非阴性", ""),
        ("已报告", ""),
        ("见附件", ""),
        ("阴性/阳性", ""),
    ],
)
def test_words_of_laboratories(said, meant):
    assert read_outcome(said) == meant


@pytest.mark.parametrize(
    ("said", "meant"),
    [
        ("36.52", "36.5"),
        ("Ct=22.1", "22.1"),
        ("２８．０", "28.0"),
        ("NoCt", None),
        ("-", None),
        ("0", None),
        ("", None),
    ],
)
def test_ct_values(said, meant):
    assert read_ct(said) == (Decimal(meant) if meant else None)


@pytest.mark.parametrize("said", ["M0001", "'M0001", "M0001 ", "Ｍ０００１", "＇ M00 01"])
def test_codes_however_they_are_written(said):
    assert tidy_code(said) == "M0001"


def test_columns_in_any_order_with_any_words():
    assert columns_of(["序号", "姓名", "N基因 Ct值", "检测结果*", "条码", "条形码"]) == {
        2: "ct_n",
        3: "result",
        4: "tube",
    }
    assert is_header(["样本编号", "结果"])
    assert not is_header(["样本编号", "姓名"])


def test_a_line_with_neither_tube_nor_result_says_nothing():
    assert read_line({"tube": " ", "result": ""}) is None
    said = read_line({"tube": "试管一", "result": "阴性"})
    assert (said.tube, said.outcome) == ("", "negative")


@pytest.mark.parametrize(
    ("first", "second", "standing"),
    [
        ("negative", "", "negative"),
        ("invalid", "", "invalid"),
        ("positive", "", "preliminary"),
        ("suspect", "invalid", "preliminary"),
        ("suspect", "positive", "confirmed"),
        ("positive", "negative", "refuted"),
        ("", "", ""),
        ("negative", "positive", "negative"),
    ],
)
def test_what_two_stages_say(first, second, standing):
    assert standing_of(first, second) == standing
