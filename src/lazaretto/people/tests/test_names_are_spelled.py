"""Pinyin of names: surname readings, search by letters, the form that certificates print."""

import pytest

from lazaretto.people.pinyin import fold_query, romanised, search_tokens


@pytest.mark.parametrize(
    ("name", "spelled"),
    [
        ("王小明", "WANG Xiaoming"), ("单小明", "SHAN Xiaoming"), ("曾国强", "ZENG Guoqiang"), ("仇英", "QIU Ying"),
        ("解缙", "XIE Jin"), ("查良", "ZHA Liang"), ("区志强", "OU Zhiqiang"), ("尉迟恭", "YUCHI Gong"),
        ("万俟明", "MOQI Ming"), ("令狐冲", "LINGHU Chong"), ("欧阳娜", "OUYANG Na"), ("吕布", "LYU Bu"),
        ("张西安", "ZHANG Xi'an"), ("巴特尔·苏和", "Bate'er Suhe"),
        ("SMITH John", "SMITH John"), ("單小明", "SHAN Xiaoming"),
    ],
)  # fmt: skip
def test_names_are_romanised_with_the_reading_of_the_surname(name, spelled):
    assert romanised(name) == spelled


@pytest.mark.parametrize(
    ("name", "typed"),
    [
        ("单小明", ["shanxiao", "sxm", "单小", "danxiao", "dxm", "xiaoming"]),
        ("吕布", ["lvbu", "lubu", "lyubu"]),
        ("王重阳", ["wangzhong", "wangchong"]),
        ("巴特尔·苏和", ["bateer", "苏和", "suhe", "巴特尔苏"]),
        ("GARCÍA José", ["garcia", "jose", "joseg", "garciaj"]),
        ("O'Brien Pat", ["obri", "pat"]),
    ],
)
def test_a_clerk_finds_a_name_by_what_they_are_likely_to_type(name, typed):
    tokens = search_tokens(name)
    for text in typed:
        assert any(token.startswith(fold_query(text)) for token in tokens), (text, tokens)


def test_rare_characters_of_names_have_a_spelling():
    assert search_tokens("䶮𬱖")[1] == "yandi"


def test_a_name_has_few_enough_tokens_to_be_stored():
    assert all(len(search_tokens(name)) <= 24 for name in ("欧阳重娜行", "单重长乐", "MARIA DEL CARMEN LOPEZ GARCIA"))
