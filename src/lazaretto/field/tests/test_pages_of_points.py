"""The page of a point: its phones, a code shown once, revoked; whose people come. What happened to tubes."""

import re
from datetime import timedelta
from html import unescape

import pytest
from django.test import Client
from django.urls import reverse

from lazaretto.core import clock
from lazaretto.core.ids import new_id
from lazaretto.field.models import Device, Expected
from lazaretto.field.tests.phones import phone, swab
from lazaretto.screening.tests.rounds import opened, point
from lazaretto.tubes.models import TubeEvent
from tests.cast import member

pytestmark = pytest.mark.django_db


def test_a_code_is_shown_once_and_lies_in_the_fragment(cast):
    _of, place = opened(cast)
    client = cast.duty_officer.client
    page = client.post(reverse("field:enrol", args=[place.pk]), {"table": 2, "label": "12"})
    assert page.status_code == 200
    assert "no-store" in page["Cache-Control"]
    link = re.search(r'id="link" readonly value="([^"]+)"', page.content.decode())
    assert link is not None
    assert "/field/#code=" in unescape(link[1])
    again = client.get(reverse("field:point", args=[place.pk])).content.decode()
    assert link[1] not in again
    assert Device.objects.get().label == "12"


def test_what_cannot_be_is_said_in_the_form(cast):
    _of, place = opened(cast)
    page = cast.duty_officer.client.post(reverse("field:enrol", args=[place.pk]), {"table": 9, "label": "12"})
    assert page.status_code == 422
    assert page.context["enrol_form"].errors["table"] == [f"本采样点有 1 至 {place.tables} 号台。"]
    assert re.search(r'<dialog id="enrol"[^>]* data-open>', page.content.decode()), "it stays open"
    assert not Device.objects.exists()
    assert cast.medic.client.post(reverse("field:enrol", args=[place.pk]), {}).status_code == 403


def test_pages_ask_as_much_for_many_as_for_one(cast, django_assert_max_num_queries):
    of, place = opened(cast)
    pages = [reverse("field:points"), *(reverse(f"field:{name}", args=[place.pk]) for name in ("point", "enterprises"))]
    client = cast.duty_officer.client

    def asked() -> list[int]:
        found = []
        for path in pages:
            with django_assert_max_num_queries(30) as counted:
                assert client.get(path).status_code == 200
            found.append(len(counted))
        return found

    phone(cast, place)
    asked()
    before = asked()
    for nth in range(1, 6):
        phone(cast, place, nth=nth, label=str(nth))
        point(cast, of, f"P{nth + 1}")
    assert asked() == before


def test_an_empty_point_says_what_to_do_and_a_reader_gets_no_buttons(cast):
    _of, place = opened(cast)
    sampler = member("sampler", cast.site.unit)
    sampler.user.language = "en"
    sampler.user.save()
    for client, may in ((sampler.client, False), (cast.duty_officer.client, True)):
        page = client.get(reverse("field:point", args=[place.pk])).content.decode()
        assert ('data-dialog="enrol"' in page) == may
    assert Client().get(reverse("field:point", args=[place.pk])).status_code == 302


def test_a_phone_is_revoked_and_whose_people_come_is_said_by_page(cast):
    of, place = opened(cast)
    made, client = phone(cast, place), cast.duty_officer.client
    made.ask("state", queue=3, sent_at=clock.now() - timedelta(minutes=5))
    assert "5" in client.get(reverse("field:point", args=[place.pk])).content.decode()
    share = of.shares.get(people=1)
    home = {"organisation": str(share.organisation_id), "q": "B"}
    address = reverse("field:expect", args=[place.pk])
    assert client.post(address, {**home, "step": "add"}).url.endswith("?q=B")
    client.post(address, {**home, "step": "add"})
    assert Expected.objects.get().organisation_id == share.organisation_id
    client.post(address, {**home, "step": "remove"})
    assert not Expected.objects.exists()
    client.post(address, {"organisation": str(place.pk)})
    assert not Expected.objects.exists(), "nobody of the round"
    address = reverse("field:revoke", args=[place.pk, made.device.pk])
    assert client.post(address, {"reason": "丢失"}).status_code == 302
    assert Device.objects.get().ending == "revoked"
    elsewhere = reverse("field:revoke", args=[point(cast, of, "P2").pk, made.device.pk])
    assert client.post(elsewhere).status_code == 404


def test_a_phone_tells_what_happened_to_its_tubes_at_its_own_point(cast):
    _of, place = opened(cast)
    made = phone(cast, place)
    made.send(swab(1))
    at = clock.now().isoformat()
    body = {
        "batch": str(new_id()), "sent_at": at,
        "events": [
            {"id": str(new_id()), "kind": "sealed", "at": at, "tube": "T1", "count": 1, "table": 1},
            {"id": str(new_id()), "kind": "bagged", "at": at, "tube": "T1", "bag": "B1"},
        ],
    }  # fmt: skip
    answer = made.ask("events", body)
    assert answer.json()["answer"]["taken"] == 2
    assert made.ask("events", body).json()["answer"] == answer.json()["answer"]
    assert set(TubeEvent.objects.values_list("point_id", flat=True)) == {place.pk}
    assert made.ask("events", {**body, "events": []}).status_code == 422
