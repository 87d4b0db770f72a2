"""At the same moment: of two who take one question one has it; two stewards write down each question once."""

import pytest

from lazaretto.core.models import Deadline
from lazaretto.deciding import commands
from lazaretto.deciding.choices import Kind
from lazaretto.deciding.errors import MatterTaken
from lazaretto.deciding.models import Matter
from lazaretto.deciding.tests.questions import waiting
from lazaretto.screening.tests.rounds import opened, scan, send
from tests.factories import NOW
from tests.threads import at_once, needs_server

pytestmark = [pytest.mark.django_db(transaction=True), needs_server]


def test_one_has_it_and_the_others_are_told(cast):
    of, place = opened(cast)
    send(cast, place, scan(1, tube="T1"), scan(1, tube="T2"))
    matter = waiting(of)["twice"]
    matter.kind = Kind.RECALL  # all four may take it
    matter.save(update_fields=["kind"])
    works = [
        lambda member=member: commands.take(actor=member.actor, at=NOW, matter=matter)
        for member in (cast.site_lead, cast.medic, cast.duty_officer, cast.approver)
    ]
    told = at_once(works)
    assert sum(isinstance(one, MatterTaken) for one in told) == 3
    (owned,) = [one for one in told if not isinstance(one, MatterTaken)]
    assert Matter.objects.get().owner_id == owned.owner_id


def test_two_stewards_write_each_question_once(cast):
    of, place = opened(cast)
    send(cast, place, *(scan(n, tube="T1") for n in range(1, 7)), *(scan(n, tube="T2") for n in range(1, 7)))
    told = at_once([lambda: commands.follow_round(of, at=NOW)] * 3)
    assert not [one for one in told if isinstance(one, Exception)]
    assert Matter.objects.count() == 6
    assert Deadline.objects.filter(kind="deciding.waiting").count() == 1
