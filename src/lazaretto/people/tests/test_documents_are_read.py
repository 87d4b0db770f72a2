"""Identity documents, dates and telephones by themselves; whole lists are tested with the arrivals."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lazaretto.people.rules import (
    BY_HAND,
    DocumentTrouble,
    Hints,
    Sex,
    country_code,
    id_card_check_digit,
    id_card_facts,
    read_date,
    read_document,
    read_phones,
)

_bodies = st.builds(
    lambda region, day, sequence: f"{region}{day:%Y%m%d}{sequence:03d}",
    st.sampled_from(["440105", "110101", "650102", "810000", "830000"]),
    st.dates(date(1900, 1, 1), date(2030, 12, 31)),
    st.integers(1, 999),
)


def test_the_example_of_the_standard_has_its_check_digit():
    # GB 11643-1999, the numbers used as examples in its text: 11010519491231002X and 440524188001010014
    assert id_card_check_digit("11010519491231002") == "X"
    assert id_card_check_digit("44052418800101001") == "4"


@given(_bodies)
def test_every_rightly_made_number_is_read_with_its_facts(body):
    number = body + id_card_check_digit(body)
    facts = id_card_facts(number)
    assert facts is not None
    assert (facts.region, f"{facts.birth_date:%Y%m%d}") == (number[:6], number[6:14])
    assert facts.sex is (Sex.MALE if int(number[16]) % 2 else Sex.FEMALE)


@given(_bodies, st.integers(0, 16), st.integers(1, 9))
def test_one_wrong_digit_never_passes(body, place, shift):
    number = body + id_card_check_digit(body)
    wrong = number[:place] + str((int(number[place]) + shift) % 10) + number[place + 1 :]
    assert read_document(wrong).trouble is not None


@given(_bodies, st.integers(0, 15))
def test_two_neighbouring_digits_exchanged_never_pass(body, place):
    number = body + id_card_check_digit(body)
    exchanged = number[:place] + number[place + 1] + number[place] + number[place + 2 :]
    assert exchanged == number or read_document(exchanged).trouble is not None


@given(_bodies)
def test_a_number_that_went_through_an_excel_number_cell_is_never_taken_for_whole(body):
    number = body + id_card_check_digit(body)
    if number.isdigit():
        assert read_document(float(number)).trouble is DocumentTrouble.PRECISION
        assert read_document(number[:15] + "000").trouble is DocumentTrouble.PRECISION


def test_a_card_that_really_ends_in_zeros_is_read_where_no_spreadsheet_was_between():
    body = next(
        f"4401051991020{n:02d}00" for n in range(10, 100) if id_card_check_digit(f"4401051991020{n:02d}00") == "0"
    )
    number = f"{body}0"
    assert read_document(number).trouble is DocumentTrouble.PRECISION
    assert (read_document(number, BY_HAND).number, read_document(number, BY_HAND).trouble) == (number, None)
    assert read_document(number[:-2] + "10", BY_HAND).trouble is DocumentTrouble.CHECKSUM


def test_fifteen_digits_become_eighteen_but_not_for_people_past_a_hundred():
    assert read_document("440105910209016").number == "440105199102090167"
    assert read_document("440105910209997", Hints(stated=False)).trouble is DocumentTrouble.LENGTH


def test_residents_of_hong_kong_macao_taiwan_and_foreigners_carry_residence_permits():
    for region in ("810000", "820000", "830000"):
        body = f"{region}19910209016"
        assert read_document(body + id_card_check_digit(body)).kind == "residence_permit"


@given(st.text(max_size=30))
def test_any_text_is_read_without_an_accident(text):
    reading = read_document(text)
    assert bool(reading.number) is (reading.trouble is None)
    read_phones(text)
    read_date(text)


@given(st.dates(date(1930, 1, 1), date(2030, 1, 1)), st.sampled_from(["%Y-%m-%d", "%Y/%m/%d", "%Y.%m.%d", "%Y%m%d"]))
def test_a_date_reads_back_in_every_form(day, form):
    assert read_date(day.strftime(form)).day == day
    assert read_date((day - date(1899, 12, 30)).days).day == day
    assert read_date(f"{day.year}年{day.month}月{day.day}日").day == day


@pytest.mark.parametrize(
    ("text", "code"),
    [("中国", "CN"), ("中国香港", "HK"), ("USA", "US"), ("俄罗斯籍", "RU"), ("尼日利亚", "NG"), ("火星", "")],
)
def test_countries_are_known_by_name(text, code):
    assert country_code(text) == code
