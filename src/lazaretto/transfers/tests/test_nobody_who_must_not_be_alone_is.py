"""A sign-out that leaves a child behind or sends one alone is judged by name first; what is urgent is told at once."""

from datetime import date, timedelta
from uuid import uuid4

import pytest

from lazaretto.core.choices import DeadlineState
from lazaretto.core.models import Alarm, Deadline, JournalEntry
from lazaretto.custody.commands import Luggage
from lazaretto.custody.errors import DueTooLate, NamedTwice
from lazaretto.custody.models import Handover, Holding
from lazaretto.places.models import ExternalPlace, Room, Site
from lazaretto.stays.commands import close_breach, end_stay
from lazaretto.stays.deadlines import ALONE
from lazaretto.stays.errors import CategoryNotReceived, GoesAlone, LeftAlone
from lazaretto.stays.models import Breach, IsolationOrder, Occupancy, Stay
from lazaretto.transfers import commands
from lazaretto.transfers.errors import NotInCare, UnderWayFromHere
from tests import factories
from tests.factories import NOW
from tests.threads import at_once, needs_server

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)


@pytest.fixture
def family(cast):
    """A mother with children of nine and one in one room."""
    room, party = Room.objects.get(site=cast.site, number="0401"), uuid4()
    born = {"周敏": date(1993, 5, 1), "周小雨": date(2017, 5, 1), "周小云": date(2025, 9, 1)}
    found = []
    for name, day in born.items():
        person = factories.person(name, at_site=cast.site, birth_date=day)
        stay = factories.stay(cast.site, who=person, in_room=Room.objects.filter(site=cast.site, state="ready").first())
        Occupancy.objects.filter(stay=stay).update(room=room, bed=None, party_id=party)
        found.append(stay)
    Room.objects.filter(pk=room.pk).update(state="occupied")
    return found


def sign_out(cast, *stays, to="H02", due=HOUR, **more):
    where = {"to_place": to} if isinstance(to, ExternalPlace) else {"to_site": to}
    made = commands.sign_out(
        actor=cast.clerk.actor, at=NOW, site=cast.site, people=tuple(Luggage(stay.person_id) for stay in stays),
        due_at=NOW + due, **where, **more,
    )  # fmt: skip
    return Handover.objects.get(pk=made.handover_id)


def test_a_mother_alone_is_not_signed_out_by_a_slip(cast, family):
    with pytest.raises(LeftAlone) as refused:
        sign_out(cast, family[0])

    assert "周小雨" in str(refused.value)
    assert "周小云" in str(refused.value)
    assert not Handover.objects.exists()
    assert Stay.objects.filter(ended_at__isnull=True).count() == 3


def test_nor_a_child_without_her(cast, family):
    with pytest.raises(GoesAlone, match="周小云"):
        sign_out(cast, family[2])


def test_together_they_go_without_a_question(cast, family):
    assert sign_out(cast, *family).people.count() == 3
    assert not Breach.objects.exists()


@needs_server
@pytest.mark.django_db(transaction=True)
def test_of_two_who_could_stay_with_the_children_and_leave_at_once_one_is_held(cast, family):
    grandmother = factories.person("吴秀英", at_site=cast.site, birth_date=date(1960, 5, 1))
    stay = factories.stay(cast.site, who=grandmother)
    Occupancy.objects.filter(stay=stay).update(
        room=Room.objects.get(site=cast.site, number="0401"), bed=None,
        party_id=Occupancy.objects.get(stay=family[0]).party_id,
    )  # fmt: skip

    sign_out(cast, factories.stay(cast.site))  # numbers lie ready, so neither waits for the other's

    answers = at_once([lambda: sign_out(cast, family[0]), lambda: sign_out(cast, stay)])

    assert sorted(type(one).__name__ for one in answers) == ["Handover", "LeftAlone"], answers


def test_judged_by_name_she_goes_and_the_journal_says_who_judged_it(cast, family):
    sign_out(cast, family[0], assessment="外婆今晚进房照看，值班长 何")

    assert JournalEntry.objects.get(command="transfers.sign_out", reason="外婆今晚进房照看，值班长 何")
    assert not Breach.objects.exists()


@pytest.mark.parametrize("way", ["hospital", "urgent"])
def test_nobody_waits_outside_a_hospital_for_it_but_the_site_lead_is_told(cast, family, way):
    if way == "hospital":
        sign_out(cast, family[0], to=ExternalPlace.objects.create(kind="hospital", name="区人民医院"))
    else:
        sign_out(cast, family[0], urgent=True)

    told = Breach.objects.filter(kind="left_alone", room__number="0401")
    assert {one.person for one in told} == {stay.person for stay in family[1:]}
    assert Alarm.objects.filter(kind=ALONE.code, role="site_lead").count() == 2
    for breach in told:
        close_breach(actor=cast.site_lead.actor, at=NOW + HOUR, breach=breach, action="社工陪护")
    assert not Deadline.objects.filter(kind=ALONE.code, state=DeadlineState.OPEN).exists()


def test_a_parent_whose_stay_ends_leaves_no_child_unnoticed(cast, family):
    end_stay(actor=cast.site_lead.actor, at=NOW, stay=family[0], end="died", reason="抢救无效")

    assert Breach.objects.filter(kind="left_alone").count() == 2


def test_a_family_that_is_released_one_after_the_other_raises_no_alarm(cast, family):
    IsolationOrder.objects.update(ends_at=NOW + 2 * HOUR)

    end_stay(actor=cast.site_lead.actor, at=NOW, stay=family[0], end="cancelled", reason="一家三口同日离开")

    assert not Breach.objects.exists()


def test_who_was_alone_before_is_no_news(cast, family):
    sign_out(cast, *family[:2], urgent=True)
    Breach.objects.all().delete()
    other = factories.stay(cast.site, in_room=Room.objects.get(site=cast.site, number="0402"))

    sign_out(cast, other)

    assert not Breach.objects.exists()


def test_a_category_goes_where_it_is_received_or_by_an_assessment(cast):
    Site.objects.filter(code="H02").update(category="close_contact")
    stay = factories.stay(cast.site)

    with pytest.raises(CategoryNotReceived):
        sign_out(cast, stay)
    assert sign_out(cast, stay, assessment="H01 停电，指挥部 周").to_site.code == "H02"


def test_a_slip_in_the_year_of_the_arrival_is_refused_and_a_time_can_be_brought_forward(cast):
    stay = factories.stay(cast.site)
    with pytest.raises(DueTooLate):
        sign_out(cast, stay, due=timedelta(days=365))
    handover = sign_out(cast, stay, due=10 * HOUR)
    given = {"actor": cast.clerk.actor, "at": NOW, "handover": handover, "reason": "换车"}

    with pytest.raises(DueTooLate):
        commands.postpone(**given, due_at=NOW + timedelta(days=400))
    commands.postpone(**given, due_at=NOW + HOUR)

    assert Deadline.objects.filter(kind="custody.handover", due_at=NOW + HOUR).exists()


def test_nobody_is_named_twice(cast):
    stay = factories.stay(cast.site)
    with pytest.raises(NamedTwice):
        sign_out(cast, stay, stay)


def test_a_scan_of_somebody_who_was_released_or_just_left_here_moves_nobody(cast):
    gone, leaving = factories.stay(cast.site), factories.stay(cast.site)
    end_stay(actor=cast.site_lead.actor, at=NOW, stay=gone, end="cancelled", reason="重复登记")
    handover = sign_out(cast, leaving)
    before = list(Holding.objects.order_by("pk").values_list("pk", "ended_at"))

    with pytest.raises(NotInCare):
        commands.report_here(actor=cast.outsider.actor, at=NOW, site=cast.other_site, card=gone.number)
    with pytest.raises(UnderWayFromHere) as refused:
        commands.report_here(actor=cast.clerk.actor, at=NOW, site=cast.site, card=leaving.number)

    assert refused.value.context["handover"] == handover.number
    assert list(Holding.objects.order_by("pk").values_list("pk", "ended_at")) == before


def test_a_scan_from_before_they_left_that_is_told_late_is_a_fact_like_any_other(cast):
    stay = factories.stay(cast.site)
    handover = sign_out(cast, stay)
    facts = stay.person.custody_facts.count()

    commands.report_here(
        actor=cast.clerk.actor, at=NOW + HOUR / 2, site=cast.site, card=stay.number, seen_at=NOW - HOUR
    )

    assert stay.person.custody_facts.count() == facts + 1
    assert Holding.objects.get(person=stay.person, ended_at__isnull=True).handover == handover
