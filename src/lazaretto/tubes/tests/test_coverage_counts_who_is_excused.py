"""Everybody of a round is tested, excused or missing: in every sum, on every list, and a test wins."""

from datetime import timedelta

import pytest
from django.db import transaction
from django.urls import reverse
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from lazaretto.core import clock
from lazaretto.headcounts.models import Member, Organisation
from lazaretto.people.models import IdentityDocument
from lazaretto.screening.models import CountDelta, Round
from lazaretto.screening.queries import progress
from lazaretto.screening.queries.absent import Among, in_care, missing
from lazaretto.screening.queries.covering import coverage
from lazaretto.screening.queries.parts import figures, parts
from lazaretto.screening.tests.rounds import opened, over, scan, send
from lazaretto.stays.models import Specimen, Stay
from lazaretto.tubes import commands
from lazaretto.tubes.choices import AbsenceKind
from lazaretto.tubes.proofs import coverage_adds_up
from lazaretto.tubes.queries.balance import balance_of
from lazaretto.tubes.report import as_xlsx, report_of
from tests.factories import NOW, person, stay

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)


@pytest.fixture(autouse=True)
def _ten_o_clock(monkeypatch):
    monkeypatch.setattr(clock, "now", lambda: NOW)


def name(cast, of, *numbers, kind=AbsenceKind.EXCUSED, reason="住院"):
    who = {"actor": cast.duty_officer.actor, "at": NOW}
    return commands.name_absent(**who, test_round=of, numbers=list(numbers), kind=kind, reason=reason)


def sums(found):
    return (found.expected, found.tested, found.excused, found.missing)


def admitted(cast, number: int, *, day: float = 3) -> Stay:
    """The person whose card this number of the headcount has is at a site, as its desk admits somebody."""
    member = Member.objects.get(name=f"员工{number:03}")
    who = person(member.name, at_site=cast.site)
    IdentityDocument.objects.create(
        person=who, kind="id_card", country="CN", number=member.document, digest=member.document_digest,
        number_digest=str(number), last_four=member.document[-4:], created_at=NOW,
    )  # fmt: skip
    return stay(cast.site, who=who, day=day)


def test_the_excused_are_no_more_missing_in_sums_pace_and_pages(cast):
    of, place = opened(cast)
    send(cast, place, scan(1), scan(2))
    name(cast, of, 3, 4)
    name(cast, of, 5, kind=AbsenceKind.MISSING, reason="三次上门未见")
    found = coverage(of)
    assert sums(found) == (7, 2, 2, 3)
    home = Organisation.objects.get(name="A公司")
    assert [sums(row) for row in found.organisations] == [(6, 2, 2, 2), (1, 0, 0, 1)]
    assert [sums(part) for part in parts(of, home, "section")] == [(6, 2, 2, 2)]
    assert [(one.kind, one.reason, one.people) for one in found.excuses] == [("name", "住院", 2)]
    assert [row.number for row in missing(of)] == [6, 7]  # who is named as missing is called no more
    page = cast.duty_officer.client.get(reverse("screening:missing", args=[of.pk])).content.decode()
    assert "住院" in page
    going = progress(of, at=NOW + HOUR)
    assert (going.share, going.pace.finish) == (40, NOW + HOUR + HOUR * 3 / 2)
    shown = cast.medic.client.get(f"/api/v1/screening/rounds/{of.pk}/coverage").json()
    assert (shown["expected"], shown["tested"], shown["excused"], shown["missing"]) == (7, 2, 2, 3)
    assert shown["excuses"] == [{"kind": "name", "reason": "住院", "people": 2, "swabbed": 0}]
    assert [row["excused"] for row in shown["organisations"]] == [2, 0]
    assert (shown["hours"][0]["people"], shown["late"]) == (2, False)
    for screen in ("round", "wall"):
        assert "请假" in cast.medic.client.get(reverse(f"screening:{screen}", args=[of.pk])).content.decode()


def test_who_is_tested_after_all_counts_as_tested(cast):
    of, place = opened(cast)
    name(cast, of, 3, 4)
    send(cast, place, scan(3))
    assert sums(coverage(of)) == (7, 1, 1, 5)
    name(cast, of, 4, kind=AbsenceKind.MISSING, reason="未出院")  # said anew: not excused any more
    assert sums(coverage(of)) == (7, 1, 0, 6)


def test_when_all_but_the_excused_are_tested_the_round_is_done(cast):
    of, place = opened(cast)
    name(cast, of, 6, 7)
    send(cast, place, *map(scan, range(1, 6)))
    going = progress(of, at=NOW + HOUR)
    assert (going.coverage.missing, going.share, going.late) == (0, 100, False)
    assert list(missing(of)) == []


def test_the_report_counts_the_excused_of_each_enterprise(cast):
    of, place = opened(cast)
    send(cast, place, scan(1))
    name(cast, of, 2, 3)
    found = report_of(cast.duty_officer.actor, of, at=NOW)
    assert [sums(row) for row in found.coverage.organisations] == [(6, 1, 2, 3), (1, 0, 0, 1)]
    assert as_xlsx(found)


# ---- in our care


def test_who_is_at_a_site_is_excused_by_its_name_until_released(cast):
    of, place = opened(cast)
    inside = admitted(cast, 2)
    found = coverage(of)
    assert sums(found) == (7, 0, 1, 6)
    assert [(one.kind, one.reason, one.people, one.swabbed) for one in found.excuses] == [("care", "H01", 1, 0)]
    assert 2 not in [row.number for row in missing(of)]
    balance = balance_of(of)
    assert (balance.excused, balance.in_care, balance.unnamed, balance.adds_up) == (1, 1, 6, True)
    home = Organisation.objects.get(name="A公司")
    assert [sums(part) for part in parts(of, home, "building")] == [(6, 0, 1, 5)]
    assert sums(figures(of, Among(home.pk, None, ""))) == (6, 0, 1, 5)
    Specimen.objects.create(stay=inside, tube="S1", collected_at=NOW + HOUR)
    assert [(one.entry.number, one.site, one.swabbed_at) for one in in_care(of)] == [(2, "H01", NOW + HOUR)]
    assert coverage(of).excuses[0].swabbed == 1
    page = cast.duty_officer.client.get(reverse("screening:missing", args=[of.pk])).content.decode()
    assert "H01" in page
    Stay.objects.filter(pk=inside.pk).update(ended_at=NOW + HOUR, end="released")
    assert sums(coverage(of)) == (7, 0, 0, 7)
    send(cast, place, scan(2))
    assert sums(coverage(of)) == (7, 1, 0, 6)


def test_a_test_and_a_name_win_over_care(cast):
    of, place = opened(cast)
    for number in (2, 3, 4):
        admitted(cast, number)
    send(cast, place, scan(2))
    name(cast, of, 3, kind=AbsenceKind.MISSING, reason="电话不通")
    name(cast, of, 4)
    found = coverage(of)
    assert sums(found) == (7, 1, 1, 5)
    assert [one.reason for one in found.excuses] == ["住院"]
    assert in_care(of) == []


def test_somebody_without_a_document_is_known_by_whom_the_headcount_says_they_are(cast):
    of, _place = opened(cast)
    who = person("员工002", at_site=cast.site)
    stay(cast.site, who=who)
    assert coverage(of).excused == 0  # a name alone is nobody
    Member.objects.filter(name="员工002").update(person=who)
    assert coverage(of).excused == 1
    assert [one.entry.number for one in in_care(of)] == [2]


def test_of_a_round_that_is_over_care_is_what_it_was_when_it_ended(cast):
    of, _place = opened(cast)
    inside = admitted(cast, 2)
    over(of)
    of = Round.objects.get(pk=of.pk)
    Stay.objects.filter(pk=inside.pk).update(ended_at=NOW + HOUR, end="released")
    admitted(cast, 3, day=-1 / 24)
    assert sums(coverage(of)) == (7, 0, 1, 6)
    assert [row.number for row in missing(of)] == [1, 3, 4, 5, 6, 7]


def test_verify_compares_the_sums_with_everybody_by_name(cast):
    of, place = opened(cast)
    send(cast, place, scan(1))
    name(cast, of, 2)
    admitted(cast, 3)
    assert coverage_adds_up(NOW).offenders == []
    delta = CountDelta.objects.get()
    CountDelta.objects.create(
        round=of, point=place, organisation_id=delta.organisation_id, hour=delta.hour, n=1
    )  # counted twice
    assert {one.id for one in coverage_adds_up(NOW).offenders} == {str(of.pk)}


STEPS = st.lists(
    st.tuples(st.sampled_from(["test", "excuse", "miss", "admit"]), st.integers(1, 6)), max_size=12
)  # fmt: skip


@settings(max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(STEPS)
def test_whatever_happens_in_whatever_order_everybody_is_counted_once(cast, steps):
    with transaction.atomic():
        of, place = opened(cast)
        there: set[int] = set()
        for step, number in steps:
            if step == "test":
                send(cast, place, scan(number))
            elif step != "admit":
                name(cast, of, number, kind=AbsenceKind.EXCUSED if step == "excuse" else AbsenceKind.MISSING)
            elif number not in there:
                there.add(number)
                admitted(cast, number)
        found, balance = coverage(of), balance_of(of)
        assert sums(found) == (
            balance.headcount, balance.tested, balance.excused, balance.missing + balance.unnamed
        )  # fmt: skip
        assert missing(of).count() == balance.unnamed
        home = Organisation.objects.get(name="A公司")
        (share,) = [row for row in found.organisations if row.organisation_id == home.pk]
        assert [sums(part) for part in parts(of, home, "section")] == [sums(share)]
        transaction.set_rollback(True)
