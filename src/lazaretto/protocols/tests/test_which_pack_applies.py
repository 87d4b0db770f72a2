"""Which pack governs at a place on a date."""

from datetime import date

import pytest

from lazaretto.protocols.library import library
from lazaretto.protocols.rules import Adoption, NoPackAdopted, editions, effective_pack, jurisdiction_path

PATH = jurisdiction_path("CN-44-01-05")


def adopted(code, jurisdiction, since, until=None, transition=""):
    return Adoption(
        code=code, jurisdiction=jurisdiction, effective_from=since, effective_until=until, transition=transition
    )


NATIONAL = tuple(adopted(pack.code, "CN", pack.effective_from) for pack in library().packs if pack.jurisdiction == "CN")


def key_on(adoptions, on, path=PATH):
    return effective_pack(library(), adoptions, path, on).key


def test_a_jurisdiction_lies_in_those_whose_code_it_begins_with():
    assert PATH == ("CN-44-01-05", "CN-44-01", "CN-44", "CN")


@pytest.mark.parametrize(
    ("on", "code"),
    [
        (date(2021, 5, 13), "cn-plan-7"),
        (date(2021, 5, 14), "cn-plan-8"),
        (date(2022, 11, 11), "cn-measures-20"),
        (date(2023, 1, 8), "cn-end"),
    ],
)
def test_the_edition_of_the_day_governs(on, code):
    assert key_on(NATIONAL, on) == code


def test_before_the_first_adoption_there_is_none():
    with pytest.raises(NoPackAdopted, match="CN-44-01-05/CN-44-01/CN-44/CN on 2020-01-01"):
        key_on(NATIONAL, date(2020, 1, 1))


def test_another_city_s_adoption_says_nothing_here():
    assert key_on((*NATIONAL, adopted("cn-plan-7", "CN-44-03", date(2021, 6, 1))), date(2021, 6, 2)) == "cn-plan-8"


def test_a_later_local_adoption_governs_until_the_next_national_edition():
    adoptions = (*NATIONAL, adopted("cn-plan-7", "CN-44-01", date(2021, 6, 1)))

    assert key_on(adoptions, date(2021, 6, 2)) == "cn-plan-7"
    assert key_on(adoptions, date(2022, 6, 28)) == "cn-plan-9"


def test_of_two_adopted_on_one_date_the_nearer_governs():
    adoptions = (adopted("cn-plan-8", "CN", date(2021, 6, 1)), adopted("cn-plan-7", "CN-44", date(2021, 6, 1)))

    assert key_on(adoptions, date(2021, 6, 1)) == "cn-plan-7"


def test_an_adoption_that_has_ended_governs_no_longer():
    adoptions = (*NATIONAL, adopted("cn-plan-7", "CN-44", date(2021, 6, 1), until=date(2021, 6, 10)))

    assert key_on(adoptions, date(2021, 6, 9)) == "cn-plan-7"
    assert key_on(adoptions, date(2021, 6, 10)) == "cn-plan-8"


def test_overlays_are_laid_over_only_the_packs_they_were_written_for():
    adoptions = (*NATIONAL, adopted("local-7-7", "CN-44-01", date(2021, 6, 1)))

    assert key_on(adoptions, date(2021, 6, 1)) == "cn-plan-8+local-7-7"
    assert key_on(adoptions, date(2022, 6, 28)) == "cn-plan-9"


def test_several_overlays_are_laid_the_nearest_last():
    adoptions = (
        *NATIONAL,
        adopted("local-7-7", "CN-44-01-05", date(2021, 6, 1)),
        adopted("local-look-back-4", "CN-44", date(2021, 6, 3)),
    )

    assert key_on(adoptions, date(2021, 6, 5)) == "cn-plan-8+local-look-back-4+local-7-7"


def test_editions_of_a_stay_follow_one_another_with_their_written_rules():
    adoptions = (*NATIONAL, adopted("local-14-14", "CN-44-01", date(2022, 6, 20), until=date(2022, 6, 25)))
    found = editions(library(), adoptions, PATH, date(2022, 6, 18), date(2022, 7, 10))

    assert [(e.from_on, e.pack.key, e.transition) for e in found] == [
        (date(2022, 6, 18), "cn-plan-8", ""),
        (date(2022, 6, 20), "cn-plan-8+local-14-14", "old_applies"),
        (date(2022, 6, 25), "cn-plan-8", "shorter_applies"),
        (date(2022, 6, 28), "cn-plan-9", "shorter_applies"),
    ]


def test_an_adopting_notice_may_set_another_transition_rule():
    adoptions = (NATIONAL[1], adopted("cn-plan-9", "CN", date(2022, 6, 28), transition="new_applies"))
    found = editions(library(), adoptions, PATH, date(2022, 6, 20))

    assert found[-1].transition == "new_applies"


def test_an_order_keeps_its_rule_when_an_adoption_ends_and_none_follows():
    adoptions = (adopted("cn-plan-8", "CN", date(2021, 6, 1), until=date(2021, 6, 5)),)
    found = editions(library(), adoptions, PATH, date(2021, 6, 2))

    assert [e.pack.key for e in found] == ["cn-plan-8"]
