"""What programs read of people who are at a hospital: kept rooms and what was told, each to those who may."""

from datetime import timedelta

import pytest

from lazaretto.custody.commands import Luggage
from lazaretto.custody.models import Handover
from lazaretto.places.models import ExternalPlace
from lazaretto.transfers import commands
from tests import factories
from tests.factories import NOW

pytestmark = pytest.mark.django_db


@pytest.fixture
def away(cast):
    """Somebody at hospital, whose room is kept and of whom something was told."""
    stay = factories.stay(cast.site)
    made = commands.sign_out(
        actor=cast.site_lead.actor, at=NOW, site=cast.site, people=(Luggage(stay.person_id),),
        due_at=NOW + timedelta(hours=1), to_place=ExternalPlace.objects.create(kind="hospital", name="区人民医院"),
        keep_rooms_until=NOW + timedelta(days=2), why_kept="行李在房内",
    )  # fmt: skip
    handover = Handover.objects.get(pk=made.handover_id)
    given = {"actor": cast.site_lead.actor, "at": NOW, "handover": handover, "person": stay.person}
    commands.confirm_arrival(**given, confirmed_by="分诊台")
    commands.write_word(**given, kind="condition", text="留院观察", told_by="赵医生")
    return stay


def read(member, address):
    return member.client.get(f"/api/v1{address}")


def test_kept_rooms_are_read_by_the_site_that_keeps_them(cast, away):
    (row,) = read(cast.clerk, "/room-holds?open=true").json()["items"]
    assert (row["site"], row["stay"], row["reason"]) == ("H01", away.number, "行李在房内")
    assert read(cast.clerk, "/room-holds?open=false").json()["items"] == []
    assert read(cast.outsider, "/room-holds").json()["items"] == []


def test_what_a_hospital_told_is_read_by_those_who_read_health_at_the_site_that_sent_them(cast, away):
    (row,) = read(cast.medic, "/place-words").json()["items"]
    assert (row["text"], row["told_by"], row["person_id"]) == ("留院观察", "赵医生", str(away.person_id))
    assert read(cast.clerk, "/place-words").status_code == 403
    assert read(cast.hotel_staff, "/place-words").status_code == 403
