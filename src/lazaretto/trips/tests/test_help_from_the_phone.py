"""Somebody aboard needs help: one button on the escort's phone, by link or signed in, also told late."""

import json

import pytest
from django.test import Client
from django.urls import reverse

from lazaretto.core import clock
from lazaretto.core.ids import new_id
from lazaretto.core.models import Alarm, JournalEntry
from lazaretto.trips import commands
from lazaretto.trips.tests.fleet import MINUTE
from tests.factories import NOW

pytestmark = pytest.mark.django_db


def send(client, address, *cries, sent_at=NOW):
    body = {"sent_at": sent_at.isoformat(), "scans": [], "help": list(cries)}
    return client.post(address, json.dumps(body), content_type="application/json")


def test_the_link_alone_calls_for_help_once_and_the_journal_says_which(fleet, monkeypatch):
    monkeypatch.setattr(clock, "now", lambda: NOW)
    trip = fleet.trip(fleet.guests("甘小雨"))
    link = commands.make_link(actor=fleet.dispatcher.actor, at=NOW, trip=trip)
    phone, address = Client(), reverse("trips:ride_link_scans", args=[trip.number, link.secret])
    cry = {"id": str(new_id()), "what": "胸痛", "taken_at": (NOW - 40 * MINUTE).isoformat()}
    first, again = (send(phone, address, cry).json()["helped"] for _twice in range(2))

    assert first == again
    entry = JournalEntry.objects.get(command="emergencies.report")
    assert (entry.actor_name, entry.occurred_at) == (f"escort {trip.number}", NOW - 40 * MINUTE)
    assert Alarm.objects.filter(kind="emergencies.unowned").exists()
    page = phone.get(reverse("trips:ride_link", args=[trip.number, link.secret])).content.decode()
    assert "data-ride-help" in page
    assert "tel:120" in page


@pytest.mark.parametrize("cry", [{}, {"id": "?", "taken_at": "yesterday", "what": "x" * 9000}])
def test_whatever_the_phone_sends_help_is_never_refused(fleet, monkeypatch, cry):
    monkeypatch.setattr(clock, "now", lambda: NOW)
    trip = fleet.trip(fleet.guests("甘小雨"))
    answer = send(fleet.escort.client, reverse("trips:ride_scans", args=[trip.number]), cry)
    assert answer.status_code == 200
    assert answer.json()["helped"][0]["number"]
