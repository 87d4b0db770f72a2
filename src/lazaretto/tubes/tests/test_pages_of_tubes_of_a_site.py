"""The pages on which a site packs and hands over, the laboratory receives, and headquarters sees what is late."""

import json

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from lazaretto.core import clock
from lazaretto.core.ids import new_id
from lazaretto.screening.tests.rounds import opened, scan, send
from lazaretto.stays import commands as stays
from lazaretto.stays.choices import SpecimenState
from lazaretto.stays.models import Specimen
from lazaretto.stays.tests.conftest import admit, plan_9
from lazaretto.tubes import commands
from lazaretto.tubes.models import SiteBag, SiteEvent, SiteTube, Trail
from lazaretto.tubes.tests.ways import HOUR, laboratory, seen, tell
from tests.cast import member as somebody
from tests.factories import NOW

pytestmark = pytest.mark.django_db
__all__ = ["admit", "plan_9"]


@pytest.fixture(autouse=True)
def _ten_o_clock(monkeypatch):
    monkeypatch.setattr(clock, "now", lambda: NOW)


@pytest.fixture
def swabbed(cast, admit):
    """Two guests' tubes, filled five hours ago."""
    for tube, number in (("S1", "0301"), ("S2", "0302")):
        stay = admit(number, name=f"客{tube}", at=NOW - 6 * HOUR)
        stays.collect_specimen(actor=cast.medic.actor, at=NOW - 5 * HOUR, stay=stay, tube=tube)
    commands.follow_site(cast.site, at=NOW)


def get(member, page, *args, query=""):
    return member.client.get(reverse(f"tubes:{page}", args=args) + query)


def post(member, page, *args, **data):
    return member.client.post(reverse(f"tubes:{page}", args=args), data)


def packed(cast, *tubes):
    post(cast.medic, "site_pack", cast.site.code, bag="b-17", tubes="\r\n".join(tubes), closed="1")
    return SiteBag.objects.get()


def test_a_site_packs_and_hands_over_on_its_page(cast, swabbed):
    page = get(cast.medic, "site", cast.site.code).content.decode()
    assert "隔离点的试管在等送样员" in page  # late: four hours are over
    assert packed(cast, "s1", "S2").state == "closed"
    bag = SiteBag.objects.get()
    assert sorted(bag.tubes.values_list("code", flat=True)) == ["S1", "S2"]
    sent = post(cast.medic, "site_hand_over", bag.pk, to="粤A12345")
    assert sent.url == reverse("tubes:site", args=[cast.site.code])
    bag.refresh_from_db()
    assert (bag.state, bag.holder) == ("under_way", "粤A12345")
    away = post(cast.medic, "site_pack", cast.site.code, bag="B-17", tubes="S1")
    assert away.status_code == 409
    assert "S1" in away.content.decode()  # what was typed stays
    assert SiteEvent.objects.count() == 4


def test_tubes_that_lie_at_the_site_can_be_ticked(cast, swabbed):
    page = get(cast.medic, "site", cast.site.code).content.decode()
    assert 'name="tube" value="S1"' in page
    cast.medic.client.post(
        reverse("tubes:site_pack", args=[cast.site.code]), {"bag": "B1", "tubes": "", "tube": ["S1", "S2"]}
    )
    assert (SiteBag.objects.get().state, SiteTube.objects.count()) == ("open", 2)


def test_tests_of_a_site_lead_to_where_its_tubes_are(cast, swabbed):
    for name in ("stays:sampling", "stays:results", "stays:positives"):
        page = cast.medic.client.get(reverse(name, args=[cast.site.code])).content.decode()
        assert reverse("tubes:site", args=[cast.site.code]) in page


def test_pages_of_a_site_ask_a_fixed_number_of_queries(cast, swabbed, admit):
    bag = packed(cast, "S1")

    def counted(page, *args):
        get(cast.medic, page, *args)
        with CaptureQueriesContext(connection) as asked:
            assert get(cast.medic, page, *args).status_code == 200
        return len(asked)

    pages = (("site", cast.site.code), ("site_bag", bag.pk), ("site_tube", cast.site.code, "S1"), ("sites",))
    before = [counted(*one) for one in pages]
    stay = admit("0303", name="客三", at=NOW)
    stays.collect_specimen(actor=cast.medic.actor, at=NOW, stay=stay, tube="S3")
    packed(cast, "S3", "S2", "S8")
    assert [counted(*one) for one in pages] == before


def test_the_laboratory_receives_a_bag_of_a_site_at_its_desk(cast, swabbed):
    lab = laboratory(cast)
    bag = packed(cast, "S1", "S2")
    post(cast.medic, "site_hand_over", bag.pk, to="车1")
    clerk = somebody("laboratory", cast.site.unit)
    answer = post(clerk, "scan", lab.pk, code="b-17", count="2")
    assert answer.status_code == 302
    bag.refresh_from_db()
    assert (bag.state, bag.counted, bag.laboratory) == ("received", 2, lab.code)
    page = get(clerk, "desk", lab.pk).content.decode()
    assert reverse("tubes:site_bag", args=[bag.pk]) in page
    assert not Trail.objects.exists()  # nothing of it stands in a round
    assert get(clerk, "site_bag", bag.pk).status_code == 200
    assert "客S1" not in get(clerk, "site_bag", bag.pk).content.decode()


def test_another_number_than_the_sites_is_said_before_anything_is_written(cast, swabbed):
    lab = laboratory(cast)
    bag = packed(cast, "S1", "S2")
    post(cast.medic, "site_hand_over", bag.pk, to="车1")
    clerk = somebody("laboratory", cast.site.unit)
    answer = post(clerk, "scan", lab.pk, code="B-17", count="1")
    text = answer.content.decode()
    assert answer.status_code == 409
    assert "您清点为 <b>1</b> 支。" in text
    assert "隔离点登记为 <b>2</b> 支。" in text
    assert "S1, S2" in text
    assert not SiteEvent.objects.filter(kind="received").exists()
    assert post(clerk, "scan", lab.pk, code="B-17", count="1", sure="1").status_code == 302
    bag.refresh_from_db()
    assert (bag.state, bag.counted, bag.doubts) == ("received", 1, ["counted_otherwise"])
    again = post(clerk, "scan", lab.pk, code="B-17", count="2")
    assert "实验室此前清点为 <b>1</b> 支。" in again.content.decode()
    assert again.status_code == 409


def test_a_tube_of_a_site_is_received_rejected_and_answered_at_the_desk(cast, swabbed):
    lab = laboratory(cast)
    clerk = somebody("laboratory", cast.site.unit)
    post(clerk, "scan", lab.pk, code="S1")
    assert SiteTube.objects.get(code="S1").laboratory == lab.code
    assert "S1" in get(clerk, "desk", lab.pk).content.decode()
    post(clerk, "scan", lab.pk, code="S2", reason="泄漏")
    assert Specimen.objects.get(tube="S2").state == SpecimenState.INVALID
    post(clerk, "enter", lab.pk, tube="S1", result="negative", stage=1)
    assert Specimen.objects.get(tube="S1").state == SpecimenState.NEGATIVE
    assert not Trail.objects.exists()


def test_a_recheck_of_a_site_is_not_typed_at_the_desk(cast, swabbed):
    lab = laboratory(cast)
    clerk = somebody("laboratory", cast.site.unit)
    answer = post(clerk, "enter", lab.pk, tube="S1", result="negative", stage=2)
    assert answer.status_code == 422
    assert Specimen.objects.get(tube="S1").state == SpecimenState.PENDING


def test_the_desk_asks_when_a_bag_of_a_round_and_one_of_a_site_have_one_code(cast, swabbed):
    of, place = opened(cast)
    send(cast, place, scan(1))
    tell(cast, place, seen("bagged", tube="T1", bag="B-17"))
    lab = laboratory(cast)
    bag = packed(cast, "S1", "S2")
    clerk = somebody("laboratory", cast.site.unit)
    asked = post(clerk, "scan", lab.pk, code="B-17", count="2").content.decode()
    assert f'value="bag|{of.pk}|B-17"' in asked
    value = f"bag|site:{cast.site.code}|B-17"
    assert f'value="{value}"' in asked
    assert not SiteEvent.objects.filter(kind="received").exists()
    post(clerk, "scan", lab.pk, code="B-17", count="2", meant=value)
    bag.refresh_from_db()
    assert bag.state == "received"


def test_a_slip_of_the_finger_is_met_with_the_tube_of_the_site(cast, swabbed):
    lab = laboratory(cast)
    clerk = somebody("laboratory", cast.site.unit)
    page = post(clerk, "scan", lab.pk, code="S11").content.decode()
    assert f'value="tube|site:{cast.site.code}|S1"' in page


def test_headquarters_sees_where_tubes_of_sites_are_and_how_long_they_took(cast, swabbed):
    page = get(cast.duty_officer, "sites").content.decode()
    assert reverse("tubes:site", args=[cast.site.code]) in page
    assert "逾期" in page
    answer = cast.duty_officer.client.get("/api/v1/tubes/sites/turnaround")
    assert {one["leg"] for one in answer.json()} == {"table", "courier", "result", "whole"}
    assert answer.json()[0]["all"]["waiting"] == 2
    other = cast.outsider.client.get("/api/v1/tubes/sites/turnaround")
    assert other.status_code == 403 or other.json()[0]["all"]["waiting"] == 0


def test_a_result_that_names_no_laboratory_is_not_said_to_be_on_its_way(cast, swabbed):
    assert "尚未到实验室" in get(cast.duty_officer, "sites").content.decode()
    stays.record_result(actor=cast.medic.actor, at=NOW, site=cast.site, tube="S1", result=SpecimenState.NEGATIVE)
    page = get(cast.duty_officer, "sites").content.decode()
    assert "未注明实验室" in page
    assert "尚未到实验室" not in page


def test_devices_send_what_they_saw_of_a_site(cast, swabbed):
    event = {"id": str(new_id()), "kind": "bagged", "at": NOW.isoformat(), "tube": "s1", "bag": "b-17"}
    given = {"batch": str(new_id()), "site": str(cast.site.pk), "sent_at": NOW.isoformat(), "events": [event]}

    def sent(body, member=cast.medic):
        return member.client.post("/api/v1/tubes/events", json.dumps(body), content_type="application/json")

    assert sent(given).json()["taken"] == 1
    assert sent(given).json()["taken"] == 1  # the first answer again
    assert SiteTube.objects.get().bag.code == "B-17"
    of, _place = opened(cast)
    assert sent({**given, "round": str(of.pk)}).status_code == 422
    assert sent({**given, "batch": str(new_id()), "site": str(new_id())}).status_code == 404
    assert sent({**given, "batch": str(new_id())}, cast.outsider).status_code in {403, 404}


def test_whoever_looked_says_so_on_the_page(cast, swabbed):
    bag = packed(cast, "S1", "S9")
    page = get(cast.site_lead, "site_tube", cast.site.code, "S9").content.decode()
    assert 'value="slip"' in page
    assert 'value="rejected"' not in page
    post(cast.site_lead, "site_look", cast.site.code, tube="S9", found="slip", reason="看错")
    assert SiteTube.objects.get(code="S9").slip_at == NOW
    post(cast.site_lead, "site_look", cast.site.code, tube="S1", found="unbagged", reason="另放")
    assert SiteTube.objects.get(code="S1").bag is None
    assert post(cast.site_lead, "site_look", cast.site.code, bag=bag.pk, reason="数过").url == reverse(
        "tubes:site_bag", args=[bag.pk]
    )
    assert post(cast.site_lead, "site_look", cast.site.code, bag="x", reason="数过").status_code == 302
