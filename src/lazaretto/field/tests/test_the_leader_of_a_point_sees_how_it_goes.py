"""The page of a point on its leader's phone: tested, expected by now, missing, who comes, whom to call, what waits."""

from datetime import timedelta

import pytest
from django.urls import reverse

from lazaretto.core import clock
from lazaretto.core.ids import new_id
from lazaretto.deciding.choices import Kind
from lazaretto.deciding.commands import follow_round
from lazaretto.field.queries import lead
from lazaretto.field.tests.phones import phone
from lazaretto.headcounts.models import Organisation
from lazaretto.screening import commands as screening
from lazaretto.screening.commands import SeenFever
from lazaretto.screening.models import Point, RosterEntry, Round
from lazaretto.screening.tests.rounds import opened, scan, send
from lazaretto.slots.models import Slot
from lazaretto.slots.tests.plans import add_point, planned, slots, standing
from tests.cast import member
from tests.factories import NOW

pytestmark = pytest.mark.django_db

MINUTE = timedelta(minutes=1)
AT = NOW + 50 * MINUTE


@pytest.fixture
def place(cast, monkeypatch) -> Point:
    """A point with three enterprises one after the other, after three quarters of an hour; of the first ten came."""
    of, homes, _places = planned(cast, 30, 25, 20, points=("P1",))
    Organisation.objects.filter(pk__in=[home.pk for home in homes]).update(contact="王联络")
    for home in Organisation.objects.filter(pk__in=[home.pk for home in homes]):
        home.contact_phone = "13800000001"
        home.save()
    standing(cast, of)
    screening.open_round(actor=cast.duty_officer.actor, at=NOW, test_round=of)
    found = Point.objects.select_related("round").get(round=of)
    first = slots(of)[0]
    came = RosterEntry.objects.filter(round=of.pk, organisation=first.organisation_id).order_by("number")[:10]
    send(cast, found, *[scan(row.number, slot=nth + 1) for nth, row in enumerate(came)], at=NOW + 10 * MINUTE)
    monkeypatch.setattr(clock, "now", lambda: AT)
    return found


def page_of(cast, place: Point, who=None):
    return (who or cast.duty_officer).client.get(reverse("field:point", args=[place.pk]))


def test_tested_expected_and_missing_stand_first(cast, place):
    found = page_of(cast, place).context["lead"]
    promised = found.slots.promised
    assert (found.counted.tested, promised.due, promised.missing_now) == (10, 45, 35)
    assert (promised.expected, promised.missing, promised.behind) == (75, 65, True)
    assert found.takes == 60
    assert found.pace.per_hour == 12
    assert found.finish == AT + timedelta(hours=65 / 12)
    assert found.works


def test_who_comes_now_and_next_and_who_did_not_come_with_a_number(cast, place):
    page = page_of(cast, place)
    found, rows = page.context["lead"].slots, slots(place.round)
    running = [row for row in rows if row.starts_at <= AT < row.ends_at]
    assert [one.organisation for one in found.present] == [row.organisation.name for row in running]
    assert found.people_now == 15
    assert [one.starts_at for one in found.following] == [row.starts_at for row in rows if row.starts_at > AT]
    assert sum(one.missing for one in found.not_come) == 35
    text = page.content.decode()
    assert "tel:13800000001" in text
    sampler = member("sampler", cast.site.unit)
    unable = page_of(cast, place, sampler).content.decode()
    assert "13800000001" not in unable
    assert "王联络" not in unable
    assert found.not_come[0].organisation.name in unable


def test_fevers_and_questions_of_the_point_wait_on_it_and_those_of_others_do_not(cast, place):
    other = add_point(cast, place.round, "P2")
    who = {"actor": cast.medic.actor, "at": AT}
    for where, number in ((place, 12), (other, 13)):
        seen = SeenFever(
            id=new_id(), fever=new_id(), step="measured", at=AT - MINUTE, temperature=38.5, number=number, table=1
        )
        screening.note_fevers(**who, point=where.pk, sent_at=AT, fevers=[seen])
        send(cast, where, scan(number, tube=f"X{number}", slot=1), at=AT)
        send(cast, where, scan(number, tube=f"Y{number}", slot=1), at=AT)
    follow_round(Round.objects.get(pk=place.round_id), at=AT)
    found = page_of(cast, place).context["lead"]
    assert found.fevers == 1
    assert [(str(one.said), one.count) for one in found.questions] == [(Kind.TWICE.label, 1)]
    assert str(place.round_id) in found.questions[0].url
    sampler = member("sampler", cast.site.unit)
    assert page_of(cast, place, sampler).context["lead"].questions == []


def test_a_point_without_slots_says_so_and_promises_nothing(cast):
    of, place = opened(cast)
    page = page_of(cast, place)
    found = page.context["lead"]
    assert (found.slots.promised, found.remaining, found.finish, found.late) == (None, None, None, "")
    assert found.takes == 240
    assert of.pk


def test_a_point_that_is_done_too_late_says_after_what(cast, place):
    deadline = place.round.deadline_at
    found = lead(cast.duty_officer.actor, place, at=AT)
    assert (found.late, found.finish < found.closes_at) == ("", True)
    Point.objects.filter(pk=place.pk).update(closes=clock.now().astimezone().time().replace(hour=23, minute=59))
    Round.objects.filter(pk=place.round_id).update(deadline_at=AT + timedelta(hours=5))
    again = Point.objects.select_related("round").get(pk=place.pk)
    assert lead(cast.duty_officer.actor, again, at=AT).late == "deadline"
    assert deadline > AT


def test_it_asks_as_much_for_many_slots_as_for_one(cast, place, django_assert_max_num_queries):
    phone(cast, place)

    def asked() -> int:
        with django_assert_max_num_queries(40) as counted:
            assert page_of(cast, place).status_code == 200
        return len(counted)

    asked()
    before = asked()
    row = Slot.objects.filter(point=place).first()
    for nth in range(2, 20):
        row.pk, row.turn = new_id(), nth
        row.starts_at, row.ends_at = AT + nth * 15 * MINUTE, AT + (nth + 2) * 15 * MINUTE
        row.save(force_insert=True)
    phone(cast, place, nth=1, label="8")
    send(cast, place, scan(40, tube="Z1", slot=1), at=AT)
    assert asked() == before
    assert before <= 26
