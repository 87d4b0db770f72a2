"""Couriers: named with a badge, given a phone; bags are taken and handed in, and everybody sees who has them."""

import json
from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse

from lazaretto.core import clock
from lazaretto.core.errors import InvalidInput
from lazaretto.core.ids import new_id
from lazaretto.core.models import JournalEntry
from lazaretto.field.tests.phones import phone
from lazaretto.screening.tests.rounds import opened, scan, send
from lazaretto.stays.commands import collect_specimen
from lazaretto.tubes import commands
from lazaretto.tubes.errors import CourierOver, NotYourBadge
from lazaretto.tubes.models import Bag, Courier, SiteBag, TubeEvent
from lazaretto.tubes.queries.couriers import key_digest
from lazaretto.tubes.tests.ways import HOUR, laboratory, seen, tell
from tests import factories
from tests.cast import member as somebody
from tests.factories import NOW

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _ten_o_clock(monkeypatch):
    monkeypatch.setattr(clock, "now", lambda: NOW)


def courier(cast, code="C07", **more) -> Courier:
    """One of the cast's site."""
    given = {"name": "张强", "plate": "粤A12345", **more}
    made = commands.add_courier(actor=cast.duty_officer.actor, at=NOW, unit=cast.site.unit, code=code, **given)
    return Courier.objects.get(pk=made.courier_id)


def key_for(cast, one: Courier, by=None) -> str:
    """A key for their phone."""
    return commands.make_courier_key(actor=(by or cast.duty_officer).actor, at=NOW, courier=one).key


def ask(key: str, body=None):
    """The answer of a door of couriers."""
    headers, client = {"Authorization": f"Bearer {key}"}, Client()
    if body is None:
        return client.get("/field/api/courier/state", headers=headers)
    text = json.dumps(body)
    return client.post("/field/api/courier/scans", text, content_type="application/json", headers=headers)


def batch(of, *events, at=NOW):
    """What their phone sends."""
    said = [{"id": str(new_id()), "at": at.isoformat(), **one} for one in events]
    return {"batch": str(new_id()), "round": str(of.pk), "sent_at": at.isoformat(), "events": said}


def at_table(cast, place, *, bag="B1", to=""):
    """Two tubes in a closed bag; `to`: handed over."""
    events = [seen("bagged", tube=tube, bag=bag) for tube in ("T1", "T2")]
    events += [seen("bag_closed", bag=bag, count=2), *([seen("handed_over", bag=bag, to=to)] if to else [])]
    send(cast, place, scan(1), scan(2, tube="T2"))
    tell(cast, place, *events)


def test_a_bag_is_taken_carried_and_handed_in_by_scan(cast):
    of, place = opened(cast)
    laboratory(cast)
    at_table(cast, place)
    key = key_for(cast, courier(cast))
    (bag,) = ask(key).json()["bags"]
    assert (bag["code"], bag["tubes"], bag["point"], bag["state"], bag["mine"]) == (
        "B1", 2, f"{place.code} {place.name}", "closed", False,
    )  # fmt: skip
    taken = ask(key, batch(of, {"kind": "taken", "bag": "b1"}))
    assert taken.json()["answer"]["taken"] == 1
    (bag,) = taken.json()["bags"]
    assert (bag["mine"], bag["left_at"]) == (True, NOW.isoformat().replace("+00:00", "Z"))
    row = Bag.objects.get()
    assert (row.state, row.holder) == ("under_way", "C07")
    handed = ask(key, batch(of, {"kind": "arrived", "bag": "B1", "to": "LAB1", "officer": "李检"}, at=NOW + HOUR))
    assert handed.json()["bags"] == []
    row.refresh_from_db()
    assert (row.state, row.laboratory, row.point_id, row.doubts) == ("arrived", "LAB1", place.pk, [])
    assert "李检" in TubeEvent.objects.get(kind="arrived").words
    assert JournalEntry.objects.filter(command="tubes.upload_events", actor_name="courier C07").count() == 2


@pytest.mark.parametrize("said", ["C07", "lzc1:c07", "张强", "粤A12345", "张强 粤Ａ12345"])
def test_what_the_table_typed_of_a_courier_and_their_badge_are_one(cast, said):
    of, place = opened(cast)
    one = courier(cast)
    at_table(cast, place, to=said)
    assert Bag.objects.get().holder == "C07"
    ask(key_for(cast, one), batch(of, {"kind": "taken", "bag": "B1"}, at=NOW + timedelta(seconds=2)))
    assert Bag.objects.get().doubts == []


def test_a_name_that_two_couriers_have_says_neither(cast):
    _of, place = opened(cast)
    courier(cast), courier(cast, "C08", plate="粤B99999")
    at_table(cast, place, to="张强")
    assert Bag.objects.get().holder == "张强"
    tell(cast, place, seen("handed_over", bag="B2", to="粤B99999"))
    assert Bag.objects.get(code="B2").holder == "C08"


def test_a_bag_given_to_a_badge_that_nobody_named_is_a_doubt_until_their_own_phone_has_it(cast):
    of, place = opened(cast)
    at_table(cast, place, bag="B0", to="C99")
    assert Bag.objects.get().doubts == [], "where nobody is named at all a table writes who came"
    courier(cast)
    tell(cast, place, seen("handed_over", bag="B1", to="LZC1:C08"), seen("handed_over", bag="B2", to="C09"))
    found = {row.code: (row.holder, row.state, row.doubts) for row in Bag.objects.exclude(code="B0")}
    assert found == {
        "B1": ("LZC1:C08", "under_way", ["unknown_courier"]), "B2": ("C09", "under_way", ["unknown_courier"]),
    }  # fmt: skip
    page = cast.duty_officer.client.get(reverse("tubes:bag", args=[of.pk, "B2"])).content.decode()
    assert "unknown_courier" not in page
    assert "交给了未登记的送样员" in page
    new = courier(cast, "C09", name="李四", plate="")
    ask(key_for(cast, new), batch(of, {"kind": "taken", "bag": "B2"}, at=NOW + timedelta(minutes=1)))
    assert Bag.objects.get(code="B2").doubts == []
    tell(cast, place, seen("handed_over", bag="B3", to="c09"))
    assert (Bag.objects.get(code="B3").holder, Bag.objects.get(code="B3").doubts) == ("C09", [])


def test_phones_at_the_tables_know_the_couriers_of_their_round_and_are_told_again_where_they_changed(cast, monkeypatch):
    _of, place = opened(cast)
    one = courier(cast, phone="13800001111")
    courier(cast, "C08", name="王五", plate="")
    commands.add_courier(actor=cast.duty_officer.actor, at=NOW, unit=cast.other_site.unit, code="C09", name="外区")
    made = phone(cast, place)
    told = made.ask("state?couriers=").json()["couriers"]
    assert told["rows"] == [["C07", "张强", "粤A12345"], ["C08", "王五", ""]], "no telephone, no key, nobody elsewhere"
    assert "couriers" not in made.ask(f"state?couriers={told['version']}").json()
    assert "couriers" not in made.ask("state").json(), "a page kept since before asks for nobody"
    commands.end_courier(actor=cast.duty_officer.actor, at=NOW, courier=one)
    monkeypatch.setattr(clock, "now", lambda: NOW + timedelta(minutes=1))
    assert made.ask(f"state?couriers={told['version']}").json()["couriers"]["rows"] == [["C08", "王五", ""]]


def test_a_courier_who_takes_what_another_was_given_is_a_doubt(cast):
    of, place = opened(cast)
    courier(cast, "C08", name="王五", plate="")
    at_table(cast, place, to="C08")
    ask(key_for(cast, courier(cast)), batch(of, {"kind": "taken", "bag": "B1"}))
    assert Bag.objects.get().doubts == ["second_courier"]


def test_a_bag_that_the_courier_told_of_first_is_of_its_point_once_the_table_sends(cast):
    of, place = opened(cast)
    assert ask(key_for(cast, courier(cast)), batch(of, {"kind": "taken", "bag": "B1"})).status_code == 200
    assert Bag.objects.get().point_id is None
    at_table(cast, place)
    assert (Bag.objects.get().point_id, Bag.objects.get().state) == (place.pk, "under_way")


def test_the_same_scan_in_another_batch_counts_once(cast):
    of, _place = opened(cast)
    key, body = key_for(cast, courier(cast)), batch(of, {"kind": "taken", "bag": "B1"})
    ask(key, body)
    again = ask(key, {**body, "batch": str(new_id())}).json()["answer"]
    assert (again["taken"], again["remarks"][0]["remark"]) == (0, "same_event")
    assert TubeEvent.objects.count() == 1


def test_a_courier_says_nothing_but_what_couriers_say(cast):
    of, _place = opened(cast)
    key = key_for(cast, courier(cast))
    for wrong in ({"kind": "received", "bag": "B1"}, {"kind": "taken"}, {"kind": "taken", "bag": "B1", "tube": "T1"}):
        assert ask(key, batch(of, wrong)).status_code == 422
    assert not TubeEvent.objects.exists()


def test_bags_of_other_areas_are_neither_seen_nor_taken(cast):
    of, place = opened(cast)
    at_table(cast, place)
    made = commands.add_courier(
        actor=cast.duty_officer.actor, at=NOW, unit=cast.other_site.unit, code="C09", name="外区"
    )
    key = key_for(cast, Courier.objects.get(pk=made.courier_id))
    assert (ask(key).json()["bags"], ask(key).json()["rounds"]) == ([], [])
    assert ask(key, batch(of, {"kind": "taken", "bag": "B1"})).status_code == 404


def test_a_key_opens_one_phone_for_a_week(cast, monkeypatch):
    one = courier(cast)
    first, second = key_for(cast, one), key_for(cast, one)
    assert (ask(first).status_code, ask(first).json()["code"]) == (401, "courier_unknown")
    assert ask(second).status_code == 200
    assert Courier.objects.get().key_digest == key_digest(second)
    monkeypatch.setattr(clock, "now", lambda: NOW + timedelta(days=7))
    assert ask(second).status_code == 401
    assert ask("").status_code == 401


def test_whoever_ended_opens_nothing(cast):
    one = courier(cast)
    key = key_for(cast, one)
    commands.end_courier(actor=cast.duty_officer.actor, at=NOW, courier=one, reason="手机丢失")
    assert ask(key).status_code == 401
    with pytest.raises(CourierOver):
        key_for(cast, one)
    with pytest.raises(CourierOver):
        commands.end_courier(actor=cast.duty_officer.actor, at=NOW, courier=one)


def test_a_code_is_typed_by_a_scanner_and_of_one_courier_alone(cast):
    assert courier(cast, " c-07 ").code == "C-07"
    with pytest.raises(InvalidInput) as taken:
        commands.add_courier.invoke(
            actor=cast.duty_officer.actor, at=NOW,
            payload={"unit": str(cast.site.unit.pk), "code": "c-07", "name": "李四"},
        )  # fmt: skip
    assert list(taken.value.fields) == ["code"]
    for wrong in ({"code": "车1"}, {"code": "C"}, {"name": " "}, {"username": "nobody"}, {"phone": "12"}):
        with pytest.raises(InvalidInput) as refused:
            courier(cast, **{"code": "C11", **wrong})
        assert set(refused.value.fields) == set(wrong)


def test_a_telephone_is_kept_as_it_is_dialled_and_one_account_carries_one_badge(cast):
    me = somebody("courier", cast.site.unit)
    assert courier(cast, phone="138 0000-1111", username=me.user.username).phone == "+8613800001111"
    assert courier(cast, "C08", phone="0571-87654321转12").phone == "+8657187654321,12"
    with pytest.raises(InvalidInput) as refused:
        courier(cast, "C09", phone="13800001111、13900001111", username=me.user.username)
    assert set(refused.value.fields) == {"phone", "username"}


def test_what_was_typed_wrong_of_a_courier_is_put_right_and_the_journal_knows(cast):
    me, one = somebody("courier", cast.site.unit), courier(cast, phone="13800001111")
    key = key_for(cast, one)
    given = {"courier": str(one.pk), "name": "张蔷", "plate": "粤A54321", "phone": "", "username": me.user.username}
    by = {"actor": cast.duty_officer.actor, "at": NOW}
    commands.change_courier.invoke(**by, payload=given)
    one.refresh_from_db()
    assert (one.code, one.name, one.plate, one.phone, one.user) == ("C07", "张蔷", "粤A54321", "", me.user)
    assert ask(key).json()["courier"]["name"] == "张蔷", "their phone goes on"
    entry = JournalEntry.objects.filter(command="tubes.change_courier").get()
    assert entry.data["changed"] == ["name", "phone", "plate", "user"]
    assert entry.data["before"] == {"name": "张强", "plate": "粤A12345", "account": ""}
    commands.change_courier.invoke(**by, payload=given)  # their own account is nobody else's
    with pytest.raises(InvalidInput) as refused:
        commands.change_courier.invoke(**by, payload={**given, "name": " ", "phone": "12", "username": "nobody"})
    assert set(refused.value.fields) == {"name", "phone", "username"}
    commands.end_courier(**by, courier=one)
    with pytest.raises(CourierOver):
        commands.change_courier.invoke(**by, payload=given)


def test_a_courier_is_put_right_on_their_page_and_nothing_typed_is_lost(cast):
    client, one = cast.duty_officer.client, courier(cast)
    there = reverse("field:change_courier", args=[one.pk])
    given = {"name": "张蔷", "plate": "粤A54321", "phone": "12", "username": "nobody"}
    page = client.post(there, given)
    assert page.status_code == 422
    assert set(page.context["form"].errors) == {"phone", "username"}
    assert 'value="张蔷"' in page.content.decode()
    assert client.post(there, {**given, "phone": "13800001111", "username": ""}).status_code == 302
    one.refresh_from_db()
    assert (one.name, one.phone, one.code) == ("张蔷", "+8613800001111", "C07")
    assert "+8613800001111" in client.get(reverse("field:courier", args=[one.pk])).content.decode()
    assert cast.medic.client.post(there, given).status_code == 403


def test_the_phone_asks_as_often_for_many_bags_as_for_few(cast, django_assert_num_queries):
    _of, place = opened(cast)
    key = key_for(cast, courier(cast))
    tell(cast, place, seen("bagged", tube="T1", bag="B1"))
    with django_assert_num_queries(8):
        assert ask(key).json()["bags"][0]["tubes"] == 1
    tell(cast, place, *(seen("bagged", tube=f"T{n}", bag=f"B{n}") for n in range(2, 30)))
    for n in range(3):
        packed = {"actor": cast.medic.actor, "at": NOW, "site": cast.site, "bag": f"S{n}"}
        commands.pack_bag(**packed, tubes=[f"X{n}"])
    with django_assert_num_queries(8):
        assert len(ask(key).json()["bags"]) == 32


def test_couriers_are_named_shown_and_ended_on_their_pages(cast):
    client = cast.duty_officer.client
    page = reverse("field:couriers")
    assert "还没有" in client.get(page).content.decode()
    given = {"unit": str(cast.site.unit.pk), "code": "C07", "name": "张强", "username": "nobody"}
    refused = client.post(page, {**given, "phone": "12"})
    assert refused.status_code == 422
    assert set(refused.context["form"].errors) == {"username", "phone"}
    assert 'value="张强"' in refused.content.decode()
    made = client.post(page, {**given, "username": ""})
    one = Courier.objects.get()
    assert made["Location"] == reverse("field:courier", args=[one.pk])
    assert "#key=lzc_" not in client.get(made["Location"]).content.decode()
    assert "#key=lzc_" in client.post(made["Location"]).content.decode()
    assert cast.medic.client.get(made["Location"]).status_code == 200
    assert cast.medic.client.post(made["Location"]).status_code == 403
    client.post(reverse("field:end_courier", args=[one.pk]), {"reason": "离职"})
    one.refresh_from_db()
    assert one.ended_at == NOW
    assert "C07" in client.get(page).content.decode()


def test_a_courier_opens_their_own_phone_and_nobody_elses(cast):
    me = somebody("courier", cast.site.unit)
    own, other = courier(cast, username=me.user.username), courier(cast, "C08")
    home = me.client.get(reverse("headquarters:home"), follow=True).content.decode()
    assert reverse("field:own_courier") in home
    assert "打开" in me.client.get(reverse("field:own_courier")).content.decode()
    there = me.client.post(reverse("field:own_courier"))["Location"]
    key = there.split("#key=")[1]
    assert ask(key).json()["courier"]["code"] == own.code
    with pytest.raises(NotYourBadge):
        commands.make_courier_key(actor=me.actor, at=NOW, courier=other)
    stranger = somebody("courier", cast.other_site.unit)
    assert "没有" in stranger.client.get(reverse("field:own_courier")).content.decode()
    assert stranger.client.post(reverse("field:own_courier")).status_code == 404


def test_a_bag_of_a_quarantine_site_is_taken_and_handed_in_by_the_same_phone(cast):
    laboratory(cast)
    stay = factories.stay(cast.site)
    collect_specimen(actor=cast.medic.actor, at=NOW, stay=stay, tube="S1")
    commands.pack_bag(actor=cast.medic.actor, at=NOW, site=cast.site, bag="B1", tubes=["S1"])
    key = key_for(cast, courier(cast))
    known = ask(key).json()
    (bag,) = known["bags"]
    assert (bag["code"], bag["tubes"], bag["round"], bag["mine"]) == ("B1", 1, str(cast.site.pk), False)
    assert {"id": str(cast.site.pk), "name": f"{cast.site.code} · {cast.site.name}", "open": False} in known["rounds"]
    taken = ask(key, batch(cast.site, {"kind": "taken", "bag": "b1"})).json()
    assert taken["bags"][0]["mine"]
    handed = ask(key, batch(cast.site, {"kind": "arrived", "bag": "B1", "to": "LAB1", "officer": "李检"})).json()
    assert (handed["answer"]["taken"], handed["bags"]) == (1, [])
    row = SiteBag.objects.get()
    assert (row.state, row.holder, row.laboratory) == ("arrived", "LAB1", "LAB1")


def test_a_courier_of_another_area_tells_nothing_of_a_site(cast):
    theirs = somebody("duty_officer", cast.other_site.unit)
    one = commands.add_courier(actor=theirs.actor, at=NOW, unit=cast.other_site.unit, code="C09", name="李强")
    key = key_for(cast, Courier.objects.get(pk=one.courier_id), by=theirs)
    assert ask(key, batch(cast.site, {"kind": "taken", "bag": "B1"})).status_code == 404
    assert ask(key).json()["bags"] == []
