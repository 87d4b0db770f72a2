"""Somebody is excused from a test by name and with a reason; a release test never is (promise 5)."""

from datetime import timedelta

import pytest

from lazaretto.core.errors import Forbidden, ReasonRequired
from lazaretto.core.models import Deadline, JournalEntry
from lazaretto.stays import commands
from lazaretto.stays.errors import TestNotExcusable
from lazaretto.stays.models import Stay, TestExcuse
from lazaretto.stays.queries.courses import assessment_of, excusable_tests
from tests.factories import NOW

pytestmark = pytest.mark.django_db
WHY = "鼻部外伤，不能采样"


@pytest.fixture
def stay(admit):
    """Six days here; days 1, 2, 3 and 5 fell due, the release test comes on day 7."""
    return admit(at=NOW - timedelta(days=6))


def excuse(cast, stay, key="central-2", who="site_lead", reason=WHY):
    actor = getattr(cast, who).actor
    return commands.excuse_test(actor=actor, at=NOW, stay=stay, test_key=key, reason=reason)


def test_an_excuse_meets_the_condition_and_ends_the_deadline(cast, stay):
    excuse(cast, stay)
    met = {item.subject: item for item in assessment_of(stay, at=NOW).criteria if item.code == "test_negative"}
    assert met["central-2"].satisfied
    assert met["central-2"].remark == "excused"
    assert WHY in met["central-2"].evidence[0]
    assert not met["central-3"].satisfied
    assert Deadline.objects.get(kind="stays.test", slot="central-2").state == "cancelled"
    entry = JournalEntry.objects.get(command="stays.excuse_test")
    assert (entry.reason, entry.actor_id, entry.person_id) == (WHY, cast.site_lead.user.pk, stay.person_id)


def test_release_tests_unknown_ones_and_excused_ones_are_refused(cast, stay):
    excuse(cast, stay)
    for key in ("central-7", "central-99", "central-2", ""):
        with pytest.raises(TestNotExcusable):
            excuse(cast, stay, key)
    assert "central-7" not in excusable_tests(stay)
    assert TestExcuse.objects.count() == 1


def test_a_test_with_a_negative_result_needs_no_excuse(cast, admit):
    stay = admit()
    at = NOW + timedelta(days=1)
    commands.collect_specimen(actor=cast.medic.actor, at=at, stay=stay, tube="T1")
    commands.record_result(actor=cast.medic.actor, at=at, site=cast.site, tube="T1", result="negative", laboratory="L")
    with pytest.raises(TestNotExcusable):
        excuse(cast, stay, "central-1")


def test_it_takes_a_reason_and_somebody_who_releases(cast, stay):
    with pytest.raises(ReasonRequired):
        excuse(cast, stay, reason=" ")
    with pytest.raises(Forbidden):
        excuse(cast, stay, who="medic")


def test_the_file_of_a_stay_offers_it_to_those_who_release(cast, client, stay):
    page = f"/sites/{stay.site.code}/stays/{stay.number}"
    client.force_login(cast.medic.user)
    assert "/excuse" not in client.get(page).content.decode()
    client.force_login(cast.site_lead.user)
    shown = client.get(page).content.decode()
    assert 'value="central-2"' in shown
    assert 'value="central-7"' not in shown
    assert client.post(f"{page}/excuse", {"test": "central-2", "reason": WHY}).status_code == 302
    assert Stay.objects.get(pk=stay.pk).excuses.get().reason == WHY
    assert WHY in client.get(f"/sites/{stay.site.code}/release?day=2026-12-30").content.decode()
