"""At the same moment: two callers get two people, two lists make one case, two commands of an area reckon one after
the other."""

from datetime import timedelta

import pytest

from lazaretto.core.models import Deadline
from lazaretto.core.promises import verify
from lazaretto.returnees import commands
from lazaretto.returnees.choices import Agency
from lazaretto.returnees.models import Returnee, ReturneeList
from lazaretto.returnees.tests.agencies import card, lay_out, name, row, take_in
from tests.factories import NOW
from tests.threads import at_once, needs_server

pytestmark = [pytest.mark.django_db(transaction=True), needs_server]
LATER = NOW + timedelta(hours=1)


def test_two_callers_never_get_the_same_person(cast):
    unit, callers = cast.site.unit, [cast.clerk.actor, cast.medic.actor, cast.site_lead.actor]
    take_in(cast.duty_officer.actor, unit, *(row(name(n), card(n), f"1380000000{n}") for n in range(3)))
    for caller in callers:
        commands.begin_shift(actor=caller, at=NOW, unit=unit, until=NOW + timedelta(hours=8))
    given = at_once(
        [lambda caller=caller: commands.take_next(actor=caller, at=LATER, unit=unit).number for caller in callers]
    )
    assert sorted(given) == sorted(Returnee.objects.values_list("number", flat=True))
    assert not Deadline.objects.filter(kind="returnees.waiting", state="open").exists()


def test_two_lists_with_the_same_people_make_one_case_each(cast):
    actor, unit = cast.duty_officer.actor, cast.site.unit
    rows = [row(name(n), card(n), f"138000000{n:02}") for n in range(20)]
    lists = [
        lay_out(actor, unit, *order, agency=agency)
        for agency, order in ((Agency.POLICE, rows), (Agency.RAILWAY, rows[::-1]))
    ]
    told = at_once(
        [
            lambda one=one: commands.commit_list.invoke(actor=actor, at=NOW, payload={"returnee_list": str(one.pk)})
            for one in lists
        ]
    )
    assert [one.finished for one in told] == [True, True], "the second waits for the first, and joins its cases"
    assert set(ReturneeList.objects.values_list("state", flat=True)) == {"committed"}
    assert Returnee.objects.count() == 20
    assert all(case.lines.count() == 2 for case in Returnee.objects.all())
    assert not any(found.offenders for found in verify(at=NOW) if found.promise in {4, 6})


def test_commands_of_one_area_leave_the_deadline_of_whoever_waits_longest(cast):
    actor, unit = cast.duty_officer.actor, cast.site.unit
    take_in(actor, unit, *(row(name(n), card(n), f"138000000{n:02}") for n in range(8)))
    cases = list(Returnee.objects.order_by("number"))
    done = at_once(
        [
            lambda one=one: commands.close(actor=actor, at=LATER, returnee=one, outcome="wrong_person", reason="同名")
            for one in cases[:4]
        ]
        + [
            lambda one=one: commands.note_attempt(actor=actor, at=LATER, returnee=one, answer="no_answer")
            for one in cases[4:]
        ]
    )
    assert not [one for one in done if isinstance(one, Exception)]
    (due,) = Deadline.objects.filter(kind="returnees.waiting", state="open").values_list("due_at", flat=True)
    assert due == LATER + timedelta(hours=4)  # the next try in two hours, and two hours of patience
