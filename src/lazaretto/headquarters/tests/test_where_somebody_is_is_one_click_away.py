"""Whoever has no room here is found: under way, with others; every page about them leads to the handover."""

from datetime import timedelta

import pytest
from django.urls import reverse

from lazaretto.core import clock
from lazaretto.core.deadlines import sweep
from lazaretto.custody.commands import Luggage
from lazaretto.custody.models import Handover
from lazaretto.emergencies.commands import report
from lazaretto.orders.commands import Passenger, write_order
from lazaretto.people.queries import person_journal
from lazaretto.places.models import ExternalPlace, Site
from lazaretto.stays.models import RoomHold, Stay
from lazaretto.transfers import commands
from lazaretto.transfers.choices import WordKind
from tests import factories
from tests.factories import NOW

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)


@pytest.fixture(autouse=True)
def _now(monkeypatch):
    monkeypatch.setattr(clock, "now", lambda: NOW + 2 * HOUR)


@pytest.fixture
def stay(cast) -> Stay:
    return factories.stay(cast.site, who=factories.person("单小燕", at_site=cast.site))


def sent(cast, stay, **more) -> Handover:
    made = commands.sign_out(
        actor=cast.clerk.actor, at=NOW, site=cast.site, people=(Luggage(stay.person_id),), due_at=NOW + 9 * HOUR, **more
    )
    stay.refresh_from_db()
    return Handover.objects.get(pk=made.handover_id)


@pytest.fixture
def in_hospital(cast, stay) -> Handover:
    place = ExternalPlace.objects.create(kind="hospital", name="区人民医院", name_en="District Hospital")
    gone = sent(cast, stay, to_place=place, keep_rooms_until=NOW + 48 * HOUR)
    commands.confirm_arrival(
        actor=cast.clerk.actor, at=NOW + HOUR, handover=gone, person=stay.person, confirmed_by="急诊分诊台"
    )
    return gone


def page(member, address, **query):
    return member.client.get(address, query).content.decode()


def where(member, stay):
    return page(member, reverse("transfers:where", args=[stay.person_id]))


def test_the_search_says_where_somebody_under_way_is_and_leads_there(cast, stay):
    gone = sent(cast, stay, to_site="H02")
    answer = cast.clerk.client.get(reverse("palette"), {"q": "单小燕"}).json()
    (item,) = next(group["items"] for group in answer["groups"] if group["items"][0]["label"] == "单小燕")
    assert item["url"] == reverse("transfers:handover", args=[gone.number])
    assert "→" in item["detail"]
    assert "→" in page(cast.clerk, reverse("headquarters:search"), q="单小燕")


def test_the_page_of_a_person_says_where_they_are_and_what_happened_in_the_order_of_time(cast, stay, in_hospital):
    assert reverse("transfers:where", args=[stay.person_id]) in page(
        cast.clerk, reverse("people:person", args=[stay.person_id])
    )
    box = where(cast.clerk, stay)
    assert "区人民医院" in box
    assert box.count(reverse("transfers:handover", args=[in_hospital.number])) == 3  # now, left, arrived
    moments = [entry.occurred_at for entry in person_journal(cast.duty_officer.actor, stay.person)]
    assert moments == sorted(moments, reverse=True)
    told = [entry.command for entry in person_journal(cast.site_lead.actor, stay.person)]
    assert not cast.site_lead.actor.may("journal.read") or "transfers.sign_out" in told


def test_a_stay_that_ended_with_a_handover_leads_to_it(cast, stay):
    gone = sent(cast, stay, to_site="H02")
    address = reverse("stays:stay", args=["H01", stay.number])
    assert reverse("transfers:handover", args=[gone.number]) in page(cast.clerk, address)


def test_a_kept_room_and_the_alarm_that_they_may_leave_lead_to_the_handover(cast, stay, in_hospital):
    address = reverse("transfers:handover", args=[in_hospital.number])
    room = RoomHold.objects.get().room.number
    assert address in page(cast.clerk, reverse("stays:board_room", args=["H01", room]))
    commands.write_word(
        actor=cast.clerk.actor, at=NOW + HOUR, handover=in_hospital, person=stay.person, kind=WordKind.MAY_LEAVE,
        text="可以出院", told_by="陈医生",
    )  # fmt: skip
    while sweep(at=NOW + 8 * HOUR):
        pass
    assert address in page(cast.site_lead, reverse("headquarters:alarms"))
    assert address in page(cast.site_lead, reverse("headquarters:deadlines"))


def test_who_is_with_others_stands_in_a_list_with_the_button_to_fetch_them(
    cast, stay, in_hospital, django_assert_max_num_queries
):
    moves, fetch = reverse("transfers:moves"), reverse("transfers:fetch", args=[in_hospital.number])
    with django_assert_max_num_queries(24):
        shown = page(cast.site_lead, moves)
    assert fetch in shown
    assert "区人民医院" in shown
    assert fetch not in page(cast.outsider, moves)
    assert "单小燕" not in page(cast.auditor, moves)
    commands.fetch(
        actor=cast.clerk.actor, at=NOW + 2 * HOUR, place=in_hospital.to_external, site=cast.site,
        people=(Luggage(stay.person_id),), due_at=NOW + 4 * HOUR,
    )  # fmt: skip
    assert fetch not in page(cast.site_lead, moves)


def test_where_somebody_is_costs_the_same_for_a_long_story(cast, stay, in_hospital, django_assert_max_num_queries):
    with django_assert_max_num_queries(12):
        where(cast.clerk, stay)


def test_who_reads_english_reads_the_english_name_of_the_site(cast, stay):
    Site.objects.filter(pk=cast.site.pk).update(name="江畔酒店", name_en="Riverside Hotel")
    report(
        actor=cast.clerk.actor, at=NOW, kind="fire", site=Site.objects.get(pk=cast.site.pk),
    )  # fmt: skip
    made = write_order(
        actor=cast.clerk.actor, at=NOW, from_site=Site.objects.get(pk=cast.site.pk), to_site="H02", category="inbound",
        reason="合并", valid_until=NOW + 24 * HOUR, people=(Passenger(person=stay.person_id),),
    )  # fmt: skip
    for address in (
        reverse("people:person", args=[stay.person_id]), reverse("people:people"),
        reverse("orders:order", args=[made.number]),
    ):  # fmt: skip
        answer = cast.site_lead.client.get(address, headers={"Accept-Language": "en"})
        assert "Riverside Hotel" in answer.content.decode()
        assert "江畔酒店<" not in answer.content.decode()
        assert "江畔酒店 " not in answer.content.decode()
