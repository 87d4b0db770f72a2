"""People of a transfer order wait for a trip by themselves, once they may be sent, and while the order says so."""

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from lazaretto.core.choices import DeadlineState
from lazaretto.core.deadlines import sweep
from lazaretto.core.ids import new_id
from lazaretto.core.models import Alarm, Deadline, JournalEntry
from lazaretto.custody.commands import Luggage
from lazaretto.custody.models import Handover
from lazaretto.orders import commands as orders
from lazaretto.orders import hooks
from lazaretto.orders.choices import Source, Urgency
from lazaretto.orders.errors import NotChecked
from lazaretto.orders.models import OrderPerson
from lazaretto.orders.tests.telling import DIFFERENT, checked, draft, issued, place, say
from lazaretto.people.models import Need
from lazaretto.transfers import commands as transfers
from lazaretto.trips import commands
from lazaretto.trips.choices import Berth, RequestState
from lazaretto.trips.duties import settle_requests
from lazaretto.trips.models import MoveRequest
from lazaretto.trips.tests.fleet import HOUR, MINUTE
from lazaretto.trips.tests.test_trips_are_proposed import ask
from tests.factories import NOW

pytestmark = pytest.mark.django_db
OPEN, PLANNED = RequestState.OPEN, RequestState.PLANNED


@pytest.fixture
def guest(fleet):
    (person,) = fleet.guests("龙婆婆")
    return person.stays.get()


def states(stay) -> list[str]:
    return list(
        MoveRequest.objects.filter(person=stay.person).order_by("asked_at", "id").values_list("state", flat=True)
    )


def the_request(stay) -> MoveRequest:
    return MoveRequest.objects.select_related("rider").get(person=stay.person)


def put_on_a_trip(fleet, stay, **more):
    trip = fleet.trip([], **more)
    commands.add_rider(
        actor=fleet.dispatcher.actor, at=NOW, trip=trip, person=stay.person, from_stop=0, to_stop=1,
        request=MoveRequest.objects.get(person=stay.person, state=OPEN),
    )  # fmt: skip
    return trip


def test_they_wait_for_a_trip_as_soon_as_two_sources_agree_and_not_before(cast, fleet, guest):
    order = issued(cast, guest, urgency=Urgency.NOW)
    say(cast, order, guest.person, Source.SITE)
    assert states(guest) == []
    say(cast, order, guest.person, Source.PERSON)
    made = the_request(guest)
    assert (made.state, made.urgency, made.order_line.order, made.category) == (OPEN, "urgent", order, "inbound")
    assert (made.from_site, made.to_site, made.latest_at) == (cast.site, cast.other_site, NOW + 2 * HOUR)
    watched = Deadline.objects.get(subject_id=str(made.pk))
    assert (watched.kind, watched.due_at, watched.state) == ("trips.request", made.latest_at, DeadlineState.OPEN)
    assert JournalEntry.objects.filter(subject_id=str(made.pk), command="orders.check_source").exists()
    say(cast, order, guest.person, Source.POLICE)
    assert states(guest) == [OPEN]


def test_a_draft_asks_for_nothing_and_an_override_asks_at_once(cast, fleet, guest):
    order = draft(cast, guest)
    say(cast, order, guest.person, Source.SITE)
    say(cast, order, guest.person, Source.PERSON)
    assert states(guest) == []
    orders.issue(actor=cast.duty_officer.actor, at=NOW, order=order)
    assert states(guest) == [OPEN]
    (other,) = fleet.guests("石大山")
    unchecked = issued(cast, other.stays.get())
    assert states(other.stays.get()) == []
    orders.override(actor=cast.duty_officer.actor, at=NOW, order=unchecked, reason="家属口头确认")
    assert states(other.stays.get()) == [OPEN]


def test_who_cannot_walk_is_asked_a_wheelchair_place(cast, fleet, guest):
    Need.objects.create(person=guest.person, kind="cannot_walk", started_at=NOW)
    checked(cast, guest)
    assert the_request(guest).berth == Berth.WHEELCHAIR


def test_an_order_that_others_issued_brings_its_own_vehicle(cast, fleet, guest):
    given = {"issuer": "白云区指挥部", "issuer_number": "云转〔2026〕7号"}
    order = draft(cast, guest, to=place(), **given)
    say(cast, order, guest.person, Source.SITE)
    say(cast, order, guest.person, Source.PERSON)
    assert states(guest) == []


@pytest.mark.parametrize("planned", [False, True])
def test_a_withdrawn_order_withdraws_what_it_asked_for(cast, fleet, guest, planned):
    order = checked(cast, guest)
    trip = put_on_a_trip(fleet, guest) if planned else None
    orders.withdraw(actor=cast.duty_officer.actor, at=NOW, order=order, reason="目的地改变")
    assert states(guest) == [RequestState.LAPSED]
    assert not Deadline.objects.filter(kind="trips.request", state=DeadlineState.OPEN).exists()
    if trip is not None:
        rider = trip.riders.get()
        assert (bool(rider.left_behind), rider.closed_at) == (True, NOW)


def test_a_source_that_says_something_else_stops_the_trip_until_it_is_mended(cast, fleet, guest):
    order = checked(cast, guest)
    say(cast, order, guest.person, Source.POLICE, address=DIFFERENT, address_words="隔壁单元")
    assert states(guest) == [RequestState.LAPSED]
    say(cast, order, guest.person, Source.POLICE, at=NOW + MINUTE)
    assert states(guest) == [RequestState.LAPSED, OPEN]


def test_an_order_that_ran_out_asks_no_more_until_it_is_prolonged(cast, fleet, guest):
    order = checked(cast, guest)
    assert settle_requests(NOW + 23 * HOUR) == 0
    assert settle_requests(NOW + 25 * HOUR) == 1
    assert states(guest) == [RequestState.LAPSED]
    orders.renew(
        actor=cast.duty_officer.actor, at=NOW + 25 * HOUR, order=order, valid_until=NOW + 48 * HOUR, reason="车辆延误"
    )
    assert states(guest) == [RequestState.LAPSED, OPEN]


def test_who_leaves_another_way_waits_no_more_and_is_off_the_list(cast, fleet, guest):
    checked(cast, guest)
    trip = put_on_a_trip(fleet, guest)
    transfers.sign_out(
        actor=cast.clerk.actor, at=NOW, site=cast.site, to_site="H02", due_at=NOW + HOUR, carrier="粤A·Z0618",
        people=(Luggage(person=guest.person_id),),
    )  # fmt: skip
    assert states(guest) == [RequestState.SETTLED]
    assert not trip.riders.filter(closed_at__isnull=True).exists()


def test_the_trip_that_brings_them_settles_nothing_and_who_comes_back_waits_again(cast, fleet, guest):
    checked(cast, guest)
    trip = put_on_a_trip(fleet, guest)
    fleet.leave(fleet.board(trip))
    assert (states(guest), the_request(guest).rider.trip) == ([PLANNED], trip)
    transfers.bring_back(
        actor=cast.clerk.actor, at=NOW + 2 * HOUR, handover=Handover.objects.get(), person=guest.person
    )
    assert states(guest) == [RequestState.SETTLED, OPEN]


def test_nobody_waits_twice_what_was_asked_by_hand_becomes_the_orders(cast, fleet, guest):
    by_hand = ask(fleet, guest.person, commands.Halt(site="H02"))
    order = checked(cast, guest)
    assert [one.pk for one in MoveRequest.objects.all()] == [by_hand.request_id]
    line = OrderPerson.objects.get(order=order)
    assert the_request(guest).order_line == line
    twin = the_request(guest)
    twin.pk, twin.person = new_id(), fleet.guests("甘苗")[0]
    with pytest.raises(IntegrityError), transaction.atomic():
        twin.save(force_insert=True)


def test_a_request_to_another_place_stands_first(cast, fleet, guest):
    asked = ask(fleet, guest.person, commands.Halt(place=place("hospital", "区人民医院").pk))
    checked(cast, guest)
    assert states(guest) == [OPEN]
    request = MoveRequest.objects.get(pk=asked.request_id)
    commands.withdraw(actor=fleet.dispatcher.actor, at=NOW + MINUTE, request=request, reason="门诊改期")
    assert states(guest) == [RequestState.WITHDRAWN, OPEN]
    assert MoveRequest.objects.get(state=OPEN).to_site == cast.other_site


def test_what_a_dispatcher_withdrew_is_not_asked_again_behind_their_back(cast, fleet, guest):
    order = checked(cast, guest)
    commands.withdraw(actor=fleet.dispatcher.actor, at=NOW, request=the_request(guest), reason="家属接走")
    say(cast, order, guest.person, Source.COMMUNITY)
    assert states(guest) == [RequestState.WITHDRAWN]


def test_nobody_waits_past_the_time_without_the_dispatcher_hearing_of_it(cast, fleet, guest):
    checked(cast, guest, urgency=Urgency.NOW)
    request = the_request(guest)
    sweep(at=request.latest_at - MINUTE)
    assert not Alarm.objects.exists()
    sweep(at=request.latest_at + MINUTE)
    assert list(Alarm.objects.values_list("kind", "role")) == [("trips.request", "dispatcher")]
    sweep(at=request.latest_at + 40 * MINUTE)
    assert Alarm.objects.get().role == "duty_officer"
    put_on_a_trip(fleet, guest)
    assert Alarm.objects.get().answered_at is not None


def test_who_is_there_already_needs_no_trip_whoever_asked_for_it(fleet, guest, cast):
    ask(fleet, guest.person, commands.Halt(site="H02"))
    transfers.sign_out(
        actor=cast.clerk.actor, at=NOW, site=cast.site, to_site="H02", due_at=NOW + HOUR,
        people=(Luggage(person=guest.person_id),),
    )  # fmt: skip
    assert settle_requests(NOW + MINUTE) == 0
    transfers.sign_in(
        actor=cast.duty_officer.actor, at=NOW + HOUR, handover=Handover.objects.get(), person=guest.person
    )
    assert settle_requests(NOW + HOUR) == 1
    assert states(guest) == [RequestState.SETTLED]
    assert not Deadline.objects.filter(kind="trips.request", state=DeadlineState.OPEN).exists()


def test_somebody_left_behind_waits_for_another_trip(cast, fleet, guest):
    checked(cast, guest)
    trip = fleet.board(put_on_a_trip(fleet, guest))
    commands.depart(
        actor=fleet.dispatcher.actor,
        at=NOW + HOUR,
        trip=trip,
        stop=0,
        left_behind=(guest.person_id,),
        reason="发热待查",
    )
    assert states(guest) == [OPEN]
    assert Deadline.objects.filter(kind="trips.request", state=DeadlineState.OPEN).count() == 1


def test_the_orders_page_says_which_trip_and_asks_once_for_all(cast, fleet, guest):
    first = checked(cast, guest)
    second = checked(cast, *(one.stays.get() for one in fleet.guests("甘小雨", "石大山", "柯安")))
    client, counts = cast.duty_officer.client, []
    for order in (first, second):
        with CaptureQueriesContext(connection) as asked:
            shown = client.get(reverse("orders:order", args=[order.number]))
        counts.append(len(asked))
        assert all("最迟" in one.remarks[0].text for one, _wanting, _sources in shown.context["people"])
    assert counts[0] == counts[1]
    trip = put_on_a_trip(fleet, guest)
    shown = client.get(reverse("orders:order", args=[first.number])).content.decode()
    assert trip.number in shown
    assert reverse("trips:trip", args=[trip.number]) in shown


def test_the_alarm_leads_to_what_can_be_done_for_them(cast, fleet, guest):
    checked(cast, guest, urgency=Urgency.NOW)
    request = the_request(guest)
    sweep(at=request.latest_at + MINUTE)
    shown = fleet.dispatcher.client.get(reverse("headquarters:alarms"))
    assert reverse("trips:choices", args=[request.pk]) in shown.content.decode()


def test_whoever_is_asked_about_before_they_leave_stays_by_name_and_no_scan_is_lost(cast, fleet, guest, monkeypatch):
    (other,) = fleet.guests("石大山")
    checked(cast, guest)
    trip = put_on_a_trip(fleet, guest)
    ride = {"actor": fleet.dispatcher.actor, "at": NOW, "trip": trip, "from_stop": 0, "to_stop": 1}
    commands.add_rider(person=other, **ride)

    def gone(lines, *, actor, at):
        raise NotChecked(people=", ".join(line.person.name for line in lines), orders="H01-D2026-000001")

    monkeypatch.setattr(hooks, "_asking", [gone])
    fleet.board(trip)
    scanned = fleet.scan(trip, str(guest.person_id), "on", NOW + HOUR - MINUTE, scan_id=new_id())
    with pytest.raises(NotChecked) as refused:
        fleet.leave(trip)
    assert refused.value.context["people"] == "龙婆婆"
    assert trip.scans.filter(pk=scanned.scan_id).exists()
    said = {"left_behind": (guest.person_id,), "reason": "复核阴性，不再转运"}
    left = fleet.leave(trip, seen=[other], **said)
    assert (left.state, Handover.objects.get().people.get().person) == ("under_way", other)


def test_whoever_goes_all_the_same_goes_with_the_trip_and_the_journal_says_who_judged_so(
    cast, fleet, guest, monkeypatch
):
    checked(cast, guest)
    trip = put_on_a_trip(fleet, guest)

    def gone(lines, *, actor, at):
        raise NotChecked(people="", orders="")

    monkeypatch.setattr(hooks, "_asking", [gone])
    fleet.board(trip)
    said = "何医生：急性阑尾炎，仍须入院"
    fleet.leave(trip, seen=[guest.person], all_the_same=said)
    assert Handover.objects.get().people.get().person == guest.person
    assert set(JournalEntry.objects.filter(reason__contains=said).values_list("command", flat=True)) == {
        "trips.depart", "transfers.sign_out",
    }  # fmt: skip
