"""The alarms page and the list of what falls due."""

from datetime import timedelta

import pytest

from lazaretto.core.deadlines import Due, raise_alarm, set_deadlines
from lazaretto.core.models import Alarm
from lazaretto.emergencies.commands import report
from lazaretto.headquarters.queries.watch import whereabouts
from lazaretto.transfers.commands import report_here
from tests import factories
from tests.factories import NOW

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)


@pytest.fixture
def stay(cast):
    return factories.stay(cast.site, who=factories.person("欧阳雪", at_site=cast.site))


@pytest.fixture
def fever(cast, stay) -> Alarm:
    return raise_alarm(Due("stays.fever", stay, NOW, "", cast.site.unit_id, stay.person_id), at=NOW)


@pytest.fixture
def missed_round(cast, stay) -> Alarm:
    return raise_alarm(Due("stays.round", stay, NOW - HOUR, "", cast.site.unit_id, stay.person_id), at=NOW - HOUR)


def page(member, query: str = "") -> str:
    return member.client.get(f"/alarms{query}").content.decode()


def test_urgent_alarms_stand_before_older_ones(cast, fever, missed_round):
    html = page(cast.medic)
    assert html.index(str(fever.pk)) < html.index(str(missed_round.pk))
    assert "欧阳雪" in html
    assert "0301" in html


def test_another_site_sees_nothing(cast, fever):
    assert "lz-empty" in page(cast.outsider)
    assert cast.outsider.client.post(f"/alarms/{fever.pk}/take").status_code == 404


def test_taking_and_answering_on_the_page(cast, fever):
    cast.medic.client.post(f"/alarms/{fever.pk}/take")
    assert str(fever.pk) not in page(cast.medic, "?tab=none")
    assert str(fever.pk) in page(cast.medic, "?tab=mine")
    cast.medic.client.post(f"/alarms/{fever.pk}/answer", {"answer": "已查看，给予退热药"})
    assert str(fever.pk) not in page(cast.medic)
    assert "已查看，给予退热药" in page(cast.medic, "?tab=answered")


def test_an_empty_answer_is_refused_with_its_reason(cast, fever):
    answer = cast.medic.client.post(f"/alarms/{fever.pk}/answer", {"answer": ""})
    assert answer.status_code == 422
    fever.refresh_from_db()
    assert fever.answered_at is None


def test_a_clerk_reads_alarms_but_has_no_button(cast, fever):
    html = page(cast.clerk)
    assert "欧阳雪" in html
    assert f"/alarms/{fever.pk}/take" not in html
    assert cast.clerk.client.post(f"/alarms/{fever.pk}/take").status_code == 403


def test_an_answer_leads_back_to_the_list_and_never_to_another_host(cast, fever):
    where = {"next": "/alarms?tab=none"}
    assert cast.medic.client.post(f"/alarms/{fever.pk}/take", where).headers["Location"] == "/alarms?tab=none"
    away = {"next": "https://elsewhere.example"}
    assert cast.medic.client.post(f"/alarms/{fever.pk}/take", away).headers["Location"] == "/alarms"


def test_the_sidebar_counts_alarms_without_owner(cast, fever, missed_round):
    assert '<span class="lz-nav-count" data-tone="red">2</span>' in page(cast.medic)
    cast.medic.client.post(f"/alarms/{fever.pk}/take")
    assert '<span class="lz-nav-count" data-tone="red">1</span>' in page(cast.medic)


def test_the_number_of_queries_does_not_grow_with_the_alarms(cast, django_assert_max_num_queries):
    for _ in range(6):
        stay = factories.stay(cast.site)
        raise_alarm(Due("stays.fever", stay, NOW, "", cast.site.unit_id, stay.person_id), at=NOW)
        raise_alarm(Due("stays.round", stay, NOW, "", cast.site.unit_id, stay.person_id), at=NOW)
    with django_assert_max_num_queries(24):
        page(cast.medic)


def test_what_falls_due_is_listed_by_time_and_filtered_by_kind(cast, stay):
    for kind, hours in (("stays.test", 5), ("stays.round", 1)):
        set_deadlines([Due(kind, stay, NOW + hours * HOUR, "", cast.site.unit_id, stay.person_id)], at=NOW)
    html = cast.medic.client.get("/deadlines").content.decode()
    body = html[html.index("<tbody>") :]
    assert body.count("欧阳雪") == 2
    only = cast.medic.client.get("/deadlines?kind=stays.test").content.decode()
    assert only[only.index("<tbody>") :].count("欧阳雪") == 1
    assert "lz-empty" in cast.outsider.client.get("/deadlines").content.decode()


def test_the_alarm_of_an_emergency_leads_to_it(cast):
    made = report(actor=cast.hotel_staff.actor, at=NOW, site=cast.site, what="胸痛")
    link = f'href="/emergencies/{made.number}"'
    assert link in page(cast.medic)
    assert link not in page(cast.outsider)


def test_an_alarm_at_one_site_never_names_the_room_of_another(cast, stay):
    there = stay.occupancies.get().room.number
    report_here(actor=cast.outsider.actor, at=NOW, site=cast.other_site, card=stay.number)
    ours, theirs = (
        next(row for row in whereabouts(member.actor, Alarm.objects.filter(unit_id=site.unit_id)).values() if row.name)
        for member, site in ((cast.site_lead, cast.site), (cast.outsider, cast.other_site))
    )
    assert (ours.site, ours.room) == (cast.site, there)
    assert (theirs.site, theirs.room, theirs.stay_number) == (cast.other_site, "", "")
