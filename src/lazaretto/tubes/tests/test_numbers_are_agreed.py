"""What an officer signed at a table is shown beside what was counted; a difference is never silent."""

from uuid import uuid4

import pytest
from django.urls import reverse

from lazaretto.core import clock
from lazaretto.headcounts.models import Organisation
from lazaretto.screening.tests.rounds import opened, point, scan, send
from lazaretto.tubes.queries.agreed import agreed, every_agreement
from lazaretto.tubes.report import report_of
from lazaretto.tubes.tests.ways import MINUTE, seen, tell
from tests.factories import NOW

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _ten_o_clock(monkeypatch):
    monkeypatch.setattr(clock, "now", lambda: NOW)


@pytest.fixture
def place(cast):
    """A point where four of A公司 were tested ten minutes ago; two more, and one of B公司, since five minutes."""
    _of, found = opened(cast)
    send(cast, found, *(scan(number, at=NOW - 10 * MINUTE) for number in (1, 2, 3, 4)))
    send(cast, found, *(scan(number, at=NOW - 4 * MINUTE) for number in (5, 6, 7)))
    return found


def agree(cast, place, count: int, *, at=NOW, name="A公司", **more) -> None:
    """The officer signs."""
    home = Organisation.objects.filter(name=name).first()
    said = {"organisation": str(home.pk) if home else name, "officer": "侯主管", "signature": "M1 1L2 2", **more}
    tell(cast, place, seen("count_agreed", count=count, at=at, table=2, **said))


def test_a_number_is_compared_with_what_was_counted_at_that_moment(cast, place):
    agree(cast, place, 4, at=NOW - 5 * MINUTE)
    (one,) = agreed(place.round)
    assert (one.count, one.ours, one.differs, one.officer, one.table, one.point) == (4, 4, False, "侯主管", 2, place)
    agree(cast, place, 8)
    (one,) = agreed(place.round)  # the last of this enterprise at this point holds
    assert (one.count, one.ours, one.missing, one.beyond) == (8, 6, 2, 0)
    assert [row.count for row in every_agreement(place.round)] == [8, 4]


def test_only_people_of_the_enterprise_at_this_point_count(cast, place):
    other = point(cast, place.round, "P2")
    agree(cast, other, 6)
    agree(cast, place, 1, organisation="B公司", name="B公司")
    agree(cast, place, 3, name="无此公司")
    told = {(row.name, row.point.code): (row.ours, row.differs) for row in agreed(place.round)}
    assert told == {("A公司", "P2"): (0, True), ("B公司", "P1"): (1, False), ("无此公司", "P1"): (None, True)}


def test_a_scan_that_comes_late_puts_it_right(cast):
    _of, place = opened(cast)
    agree(cast, place, 2)
    assert agreed(place.round)[0].missing == 2
    send(cast, place, scan(1, at=NOW - MINUTE), scan(2, at=NOW - MINUTE))
    assert not agreed(place.round)[0].differs


def test_the_page_and_the_closing_say_it_loudly_and_with_what_to_do(cast, place):
    of, home = place.round, Organisation.objects.get(name="A公司")
    client, page = cast.duty_officer.client, reverse("tubes:agreed", args=[of.pk])
    assert "尚未确认人数" in client.get(page).content.decode()
    assert "与企业确认的人数" not in client.get(reverse("tubes:closing", args=[of.pk])).content.decode()
    agree(cast, place, 6)
    assert "一致" in client.get(page).content.decode()
    agree(cast, place, 8)
    for path in (page, f"{page}?organisation={home.pk}"):
        shown = client.get(path).content.decode()
        for words in ("双方确认人数比统计多 2 人", "侯主管", "P1 体育馆 · 2号台", "按姓名核对", 'd="M1 1L2 2"'):
            assert words in shown, words
        assert 'data-tone="red"' in shown
    closing = client.get(reverse("tubes:closing", args=[of.pk])).content.decode()
    assert "A公司 · P1: 11-21 10:00 与 侯主管 确认 8 人, 统计 6 人" in " ".join(closing.split())
    assert report_of(cast.duty_officer.actor, of, at=NOW).agreed[0][:5] == ("A公司", "P1", "8", "6", "侯主管")
    assert "侯主管" not in cast.auditor.client.get(page).content.decode(), "names as the role reads them"
    assert client.get(f"{page}?organisation=x").status_code == 404
    assert client.get(f"{page}?organisation={uuid4()}").status_code == 404


def test_the_pages_of_the_round_and_of_the_enterprise_fetch_it_once(cast, place):
    of, home = place.round, Organisation.objects.get(name="A公司")
    panel = f'hx-get="{reverse("tubes:agreed", args=[of.pk])}'
    shown = cast.duty_officer.client.get(reverse("screening:round", args=[of.pk])).content.decode()
    assert panel in shown
    assert "ignoreTitle:true" in shown, "the round keeps its own title"
    assert shown.index(panel) > shown.index('id="now"')
    shown = cast.duty_officer.client.get(reverse("screening:enterprise", args=[of.pk, home.pk])).content.decode()
    assert f"{panel}?organisation={home.pk}" in shown


def test_it_asks_as_much_for_many_as_for_one(cast, place, django_assert_num_queries):
    of = place.round
    agree(cast, place, 4)
    with django_assert_num_queries(3):
        agreed(of)
    agree(cast, place, 1, name="B公司")
    agree(cast, point(cast, place.round, "P2"), 1, name="B公司")
    with django_assert_num_queries(3):
        assert len(agreed(of)) == 3
