"""Admission: who may be held, where, until when; and what is refused by name."""

from datetime import date, timedelta

import pytest

from lazaretto.core.errors import Forbidden, NotFound
from lazaretto.core.models import Deadline, JournalEntry
from lazaretto.people.models import PersonAccess
from lazaretto.places.models import Room, Site
from lazaretto.stays.errors import (
    CategoryNotReceived,
    IsolationOver,
    NotYet,
    PersonAlreadyStaying,
    PersonMerged,
    RoomElsewhere,
    RoomNotReady,
)
from lazaretto.stays.models import IsolationOrder, Stay
from lazaretto.stays.queries.courses import ServedElsewhere
from tests import factories
from tests.factories import NOW

pytestmark = pytest.mark.django_db


def test_the_order_says_authority_basis_reason_start_and_end(cast, admit):
    order = admit().order
    assert (order.authority, order.legal_basis) == ("区疾控中心", "传染病防治法第四十一条")
    assert order.starts_at == NOW
    assert order.ends_at.date() == date(2026, 11, 28)
    assert order.issued_by == cast.clerk.user


def test_days_served_elsewhere_shorten_the_stay(cast, admit):
    served = (ServedElsewhere("central", date(2026, 11, 18), date(2026, 11, 20), "转运单 17 号"),)
    stay = admit(last_exposure_at=NOW - timedelta(days=3, hours=9), served_elsewhere=served)
    assert stay.order.ends_at.date() == date(2026, 11, 25)
    assert stay.order.served_elsewhere[0]["evidence"] == "转运单 17 号"
    assert Deadline.objects.filter(subject_id=str(stay.pk), kind="stays.test").count() == 3


def test_nobody_is_held_whose_isolation_is_over_already(cast, admit):
    served = (ServedElsewhere("central", date(2026, 11, 11), date(2026, 11, 20)),)
    with pytest.raises(IsolationOver):
        admit(last_exposure_at=NOW - timedelta(days=11), served_elsewhere=served)
    assert not IsolationOrder.objects.exists()


def test_an_exposure_that_lies_ahead_is_a_slip(cast, admit):
    with pytest.raises(NotYet):
        admit(last_exposure_at=NOW + timedelta(minutes=5))


def test_a_merged_record_and_an_open_stay_stop_admission(cast, admit):
    kept = factories.person("陈静", at_site=cast.site)
    lost = factories.person("陈静", at_site=cast.site, merged_into=kept)
    with pytest.raises(PersonMerged):
        admit(person=lost)
    admit(person=kept)
    with pytest.raises(PersonAlreadyStaying):
        admit("0302", person=kept)
    assert Stay.objects.count() == 1


def test_a_room_of_another_site_or_not_ready_is_refused_and_nothing_is_written(cast, admit):
    away = Room.objects.get(site=cast.other_site, number="0301")
    with pytest.raises((RoomElsewhere, NotFound)):
        admit(room=away)
    Room.objects.filter(site=cast.site, number="0304").update(state="out_of_service")
    with pytest.raises(RoomNotReady):
        admit("0304")
    assert not Stay.objects.exists()
    assert not JournalEntry.objects.filter(command="stays.admit").exists()


def test_a_mixed_site_receives_close_contacts_a_hotel_for_travellers_does_not(cast, admit):
    with pytest.raises(CategoryNotReceived):
        admit(category="close_contact")
    Site.objects.filter(pk=cast.site.pk).update(category="mixed")
    assert admit(category="close_contact").category == "close_contact"


def test_only_the_desk_and_those_above_it_admit(cast, admit):
    for member in (cast.medic, cast.security, cast.auditor):
        with pytest.raises(Forbidden):
            admit(actor=member.actor)
    with pytest.raises((NotFound, Forbidden)):
        admit(actor=cast.outsider.actor)


def test_the_site_sees_whom_it_holds_and_the_journal_says_who_did_it(cast, admit):
    person = factories.person("王小明")
    PersonAccess.objects.create(person=person, unit_id=cast.site.unit_id, started_at=NOW)
    stay = admit(person=person)
    assert PersonAccess.objects.filter(person=person, unit_id=cast.site.unit_id, ended_at__isnull=True).exists()
    entry = JournalEntry.objects.get(command="stays.admit", subject_type="stays.stay")
    assert (entry.subject_id, entry.actor_name, entry.reason) == (str(stay.pk), str(cast.clerk.user), "入境人员")
    assert entry.data["room"] == "0301"
