"""The database itself refuses what must not be."""

from datetime import timedelta

import pytest
from django.db import DatabaseError, transaction

from lazaretto.places.models import Room
from lazaretto.stays.models import Occupancy, Stay
from tests import factories
from tests.factories import NOW

pytestmark = pytest.mark.django_db


def refused():
    return pytest.raises(DatabaseError)


def test_a_person_cannot_have_two_overlapping_stays():
    site, other = factories.site("H01"), factories.site("H02")
    first = factories.stay(site)
    with refused(), transaction.atomic():
        Stay.objects.create(
            number="x", person=first.person, site=other, order=first.order, category="inbound",
            started_at=first.started_at + timedelta(days=1), ended_at=NOW, end="released",
        )  # fmt: skip


def test_people_of_different_parties_never_share_a_room():
    site = factories.site()
    first, second = factories.stay(site), factories.stay(site)
    taken = first.occupancies.get()
    with refused(), transaction.atomic():
        Occupancy.objects.filter(stay=second).update(room=taken.room, bed=None)
    Occupancy.objects.filter(stay=second).update(room=taken.room, bed=None, party_id=taken.party_id)
    assert Occupancy.objects.filter(room=taken.room).count() == 2


def test_two_people_never_have_one_bed_unless_one_shares_it():
    site = factories.site()
    first, second = factories.stay(site), factories.stay(site)
    taken = first.occupancies.get()
    same = {"room": taken.room, "bed": taken.bed, "party_id": taken.party_id}
    with refused(), transaction.atomic():
        Occupancy.objects.filter(stay=second).update(**same)
    Occupancy.objects.filter(stay=second).update(**same, shares_bed=True)
    assert Occupancy.objects.filter(bed=taken.bed).count() == 2


def test_a_room_may_be_taken_again_the_moment_it_is_left():
    site = factories.site()
    first = factories.stay(site)
    taken = first.occupancies.get()
    Occupancy.objects.filter(pk=taken.pk).update(ended_at=NOW)
    Stay.objects.filter(pk=first.pk).update(ended_at=NOW, end="released")
    Room.objects.filter(pk=taken.room_id).update(state="ready")
    second = factories.stay(site, in_room=taken.room, day=0)
    assert second.occupancies.get().room == taken.room
