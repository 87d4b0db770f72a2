"""Whoever is found is on a headcount by one press, so that the next round waits for them; until they have a place."""

import pytest
from django.urls import reverse

from lazaretto.core import clock
from lazaretto.core.errors import Forbidden
from lazaretto.headcounts.models import Member
from lazaretto.stranded import commands
from lazaretto.stranded.choices import State
from lazaretto.stranded.commands import FoundPerson
from lazaretto.stranded.tests.stories import COURIER, find
from tests.factories import NOW

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _ten_o_clock(monkeypatch):
    monkeypatch.setattr(clock, "now", lambda: NOW)


def on_it() -> int:
    return Member.objects.filter(organisation__kind="none", ended_at__isnull=True).count()


def test_one_press_puts_all_of_them_on_the_headcount_and_they_leave_it_with_their_end(cast):
    group = find(cast.clerk, COURIER, FoundPerson(name="王敏", age=30), unit=cast.site.unit)
    client, page = cast.clerk.client, reverse("stranded:one", args=[group.number])
    press = reverse("stranded:count", args=[group.number])
    assert press in client.get(page).content.decode()
    assert client.post(press).status_code == 302
    assert on_it() == 2
    assert press not in client.get(page).content.decode(), "nothing is left to press"
    assert commands.count_in(actor=cast.clerk.actor, at=NOW, group=group).fresh == 0
    commands.end(
        actor=cast.duty_officer.actor, at=NOW, group=group, outcome=State.HOME, where_to="回家", confirmed_by="社区",
        people=(group.people.first().pk,),
    )  # fmt: skip
    assert on_it() == 1


def test_who_does_not_register_does_not_count_them_in(cast):
    group = find(cast.clerk, unit=cast.site.unit)
    with pytest.raises(Forbidden):
        commands.count_in(actor=cast.auditor.actor, at=NOW, group=group)
