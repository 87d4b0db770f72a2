"""Putting packs and overlays into force, ending that; what governs then."""

from datetime import date

import pytest
from django.db import IntegrityError

from lazaretto.core.errors import Forbidden, ReasonRequired
from lazaretto.core.models import JournalEntry
from lazaretto.protocols import queries
from lazaretto.protocols.choices import Transition
from lazaretto.protocols.commands import adopt_pack, end_adoption
from lazaretto.protocols.errors import (
    AdoptionEnded,
    AlreadyAdopted,
    EndsBeforeStart,
    JurisdictionMalformed,
    PackNotShipped,
)
from lazaretto.protocols.models import PackAdoption
from lazaretto.protocols.rules import NoPackAdopted
from tests.factories import NOW

pytestmark = pytest.mark.django_db
CITY, DISTRICT = "CN-44-01", "CN-44-01-05"
JUNE = date(2026, 6, 1)


def put_into_force(member, pack="cn-plan-8", jurisdiction=CITY, starts_on=JUNE, reason="通告第1号", **more):
    return adopt_pack(
        actor=member.actor,
        at=NOW,
        pack=pack,
        jurisdiction=jurisdiction,
        starts_on=starts_on,
        reason=reason,
        **more,
    )


def stop(member, adoption_id, ends_on, reason="通告第2号"):
    row = PackAdoption.objects.get(pk=adoption_id)
    return end_adoption(actor=member.actor, at=NOW, adoption=row, ends_on=ends_on, reason=reason)


def test_a_pack_holds_in_the_jurisdiction_and_below_from_its_date_and_the_approver_is_recorded(cast):
    done = put_into_force(cast.approver)

    assert queries.effective(DISTRICT, JUNE).code == "cn-plan-8"
    assert queries.rule_in_force("inbound", DISTRICT, JUNE).days == 21
    row = PackAdoption.objects.get(pk=done.adoption_id)
    assert (row.approved_by, row.reason, row.created_at) == (cast.approver.user, "通告第1号", NOW)
    entry = JournalEntry.objects.get(command="protocols.adopt_pack")
    assert (entry.actor_id, entry.reason, entry.data["pack"]) == (cast.approver.user.pk, "通告第1号", "cn-plan-8")


def test_before_that_date_and_elsewhere_nothing_is_in_force(cast):
    put_into_force(cast.approver)

    for jurisdiction, on in ((CITY, date(2026, 5, 31)), ("CN-44-03", JUNE)):
        with pytest.raises(NoPackAdopted):
            queries.effective(jurisdiction, on)


def test_an_overlay_is_laid_over_the_pack_in_its_district_alone(cast):
    put_into_force(cast.approver)
    put_into_force(cast.approver, "local-14-14", DISTRICT, date(2026, 6, 5))

    assert queries.effective(DISTRICT, date(2026, 6, 5)).key == "cn-plan-8+local-14-14"
    assert queries.effective(CITY, date(2026, 6, 5)).key == "cn-plan-8"


def test_a_change_of_edition_reaches_running_stays_by_the_rule_of_the_notice(cast):
    put_into_force(cast.approver)
    put_into_force(cast.approver, "cn-plan-9", CITY, date(2026, 6, 10), transition=Transition.NEW_APPLIES)

    editions = queries.editions_at(DISTRICT, date(2026, 6, 3))
    assert [(e.pack.code, e.transition) for e in editions] == [("cn-plan-8", ""), ("cn-plan-9", "new_applies")]


def test_many_stays_cost_one_query(cast, django_assert_num_queries):
    put_into_force(cast.approver)
    with django_assert_num_queries(1):
        calendar = queries.calendar()
        for day in range(1, 20):
            calendar.editions_at(DISTRICT, date(2026, 6, day))


def test_ending_an_adoption_leaves_what_is_under_it(cast):
    put_into_force(cast.approver, "cn-plan-7", "CN")
    done = put_into_force(cast.approver, "cn-plan-8", CITY, date(2026, 6, 5))
    stop(cast.approver, done.adoption_id, date(2026, 6, 9))

    assert queries.effective(CITY, date(2026, 6, 8)).code == "cn-plan-8"
    assert queries.effective(CITY, date(2026, 6, 9)).code == "cn-plan-7"
    row = PackAdoption.objects.get(pk=done.adoption_id)
    assert (row.end_approved_by, row.end_reason, row.end_decided_at) == (cast.approver.user, "通告第2号", NOW)
    assert JournalEntry.objects.get(command="protocols.end_adoption").reason == "通告第2号"


def test_an_adoption_ended_on_its_first_day_never_was(cast):
    done = put_into_force(cast.approver)
    stop(cast.approver, done.adoption_id, JUNE)

    with pytest.raises(NoPackAdopted):
        queries.effective(CITY, JUNE)


@pytest.mark.parametrize(
    ("changes", "error"),
    [
        ({"pack": "cn-plan-99"}, PackNotShipped),
        ({"jurisdiction": "guangzhou"}, JurisdictionMalformed),
        ({"reason": "  "}, ReasonRequired),
    ],
)
def test_what_cannot_be_is_refused_by_name(cast, changes, error):
    with pytest.raises(error):
        put_into_force(cast.approver, **changes)
    assert not PackAdoption.objects.exists()
    assert not JournalEntry.objects.filter(command="protocols.adopt_pack").exists()


def test_a_pack_is_not_put_into_force_twice_at_one_time(cast):
    done = put_into_force(cast.approver)
    with pytest.raises(AlreadyAdopted):
        put_into_force(cast.approver, starts_on=date(2026, 7, 1))
    stop(cast.approver, done.adoption_id, date(2026, 6, 20))
    with pytest.raises(AlreadyAdopted):
        put_into_force(cast.approver, starts_on=date(2026, 6, 19))
    put_into_force(cast.approver, starts_on=date(2026, 6, 20))


def test_the_end_is_decided_once_with_a_reason_and_not_before_the_start(cast):
    done = put_into_force(cast.approver)
    with pytest.raises(EndsBeforeStart):
        stop(cast.approver, done.adoption_id, date(2026, 5, 31))
    with pytest.raises(ReasonRequired):
        stop(cast.approver, done.adoption_id, date(2026, 6, 20), reason="")
    stop(cast.approver, done.adoption_id, date(2026, 6, 20))
    with pytest.raises(AdoptionEnded):
        stop(cast.approver, done.adoption_id, date(2026, 6, 21))


@pytest.mark.parametrize("name", ["duty_officer", "site_lead", "clerk", "medic", "hotel_staff", "auditor", "outsider"])
def test_only_who_manages_rule_packs_at_headquarters_decides(cast, name):
    done = put_into_force(cast.administrator)
    with pytest.raises(Forbidden):
        put_into_force(getattr(cast, name), "cn-plan-9")
    with pytest.raises(Forbidden):
        stop(getattr(cast, name), done.adoption_id, date(2026, 6, 20))


def test_the_database_keeps_an_end_without_a_reason_out(cast):
    done = put_into_force(cast.approver)
    with pytest.raises(IntegrityError):
        PackAdoption.objects.filter(pk=done.adoption_id).update(ends_on=date(2026, 6, 20))
