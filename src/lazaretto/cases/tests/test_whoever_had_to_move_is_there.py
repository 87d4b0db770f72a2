"""A follow-up that asks for a move is done when custody says that they are where they had to go."""

from datetime import date, timedelta

import pytest

from lazaretto.cases.choices import ConsequenceKind, FollowUpState
from lazaretto.cases.deadlines import FOLLOW_UP
from lazaretto.cases.duties import arrivals
from lazaretto.core.choices import DeadlineState
from lazaretto.core.models import Deadline, JournalEntry
from lazaretto.custody.commands import Luggage
from lazaretto.custody.models import Handover
from lazaretto.places.models import ExternalPlace
from lazaretto.transfers import commands as transfers
from tests.factories import NOW

pytestmark = pytest.mark.django_db
K = ConsequenceKind
MINUTE = timedelta(minutes=1)


@pytest.fixture
def confirmed(admit, household, swab, second, propose, confirm):
    """A mother who is a case and must go to hospital; her daughter stays."""
    mother = admit("0301", name="周敏", born=date(1988, 5, 1), party_id=household)
    admit("0301", name="周小雨", born=date(2018, 5, 1), party_id=household, assessment="母女同住，何医生评估")
    positive = swab(mother)
    change = propose(mother, specimen=positive)
    second(positive, positive=True)
    confirm(change)
    return change


def sent(cast, change, kind):
    """The mother is handed over to a place of others and is said to be there."""
    place = ExternalPlace.objects.create(kind=kind, name="区人民医院")
    made = transfers.sign_out(
        actor=cast.site_lead.actor, at=NOW + MINUTE, site=cast.site, people=(Luggage(person=change.stay.person_id),),
        due_at=NOW + 60 * MINUTE, to_place=place,
    )  # fmt: skip
    return Handover.objects.get(pk=made.handover_id)


def there(cast, change, handover):
    transfers.confirm_arrival(
        actor=cast.site_lead.actor, at=NOW + 20 * MINUTE, handover=handover, person=change.stay.person,
        confirmed_by="分诊台 李护士",
    )  # fmt: skip


def test_on_the_road_it_is_still_open_and_at_the_hospital_it_is_done(cast, confirmed):
    handover = sent(cast, confirmed, "hospital")
    assert arrivals(NOW + 2 * MINUTE) == 0

    there(cast, confirmed, handover)
    assert arrivals(NOW + 21 * MINUTE) == 1

    move = confirmed.follow_ups.get(kind=K.MOVE, person=confirmed.stay.person)
    assert (move.state, move.closed_at, move.closed_by) == (FollowUpState.DONE, NOW + 21 * MINUTE, None)
    assert "区人民医院" in move.answer
    assert Deadline.objects.get(kind=FOLLOW_UP.code, subject_id=str(move.pk)).state == DeadlineState.MET
    assert JournalEntry.objects.filter(command="cases.see_arrival", person_id=confirmed.stay.person_id).exists()
    assert arrivals(NOW + 22 * MINUTE) == 0


def test_who_keeps_the_child_company_is_not_answered_by_an_arrival(cast, confirmed):
    there(cast, confirmed, sent(cast, confirmed, "hospital"))
    arrivals(NOW + 21 * MINUTE)

    assert confirmed.follow_ups.get(kind=K.COMPANY).state == FollowUpState.OPEN


def test_another_kind_of_place_is_no_arrival(cast, confirmed):
    there(cast, confirmed, sent(cast, confirmed, "hospital"))
    ExternalPlace.objects.update(kind="other")

    assert arrivals(NOW + 21 * MINUTE) == 0
    assert confirmed.follow_ups.get(kind=K.MOVE, person=confirmed.stay.person).state == FollowUpState.OPEN


def test_while_nobody_arrives_a_minute_costs_one_question(confirmed, django_assert_num_queries):
    with django_assert_num_queries(1):
        arrivals(NOW + 2 * MINUTE)
