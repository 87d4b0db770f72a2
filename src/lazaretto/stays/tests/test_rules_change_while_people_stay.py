"""Rules change while people stay: what a change would do is counted first, and lists cost the same for any number."""

import html
from datetime import timedelta

import pytest

from lazaretto.places.models import Room
from lazaretto.protocols import queries
from lazaretto.protocols.commands import end_adoption
from lazaretto.protocols.models import PackAdoption
from lazaretto.protocols.rules import Adoption
from lazaretto.stays.duties import editions
from lazaretto.stays.models import IsolationOrder, Stay
from lazaretto.stays.queries.courses import course_of
from lazaretto.stays.queries.release import release_list
from tests import factories
from tests.factories import NOW

pytestmark = pytest.mark.django_db
TODAY = NOW.date()


@pytest.fixture(autouse=True)
def _plan_8_in_force(db):
    PackAdoption.objects.create(
        pack="cn-plan-8", jurisdiction="CN", starts_on=TODAY - timedelta(days=90), reason="全国", created_at=NOW
    )


def stays_on_days(cast, *days):
    rooms = Room.objects.filter(site=cast.site).order_by("number")
    for day, room in zip(days, rooms, strict=False):
        factories.stay(cast.site, day=day, in_room=room)


def withdraw(cast):
    """Take back the adoption that the orders rest on, as of its first day."""
    row = PackAdoption.objects.get()
    end_adoption(actor=cast.approver.actor, at=NOW, adoption=row, ends_on=row.starts_on, reason="录入有误")


def preview(pack, on=TODAY, **more):
    return queries.preview_of_adoption(Adoption(code=pack, jurisdiction="CN", effective_from=on, **more)).stays


def test_a_shorter_edition_shows_how_many_would_end_earlier_and_how_many_at_once(cast):
    stays_on_days(cast, 2, 6, 9, 13)

    found = preview("cn-plan-9")
    assert (found.running, found.shorter, found.at_once, found.longer) == (4, 4, 2, 0)


def test_under_the_old_edition_nothing_changes(cast):
    stays_on_days(cast, 2, 13)

    found = preview("cn-plan-9", transition="old_applies")
    assert (found.running, found.shorter, found.at_once, found.longer) == (2, 0, 0, 0)


def test_a_longer_overlay_says_so_before_anybody_is_held_longer(cast):
    stays_on_days(cast, 2)
    PackAdoption.objects.update(pack="cn-plan-9")

    assert preview("cn-plan-8", transition="new_applies").longer == 1


def test_withdrawing_the_rules_under_running_orders_changes_none_of_them(cast):
    stays_on_days(cast, 2)
    row = PackAdoption.objects.get()

    found = queries.preview_of_end(row, row.starts_on).stays
    assert (found.running, found.shorter, found.longer) == (1, 0, 0)


def test_an_order_keeps_its_rules_when_their_adoption_is_withdrawn(cast):
    stays_on_days(cast, 14, 15)
    editions(NOW)  # the orders of the factory follow the rules from here on
    stay = Stay.objects.order_by("pk").first()
    before = course_of(stay.order, cast.site)
    withdraw(cast)

    course = course_of(stay.order, cast.site)
    assert (course.pack.key, course.ends_at) == ("cn-plan-8", before.ends_at)
    assert editions(NOW) == 0
    found = release_list(cast.site_lead.actor, cast.site, TODAY, at=NOW)
    assert [bool(row.criteria) for row in found] == [True, True]


def test_what_is_adopted_afterwards_is_followed_by_an_order_whose_first_rules_were_withdrawn(cast):
    stays_on_days(cast, 2)
    order = Stay.objects.get().order
    withdraw(cast)
    PackAdoption.objects.create(pack="cn-plan-9", jurisdiction="CN", starts_on=TODAY, reason="全国", created_at=NOW)

    course = course_of(order, cast.site)
    assert (course.pack.key, course.ends_at < order.ends_at) == ("cn-plan-9", True)


def test_one_stay_without_rules_leaves_the_others_their_release_list(cast):
    stays_on_days(cast, 14, 15)
    lost = Stay.objects.order_by("order__ends_at").first()
    IsolationOrder.objects.filter(pk=lost.order_id).update(pack="no-longer-shipped")
    withdraw(cast)

    found = release_list(cast.site_lead.actor, cast.site, TODAY, at=NOW)
    assert [(row.stay, bool(row.fault), bool(row.criteria)) for row in found] == [
        (lost, True, False),
        (found[1].stay, False, True),
    ]
    shown = cast.site_lead.client.get(f"/sites/{cast.site.code}/release?day={TODAY}")
    assert shown.status_code == 200
    assert found[0].fault in html.unescape(shown.content.decode())


def test_counting_costs_the_same_for_any_number_of_stays(cast, django_assert_num_queries):
    stays_on_days(cast, 1, 2, 3, 4, 5, 6)
    with django_assert_num_queries(3):  # adoptions, stays, changes of their orders
        preview("cn-plan-9")


def test_the_release_list_costs_the_same_for_any_number_of_stays(cast, django_assert_max_num_queries):
    stays_on_days(cast, 14, 14, 14, 14, 15, 16)
    with django_assert_max_num_queries(9):
        assert len(release_list(cast.site_lead.actor, cast.site, TODAY, at=NOW)) == 6
