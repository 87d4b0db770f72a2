"""What makes two records look like one person, and what does not."""

from datetime import date

import pytest

from lazaretto.people.likeness import Traits, near, reasons

BORN = date(1949, 12, 31)


def traits(name, *numbers, phones=(), born=None, names=()):
    return Traits(frozenset((name, *names)), frozenset(numbers), frozenset(phones), born)


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        (traits("曾小明", born=BORN), traits("曾小明", born=BORN), ["same_name_birth"]),
        (traits("曾小明", born=BORN), traits("ZENG Xiaoming", born=BORN), ["same_sound_birth"]),
        (traits("曾小明", born=BORN), traits("Xiaoming Zeng", born=BORN), ["same_sound_birth"]),
        (traits("曾小明", phones=["a"]), traits("曾晓明", phones=["a", "b"]), ["same_phone"]),
        (traits("李伟", "E12345678"), traits("李伟", "E12345687"), ["near_number"]),
        (traits("李伟", "110105491231002"), traits("王五", "11010519491231002X"), ["same_number"]),
        (traits("李伟", "E12345678"), traits("王五", "E12345678", born=BORN), ["same_number"]),
    ],
)
def test_two_records_look_like_one_person(one, other, expected):
    assert reasons(one, other) == reasons(other, one) == expected


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (traits("曾小明"), traits("曾小明")),  # a common name says nothing
        (traits("曾小明", born=BORN), traits("曾小明", born=date(1950, 1, 1), phones=["a"])),
        (traits("曾小明", phones=["a"], born=BORN), traits("曾小明", phones=["a"], born=date(1975, 5, 5))),
        (traits("曾小明", phones=["a"]), traits("曾小红", phones=["a"])),  # a family with one phone
        (traits("李伟", "E12345678"), traits("王五", "E12345679")),  # passports issued one after the other
        (traits("曾小明", born=BORN), traits("李伟", born=BORN)),
    ],
)
def test_two_people_do_not(one, other):
    assert reasons(one, other) == reasons(other, one) == []


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        ("E12345678", "E12345678", False),
        ("E12345678", "E12345679", True),
        ("E12345678", "E12345768", True),
        ("E12345678", "E1234678", True),
        ("E12345678", "12345678", True),
        ("E12345678", "E12345690", False),
        ("E12345678", "E12354687", False),
        ("12345", "12346", False),
    ],
)
def test_numbers_are_near_when_one_slip_makes_the_other(one, other, expected):
    assert near(one, other) is near(other, one) is expected
