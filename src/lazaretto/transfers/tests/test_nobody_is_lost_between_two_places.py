"""Signed out, under way, signed in: rooms, orders and alarms follow; whoever is not expected is asked about."""

from datetime import timedelta

import pytest

from lazaretto.core.deadlines import sweep
from lazaretto.core.errors import Forbidden, NotFound, TextTooLong
from lazaretto.core.models import Alarm, Deadline, JournalEntry
from lazaretto.core.promises import OK, verify
from lazaretto.custody.commands import Luggage
from lazaretto.custody.errors import NotHeldHere
from lazaretto.custody.models import Fact, HandedOver, Handover, Holding, Question
from lazaretto.places.commands import close_site
from lazaretto.places.errors import PeopleExpected
from lazaretto.places.models import ExternalPlace, Room
from lazaretto.stays.commands import admit, end_stay
from lazaretto.stays.errors import NeedsHandover
from lazaretto.stays.models import IsolationOrder, Stay
from lazaretto.transfers import commands, queries
from lazaretto.transfers.errors import AlreadyHere, CardUnknown, NotOnHandover, NotYours
from tests import factories
from tests.factories import NOW

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)


def room(site, number="0401"):
    return Room.objects.get(site=site, number=number)


def sign_out(cast, *stays, to="H02", at=NOW, **more):
    people = tuple(Luggage(stay.person_id, papers="病历", medicines="华法林") for stay in stays)
    where = {"to_place": to} if isinstance(to, ExternalPlace) else {"to_site": to}
    made = commands.sign_out(
        actor=cast.clerk.actor, at=at, site=cast.site, people=people, due_at=at + HOUR, **where, **more
    )
    return Handover.objects.get(pk=made.handover_id)


def hospital():
    return ExternalPlace.objects.create(kind="hospital", name="区人民医院")


def held(person):
    row = Holding.objects.filter(person=person, ended_at__isnull=True).first()
    return row and (row.site or row.external or row.handover)


def promise_one():
    verdict = verify(at=NOW)[0]
    return verdict.state, verdict.offenders


def test_a_transfer_goes_on_under_the_same_order_in_another_room(cast):
    stay = factories.stay(cast.site)
    before = Stay.objects.get(pk=stay.pk)
    handover = sign_out(cast, stay)
    stay.refresh_from_db()
    assert (stay.end, held(stay.person)) == ("transferred", handover)
    assert Room.objects.get(pk=before.occupancies.get().room_id).state == "to_clean"
    assert Deadline.objects.filter(kind="custody.handover", state="open").count() == 2
    told = commands.sign_in(
        actor=cast.outsider.actor, at=NOW + HOUR / 2, handover=handover, person=stay.person, room=room(cast.other_site)
    )
    fresh = Stay.objects.get(number=told.stay_number)
    assert (fresh.order_id, fresh.site, held(stay.person)) == (before.order_id, cast.other_site, cast.other_site)
    assert IsolationOrder.objects.get().site == cast.other_site
    handover.refresh_from_db()
    assert handover.closed_at == NOW + HOUR / 2
    assert not Deadline.objects.filter(kind="custody.handover", state="open").exists()
    assert Deadline.objects.filter(kind="stays.release", state="open", subject_id=str(fresh.pk)).exists()
    assert JournalEntry.objects.filter(command="transfers.sign_in", person_id=stay.person_id).exists()
    assert promise_one() == (OK, [])


def test_one_is_missing_at_arrival_and_both_ends_are_told_in_time(cast):
    came, missing = factories.stay(cast.site), factories.stay(cast.site)
    handover = sign_out(cast, came, missing)
    commands.sign_in(actor=cast.outsider.actor, at=NOW + HOUR / 2, handover=handover, person=came.person)
    for actor in (cast.clerk.actor, cast.outsider.actor):
        (row,) = queries.on_the_move(actor, at=NOW + HOUR / 2)
        assert (row.people, row.under_way) == (2, 1)
    while sweep(at=NOW + 2 * HOUR):
        pass
    told = Alarm.objects.filter(answered_at__isnull=True)
    assert {alarm.unit_id for alarm in told} == {cast.site.unit_id, cast.other_site.unit_id}


def test_a_stranger_at_the_door_is_a_question_to_both_places_and_moves_nobody(cast):
    stranger = factories.stay(cast.site)
    commands.report_here(actor=cast.outsider.actor, at=NOW, site=cast.other_site, card=stranger.number.lower())
    assert held(stranger.person) == cast.site
    question = Question.objects.get()
    assert (question.first_site, question.second_site) == (cast.site, cast.other_site)
    told = {alarm.unit_id for alarm in Alarm.objects.filter(answered_at__isnull=True)}
    assert told == {cast.site.unit_id, cast.other_site.unit_id}
    assert Stay.objects.get().ended_at is None


def test_a_card_read_twice_is_two_facts_and_one_question(cast):
    stay = factories.stay(cast.site)
    for minutes in (0, 5):
        commands.report_here(
            actor=cast.outsider.actor, at=NOW + timedelta(minutes=minutes), site=cast.other_site, card=stay.number
        )
    assert Fact.objects.filter(person=stay.person, kind="signed_in").count() == 2
    question = Question.objects.get()
    assert Alarm.objects.filter(kind="custody.question").count() == 2  # one to each place
    commands.decide(
        actor=cast.duty_officer.actor, at=NOW + HOUR, question=question, verdict=commands.Verdict.AS_THOUGHT,
        reason="扫错卡",
    )  # fmt: skip
    assert not Question.objects.filter(closed_at__isnull=True).exists()
    commands.report_here(actor=cast.outsider.actor, at=NOW + 2 * HOUR, site=cast.other_site, card=stay.number)
    assert Question.objects.filter(closed_at__isnull=True).count() == 1
    assert promise_one() == (OK, [])


def test_what_a_later_fact_explains_of_one_scan_leaves_the_other_asked(cast):
    """Two readings before and after a sign-out told late: only the first is still a contradiction."""
    stay = factories.stay(cast.site)
    for minutes in (0, 30):
        commands.report_here(
            actor=cast.outsider.actor, at=NOW + timedelta(minutes=minutes), site=cast.other_site, card=stay.number
        )
    sign_out(cast, stay, at=NOW + timedelta(minutes=10))
    assert Question.objects.filter(closed_at__isnull=True).count() == 1
    assert held(stay.person) == cast.other_site


def test_a_decision_for_the_place_that_reported_ends_the_other_stay(cast):
    stranger = factories.stay(cast.site)
    commands.report_here(actor=cast.outsider.actor, at=NOW, site=cast.other_site, card=stranger.number)
    commands.decide(
        actor=cast.duty_officer.actor, at=NOW + HOUR, question=Question.objects.get(),
        verdict=commands.Verdict.AS_REPORTED, reason="电话核实，本人在H02大堂",
    )  # fmt: skip
    stranger.refresh_from_db()
    question = Question.objects.get()
    assert (stranger.end, held(stranger.person)) == ("transferred", cast.other_site)
    assert (question.closed_at, question.answer) == (NOW + HOUR, "电话核实，本人在H02大堂")
    assert not Alarm.objects.filter(answered_at__isnull=True).exists()
    (waiting,) = queries.without_room(cast.outsider.actor)
    told = commands.give_room(
        actor=cast.outsider.actor, at=NOW + HOUR, person=waiting.person, room=room(cast.other_site)
    )
    assert Stay.objects.get(number=told.stay_number).order_id == stranger.order_id
    assert promise_one() == (OK, [])


def test_a_card_opens_no_record_and_who_reports_does_not_decide_alone(cast):
    stranger = factories.stay(cast.site)
    report = {"actor": cast.outsider.actor, "at": NOW, "site": cast.other_site, "card": stranger.number}
    commands.report_here(**report, seen_at=NOW + HOUR)
    assert not stranger.person.__class__.objects.visible_to(cast.outsider.actor).filter(pk=stranger.person_id).exists()
    fact = Question.objects.get().fact
    assert (fact.occurred_at, fact.claimed_at) == (NOW, NOW + HOUR)
    with pytest.raises(NotYours):
        commands.decide(
            actor=cast.outsider.actor, at=NOW, question=Question.objects.get(),
            verdict=commands.Verdict.AS_REPORTED, reason="在我这里",
        )  # fmt: skip
    assert held(stranger.person) == cast.site


def test_a_wrong_report_is_set_aside_and_nothing_has_changed(cast):
    stranger = factories.stay(cast.site)
    commands.report_here(actor=cast.outsider.actor, at=NOW, site=cast.other_site, card=stranger.number)
    commands.decide(
        actor=cast.site_lead.actor, at=NOW + HOUR, question=Question.objects.get(),
        verdict=commands.Verdict.AS_THOUGHT, reason="扫错卡",
    )  # fmt: skip
    assert held(stranger.person) == cast.site
    assert Holding.objects.count() == 1
    assert promise_one() == (OK, [])


def test_the_sign_out_that_a_phone_tells_hours_later_explains_what_was_asked(cast):
    stay = factories.stay(cast.site)
    commands.report_here(actor=cast.outsider.actor, at=NOW, site=cast.other_site, card=stay.number)
    handover = sign_out(cast, stay, at=NOW - HOUR)
    question = Question.objects.get()
    assert (question.explained, question.closed_at is None) == (True, False)
    assert held(stay.person) == cast.other_site
    assert HandedOver.objects.get(handover=handover).outcome == "arrived"
    assert promise_one() == (OK, [])


def test_to_hospital_and_back_under_the_same_order(cast):
    stay = factories.stay(cast.site)
    handover = sign_out(cast, stay, to=hospital(), carrier="120救护车")
    stay.refresh_from_db()
    assert stay.end == "hospital"
    commands.confirm_arrival(
        actor=cast.clerk.actor,
        at=NOW + HOUR / 2,
        handover=handover,
        person=stay.person,
        confirmed_by="急诊科李医生电话",
    )
    assert held(stay.person) == handover.to_external
    again = admit(
        actor=cast.clerk.actor, at=NOW + 5 * HOUR, person=stay.person, site=cast.site, room=room(cast.site),
        category="inbound", last_exposure_at=NOW + 4 * HOUR, authority="疾控", legal_basis="防治法", reason="返回",
    )  # fmt: skip
    assert held(stay.person) == cast.site
    assert Stay.objects.get(pk=again.stay_id).ended_at is None
    ends_at = stay.order.ends_at
    stay.order.refresh_from_db()
    assert (again.order_number, again.ends_at) == (stay.order.number, ends_at)
    assert (stay.order.lifted_at, stay.order.ends_at) == (None, ends_at)
    entry = JournalEntry.objects.get(command="stays.admit", subject_id=str(again.stay_id))
    assert entry.data["goes_on"] is True
    assert promise_one() == (OK, [])


def test_who_is_not_received_is_brought_back_to_the_site_that_sent_them(cast):
    stay = factories.stay(cast.site)
    handover = sign_out(cast, stay)
    told = commands.bring_back(
        actor=cast.clerk.actor, at=NOW + HOUR, handover=handover, person=stay.person, room=room(cast.site)
    )
    assert held(stay.person) == cast.site
    assert HandedOver.objects.get().outcome == "returned"
    assert Stay.objects.get(number=told.stay_number).order_id == stay.order_id


def test_nobody_is_signed_out_by_a_place_that_does_not_hold_them(cast):
    elsewhere = factories.stay(cast.other_site)
    with pytest.raises(NotHeldHere):
        sign_out(cast, elsewhere)
    assert not Handover.objects.exists()
    assert held(elsewhere.person) == cast.other_site


def test_what_is_handed_over_is_written_whole_or_refused(cast):
    stay = factories.stay(cast.site)
    with pytest.raises(TextTooLong):
        commands.sign_out(
            actor=cast.clerk.actor, at=NOW, site=cast.site, people=(Luggage(stay.person_id, luggage="包" * 201),),
            due_at=NOW + HOUR, to_site="H02",
        )  # fmt: skip
    assert not Handover.objects.exists()


def test_only_the_end_that_receives_signs_in(cast):
    stay = factories.stay(cast.site)
    handover = sign_out(cast, stay)
    with pytest.raises(Forbidden):
        commands.sign_in(actor=cast.clerk.actor, at=NOW, handover=handover, person=stay.person)
    with pytest.raises(NotYours):
        commands.confirm_arrival(
            actor=cast.clerk.actor,
            at=NOW,
            handover=handover,
            person=stay.person,
            confirmed_by="x",
        )
    other = factories.stay(cast.other_site)
    with pytest.raises(NotOnHandover):
        commands.sign_in(actor=cast.outsider.actor, at=NOW, handover=handover, person=other.person)


def test_a_handover_of_others_is_not_there(cast):
    stay = factories.stay(cast.site)
    handover = sign_out(cast, stay, to=hospital())
    with pytest.raises(NotFound):
        commands.postpone(actor=cast.outsider.actor, at=NOW, handover=handover, due_at=NOW + 3 * HOUR, reason="堵车")
    commands.postpone(actor=cast.clerk.actor, at=NOW, handover=handover, due_at=NOW + 3 * HOUR, reason="堵车")
    due = Deadline.objects.filter(kind="custody.handover", state="open").values_list("due_at", flat=True)
    assert set(due) == {NOW + 3 * HOUR}


def test_whoever_goes_to_hospital_is_handed_over(cast):
    stay = factories.stay(cast.site)
    with pytest.raises(NeedsHandover):
        end_stay(actor=cast.clerk.actor, at=NOW, stay=stay, end="hospital", reason="腹痛")


def test_whose_card_nobody_knows_or_who_is_here_already(cast):
    stay = factories.stay(cast.other_site)
    with pytest.raises(CardUnknown):
        commands.report_here(actor=cast.outsider.actor, at=NOW, site=cast.other_site, card="nobody's")
    with pytest.raises(AlreadyHere):
        commands.report_here(actor=cast.outsider.actor, at=NOW, site=cast.other_site, card=stay.number)


def test_where_everyone_was_at_a_past_moment(cast):
    stay = factories.stay(cast.site)
    handover = sign_out(cast, stay)
    commands.sign_in(actor=cast.outsider.actor, at=NOW + HOUR / 2, handover=handover, person=stay.person)
    places = [
        queries.whereabouts(cast.duty_officer.actor, at=moment)[0].place
        for moment in (NOW - HOUR, NOW + HOUR / 4, NOW + HOUR)
    ]
    assert [place.split()[0] for place in places] == ["H01", "H01", "H02"]
    assert "→" in places[1]
    assert queries.whereabouts(cast.duty_officer.actor)[0].place == places[2]


def test_a_site_to_which_somebody_is_under_way_is_not_closed(cast):
    sign_out(cast, factories.stay(cast.site))
    with pytest.raises(PeopleExpected):
        close_site(actor=cast.approver.actor, at=NOW, site=cast.other_site, reason="任务结束")


def test_a_stay_entered_by_mistake_lets_go(cast):
    stay = factories.stay(cast.site)
    end_stay(actor=cast.clerk.actor, at=NOW, stay=stay, end="cancelled", reason="重复登记")
    assert held(stay.person) is None
    assert promise_one()[0] == OK
