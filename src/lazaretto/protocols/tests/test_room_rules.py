"""Who may share a room, who needs company, whose clock restarts."""

import pytest

from lazaretto.protocols.library import library
from lazaretto.protocols.rules import Lodging, Occupant, company, may_share, needs_company, restarted

RULE = library().pack("cn-plan-8").rooms
FLOORS = library().by_key("cn-plan-8+local-floor-restart").site_positive

MOTHER = Occupant(id="mother", age=40, household="Chen", category="inbound", parent_of=frozenset({"child"}))
FATHER = Occupant(id="father", age=41, household="Chen", category="inbound")
CHILD = Occupant(id="child", age=14, household="Chen", category="inbound")
GRANDMOTHER = Occupant(
    id="grandmother", age=80, household="Chen", category="inbound", needs=frozenset({"cannot_walk", "elderly"})
)
STRANGER = Occupant(id="stranger", age=30, household="Lin", category="inbound", cares_for=frozenset({"grandmother"}))


def test_one_person_has_one_room():
    assert may_share(RULE, [MOTHER]).reasons == ("alone",)
    assert may_share(RULE, [MOTHER, STRANGER]).reasons == ("strangers",)


def test_a_child_of_up_to_14_stays_with_a_parent():
    sharing = may_share(RULE, [MOTHER, CHILD])

    assert (sharing.allowed, sharing.needs_approval, sharing.reasons) == (True, False, ("child_with_parent",))


def test_a_child_of_15_is_assessed_like_any_of_the_household():
    grown = Occupant(id="child", age=15, household="Chen", category="inbound")
    sharing = may_share(RULE, [MOTHER, grown])

    assert (sharing.allowed, sharing.needs_approval) == (True, True)


def test_two_families_do_not_share_though_each_has_a_parent_and_a_child():
    other = Occupant(id="other", age=35, household="Lin", category="inbound", parent_of=frozenset({"other child"}))
    other_child = Occupant(id="other child", age=3, household="Lin", category="inbound")

    assert not may_share(RULE, [MOTHER, CHILD, other, other_child]).allowed


def test_a_carer_who_is_neither_old_nor_ill_may_move_in_after_assessment():
    sharing = may_share(RULE, [GRANDMOTHER, STRANGER])

    assert (sharing.allowed, sharing.needs_approval, sharing.reasons) == (True, True, ("carer", "needs_assessment"))


@pytest.mark.parametrize("changes", [{"age": 60}, {"needs": frozenset({"chronic"})}, {"age": None}])
def test_an_old_or_ill_carer_may_not(changes):
    carer = Occupant(
        **{"id": "carer", "age": 50, "category": "inbound", "cares_for": frozenset({"grandmother"}), **changes}
    )

    assert may_share(RULE, [GRANDMOTHER, carer]).reasons == ("carer_unfit",)


def test_two_categories_never_share():
    case = Occupant(id="father", age=41, household="Chen", category="close_contact")

    assert may_share(RULE, [MOTHER, case]).reasons == ("categories_mixed",)


def test_children_and_people_who_cannot_care_for_themselves_need_company():
    assert needs_company(RULE, CHILD) == "child_alone"
    assert needs_company(RULE, GRANDMOTHER) == "cannot_walk"
    assert needs_company(RULE, FATHER) == ""


def test_parents_come_before_other_adults_of_the_household_as_company():
    assert company(RULE, CHILD, [GRANDMOTHER, FATHER, MOTHER, STRANGER, CHILD]) == ("mother", "father")


def test_a_positive_restarts_the_same_floor_and_those_next_to_it():
    case = Lodging(id="case", building="A", floor=5, room="501")
    others = [Lodging(id=f"{b}{f}", building=b, floor=f, room=f"{f}02") for b in "AB" for f in range(3, 8)]

    assert restarted(FLOORS, case, [case, *others]) == ("A4", "A5", "A6")
    assert restarted(library().pack("cn-plan-8").site_positive, case, others) == ()
