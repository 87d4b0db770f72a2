"""The laboratory's desk: a code may mean several things, or none; then nothing is written before somebody says."""

import pytest
from django.urls import reverse

from lazaretto.core import clock
from lazaretto.screening.tests.rounds import open_one, opened, over, scan, send
from lazaretto.tubes.commands import follow_round
from lazaretto.tubes.models import Bag, ResultFile, Trail, TubeEvent
from lazaretto.tubes.rules import one_off
from lazaretto.tubes.tests.ways import MINUTE, brought, laboratory, seen, tell
from tests.cast import member as somebody
from tests.factories import NOW

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _ten_o_clock(monkeypatch):
    monkeypatch.setattr(clock, "now", lambda: NOW)


@pytest.fixture
def desk(cast):
    """A round that is over and one that is tested, each with a bag B-17; the desk and who works there."""
    first, place = opened(cast)
    send(cast, place, scan(1, tube="M0003"))
    brought(cast, place, "M0003", bag="B-17")
    following, there = open_one(cast)
    send(cast, there, scan(1, tube="M0013"))
    tell(cast, there, seen("bagged", tube="M0013", bag="B-17"), seen("handed_over", bag="B-17", to="车1"))
    for one in (first, following):
        follow_round(one, at=NOW)
    return first, following, laboratory(cast), somebody("laboratory", cast.site.unit)


def post(member, page, *args, **data):
    return member.client.post(reverse(f"tubes:{page}", args=args), data, follow=data.pop("follow", False))


def test_the_bag_of_the_round_that_is_tested_is_taken_and_said(cast, desk):
    first, following, lab, worker = desk
    over(first)
    answer = worker.client.post(reverse("tubes:scan", args=[lab.pk]), {"code": "B-17", "count": "1"}, follow=True)
    said = answer.content.decode()
    assert following.name in said
    assert f"round {following.number}" in said or f"第 {following.number} 轮" in said
    assert Bag.objects.get(round=following).state == "received"
    assert TubeEvent.objects.filter(round=first, kind="received").count() == 1


def test_of_two_that_are_tested_the_desk_asks(cast, desk):
    first, following, lab, worker = desk
    before = TubeEvent.objects.count()
    page = post(worker, "scan", lab.pk, code="B-17", count="1")
    assert page.status_code == 200
    text = page.content.decode()
    for of in (first, following):
        assert f"bag|{of.pk}|B-17" in text
    assert TubeEvent.objects.count() == before
    post(worker, "scan", lab.pk, code="B-17", count="1", meant=f"bag|{following.pk}|B-17")
    assert (Bag.objects.get(round=following).state, Bag.objects.get(round=following).counted) == ("received", 1)


def test_a_slip_of_a_finger_writes_nothing(cast, desk):
    first, following, lab, worker = desk
    over(first)
    page = post(worker, "scan", lab.pk, code="M0014", reason="漏液")
    assert page.status_code == 200
    text = page.content.decode()
    assert f"tube|{following.pk}|M0013" in text  # one letter different
    assert f"new|{following.pk}|M0014" in text
    assert f"new|{first.pk}" not in text  # nobody is swabbed there any more
    assert not Trail.objects.filter(code="M0014").exists()
    post(worker, "scan", lab.pk, code="M0014", reason="漏液", meant=f"tube|{following.pk}|M0013")
    assert Trail.objects.get(code="M0013").reason == "漏液"
    assert not Trail.objects.filter(code="M0014").exists()


def test_a_tube_that_nobody_knows_is_taken_when_somebody_says_so_and_can_be_called_a_slip(cast, desk, monkeypatch):
    _first, following, lab, worker = desk
    post(worker, "scan", lab.pk, code="X1", meant=f"new|{following.pk}|X1")
    row = Trail.objects.get(code="X1")
    assert (row.round_id, row.opened_at) == (following.pk, None)
    page = worker.client.get(reverse("tubes:tube", args=["X1"])).content.decode()
    address = reverse("tubes:slip", args=["X1"])
    assert address in page
    later = NOW + MINUTE
    monkeypatch.setattr(clock, "now", lambda: later)
    assert post(worker, "slip", "X1", reason="扫到了架子上的码").status_code == 302
    row.refresh_from_db()
    assert row.slip_at == later
    assert address not in worker.client.get(reverse("tubes:tube", args=["X1"])).content.decode()
    post(worker, "slip", "M0013", reason="x")
    assert Trail.objects.get(code="M0013").slip_at is None
    assert worker.client.get(reverse("tubes:round", args=[following.pk]) + "?show=slip").status_code == 200


def test_a_result_of_a_code_that_nobody_knows_is_asked_about_too(cast, desk):
    _first, following, lab, worker = desk
    page = post(worker, "enter", lab.pk, tube="M0012", result="negative", stage=1)
    assert f"tube|{following.pk}|M0013" in page.content.decode()
    assert not ResultFile.objects.exists()
    post(worker, "enter", lab.pk, tube="M0012", result="negative", stage=1, meant=f"tube|{following.pk}|M0013")
    assert ResultFile.objects.get().entries.get().tube == "M0013"


def test_an_empty_scan_stays_on_the_desk_with_what_was_typed(cast, desk):
    _first, _following, lab, worker = desk
    page = post(worker, "scan", lab.pk, code=" ", reason="漏液", count="3")
    assert page.status_code == 422
    text = page.content.decode()
    assert 'value="漏液"' in text
    assert 'value="3"' in text
    assert reverse("tubes:scan", args=[lab.pk]) in text


def test_what_is_chosen_must_be_ones_own(cast, desk):
    _first, following, lab, worker = desk
    for meant in ("bag|nonsense|B-17", f"bag|{following.pk}|B-99", "x", f"tube|{following.pk}|B-17"):
        assert post(worker, "scan", lab.pk, code="B-17", meant=meant).status_code == 200  # asked again
    assert Bag.objects.get(round=following).state == "under_way"


def test_a_search_by_code_shows_the_rounds(cast, desk):
    first, following, _lab, _worker = desk
    page = cast.duty_officer.client.get(reverse("tubes:rounds") + "?code=b-17").content.decode()
    for of in (first, following):
        assert reverse("tubes:bag", args=[of.pk, "B-17"]) in page
    near = cast.duty_officer.client.get(reverse("tubes:rounds") + "?code=M00013").content.decode()
    assert reverse("tubes:tube", args=["M0013"]) in near
    other = cast.duty_officer.client.get(reverse("tubes:bag", args=[first.pk, "B-17"])).content.decode()
    assert reverse("tubes:bag", args=[following.pk, "B-17"]) in other


@pytest.mark.parametrize("who", ["duty_officer", "site_lead"])
def test_a_doubt_is_cleared_on_the_page_with_a_reason(cast, desk, monkeypatch, who):
    looker = getattr(cast, who).client
    _first, following, lab, worker = desk
    tell(cast, following.points.get(), seen("bag_closed", bag="B-17", count=2))
    post(worker, "scan", lab.pk, code="B-17", count="1", sure="1", meant=f"bag|{following.pk}|B-17")
    row = Bag.objects.get(round=following)
    assert row.doubts == ["counted_otherwise"]
    address = reverse("tubes:look", args=[following.pk])
    bag = reverse("tubes:bag", args=[following.pk, "B-17"])
    assert address in looker.get(bag).content.decode()
    assert address not in cast.medic.client.get(bag).content.decode()
    assert worker.client.post(address, {"bag": "B-17", "reason": "x"}).status_code == 403
    monkeypatch.setattr(clock, "now", lambda: NOW + MINUTE)
    assert looker.post(address, {"bag": "B-17", "reason": "重数：桌面多写一支"}).status_code == 302
    row.refresh_from_db()
    assert row.doubts == []
    assert "重数：桌面多写一支" in cast.auditor.client.get(bag).content.decode()


def test_one_slip_of_a_finger():
    assert {"M0001", "M0010", "M001", "M0101", "M00101"} <= one_off("M0011")
    assert "N0010" not in one_off("M0011")
    assert "M0011" not in one_off("m0011")
