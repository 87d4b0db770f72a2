"""Patrols and the breach register: one tap a door, a slip corrected, every breach acted on."""

from datetime import timedelta

import pytest
from django.urls import reverse

from lazaretto.core import clock
from lazaretto.core.choices import DeadlineState
from lazaretto.core.errors import ReasonRequired
from lazaretto.core.models import Alarm, Deadline, JournalEntry
from lazaretto.places.models import Room
from lazaretto.stays import commands
from lazaretto.stays.choices import BreachKind, DoorFinding
from lazaretto.stays.errors import AlreadyClosed, RoomElsewhere
from lazaretto.stays.models import Breach, DoorCheck
from tests.factories import NOW

pytestmark = pytest.mark.django_db
MINUTE = timedelta(minutes=1)


@pytest.fixture
def at(monkeypatch):
    """Sets the clock of the pages."""

    def set_to(moment):
        monkeypatch.setattr(clock, "now", lambda: moment)

    set_to(NOW)
    return set_to


def room(cast, number="0301"):
    return Room.objects.get(site=cast.site, number=number)


def tap(cast, finding, number="0301", who="security"):
    url = reverse("stays:check_door", args=["H01", number])
    return getattr(cast, who).client.post(url, {"finding": finding}, headers={"HX-Request": "true"})


def test_a_closed_door_is_a_check_and_no_breach(cast, admit, at):
    admit("0301")
    assert tap(cast, "closed").status_code == 200
    assert DoorCheck.objects.get().finding == DoorFinding.CLOSED
    assert not Breach.objects.exists()
    assert JournalEntry.objects.filter(command="stays.check_door").count() == 1


def test_an_open_door_is_a_breach_and_an_alarm_at_once(cast, admit, at):
    admit("0301")
    tap(cast, "open")
    breach = Breach.objects.get()
    assert (breach.kind, breach.room.number, breach.closed_at) == (BreachKind.DOOR_OPEN, "0301", None)
    alarm = Alarm.objects.get(kind="stays.breach")
    assert (alarm.role, alarm.unit_id) == ("site_lead", cast.site.unit_id)


def test_a_slip_of_the_finger_is_corrected_by_the_next_tap(cast, admit, at):
    admit("0301")
    tap(cast, "open")
    at(NOW + MINUTE)
    tap(cast, "closed")
    wrong, right = DoorCheck.objects.order_by("checked_at")
    assert right.corrects == wrong
    assert Breach.objects.get().closed_at == NOW + MINUTE
    assert Alarm.objects.filter(answered_at__isnull=True).count() == 0
    assert Deadline.objects.get(kind="stays.breach").state == DeadlineState.MET


def test_later_or_by_another_hand_it_is_a_fresh_look(cast, admit, at):
    admit("0301")
    tap(cast, "open")
    at(NOW + MINUTE)
    tap(cast, "closed", who="site_lead")
    at(NOW + 10 * MINUTE)
    tap(cast, "closed")
    assert DoorCheck.objects.filter(corrects__isnull=False).count() == 0
    assert Breach.objects.get().closed_at is None


def test_the_same_tap_twice_is_one_check(cast, admit, at):
    admit("0301")
    tap(cast, "closed")
    at(NOW + MINUTE)
    tap(cast, "closed")
    assert DoorCheck.objects.count() == 1


def test_a_check_is_corrected_once_and_at_its_own_door(cast, at):
    guard = {"actor": cast.security.actor, "at": NOW}
    first = commands.check_door(**guard, room=room(cast), finding=DoorFinding.OPEN).check_id
    with pytest.raises(RoomElsewhere):
        commands.check_door(**guard, room=room(cast, "0302"), finding=DoorFinding.CLOSED, corrects=first)
    commands.check_door(**guard, room=room(cast), finding=DoorFinding.CLOSED, corrects=first)
    with pytest.raises(AlreadyClosed):
        commands.check_door(**guard, room=room(cast), finding=DoorFinding.NO_ANSWER, corrects=first)
    assert DoorCheck.objects.count() == 2


def test_the_patrol_shows_doors_with_people_and_counts_what_is_done(cast, admit, at):
    admit("0301")
    admit("0401")
    tap(cast, "closed", "0401")
    page = cast.security.client.get(reverse("stays:patrol", args=["H01"])).content.decode()
    assert 'id="door-0301"' in page
    assert 'id="door-0302"' not in page
    assert "1/1" in page
    assert cast.clerk.client.get(reverse("stays:patrol", args=["H01"])).status_code == 403


def test_a_breach_is_reported_with_words_and_closed_with_an_action(cast, at):
    url = reverse("stays:report_breach", args=["H01"])
    empty = cast.security.client.post(url, {"kind": "visitor", "room": "0302", "description": ""})
    assert empty.status_code == 422
    assert 'value="0302"' in empty.content.decode()
    assert (
        cast.security.client.post(url, {"kind": "visitor", "room": "0302", "description": "家属探访"}).status_code
        == 302
    )
    breach = Breach.objects.get()
    close = reverse("stays:close_breach", args=["H01", breach.pk])
    assert cast.security.client.post(close, {"action": "已劝离，重申规定"}).status_code == 302
    breach.refresh_from_db()
    assert (breach.action, breach.closed_by) == ("已劝离，重申规定", cast.security.user)
    assert Alarm.objects.get().answer == "已劝离，重申规定"
    entry = JournalEntry.objects.get(command="stays.close_breach")
    assert entry.reason == "已劝离，重申规定"


def test_a_breach_without_words_or_closed_twice_is_refused(cast):
    guard = {"actor": cast.security.actor, "at": NOW}
    with pytest.raises(ReasonRequired):
        commands.report_breach(**guard, site=cast.site, kind=BreachKind.OTHER, description="  ")
    made = commands.report_breach(**guard, site=cast.site, kind=BreachKind.OTHER, description="车辆未登记")
    with pytest.raises(ReasonRequired):
        commands.close_breach(**guard, breach=made.breach_id, action=" ")
    commands.close_breach(**guard, breach=made.breach_id, action="补登记")
    with pytest.raises(AlreadyClosed):
        commands.close_breach(**guard, breach=made.breach_id, action="再次")


def test_the_register_lists_open_ones_and_keeps_the_rest(cast, at):
    guard = {"actor": cast.security.actor, "at": NOW}
    made = commands.report_breach(**guard, site=cast.site, kind=BreachKind.ZONE, description="穿越污染区")
    commands.report_breach(**guard, site=cast.site, kind=BreachKind.OTHER, description="车辆未登记")
    commands.close_breach(**guard, breach=made.breach_id, action="消杀并教育")
    url = reverse("stays:breaches", args=["H01"])
    assert "穿越污染区" not in cast.security.client.get(url).content.decode()
    assert "消杀并教育" in cast.security.client.get(url, {"state": "closed"}).content.decode()
    assert cast.outsider.client.get(url).status_code == 404
