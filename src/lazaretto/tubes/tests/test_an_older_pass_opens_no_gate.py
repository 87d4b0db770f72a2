"""A pass is looked at anew each time: who is called back in a later round has none, whichever link is opened."""

import pytest
from django.urls import reverse

from lazaretto.core import clock
from lazaretto.screening.models import Round
from lazaretto.screening.tests.rounds import open_one, opened, scan, send
from lazaretto.tubes.queries.own import pass_of, token_of
from lazaretto.tubes.tests.labs import recheck, report
from lazaretto.tubes.tests.ways import HOUR, brought, laboratory
from tests.factories import NOW

pytestmark = pytest.mark.django_db


def test_yesterdays_link_says_stay_once_todays_tube_is_positive(cast, client, monkeypatch):
    monkeypatch.setattr(clock, "now", lambda: NOW + 2 * HOUR)
    first, place = opened(cast)
    lab = laboratory(cast)
    send(cast, place, scan(1))
    brought(cast, place, "T1")
    report(cast, first, lab, ["T1", "阴性"])
    assert pass_of(first.pk, 1, rounds=3).said == "negative"
    second, there = open_one(cast)
    Round.objects.filter(pk=second.pk).update(opens_at=NOW + HOUR)
    send(cast, there, scan(1, tube="U1", at=NOW + HOUR), at=NOW + HOUR)
    brought(cast, there, "U1", bag="B2", at=NOW + HOUR)
    report(cast, second, lab, ["U1", "阳性", "30", "31"], at=NOW + HOUR)
    link = reverse("tubes:own", args=[token_of(first.pk, 1)])
    assert pass_of(first.pk, 1, rounds=3).said == "stay"
    assert 'data-tone="green"' not in client.get(link).content.decode()
    recheck(cast, second, lab, ["U1", "阴性"], at=NOW + 2 * HOUR)
    assert pass_of(first.pk, 1, rounds=3).said == "negative"
    assert pass_of(second.pk, 1, rounds=3).negative == 2, "refuted is negative"
