"""One page for all rounds of an area: overdue first, with who has what, and the one way to decide it."""

from datetime import timedelta

import pytest
from django.urls import reverse

from lazaretto.core import clock
from lazaretto.deciding.choices import Kind
from lazaretto.deciding.models import Matter
from lazaretto.deciding.rules import SETTLED_HERE
from lazaretto.deciding.tests.questions import HOUR, many, waiting
from lazaretto.deciding.wording import STEPS
from lazaretto.screening.models import Round
from lazaretto.screening.tests.rounds import opened, scan, send
from tests.factories import NOW

pytestmark = pytest.mark.django_db
PAGE = "/to-decide"


@pytest.fixture(autouse=True)
def _ten_o_clock(monkeypatch):
    monkeypatch.setattr(clock, "now", lambda: NOW)


@pytest.fixture
def asked(cast):
    """Two in two tubes, one of them due long ago, and a fever."""
    of, place = opened(cast)
    send(cast, place, *(scan(n, tube="T1") for n in (1, 2)), *(scan(n, tube="T2") for n in (1, 2)))
    send(cast, place, scan(3, temperature=38.8))
    found = waiting(of)
    Matter.objects.filter(subject="1").update(due_at=NOW - HOUR)
    return found


def shown(member, path=PAGE) -> str:
    answer = member.client.get(path)
    assert answer.status_code == 200, answer.status_code
    return answer.content.decode()


def test_what_is_overdue_stands_first_with_the_way_to_decide_it(cast, asked):
    page = shown(cast.site_lead)
    body = page[page.index("<tbody>") :]
    assert body.index("编号 1") < body.index("38.8") < body.index("编号 2")
    assert reverse("screening:fevers", args=[asked["fever"].round_id]) in body
    assert reverse("deciding:one", args=[asked["twice"].pk]) in body
    assert "我来处理" in body
    assert '<span class="lz-nav-count" data-tone="amber">3</span>' in page
    assert "员工" not in body, "the list needs no names"


def test_filters_by_round_kind_owner_and_time(cast, asked):
    lead, other = cast.site_lead, asked["twice"]
    post = lead.client.post(reverse("deciding:take", args=[other.pk]), {"next": PAGE})
    assert post.url == PAGE
    assert "编号 2" not in shown(lead, f"{PAGE}?show=none")
    mine = shown(lead, f"{PAGE}?show=mine")
    assert "编号 2" in mine
    assert "38.8" not in mine
    assert "退回" in mine
    assert shown(lead, f"{PAGE}?show=overdue").count("<tr data-tone") == 1
    assert shown(lead, f"{PAGE}?kind=fever").count("<tr data-tone") == 1
    assert shown(lead, f"{PAGE}?round={other.round_id}&kind=&show=").count("<tr data-tone") == 3
    assert "没有这类事项" in shown(lead, f"{PAGE}?kind=clock")


def test_what_asks_for_somebody_at_once_is_overdue_when_nobody_answered(cast, asked, monkeypatch):
    fever = asked["fever"]
    assert (fever.since, fever.due_at) == (NOW, NOW + HOUR / 2)
    assert "38.8" not in shown(cast.site_lead, f"{PAGE}?show=overdue")
    monkeypatch.setattr(clock, "now", lambda: NOW + HOUR / 2)
    assert "38.8" in shown(cast.site_lead, f"{PAGE}?show=overdue")


@pytest.mark.parametrize("asked_for", ["kind=xyz", "round=xyz", "show=free"])
def test_a_filter_that_there_is_not_shows_no_list(cast, asked, asked_for):
    assert cast.site_lead.client.get(f"{PAGE}?{asked_for}").status_code == 404


def test_somebody_who_was_faster_is_named_as_the_reason(cast, asked):
    path = reverse("deciding:take", args=[asked["twice"].pk])
    cast.site_lead.client.post(path)
    answer = cast.duty_officer.client.post(path, follow=True)
    assert "别人刚刚接手" in answer.content.decode()
    assert "接手" in answer.content.decode()
    cast.duty_officer.client.post(path, {"taken_from": cast.site_lead.user.pk})
    assert Matter.objects.get(pk=asked["twice"].pk).owner == cast.duty_officer.user
    cast.duty_officer.client.post(reverse("deciding:give_back", args=[asked["twice"].pk]))
    assert Matter.objects.get(pk=asked["twice"].pk).owner is None


def test_a_question_is_decided_on_its_page_and_nothing_typed_is_lost(cast, asked):
    matter = asked["twice"]
    path, post = (reverse(f"deciding:{name}", args=[matter.pk]) for name in ("one", "settle"))
    page = shown(cast.site_lead, path)
    assert "员工002" in page
    assert "T1" in page
    assert str(STEPS[Kind.TWICE]) in page
    assert "员工002" not in shown(cast.auditor, path), "names as the role reads them"
    assert 'name="words"' not in shown(cast.auditor, path)
    refused = cast.site_lead.client.post(post, {"words": "长" * 301})
    assert refused.status_code == 422
    assert "长" * 301 in refused.content.decode()
    assert cast.site_lead.client.post(post, {"words": "同一人"}).url == PAGE
    again = cast.site_lead.client.post(post, {"words": "再说一次"})
    assert again.status_code == 409
    assert "再说一次" not in shown(cast.site_lead, path)
    assert "同一人" in shown(cast.site_lead, path)
    other = cast.site_lead.client.get(reverse("deciding:one", args=[asked["fever"].pk]))
    assert other.url == reverse("screening:fevers", args=[matter.round_id])


def test_who_answered_a_fever_finds_it_gone_at_once(cast, asked):
    cast.medic.client.post(reverse("screening:answer_fever", args=[asked["fever"].subject]), {"done": "clinic"})
    assert "38.8" not in shown(cast.medic)


def test_each_role_and_area(cast, asked):
    for member in (cast.site_lead, cast.medic, cast.duty_officer, cast.approver, cast.auditor):
        assert "编号 1" in shown(member)
    assert "我来处理" not in shown(cast.auditor)
    assert "编号 1" not in shown(cast.outsider)
    for member in (cast.clerk, cast.security, cast.hotel_staff):
        assert member.client.get(PAGE).status_code == 403


def test_nothing_to_decide_says_so(cast):
    assert "没有待裁决事项" in shown(cast.site_lead)


def test_every_kind_that_is_decided_here_says_what_to_do():
    assert set(STEPS) == set(SETTLED_HERE)


def test_two_thousand_of_twelve_rounds_cost_as_much_as_one(cast, django_assert_max_num_queries):
    for number in range(1, 13):
        of = Round.objects.create(
            unit=cast.site.unit, number=number, name=f"第{number}轮", opens_at=NOW + number * HOUR,
            deadline_at=NOW + timedelta(days=2),
        )  # fmt: skip
        many(of, 170)
    shown(cast.site_lead)
    with django_assert_max_num_queries(16):
        page = shown(cast.site_lead)
    assert page.count("<tr data-tone") == 50
    assert '<span class="lz-nav-count" data-tone="amber">100</span>' in page
    seen, path = set(), "/api/v1/deciding/matters?limit=200"
    client = cast.site_lead.client
    while path:
        with django_assert_max_num_queries(6):
            answer = client.get(path).json()
        ids = {one["id"] for one in answer["items"]}
        assert not ids & seen
        seen |= ids
        path = answer["next"] and f"/api/v1/deciding/matters?limit=200&cursor={answer['next']}"
    assert len(seen) == 2040


def test_the_endpoint_gives_the_same_list(cast, asked):
    answer = cast.site_lead.client.get("/api/v1/deciding/matters").json()["items"]
    assert [(one["kind"], one["overdue"]) for one in answer] == [("twice", True), ("fever", False), ("twice", False)]
    assert answer[0]["page"] == reverse("deciding:one", args=[answer[0]["id"]])
    assert (answer[0]["settle"], answer[1]["settle"], answer[0]["point"]) == (True, False, "P1")
    assert len(cast.site_lead.client.get("/api/v1/deciding/matters?show=overdue&kind=twice").json()["items"]) == 1
    assert cast.site_lead.client.get("/api/v1/deciding/matters?kind=nonsense").status_code == 422
    assert cast.outsider.client.get("/api/v1/deciding/matters").json()["items"] == []
