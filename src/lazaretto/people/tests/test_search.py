"""A few letters or digits find a person, and nobody finds whom they may not see."""

import pytest

from lazaretto.people.choices import DocumentKind
from lazaretto.people.commands import GivenDocument, NewPerson, register_person
from lazaretto.people.models import Person
from lazaretto.people.queries import display_name, find
from tests.factories import NOW

pytestmark = pytest.mark.django_db


def register(cast, name, *others, site=None, document="", kind=DocumentKind.ID_CARD, phone=""):
    new = NewPerson(
        name=name,
        other_names=others,
        documents=(GivenDocument(kind, document),) if document else (),
        phones=(phone,) if phone else (),
    )
    unit = (site or cast.site).unit
    return register_person(actor=cast.duty_officer.actor, at=NOW, unit=unit, person=new).person_id


def names(cast, text, member="clerk", **options):
    return [hit.name for hit in find(getattr(cast, member).actor, text, **options)]


@pytest.mark.parametrize("text", ["单小", "shanxiao", "Shan Xiao", "sxm", "sx", "xiaom", "SHANX"])
def test_a_chinese_name_is_found_by_characters_pinyin_and_initials(cast, text):
    register(cast, "单小明")
    register(cast, "李伟")
    assert names(cast, text) == ["单小明"]


@pytest.mark.parametrize("text", ["müller", "muller j", "Jürgen", "jm", "jurgenm"])
def test_a_latin_name_is_found_by_any_word_and_without_accents(cast, text):
    register(cast, "Jürgen Müller")
    assert names(cast, text) == ["Jürgen Müller"]


def test_a_name_in_another_script_and_a_second_name_are_found(cast):
    register(cast, "Иван Петров", "Ivan Petrov")
    assert names(cast, "иванп") == names(cast, "ivan") == ["Иван Петров"]


CARD_TEXTS = ["11010519491231002X", "11010519491231002x", "110105 19491231 002X", "002x", "1231002X"]


@pytest.mark.parametrize("text", CARD_TEXTS)
def test_a_card_is_found_whole_and_by_its_end(cast, text):
    register(cast, "曾小明", document="11010519491231002X")
    assert names(cast, text) == ["曾小明"]


def test_a_longer_end_that_differs_does_not_match(cast):
    register(cast, "曾小明", document="11010519491231002X")
    assert names(cast, "9231002X") == []


@pytest.mark.parametrize("text", ["13800001234", "+86 138 0000 1234", "1234", "00001234"])
def test_a_phone_is_found_whole_and_by_its_end(cast, text):
    register(cast, "曾小明", phone="13800001234")
    assert names(cast, text) == ["曾小明"]


def test_a_scanned_record_number_finds_its_person(cast):
    made = register(cast, "曾小明")
    assert names(cast, str(made)) == ["曾小明"]
    assert names(cast, f"https://lazaretto.example/p/{made}") == ["曾小明"]


@pytest.mark.parametrize("text", ["zeng", "曾", "1234", "13800001234", "11010519491231002X"])
def test_another_site_finds_nobody_and_the_district_finds_all(cast, text):
    made = register(cast, "曾小明", document="11010519491231002X", phone="13800001234")
    assert names(cast, text, "outsider") == names(cast, str(made), "outsider") == []
    assert names(cast, text, "duty_officer") == ["曾小明"]


def test_who_reads_no_names_cannot_find_by_name_or_number_and_sees_stars(cast):
    made = register(cast, "欧阳小明", document="11010519491231002X")
    assert names(cast, "ouyang", "auditor") == names(cast, "002X", "auditor") == []
    assert display_name(cast.auditor.actor, Person.objects.get(pk=made)) == "欧阳**"


def test_pages_follow_each_other_without_gap_or_repetition(cast):
    made = {register(cast, f"王{sign}") for sign in "一二三四五六七"}
    seen, after = [], ""
    while hits := find(cast.clerk.actor, "w", limit=3, after=after):
        seen += [hit.person_id for hit in hits]
        after = hits[-1].cursor
    assert len(seen) == len(set(seen))
    assert set(seen) == made


def test_a_search_takes_few_queries_however_many_are_found(cast, django_assert_max_num_queries):
    for sign in "一二三四五六七":
        register(cast, f"王{sign}", phone="13800001234")
    for text in ("wang", "1234", "13800001234"):
        with django_assert_max_num_queries(6):
            assert len(find(cast.clerk.actor, text)) == 7
