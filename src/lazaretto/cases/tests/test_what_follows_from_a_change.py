"""Contact, days missed, recovered, clocks of floors: what follows is shown, then orders really change."""

from datetime import date, timedelta

import pytest
from django.urls import reverse

from lazaretto.cases import commands
from lazaretto.cases.choices import ChangeState, ConsequenceKind, Destination, FollowUpState, Why
from lazaretto.cases.deadlines import CONFIRM, FOLLOW_UP, POSITIVE
from lazaretto.cases.duties import positives
from lazaretto.cases.errors import (
    AlreadyProposed,
    CannotBecome,
    ChangeDecided,
    DaysUnfit,
    EvidenceMissing,
    FollowUpClosed,
    InTheFuture,
    NothingSuspected,
    NotPositive,
    PlaceElsewhere,
    PreviewChanged,
    TooLongAgo,
)
from lazaretto.cases.models import FollowUp
from lazaretto.cases.queries.scene import outcome_of
from lazaretto.cases.tests.conftest import GROUNDS, adopt
from lazaretto.core.choices import DeadlineState
from lazaretto.core.deadlines import sweep
from lazaretto.core.errors import ReasonRequired
from lazaretto.core.models import Alarm, Deadline
from lazaretto.core.promises import verify
from lazaretto.custody.commands import Luggage
from lazaretto.custody.models import Handover, Holding
from lazaretto.places.choices import ExternalKind
from lazaretto.places.models import ExternalPlace, Room, Site
from lazaretto.stays import commands as stays
from lazaretto.stays.choices import DoorFinding
from lazaretto.stays.models import IsolationOrder, Specimen, Stay
from lazaretto.stays.queries import courses
from lazaretto.transfers import commands as transfers
from tests.factories import NOW

pytestmark = pytest.mark.django_db
K = ConsequenceKind
DAYS, HOURS = timedelta(days=1), timedelta(hours=1)
EXPOSED = {"words": "11月20日与确诊同乘一部电梯，流调通报第7号", "evidence": "exposure"}


def kinds(outcome):
    return [(one.kind, one.why) for one in outcome.then]


def release_due(stay):
    return Deadline.objects.get(kind="stays.release", subject_id=str(stay.pk), state=DeadlineState.OPEN).due_at


def test_an_inbound_traveller_becomes_a_contact_and_the_days_run_from_the_last_exposure(admit, propose, confirm):
    stay = admit(at=NOW - 10 * DAYS)
    before = stay.order
    change = propose(stay, "contact", happened_at=NOW - 4 * DAYS, **EXPOSED)

    (becomes, moves, _paper) = outcome_of(change, at=NOW).then
    assert (becomes.kind, becomes.ended_on, becomes.ends_on) == (K.CONTACT, "2026-11-25", "2026-12-01")
    assert (moves.kind, moves.to, moves.category) == (K.MOVE, Destination.SITE, "close_contact")
    confirm(change)

    stay.refresh_from_db()
    assert (stay.category, stay.order.replaces, stay.order.last_exposure_at) == (
        "close_contact", before, NOW - 4 * DAYS,
    )  # fmt: skip
    assert release_due(stay) == stay.order.ends_at
    assert stay.order.served_elsewhere[0]["evidence"] == before.number


def test_an_order_that_lasts_longer_goes_on_and_says_why(admit, propose, confirm):
    stay = admit(at=NOW - 2 * DAYS)
    change = propose(stay, "contact", happened_at=NOW - 9 * DAYS, **EXPOSED)
    ends_at = stay.order.ends_at

    assert kinds(outcome_of(change, at=NOW))[0] == (K.GOES_ON, Why.LASTS_LONGER)
    told = confirm(change)

    stay.refresh_from_db()
    assert (told.orders, stay.order.ends_at, stay.order.replaces) == (0, ends_at, None)


def test_what_a_case_is_not_asked_any_more_as_a_contact_stands_in_the_preview(cast, admit, propose, confirm):
    stay = admit(at=NOW - 10 * DAYS)
    confirm(propose(stay, "contact", happened_at=NOW - 4 * DAYS, **EXPOSED))
    case = propose(stay, words="区疾控通报")
    seen = outcome_of(case, at=NOW)
    assert (K.CALLED_OFF, Why.CASE_NOW) in kinds(seen)
    page = cast.duty_officer.client.get(reverse("cases:one", args=[case.number])).content.decode()
    assert str(Why.CASE_NOW.label) in page

    move = FollowUp.objects.get(kind=K.MOVE, person=stay.person_id)
    commands.drop_follow_up(actor=cast.medic.actor, at=NOW, follow_up=move, reason="没有床位")
    with pytest.raises(PreviewChanged):
        commands.confirm(actor=cast.duty_officer.actor, at=NOW, change=case, seen=seen.digest)


def test_a_test_of_the_order_before_answers_none_of_the_new_one(cast, admit, propose, confirm):
    stay = admit(at=NOW - 4 * DAYS)
    at = NOW - 3 * DAYS
    taken = stays.collect_specimen(actor=cast.medic.actor, at=at, stay=stay, tube="D1")
    assert taken.test_key in courses.tests_taken(stay.order_id)

    confirm(propose(stay, "contact", happened_at=NOW - 6 * HOURS, **EXPOSED))

    stay.refresh_from_db()
    assert courses.tests_taken(stay.order_id) == set()
    due = Deadline.objects.filter(kind="stays.test", subject_id=str(stay.pk), state=DeadlineState.OPEN)
    assert taken.test_key in set(due.values_list("slot", flat=True))


def test_a_positive_restarts_the_clocks_that_the_local_rule_names_and_no_other(admit, swab, second, propose, confirm):
    adopt("local-floor-restart", NOW - 30 * DAYS)
    case, above = admit("0301"), admit("0401", name="楼上")
    positive = swab(case)
    change = propose(case, specimen=positive)
    second(positive, positive=True)

    found = outcome_of(change, at=NOW)
    confirm(change)

    (clock,) = [one for one in found.then if one.kind == K.RESTART]
    assert (clock.people, clock.why, found.pack) == (
        (str(above.person_id),), Why.NAMED_BY_PACK, "cn-plan-8+local-floor-restart",
    )  # fmt: skip
    above.refresh_from_db()
    assert above.order.replaces is not None
    assert above.category == "inbound"
    assert str(above.order.ends_at.date()) == clock.ends_on


def test_where_the_pack_names_nobody_nobody_restarts_and_the_reason_is_shown(admit, swab, propose):
    case, beside = admit("0301"), admit("0302", name="隔壁")

    found = outcome_of(propose(case, specimen=swab(case)), at=NOW)

    (clock,) = [one for one in found.then if str(beside.person_id) in one.people]
    assert (clock.kind, clock.why) == (K.GOES_ON, Why.NOT_NAMED)


def test_staff_who_came_in_during_the_look_back_are_named(cast, admit, swab, propose):
    case = admit("0301")
    positive = swab(case)
    room = Room.objects.get(site=cast.site, number="0301")
    check = {"room": room, "finding": DoorFinding.CLOSED}
    stays.check_door(actor=cast.security.actor, at=NOW - DAYS, **check)
    stays.check_door(actor=cast.site_lead.actor, at=NOW - 9 * DAYS, **check)

    found = outcome_of(propose(case, specimen=positive), at=NOW)

    (staff,) = [one for one in found.then if one.kind == K.STAFF]
    assert staff.users == tuple(sorted([cast.medic.user.pk, cast.security.user.pk]))


def test_days_missed_are_made_up_by_whole_days(admit, propose, confirm):
    stay = admit(at=NOW - 8 * DAYS)
    before = stay.order.ends_at
    days = {"first_on": date(2026, 11, 16), "last_on": date(2026, 11, 17)}
    change = propose(stay, "absence", words="送医院看牙留观两日，医院不作隔离", **days)

    confirm(change)

    stay.refresh_from_db()
    assert stay.order.ends_at == before + 2 * DAYS
    assert release_due(stay) == stay.order.ends_at
    moved = stay.order.changes.get()
    assert (moved.kind, moved.ends_before, moved.ends_after) == ("absence", before, stay.order.ends_at)
    assert moved.reason.startswith(change.number)


def test_days_missed_lie_under_the_order_and_are_over(admit, propose):
    stay = admit(at=NOW - 3 * DAYS)
    for first, last in ((date(2026, 11, 1), date(2026, 11, 19)), (date(2026, 11, 20), date(2026, 11, 21))):
        with pytest.raises(DaysUnfit):
            propose(stay, "absence", words="外出", first_on=first, last_on=last)


def test_recovered_and_back(cast, admit, swab, second, propose, confirm):
    """Discharged from hospital under the next edition: seven days at home instead of fourteen at a site."""
    stay = admit(at=NOW - 20 * DAYS, last_exposure_at=NOW - 20 * DAYS)
    gone = _to_hospital(cast, stay, propose, confirm, at=NOW - 12 * DAYS)
    change = propose(gone, "recovered", words="区人民医院出院小结", happened_at=NOW - 3 * HOURS)

    (goes,) = outcome_of(change, at=NOW).then
    assert (goes.kind, goes.to, goes.category) == (K.MOVE, Destination.SITE, "recovered")

    adopt("cn-plan-9", NOW - DAYS)
    (goes,) = outcome_of(change, at=NOW).then
    assert (goes.kind, goes.to) == (K.MOVE, Destination.HOME)
    confirm(change)
    assert change.follow_ups.get().to == Destination.HOME


def test_recovered_and_back_at_a_site_under_an_order_of_its_own(cast, admit, propose, confirm):
    stay = admit(at=NOW - 20 * DAYS, last_exposure_at=NOW - 20 * DAYS)
    gone = _to_hospital(cast, stay, propose, confirm, at=NOW - 12 * DAYS)
    change = propose(gone, "recovered", words="区人民医院出院小结", happened_at=NOW - 3 * HOURS)
    confirm(change)
    Site.objects.filter(pk=cast.other_site.pk).update(category="recovered")

    back = stays.admit(
        actor=cast.duty_officer.actor, at=NOW, person=gone.person, site=Site.objects.get(pk=cast.other_site.pk),
        room=Room.objects.get(site=cast.other_site, number="0301"), category="recovered",
        last_exposure_at=NOW - 3 * HOURS, **GROUNDS,
    )  # fmt: skip

    order = IsolationOrder.objects.get(pk=back.order_id)
    assert (order.category, (order.ends_at - NOW).days) == ("recovered", 13)
    assert IsolationOrder.objects.get(pk=gone.order_id).lifted_at == NOW
    due = Deadline.objects.filter(kind="stays.test", subject_id=str(back.stay_id))
    assert set(due.values_list("slot", flat=True)) == {"central-7", "central-14"}


@pytest.mark.parametrize(("said", "days"), [("recovered", 13), ("inbound", 5)])
def test_only_the_confirmed_recovery_replaces_an_order_whose_days_still_run(cast, admit, propose, confirm, said, days):
    stay = admit(at=NOW - 8 * DAYS, last_exposure_at=NOW - 8 * DAYS)
    gone = _to_hospital(cast, stay, propose, confirm, at=NOW - 6 * DAYS)
    confirm(propose(gone, "recovered", words="区人民医院出院小结", happened_at=NOW - 3 * HOURS))
    Site.objects.filter(pk=cast.other_site.pk).update(category="mixed")

    back = stays.admit(
        actor=cast.duty_officer.actor, at=NOW, person=gone.person, site=Site.objects.get(pk=cast.other_site.pk),
        room=Room.objects.get(site=cast.other_site, number="0301"), category=said,
        last_exposure_at=NOW - HOURS, **GROUNDS,
    )  # fmt: skip

    assert (back.order_id == gone.order_id) is (said == "inbound")
    assert (back.ends_at - NOW).days == days
    if said == "recovered":
        assert IsolationOrder.objects.get(pk=back.order_id).last_exposure_at == NOW - 3 * HOURS


def _to_hospital(cast, stay, propose, confirm, *, at):
    """Confirmed on the report of another body, then by ambulance to the hospital."""
    change = propose(stay, words="区疾控通报：核酸阳性", at=at)
    confirm(change, at=at)
    hospital = ExternalPlace.objects.create(kind=ExternalKind.HOSPITAL, name="区人民医院")
    sent = transfers.sign_out(
        actor=cast.site_lead.actor, at=at + HOURS, site=stay.site, people=(Luggage(stay.person_id),),
        due_at=at + 2 * HOURS, to_place=hospital,
    )  # fmt: skip
    transfers.confirm_arrival(
        actor=cast.site_lead.actor, at=at + 2 * HOURS, handover=Handover.objects.get(pk=sent.handover_id),
        person=stay.person, confirmed_by="急诊分诊台",
    )  # fmt: skip
    for one in change.follow_ups.filter(state=FollowUpState.OPEN):
        commands.finish_follow_up(actor=cast.site_lead.actor, at=at + 2 * HOURS, follow_up=one)
    return Stay.objects.get(pk=stay.pk)


def test_an_environmental_positive_tests_everybody_there_and_restarts_nobody_unnamed(cast, admit, propose, confirm):
    here, elsewhere = admit("0301"), admit("0401", name="楼上")
    floor = Room.objects.get(site=cast.site, number="0301").floor
    change = propose(kind="environmental_positive", floor=floor, words="电梯按钮环境采样阳性，区疾控报告")

    found = outcome_of(change, at=NOW)
    told = confirm(change)

    (tested,) = [one for one in found.then if one.kind == K.TEST]
    assert (tested.people, tested.hours) == ((str(here.person_id),), 24)
    (clock,) = [one for one in found.then if one.kind == K.GOES_ON]
    assert set(clock.people) == {str(here.person_id), str(elsewhere.person_id)}
    assert (told.orders, told.follow_ups) == (0, 2)
    assert set(change.follow_ups.values_list("kind", flat=True)) == {K.TEST, K.PLACE}


def test_a_positive_member_of_staff_restarts_what_the_local_rule_names_on_their_floors(cast, admit, propose, confirm):
    adopt("local-floor-restart", NOW - 30 * DAYS)
    there, above = admit("0301"), admit("0401", name="楼上")
    floor = Room.objects.get(site=cast.site, number="0301").floor

    told = confirm(propose(kind="staff_positive", floor=floor, words="保洁员核酸阳性，区疾控报告"))

    assert told.orders == 2
    for stay in (there, above):
        stay.refresh_from_db()
        assert stay.order.replaces is not None


def test_a_ventilation_fault_changes_no_order(cast, admit, propose, confirm):
    stay = admit("0301")
    told = confirm(propose(kind="ventilation_fault", words="三楼新风机停机两小时"))
    stay.refresh_from_db()
    assert (told.orders, stay.order.replaces) == (0, None)


def negative(cast, stay):
    given = {"actor": cast.medic.actor, "at": NOW - HOURS, "tube": "T-"}
    stays.collect_specimen(**given, stay=stay)
    stays.record_result(**given, site=stay.site, result="negative", laboratory="区疾控")
    return Specimen.objects.get(tube="T-")


def test_what_does_not_fit_is_refused_by_name(cast, admit, swab, propose):
    stay, other = admit("0301"), admit("0302", name="李娜")
    with pytest.raises(EvidenceMissing):
        propose(stay)
    with pytest.raises(InTheFuture):
        propose(stay, words="通报", happened_at=NOW + HOURS)
    with pytest.raises(TooLongAgo):
        propose(stay, "contact", words="通报", happened_at=NOW - 400 * DAYS)
    with pytest.raises(NotPositive):
        propose(stay, specimen=negative(cast, stay))
    with pytest.raises(PlaceElsewhere):
        propose(stay, specimen=swab(other))
    with pytest.raises(PlaceElsewhere):
        propose(kind="contact", words="通报")
    with pytest.raises(CannotBecome):
        propose(stay, "recovered", words="出院小结")
    with pytest.raises(NothingSuspected):
        propose(stay, "lifted", words="复检阴性")
    propose(stay, words="通报")
    with pytest.raises(AlreadyProposed):
        propose(stay, words="通报")


def test_a_proposal_is_taken_back_or_refused_with_a_reason_and_only_once(cast, admit, swab, propose, confirm):
    stay = admit("0301")
    change = propose(stay, specimen=swab(stay))
    with pytest.raises(ReasonRequired):
        commands.withdraw(actor=cast.medic.actor, at=NOW, change=change, reason=" ")

    commands.withdraw(actor=cast.medic.actor, at=NOW, change=change, reason="标本贴错管号")

    change.refresh_from_db()
    assert [step.state for step in change.steps.order_by("position")] == [ChangeState.PROPOSED, ChangeState.WITHDRAWN]
    assert not change.follow_ups.filter(state=FollowUpState.OPEN).exists()
    watched = Deadline.objects.filter(kind__in=[CONFIRM.code, FOLLOW_UP.code], state=DeadlineState.OPEN)
    assert not watched.exists()
    with pytest.raises(ChangeDecided):
        commands.refuse(actor=cast.duty_officer.actor, at=NOW, change=change, reason="依据不足")


def test_the_words_of_a_refusal_stand_in_no_alarm(cast, admit, swab, propose):
    stay = admit("0301")
    change = propose(stay, specimen=swab(stay))
    sweep(at=NOW + 30 * HOURS)
    commands.refuse(actor=cast.duty_officer.actor, at=NOW + 30 * HOURS, change=change, reason="孕妇，复检中")
    answers = " ".join(Alarm.objects.filter(answered_at__isnull=False).values_list("answer", flat=True))
    assert answers
    assert "孕妇" not in answers


def test_a_follow_up_is_taken_on_dropped_with_a_reason_and_closed_once(cast, admit, swab, propose):
    stay = admit("0301")
    change = propose(stay, specimen=swab(stay))
    recheck = change.follow_ups.get(kind=K.RECHECK)
    given = {"actor": cast.site_lead.actor, "at": NOW, "follow_up": recheck}

    assert commands.take_follow_up(**given).owner_id == cast.site_lead.user.pk
    with pytest.raises(ReasonRequired):
        commands.drop_follow_up(**given, reason="")
    commands.drop_follow_up(**given, reason="已送医院采样")
    with pytest.raises(FollowUpClosed):
        commands.finish_follow_up(**given)


def test_a_confirmed_positive_without_a_change_is_told_once_and_met_by_the_proposal(admit, swab, second, propose):
    stay = admit("0301")
    specimen = second(swab(stay), positive=True)

    assert positives(NOW) == 1
    assert positives(NOW) == 0
    assert Alarm.objects.get(kind=POSITIVE.code).answered_at is None

    propose(stay, specimen=specimen)
    assert Alarm.objects.get(kind=POSITIVE.code).answered_at == NOW


def test_a_change_that_a_doctor_reports_answers_the_positive_too(admit, swab, second, propose):
    stay = admit("0301")
    second(swab(stay), positive=True)
    positives(NOW)
    propose(stay, words="临床诊断")
    assert Alarm.objects.get(kind=POSITIVE.code).answered_at == NOW


def test_a_positive_who_is_in_hospital_or_gone_calls_nobody_any_more(admit, swab, second):
    stay = admit("0301")
    second(swab(stay), positive=True)
    positives(NOW)
    assert positives(NOW + HOURS) == 0
    Holding.objects.filter(person=stay.person).update(ended_at=NOW)
    assert positives(NOW + 2 * HOURS) == 1
    assert Alarm.objects.get(kind=POSITIVE.code).answered_at == NOW + 2 * HOURS
    assert Deadline.objects.get(kind=POSITIVE.code).state == DeadlineState.CANCELLED


def test_verify_names_a_follow_up_without_an_owner(admit, swab, propose):
    stay = admit("0301")
    change = propose(stay, specimen=swab(stay))
    found = {one.promise: one for one in verify(at=NOW)}
    assert found[1].figures["follow_ups_without_owner"] == 0
    change.follow_ups.filter(kind=K.RECHECK).update(owner=None)
    found = {one.promise: one for one in verify(at=NOW)}
    assert found[1].figures["follow_ups_without_owner"] == 1
    assert [one["check"] for one in found[1].offenders] == ["follow_ups_owned"]
