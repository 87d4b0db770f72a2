"""The overview: figures per site, who may see which, and the names behind each."""

from datetime import timedelta

import pytest

from lazaretto.core import clock
from lazaretto.core.deadlines import KINDS, Due, raise_alarm, set_deadlines
from lazaretto.headquarters.choices import RELEASE_KIND, ROUND_KIND, TEST_KIND, Figure
from lazaretto.headquarters.queries.names import names_behind
from lazaretto.headquarters.queries.overview import overview
from lazaretto.places.choices import RoomState
from lazaretto.places.models import Room
from tests import factories
from tests.factories import NOW

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)


@pytest.fixture
def now(monkeypatch):
    monkeypatch.setattr(clock, "now", lambda: NOW)


def due(stay, kind: str, at) -> None:
    set_deadlines([Due(kind, stay, at, unit_id=stay.site.unit_id, person_id=stay.person_id)], at=factories.LONG_AGO)


@pytest.fixture
def district(cast):
    """H01: two guests, one overdue for release, one due for a test; a round alarm. H02: one guest, released tonight."""
    late, tested, tonight = factories.stay(cast.site), factories.stay(cast.site), factories.stay(cast.other_site)
    due(late, RELEASE_KIND, NOW - HOUR)
    due(tested, TEST_KIND, NOW + HOUR)
    due(tonight, RELEASE_KIND, NOW + 5 * HOUR)
    due(tested, RELEASE_KIND, NOW + timedelta(days=3))
    raise_alarm(Due(ROUND_KIND, late, NOW - HOUR, "x", cast.site.unit_id, late.person_id), at=NOW - HOUR)
    Room.objects.filter(site=cast.site, number="0404").update(state=RoomState.RESERVE)
    return late, tested, tonight


def test_the_kinds_that_are_counted_are_declared():
    assert {RELEASE_KIND, TEST_KIND, ROUND_KIND} <= set(KINDS)


def test_every_site_is_counted_and_the_worst_stands_first(cast, district):
    seen = overview(cast.duty_officer.actor, at=NOW)
    first, second = (line.counts for line in seen.lines)
    assert [line.site for line in seen.lines] == [cast.site, cast.other_site]
    assert (first.rooms, first.occupied, first.free, first.reserve, first.in_house) == (8, 2, 5, 1, 2)
    assert (first.release_today, first.release_overdue, first.tests_due, first.alarms_unowned) == (1, 1, 1, 1)
    assert (second.release_today, second.release_overdue, second.tests_due, second.in_house) == (1, 0, 0, 1)
    assert (seen.total.rooms, seen.total.in_house, seen.total.release_today) == (16, 3, 2)
    assert seen.worst_since == NOW - HOUR


@pytest.mark.parametrize("state", ["planned", "paused", "closed"])
def test_rooms_of_a_site_that_takes_nobody_are_not_free(cast, district, state):
    open_ones = overview(cast.duty_officer.actor, at=NOW).total.free
    type(cast.site).objects.filter(pk=cast.site.pk).update(state=state)
    seen = overview(cast.duty_officer.actor, at=NOW)
    line = next(line.counts for line in seen.lines if line.site == cast.site)
    assert (line.free, line.rooms, seen.total.free) == (0, 8, open_ones - 5)


def test_a_site_sees_itself_alone(cast, district):
    seen = overview(cast.outsider.actor, at=NOW)
    assert [line.site for line in seen.lines] == [cast.other_site]
    assert seen.total.alarms == 0


def test_the_number_of_queries_does_not_grow(cast, district, django_assert_num_queries):
    for code in ("H03", "H04", "H05"):
        factories.stay(factories.site(code))
    with django_assert_num_queries(6):
        overview(cast.duty_officer.actor, at=NOW)


def test_a_role_without_people_counts_none(cast, district):
    assert overview(cast.hotel_staff.actor, at=NOW).total.in_house == 0
    assert overview(cast.hotel_staff.actor, at=NOW).total.occupied == 2


@pytest.mark.parametrize(
    ("figure", "expected"),
    [(Figure.IN_HOUSE, 3), (Figure.RELEASE_TODAY, 2), (Figure.RELEASE_OVERDUE, 1), (Figure.TESTS_DUE, 1)],
)
def test_behind_every_figure_stand_as_many_names(cast, district, figure, expected):
    found = names_behind(cast.duty_officer.actor, figure, at=NOW)
    assert len(found.items) == expected
    assert found.next is None


def test_the_names_behind_a_figure_of_one_site_are_that_sites(cast, district):
    late, _tested, _tonight = district
    found = names_behind(cast.duty_officer.actor, Figure.RELEASE_OVERDUE, at=NOW, site="H01").items
    assert [(line.name, line.room, line.overdue) for line in found] == [(late.person.name, "0301", True)]
    assert names_behind(cast.duty_officer.actor, Figure.RELEASE_OVERDUE, at=NOW, site="H02").items == []
    assert names_behind(cast.site_lead.actor, Figure.IN_HOUSE, at=NOW, site="H02").items == []


def test_names_are_masked_for_roles_that_need_none(cast, district):
    late = district[0]
    found = names_behind(cast.auditor.actor, Figure.RELEASE_OVERDUE, at=NOW).items
    assert found[0].name != late.person.name
    assert found[0].name.endswith("*")


def test_a_long_list_is_read_page_by_page_with_nobody_twice(cast):
    big = factories.site("H07", floors=6, rooms=10)
    stays = {factories.stay(big).number for _ in range(55)}
    first = names_behind(cast.duty_officer.actor, Figure.IN_HOUSE, at=NOW, site="H07")
    second = names_behind(cast.duty_officer.actor, Figure.IN_HOUSE, at=NOW, site="H07", cursor=first.next)
    seen = [line.stay_number for line in (*first.items, *second.items)]
    assert len(seen) == len(set(seen)) == 55
    assert set(seen) == stays


@pytest.mark.usefixtures("now")
def test_from_figure_to_names_in_two_clicks(cast, district):
    client = cast.duty_officer.client
    page = client.get("/overview").content.decode()
    assert "/figures/release-overdue?site=H01" in page
    names = client.get("/figures/release-overdue?site=H01").content.decode()
    assert district[0].person.name in names
    assert district[0].number in names


@pytest.mark.usefixtures("now")
def test_a_refresh_asks_for_the_part_that_changes_alone(cast, district):
    part = cast.duty_officer.client.get("/", headers={"HX-Request": "true"}).content.decode()
    assert "<html" not in part
    assert "lz-kpi" in part


@pytest.mark.usefixtures("now")
def test_somebody_of_no_site_is_told_why_the_page_is_empty(cast, client):
    client.force_login(factories.user(), backend="django.contrib.auth.backends.ModelBackend")
    assert "lz-empty" in client.get("/").content.decode()


def test_an_unknown_figure_and_a_forged_place_are_refused(cast):
    assert cast.duty_officer.client.get("/figures/everything").status_code == 404
    assert cast.duty_officer.client.get("/figures/in-house?cursor=nonsense").status_code == 422
    assert cast.hotel_staff.client.get("/figures/in-house").status_code == 403


def test_the_day_begins_where_one_works(cast):
    assert cast.clerk.client.get("/").headers["Location"] == "/sites/H01/board"
    assert cast.duty_officer.client.get("/").status_code == 200
    assert "/overview" in cast.duty_officer.client.get("/").content.decode()
    assert 'href="/overview"' not in cast.clerk.client.get("/alarms").content.decode()


@pytest.mark.parametrize(
    ("who", "first"),
    [
        ("clerk", "/sites/H01/board"), ("hotel_staff", "/sites/H01/board"), ("security", "/sites/H01/patrol"),
    ],
)  # fmt: skip
def test_the_day_begins_where_the_role_works(cast, who, first):
    assert cast.everyone()[who].client.get("/").url == first


def test_who_sees_no_site_begins_at_the_journal(client, cast):
    client.force_login(factories.user("data_protection_officer"))
    assert client.get("/").url == "/journal/"
