"""A mother and her daughter of eight in one room, with the father next door: both swabs come back positive."""

from datetime import date

import pytest

from lazaretto.cases.choices import ConsequenceKind, FollowUpState, Why
from lazaretto.cases.models import FollowUp
from lazaretto.cases.queries.scene import outcome_of
from lazaretto.stays.models import IsolationOrder
from tests.factories import NOW

pytestmark = pytest.mark.django_db
K = ConsequenceKind


@pytest.fixture
def family(admit, household):
    """Mother, daughter and grandmother in one room."""
    mother = admit("0301", name="周敏", born=date(1988, 5, 1), party_id=household)
    daughter = admit(
        "0301", name="周小雨", born=date(2018, 5, 1), party_id=household, assessment="母女同住，何医生评估"
    )
    grandmother = admit("0302", name="周桂英", born=date(1960, 5, 1), party_id=household)
    return mother, daughter, grandmother


def told(outcome, who):
    """What follows for one person: kind and why, without the lists that name many."""
    return {(one.kind, one.why) for one in outcome.then if one.people[:1] == (str(who.person_id),)}


def both_positive(family, swab, second, propose):
    """Both proposals, with their second findings."""
    tubes = [swab(stay, tube=f"T{number}") for number, stay in enumerate(family[:2])]
    changes = [propose(stay, specimen=tube) for stay, tube in zip(family, tubes, strict=False)]
    for tube in tubes:
        second(tube, positive=True)
    return changes


def test_neither_becomes_a_contact_of_the_other_and_no_order_changes_twice(family, swab, second, propose, confirm):
    mother, daughter, _grandmother = family
    of_mother, of_daughter = both_positive(family, swab, second, propose)
    orders = set(IsolationOrder.objects.values_list("pk", flat=True))

    assert (K.GOES_ON, Why.CASE_TOO) in told(outcome_of(of_mother, at=NOW), daughter)
    assert (K.GOES_ON, Why.CASE_TOO) in told(outcome_of(of_daughter, at=NOW), mother)
    confirm(of_mother)
    confirm(of_daughter)

    for stay in (mother, daughter):
        stay.refresh_from_db()
        assert stay.category == "case"
        assert stay.order_id in orders
    moves = FollowUp.objects.filter(kind=K.MOVE, state=FollowUpState.OPEN)
    assert set(moves.values_list("person", "to")) == {
        (mother.person_id, "hospital"), (daughter.person_id, "hospital"),
    }  # fmt: skip


def test_once_the_mother_is_a_case_her_daughters_positive_does_not_make_her_a_contact_again(
    family, swab, second, propose, confirm
):
    mother, daughter, _grandmother = family
    positive = swab(mother, tube="T8")
    first = propose(mother, specimen=positive)
    second(positive, positive=True)
    confirm(first)
    later = swab(daughter, tube="T9")
    change = propose(daughter, specimen=later)
    second(later, positive=True)

    found = outcome_of(change, at=NOW)

    assert told(found, mother) == {(K.GOES_ON, Why.CASE_TOO)}


def test_a_suspicion_of_the_daughter_does_not_yet_spare_her_the_rules_for_contacts(family, swab, second, propose):
    mother, daughter, _grandmother = family
    positive = swab(mother, tube="T8")
    change = propose(mother, specimen=positive)
    propose(daughter, specimen=swab(daughter, tube="T9"))
    second(positive, positive=True)

    assert (K.CONTACT, Why.SAME_ROOM) in told(outcome_of(change, at=NOW), daughter)


def test_who_goes_the_same_way_is_named_first_as_company_of_the_child(family, swab, second, propose):
    mother, daughter, grandmother = family
    for stay, tube in ((grandmother, "T7"), (daughter, "T8")):
        positive = swab(stay, tube=tube)
        change = propose(stay, specimen=positive)
        second(positive, positive=True)

    (company,) = [one for one in outcome_of(change, at=NOW).then if one.kind == K.COMPANY]

    assert company.people == tuple(str(one.person_id) for one in (daughter, grandmother, mother))
