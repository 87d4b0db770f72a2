"""Hospital and back: out, what they tell, the room kept, fetched, the order goes on; and other ways it can end."""

from datetime import timedelta

import pytest
from django.db import DatabaseError, transaction
from django.urls import reverse

from lazaretto.accounts.queries import headquarters
from lazaretto.core.deadlines import sweep
from lazaretto.core.errors import Forbidden, NotFound, ReasonRequired
from lazaretto.core.models import Alarm, Deadline, JournalEntry
from lazaretto.core.promises import OK, verify
from lazaretto.custody.commands import Luggage
from lazaretto.custody.commands.ledger import watch
from lazaretto.custody.models import Handover, Holding, Question
from lazaretto.places.models import ExternalPlace, Room
from lazaretto.stays.models import IsolationOrder, OrderChange, RoomHold, Stay
from lazaretto.transfers import commands, queries
from lazaretto.transfers.choices import WordKind
from lazaretto.transfers.commands import moving
from lazaretto.transfers.duties import words
from lazaretto.transfers.errors import AskedFirst, HandoverClosed, NotHeldThere, NotYours, SamePlace
from lazaretto.transfers.models import PlaceWord
from lazaretto.transfers.queries.whereabouts import people_under_way_to
from tests import factories
from tests.factories import NOW

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)


def hospital(name="区人民医院"):
    return ExternalPlace.objects.create(kind="hospital", name=name)


def sent(cast, *stays, to, **more):
    where = {"to_place": to} if isinstance(to, ExternalPlace) else {"to_site": to}
    made = commands.sign_out(
        actor=cast.clerk.actor, at=NOW, site=cast.site, people=tuple(Luggage(stay.person_id, "病历") for stay in stays),
        due_at=NOW + HOUR, carrier="120 救护车", **where, **more,
    )  # fmt: skip
    return Handover.objects.get(pk=made.handover_id)


def arrived(cast, handover):
    for line in handover.people.all():
        commands.confirm_arrival(
            actor=cast.clerk.actor, at=NOW + HOUR, handover=handover, person=line.person, confirmed_by="急诊王护士"
        )


def held(person):
    row = Holding.objects.get(person=person, ended_at__isnull=True)
    return row.site or row.external or row.handover


def in_hospital(cast, **more):
    stay, place = factories.stay(cast.site), hospital()
    handover = sent(cast, stay, to=place, **more)
    arrived(cast, handover)
    return stay, place, handover


def told(cast, handover, person, kind, text="已退烧"):
    return commands.write_word(
        actor=cast.clerk.actor, at=NOW + 2 * HOUR, handover=handover, person=person, kind=kind, text=text,
        told_by="陈医生",
    )  # fmt: skip


def test_out_told_about_fetched_and_back_in_the_same_room_under_the_same_order(cast):
    stay, place, handover = in_hospital(cast, keep_rooms_until=NOW + 48 * HOUR)
    room = Room.objects.get(pk=RoomHold.objects.get().room_id)
    told(cast, handover, stay.person, WordKind.RESULT, "核酸阴性")
    told(cast, handover, stay.person, WordKind.MAY_LEAVE, "可以出院")
    assert Deadline.objects.filter(kind="transfers.may_leave", state="open").count() == 1
    made = commands.fetch(
        actor=cast.clerk.actor, at=NOW + 3 * HOUR, place=place, site=cast.site,
        people=(Luggage(stay.person_id, papers="出院小结"),), due_at=NOW + 4 * HOUR,
    )  # fmt: skip
    back = Handover.objects.get(pk=made.handover_id)
    assert held(stay.person) == back
    assert not Deadline.objects.filter(kind="transfers.may_leave", state="open").exists()
    commands.sign_in(actor=cast.clerk.actor, at=NOW + 4 * HOUR, handover=back, person=stay.person, room=room)
    fresh = Stay.objects.get(person=stay.person, ended_at__isnull=True)
    assert (fresh.order_id, held(stay.person), RoomHold.objects.get().end) == (stay.order_id, cast.site, "returned")
    assert verify(at=NOW)[0].state == OK


def test_whoever_may_leave_is_not_forgotten(cast):
    stay, _place, handover = in_hospital(cast)
    told(cast, handover, stay.person, WordKind.MAY_LEAVE)
    for hours in (7, 12, 30):
        while sweep(at=NOW + hours * HOUR):
            pass
    (alarm,) = Alarm.objects.filter(deadline__kind="transfers.may_leave")
    assert (alarm.unit_id, alarm.role) == (cast.site.unit_id, "approver")
    assert [step.role for step in alarm.steps.order_by("rung")] == ["site_lead", "duty_officer", "approver"]


def test_may_leave_told_twice_is_two_words_and_one_deadline(cast):
    stay, _place, handover = in_hospital(cast)
    for _twice in range(2):
        told(cast, handover, stay.person, WordKind.MAY_LEAVE)
    assert PlaceWord.objects.count() == 2
    assert Deadline.objects.filter(kind="transfers.may_leave", state="open").count() == 1


def test_whoever_came_back_by_another_way_is_not_called_for_again_and_again(cast):
    stay, _place, handover = in_hospital(cast)
    told(cast, handover, stay.person, WordKind.MAY_LEAVE)
    assert words(NOW + 2 * HOUR) == 0
    while sweep(at=NOW + 7 * HOUR):
        pass
    commands.report_here(actor=cast.outsider.actor, at=NOW + 8 * HOUR, site=cast.other_site, card=stay.number)
    assert held(stay.person) == cast.other_site
    assert (words(NOW + 8 * HOUR), words(NOW + 8 * HOUR)) == (1, 0)
    assert Deadline.objects.get(kind="transfers.may_leave").state == "met"
    assert Alarm.objects.get(deadline__kind="transfers.may_leave").answered_at == NOW + 8 * HOUR


def test_what_was_told_stays_written_and_is_for_those_who_care(cast):
    stay, _place, handover = in_hospital(cast)
    word = PlaceWord.objects.get(pk=told(cast, handover, stay.person, WordKind.CONDITION).word_id)
    with pytest.raises(DatabaseError), transaction.atomic():
        PlaceWord.objects.filter(pk=word.pk).update(told_by="别人")
    with pytest.raises(ReasonRequired):
        commands.write_word(
            actor=cast.clerk.actor, at=NOW, handover=handover, person=stay.person, kind=WordKind.CONDITION, text="好",
            told_by=" ",
        )  # fmt: skip
    entry = JournalEntry.objects.get(command="transfers.write_word")
    assert "已退烧" not in str(entry.data)
    with pytest.raises(NotFound):
        commands.write_word(
            actor=cast.outsider.actor, at=NOW, handover=handover, person=stay.person, kind=WordKind.CONDITION,
            text="好", told_by="谁",
        )  # fmt: skip


def test_nobody_is_fetched_who_is_not_there_or_was_sent_by_others(cast):
    stay, place, _handover = in_hospital(cast)
    other = factories.stay(cast.other_site)
    for actor, person in ((cast.clerk.actor, other.person_id), (cast.outsider.actor, stay.person_id)):
        site = cast.site if actor == cast.clerk.actor else cast.other_site
        with pytest.raises(NotHeldThere):
            commands.fetch(
                actor=actor, at=NOW + 2 * HOUR, place=place, site=site, people=(Luggage(person),),
                due_at=NOW + 3 * HOUR,
            )  # fmt: skip


def test_whoever_was_to_be_fetched_may_still_be_there(cast):
    stay, place, _handover = in_hospital(cast)
    made = commands.fetch(
        actor=cast.clerk.actor, at=NOW + 2 * HOUR, place=place, site=cast.site, people=(Luggage(stay.person_id),),
        due_at=NOW + 3 * HOUR,
    )  # fmt: skip
    back = Handover.objects.get(pk=made.handover_id)
    commands.still_there(
        actor=cast.clerk.actor, at=NOW + 3 * HOUR, handover=back, person=stay.person, confirmed_by="值班护士"
    )
    back.refresh_from_db()
    assert (held(stay.person), back.closed_at) == (place, NOW + 3 * HOUR)


def test_somebody_goes_home_from_there_and_their_order_ends_by_a_named_person(cast):
    stay, _place, handover = in_hospital(cast)
    words = {"at": NOW + 5 * HOUR, "handover": handover, "person": stay.person, "told_by": "陈医生"}
    with pytest.raises(Forbidden):
        commands.leave_from_there(actor=cast.clerk.actor, reason="治愈出院", **words)
    commands.leave_from_there(actor=cast.site_lead.actor, reason="治愈出院", **words)
    order = IsolationOrder.objects.get(pk=stay.order_id)
    assert (order.lifted_at, order.ends_at) == (NOW + 5 * HOUR, NOW + 5 * HOUR)
    assert OrderChange.objects.get(order=order).reason == "治愈出院"
    assert not Holding.objects.filter(person=stay.person, ended_at__isnull=True).exists()
    assert verify(at=NOW)[0].state == OK
    with pytest.raises(NotHeldThere):
        commands.leave_from_there(actor=cast.site_lead.actor, reason="再次", **words)


def test_on_the_way_they_are_sent_elsewhere_and_both_places_are_told(cast):
    one, two, second = factories.stay(cast.site), factories.stay(cast.site), hospital("市传染病医院")
    first = sent(cast, one, two, to=hospital())
    commands.confirm_arrival(
        actor=cast.clerk.actor, at=NOW + HOUR / 4, handover=first, person=one.person, confirmed_by="急诊"
    )
    with pytest.raises(ReasonRequired):
        commands.divert(
            actor=cast.clerk.actor, at=NOW, handover=first, due_at=NOW + 2 * HOUR, reason="", to_place=second
        )
    made = commands.divert(
        actor=cast.clerk.actor, at=NOW + HOUR / 2, handover=first, due_at=NOW + 2 * HOUR, reason="急诊满员",
        to_place=second,
    )  # fmt: skip
    fresh = Handover.objects.get(pk=made.handover_id)
    first.refresh_from_db()
    assert (fresh.instead_of, fresh.carrier, fresh.people.get().papers) == (first, "120 救护车", "病历")
    assert (held(two.person), held(one.person), first.closed_at) == (fresh, first.to_external, NOW + HOUR / 2)
    assert [row.handover for row in queries.on_the_move(cast.clerk.actor, at=NOW + HOUR)] == [fresh]
    assert {row.due_at for row in Deadline.objects.filter(kind="custody.handover", state="open")} == {NOW + 2 * HOUR}
    with pytest.raises(HandoverClosed):
        commands.divert(
            actor=cast.clerk.actor, at=NOW + HOUR, handover=first, due_at=NOW + 2 * HOUR, reason="再改", to_place=second
        )


def test_a_bus_to_another_site_is_sent_to_a_hospital_and_the_site_expects_nobody(cast):
    stay, place = factories.stay(cast.site), hospital()
    first = sent(cast, stay, to="H02")
    with pytest.raises(SamePlace):
        commands.divert(
            actor=cast.clerk.actor, at=NOW, handover=first, due_at=NOW + HOUR, reason="改", to_site=cast.other_site.code
        )
    commands.divert(actor=cast.clerk.actor, at=NOW, handover=first, due_at=NOW + HOUR, reason="胸痛", to_place=place)
    assert people_under_way_to([cast.other_site.pk]) == {}
    with pytest.raises(NotYours):
        commands.sign_in(
            actor=cast.clerk.actor, at=NOW + HOUR, person=stay.person,
            handover=Handover.objects.exclude(pk=first.pk).get(),
        )  # fmt: skip


def test_nobody_is_sent_elsewhere_while_it_is_open_where_they_are(cast):
    stay = factories.stay(cast.site)
    first = sent(cast, stay, to=hospital())
    commands.report_here(actor=cast.outsider.actor, at=NOW + HOUR / 4, site=cast.other_site, card=stay.number)
    assert Question.objects.filter(closed_at__isnull=True).exists()
    with pytest.raises(AskedFirst):
        commands.divert(
            actor=cast.clerk.actor, at=NOW + HOUR / 2, handover=first, due_at=NOW + HOUR, reason="满员",
            to_place=hospital("市医院"),
        )  # fmt: skip


def fetched_and_diverted(cast):
    """On the way back from one hospital they fall ill again: another hospital, neither end is ours."""
    stay, place, _handover = in_hospital(cast)
    back = commands.fetch(
        actor=cast.clerk.actor, at=NOW + 3 * HOUR, place=place, site=cast.site, people=(Luggage(stay.person_id),),
        due_at=NOW + 4 * HOUR,
    )  # fmt: skip
    made = commands.divert(
        actor=cast.clerk.actor, at=NOW + 3 * HOUR, handover=Handover.objects.get(pk=back.handover_id),
        due_at=NOW + 5 * HOUR, reason="胸痛", to_place=hospital("市传染病医院"),
    )  # fmt: skip
    return stay, Handover.objects.get(pk=made.handover_id)


def test_between_two_hospitals_the_site_that_fetched_them_still_answers_for_them(cast):
    stay, leg = fetched_and_diverted(cast)
    (watch,) = Deadline.objects.filter(kind="custody.handover", state="open")
    assert (watch.subject_id, watch.unit_id) == (str(leg.pk), cast.site.unit_id)
    assert [row.handover for row in queries.on_the_move(cast.clerk.actor, at=NOW)] == [leg]
    shown = cast.clerk.client.get(reverse("transfers:handover", args=[leg.number])).content.decode()
    assert ('value="confirm"' in shown, shown.count('name="confirmed_by"'), 'value="bring_back"' in shown) == (
        True,
        1,
        False,
    )
    arrival = {"at": NOW + 5 * HOUR, "handover": leg, "person": stay.person, "confirmed_by": "急诊"}
    with pytest.raises(NotFound):
        commands.confirm_arrival(actor=cast.outsider.actor, **arrival)
    commands.confirm_arrival(actor=cast.clerk.actor, **arrival)
    assert held(stay.person) == leg.to_external
    assert not Deadline.objects.filter(kind="custody.handover", state="open").exists()
    told(cast, leg, stay.person, WordKind.MAY_LEAVE)
    commands.fetch(
        actor=cast.clerk.actor, at=NOW + 6 * HOUR, place=leg.to_external, site=cast.site,
        people=(Luggage(stay.person_id),), due_at=NOW + 7 * HOUR,
    )  # fmt: skip
    assert held(stay.person).to_site == cast.site
    assert verify(at=NOW)[0].state == OK


def test_from_an_airport_to_a_home_headquarters_is_told_when_nobody_confirms(cast):
    ends = {
        end: ExternalPlace.objects.create(kind=kind, name=kind)
        for end, kind in (("from_external", "entry"), ("to_external", "home"))
    }
    leg = Handover.objects.create(number="X-T1", signed_out_at=NOW, due_at=NOW + HOUR, **ends)
    watch(leg, at=NOW)
    (due,) = Deadline.objects.filter(kind="custody.handover", state="open")
    assert (due.subject_id, due.unit_id) == (str(leg.pk), headquarters().pk)
    assert [row.handover for row in queries.on_the_move(cast.duty_officer.actor, at=NOW)] == [leg]


def test_a_decision_waits_for_an_arrival_that_is_being_written_at_the_same_moment(cast, monkeypatch):
    stay = factories.stay(cast.site)
    leg = sent(cast, stay, to=hospital())
    commands.report_here(actor=cast.outsider.actor, at=NOW + HOUR / 4, site=cast.other_site, card=stay.number)
    real, before = moving.lock_people, iter([lambda: arrived(cast, leg)])

    def once_the_other_transaction_has_ended(people):
        next(before, lambda: None)()
        real(people)

    monkeypatch.setattr(moving, "lock_people", once_the_other_transaction_has_ended)
    commands.decide(
        actor=cast.site_lead.actor, at=NOW + 2 * HOUR, question=Question.objects.get(),
        verdict=commands.Verdict.AS_THOUGHT, reason="电话核实",
    )  # fmt: skip
    assert held(stay.person) == leg.to_external
    assert not Question.objects.filter(closed_at__isnull=True).exists()
