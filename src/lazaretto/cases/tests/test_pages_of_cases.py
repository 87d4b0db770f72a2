"""From a positive to the confirmed change on the pages, and what each role sees."""

from datetime import timedelta

import pytest
from django.urls import reverse

from lazaretto.cases.choices import ChangeState, ConsequenceKind, FollowUpState
from lazaretto.cases.models import Change
from lazaretto.cases.queries.scene import outcome_of
from lazaretto.core import clock
from tests.factories import NOW

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def noon(monkeypatch):
    monkeypatch.setattr(clock, "now", lambda: NOW)


def text(answer):
    assert answer.status_code in {200, 409, 422}, answer.status_code
    return answer.content.decode()


def test_the_page_of_a_positive_leads_to_the_proposal_with_its_evidence(cast, admit, swab):
    stay = admit("0301")
    specimen = swab(stay)
    address = reverse("cases:propose", args=["H01", stay.number])

    shown = text(cast.medic.client.get(reverse("stays:positive", args=["H01", specimen.tube])))
    assert f"{address}?tube={specimen.tube}&amp;kind=case" in shown

    done = cast.medic.client.post(
        f"{address}?tube=T1&kind=case", {"kind": "case", "tube": "T1", "happened_at": "2026-11-21T08:00"}
    )  # fmt: skip
    change = Change.objects.get()
    assert done.url == reverse("cases:one", args=[change.number])
    assert (change.specimen, change.state) == (specimen, ChangeState.PROPOSED)


def test_the_page_of_a_stay_has_the_button_for_those_who_propose(cast, admit):
    stay = admit("0301")
    address = reverse("cases:propose", args=["H01", stay.number])
    page = reverse("stays:stay", args=["H01", stay.number])
    assert address in text(cast.medic.client.get(page))
    assert address not in text(cast.clerk.client.get(page))


def test_only_what_is_possible_is_offered(cast, admit, swab, propose):
    stay = admit("0301")
    page = reverse("cases:propose", args=["H01", stay.number])

    def offered():
        return set(dict(cast.medic.client.get(page).context["form"].fields["kind"].choices))

    assert offered() == {"case", "contact", "absence"}
    propose(stay, specimen=swab(stay))
    assert offered() == {"case", "contact", "absence", "lifted"}
    stay.category = "case"
    stay.save()
    assert offered() == {"recovered", "absence", "lifted"}


def test_before_the_second_finding_nobody_can_press_confirm(cast, admit, swab, propose):
    stay = admit("0301")
    change = propose(stay, specimen=swab(stay))
    shown = text(cast.duty_officer.client.get(reverse("cases:one", args=[change.number])))
    assert reverse("cases:confirm", args=[change.number]) not in shown
    assert "第二次" in shown or "second finding" in shown


def test_confirmed_on_the_page_as_it_was_shown(cast, admit, swab, second, propose):
    stay = admit("0301")
    change = propose(stay, specimen=swab(stay))
    second(change.specimen, positive=True)
    page = reverse("cases:one", args=[change.number])
    digest = outcome_of(Change.objects.get(), at=NOW).digest
    assert digest in text(cast.duty_officer.client.get(page))

    cast.duty_officer.client.post(reverse("cases:confirm", args=[change.number]), {"seen": "another"})
    change.refresh_from_db()
    assert change.state == ChangeState.PROPOSED

    cast.duty_officer.client.post(reverse("cases:confirm", args=[change.number]), {"seen": digest})
    change.refresh_from_db()
    assert change.state == ChangeState.CONFIRMED
    assert "定点医院" in text(cast.site_lead.client.get(page)) or "hospital" in text(cast.site_lead.client.get(page))


def test_a_follow_up_is_closed_on_the_page(cast, admit, swab, propose):
    stay = admit("0301")
    change = propose(stay, specimen=swab(stay))
    recheck = change.follow_ups.get(kind=ConsequenceKind.RECHECK)
    address = reverse("cases:follow_up", args=[change.number, recheck.pk])
    cast.site_lead.client.post(address, {"do": "take"})
    cast.site_lead.client.post(address, {"do": "done", "words": "已复采"})
    recheck.refresh_from_db()
    assert (recheck.state, recheck.owner, recheck.answer) == (
        FollowUpState.DONE, cast.site_lead.user, "已复采",
    )  # fmt: skip


def test_an_event_is_proposed_on_the_page(cast, admit):
    admit("0301")
    floor = cast.site.rooms.get(number="0301").floor
    cast.site_lead.client.post(
        reverse("cases:event", args=["H01"]),
        {
            "kind": "environmental_positive",
            "floor": str(floor.pk),
            "words": "电梯按钮",
            "happened_at": "2026-11-21T08:00",
        },
    )
    change = Change.objects.get()
    assert (change.floor, change.stay) == (floor, None)
    assert "王小明" in text(cast.site_lead.client.get(reverse("cases:one", args=[change.number])))


def test_a_form_that_does_not_fit_says_why(cast, admit):
    stay = admit("0301")
    answer = cast.medic.client.post(
        reverse("cases:propose", args=["H01", stay.number]), {"kind": "case", "happened_at": "2026-11-21T08:00"}
    )
    assert answer.status_code == 422
    assert not Change.objects.exists()


def test_the_auditor_reads_without_names_and_confirms_nothing(cast, admit, swab, second, propose):
    stay = admit("0301")
    change = propose(stay, specimen=swab(stay))
    second(change.specimen, positive=True)
    shown = text(cast.auditor.client.get(reverse("cases:one", args=[change.number])))
    assert "王小明" not in shown
    assert reverse("cases:confirm", args=[change.number]) not in shown


def test_another_site_sees_nothing_of_it(cast, admit, swab, propose):
    change = propose(*[stay := admit("0301")], specimen=swab(stay))
    assert cast.outsider.client.get(reverse("cases:one", args=[change.number])).status_code == 404
    assert change.number not in text(cast.outsider.client.get(reverse("cases:changes") + "?state=all"))


def test_the_list_has_a_fixed_number_of_queries(cast, admit, propose, django_assert_max_num_queries):
    for number in ("0301", "0302", "0303"):
        propose(admit(number, name=f"客{number}"), words="区疾控通报")
    with django_assert_max_num_queries(14):
        shown = text(cast.site_lead.client.get(reverse("cases:changes")))
    assert shown.count("H01-G2026-") >= 3


def test_the_preview_costs_the_same_for_one_neighbour_and_for_many(cast, admit, propose, django_assert_max_num_queries):
    change = propose(admit("0301"), words="区疾控通报")
    for number in ("0302", "0303", "0304", "0401", "0402"):
        admit(number, name=f"客{number}")
    with django_assert_max_num_queries(14):
        outcome_of(Change.objects.select_related("site", "stay__order", "stay__person").get(pk=change.pk), at=NOW)


def test_the_api_gives_the_preview_and_takes_the_confirmation(cast, admit, propose):
    change = propose(admit("0301"), words="区疾控通报")
    seen = cast.duty_officer.client.get(f"/api/v1/changes/{change.number}/preview").json()
    assert [one["kind"] for one in seen["then"]] == ["move", "goes_on"]

    done = cast.duty_officer.client.post(
        "/api/v1/commands/cases.confirm",
        {"change": str(change.pk), "seen": seen["digest"]}, content_type="application/json",
        headers={"X-Lazaretto-At": (NOW + timedelta(0)).isoformat()},
    )  # fmt: skip
    assert done.status_code == 200, done.content
    shown = cast.duty_officer.client.get(f"/api/v1/changes/{change.number}").json()
    assert shown["state"] == "confirmed"
    assert {row["kind"] for row in shown["follow_ups"]} == {"move"}
    listed = cast.duty_officer.client.get("/api/v1/changes?state=confirmed&site=H01").json()
    assert [row["number"] for row in listed["items"]] == [change.number]
