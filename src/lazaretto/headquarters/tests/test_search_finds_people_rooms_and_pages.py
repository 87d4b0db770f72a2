"""The palette and the search page."""

import pytest

from lazaretto.headquarters.queries.finder import spelled
from lazaretto.stays.models import Certificate, IsolationOrder, Release, Specimen, Stay
from tests import factories

pytestmark = pytest.mark.django_db


@pytest.fixture
def guest(cast):
    person = factories.person("单雪梅", at_site=cast.site)
    return factories.stay(cast.site, who=person)


def groups(member, text: str) -> dict[str, list[dict[str, str]]]:
    answer = member.client.get("/palette", {"q": text}).json()
    return {group["label"]: group["items"] for group in answer["groups"]}


@pytest.mark.parametrize("text", ["单雪", "shanxuemei", "sxm", "SXM"])
def test_a_person_is_found_by_name_pinyin_and_initials(cast, guest, text):
    found = groups(cast.clerk, text)["人员"]
    assert [(item["label"], item["detail"]) for item in found] == [("单雪梅", "H01 0301")]


def test_another_site_finds_nobody(cast, guest):
    assert "人员" not in groups(cast.outsider, "单雪梅")


def test_who_reads_no_names_finds_nobody(cast, guest):
    assert "人员" not in groups(cast.hotel_staff, "单雪梅")


def test_rooms_are_found_by_the_beginning_of_their_number(cast):
    assert [item["label"] for item in groups(cast.clerk, "030")["房间"]] == ["0301", "0302", "0303", "0304"]
    assert len(groups(cast.duty_officer, "0301")["房间"]) == 2
    assert len(groups(cast.duty_officer, "h02 0301")["房间"]) == 1
    assert len(groups(cast.duty_officer, "H02-0301")["房间"]) == 1


def test_pages_are_found_by_label_pinyin_and_initials(cast):
    assert spelled("房间看板") == ("fang", "jian", "kan", "ban")
    for text in ("告警", "gaojing", "gj"):
        assert {"告警"} == {item["label"] for item in groups(cast.clerk, text)["页面"]}


def test_an_empty_question_shows_where_one_can_go(cast):
    assert {"隔离点", "页面"} <= set(groups(cast.clerk, ""))


def test_a_printed_code_leads_straight_to_its_page(cast, settings):
    found = groups(cast.clerk, f"{settings.BASE_URL}/alarms")
    assert found == {"扫码结果": [{"label": "打开扫到的内容", "detail": "/alarms", "url": "/alarms", "icon": "scan"}]}
    assert "扫码结果" not in groups(cast.clerk, "https://elsewhere.example/alarms")


def test_the_search_page_shows_the_same(cast, guest):
    html = cast.clerk.client.get("/search", {"q": "sxm"}).content.decode()
    assert "单雪梅" in html
    assert "0301" in html
    assert "lz-empty" in cast.outsider.client.get("/search", {"q": "sxm"}).content.decode()


def test_a_very_long_question_is_cut_not_refused(cast):
    assert cast.clerk.client.get("/palette", {"q": "x" * 5000}).status_code == 200


def test_nobody_searches_without_signing_in(client):
    assert client.get("/palette", {"q": "a"}, headers={"Accept": "application/json"}).status_code == 401


def test_a_number_on_a_paper_or_a_tube_leads_to_the_stay(cast, guest):
    Stay.objects.filter(pk=guest.pk).update(number="H01-S2026-000077")
    IsolationOrder.objects.filter(pk=guest.order_id).update(number="H01-O2026-000078")
    guest = Stay.objects.select_related("order").get(pk=guest.pk)
    Specimen.objects.create(stay=guest, tube="GZ0000017", collected_at=factories.NOW)
    released = Release.objects.create(stay=guest, kind="ordinary", criteria=[], decided_at=factories.NOW)
    Certificate.objects.create(release=released, number="H01-C2026-000001", token="x", issued_at=factories.NOW)
    for text in (guest.number, guest.number.lower(), guest.order.number, "H01-C2026-000001", "GZ0000017"):
        found = groups(cast.clerk, text)["在住记录"]
        assert [(item["label"], item["detail"]) for item in found] == [(guest.number, "单雪梅")]
        assert "在住记录" not in groups(cast.outsider, text)
        assert "在住记录" not in groups(cast.hotel_staff, text)
