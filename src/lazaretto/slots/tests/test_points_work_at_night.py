"""A point that closes before it opens works through the night: it is open then, and people are given slots then."""

from datetime import time as hours
from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from lazaretto.screening import commands as screening
from lazaretto.screening.models import Point, Round
from lazaretto.screening.queries.at_points import works_at
from lazaretto.slots.tests.plans import add_point, planned, slots, standing
from tests.factories import NOW

pytestmark = pytest.mark.django_db


def test_it_is_open_before_and_after_midnight_and_slots_stand_there(cast):
    of, _homes, _places = planned(cast, 200, points=())
    Round.objects.filter(pk=of.pk).update(deadline_at=NOW + timedelta(days=1))
    of.refresh_from_db()
    place = add_point(cast, of, "P9", opens=hours(22), closes=hours(3))
    rows = standing(cast, of)
    begin, end = timezone.localtime(rows[0].starts_at), timezone.localtime(rows[-1].ends_at)
    assert (begin.time(), end.date() - begin.date()) == (hours(22), timedelta(days=1))
    assert end.time() <= hours(3)
    assert sum(row.people for row in slots(of)) == 200
    screening.open_round(actor=cast.duty_officer.actor, at=NOW, test_round=of)
    of = Round.objects.get(pk=of.pk)
    midnight = begin.replace(hour=0, minute=0) + timedelta(days=1)
    moments = [midnight + timedelta(hours=n) for n in (-3, -2, 0, 2, 3, 12)]
    assert [works_at(place, of, at=at) for at in moments] == [False, True, True, True, False, False]


def test_a_point_that_is_never_open_is_refused_by_the_database_too(cast):
    of, _homes, _places = planned(cast, 5)
    with pytest.raises(IntegrityError, match="point_is_open_a_while"), transaction.atomic():
        Point.objects.filter(round=of).update(opens=hours(7), closes=hours(7))
