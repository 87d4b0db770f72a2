"""What the API reads of emergencies."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from lazaretto.core import clock
from lazaretto.emergencies import commands
from lazaretto.emergencies.choices import EmergencyState
from lazaretto.emergencies.models import Emergency
from tests.factories import NOW

pytestmark = pytest.mark.django_db
PATH = "/api/v1/emergencies"


def report(cast, site=None, minutes=0, **said):
    at = NOW + timedelta(minutes=minutes)
    done = commands.report(actor=cast.duty_officer.actor, at=at, site=site or cast.site, **said)
    return Emergency.objects.get(pk=done.emergency_id)


def numbers(member, query=""):
    answer = member.client.get(PATH + query)
    assert answer.status_code == 200, answer.content
    return [row["number"] for row in answer.json()["items"]]


def test_the_list_shows_those_of_ones_own_site_latest_first_and_filters(cast):
    first, second = report(cast, who="产妇"), report(cast, minutes=1, kind="fire")
    other = report(cast, site=cast.other_site)
    commands.step(actor=cast.medic.actor, at=NOW, emergency=first, to=EmergencyState.CLOSED)

    assert numbers(cast.medic) == [second.number, first.number]
    assert numbers(cast.outsider) == [other.number]
    assert numbers(cast.medic, "?open=true") == numbers(cast.medic, "?owned=false") == [second.number]
    assert numbers(cast.medic, "?state=closed") == [first.number]
    assert numbers(cast.medic, "?kind=fire&site=H01") == [second.number]
    assert cast.medic.client.get(f"{PATH}?unowned=1").status_code == 422


def test_the_pages_of_the_list_follow_each_other_and_cost_the_same(cast):
    made = [report(cast, minutes=minute).number for minute in range(5)]
    first = cast.medic.client.get(f"{PATH}?limit=2").json()
    second = cast.medic.client.get(f"{PATH}?limit=2&cursor={first['next']}").json()
    assert [row["number"] for row in first["items"] + second["items"]] == made[:0:-1]
    with CaptureQueriesContext(connection) as few:
        numbers(cast.medic, "?limit=1")
    with CaptureQueriesContext(connection) as many:
        numbers(cast.medic)
    assert len(few) == len(many)


def test_one_tells_its_timeline_and_who_it_is_only_to_those_who_read_names(cast):
    emergency = report(cast, who="王小明", what="胸痛")
    commands.own(actor=cast.medic.actor, at=NOW, emergency=emergency)
    path = f"{PATH}/{emergency.number}"

    told = cast.medic.client.get(path).json()
    assert (told["who"], told["what"], told["owner_id"]) == ("王小明", "胸痛", cast.medic.user.pk)
    assert [row["step"] for row in told["steps"]] == ["reported", "owned"]
    assert cast.auditor.client.get(path).json()["who"] == ""
    assert cast.outsider.client.get(path).status_code == 404
    assert cast.hotel_staff.client.get(path).status_code == 403


@pytest.mark.parametrize("claimed", [timedelta(minutes=14), timedelta(days=-30)], ids=["fast", "slow"])
def test_nobody_is_refused_for_the_clock_of_their_phone(cast, claimed):
    now = clock.now()
    answer = cast.clerk.client.post(
        "/api/v1/commands/emergencies.report",
        {"site": str(cast.site.pk), "what": "胸痛"},
        content_type="application/json",
        headers={"Idempotency-Key": str(uuid4()), "X-Occurred-At": (now + claimed).isoformat()},
    )

    assert answer.status_code == 200, answer.content
    assert abs(Emergency.objects.get().first_word_at - now) < timedelta(minutes=1)
