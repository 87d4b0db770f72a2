"""Who sees what, where."""

from datetime import timedelta

import pytest

from lazaretto.accounts.models import Membership, Unit
from lazaretto.accounts.queries import actor_for
from lazaretto.accounts.roles import roles
from lazaretto.core.access import PERSONAL, Actor
from lazaretto.places.models import Room, Site
from tests import factories
from tests.factories import LONG_AGO, NOW

pytestmark = pytest.mark.django_db


def test_a_role_at_headquarters_holds_everywhere(cast):
    actor = cast.duty_officer.actor
    assert actor.everywhere("stays.read")
    assert set(Site.objects.visible_to(actor, "stays.read")) == {cast.site, cast.other_site}


def test_a_role_at_a_site_holds_there_and_below_only(cast):
    team = Unit.objects.create(parent=cast.site.unit, kind="team", code="T1", name="一队", started_at=LONG_AGO)
    actor = actor_for(cast.clerk.user, at=NOW)
    assert actor.units_with("stays.read") == {cast.site.unit_id, team.pk}
    assert actor.may("stays.read", team.pk)
    assert not actor.may("stays.read", cast.other_site.unit_id)
    assert not actor.may("stays.read", cast.site.unit.parent_id)
    assert set(Site.objects.visible_to(actor, "stays.read")) == {cast.site}
    assert not Room.objects.visible_to(actor).filter(site=cast.other_site).exists()


def test_a_capability_held_at_one_site_does_not_leak_to_another_where_one_has_a_lesser_role(cast):
    user = factories.user("clerk", cast.site.unit)
    Membership.objects.create(user=user, unit=cast.other_site.unit, role="security", started_at=LONG_AGO)
    actor = actor_for(user, at=NOW)
    assert set(Site.objects.visible_to(actor, "stays.admit")) == {cast.site}
    assert set(Site.objects.visible_to(actor)) == {cast.site, cast.other_site}


@pytest.mark.parametrize(
    ("started", "ended", "holds"),
    [(0, None, True), (1, None, False), (-2, 0, False), (-2, 1, True), (-2, -1, False)],
)
def test_a_role_holds_from_its_start_until_before_its_end(cast, started, ended, holds):
    user = factories.user()
    ends = None if ended is None else NOW + timedelta(hours=ended)
    Membership.objects.create(
        user=user, unit=cast.site.unit, role="clerk", started_at=NOW + timedelta(hours=started), ended_at=ends
    )
    assert actor_for(user, at=NOW).may("stays.read") is holds


def test_a_role_that_the_table_no_longer_has_carries_nothing(cast):
    user = factories.user("retired_role", cast.site.unit)
    assert actor_for(user, at=NOW).grants == {}


def test_everyone_may_what_is_personal_and_the_system_may_all(cast):
    nobody = actor_for(factories.user(), at=NOW)
    assert nobody.may("accounts.self")
    assert not nobody.may("stays.read")
    assert not Site.objects.visible_to(nobody).exists()
    assert Actor.system("sweeper").may("stays.release", cast.site.unit_id)
    assert Actor.system("sweeper").user_id is None


def test_limits_of_a_token_limit_what_is_personal_too(cast):
    limited = actor_for(cast.clerk.user, at=NOW, only=frozenset({"stays.read"}))
    assert set(limited.grants) == {"stays.read"}
    assert not limited.may("accounts.self")
    assert not limited.may("stays.admit")
    assert actor_for(cast.clerk.user, at=NOW, only=PERSONAL).may("accounts.self")


def test_an_actor_costs_one_query(cast, django_assert_num_queries):
    with django_assert_num_queries(1):
        actor_for(cast.clerk.user, at=NOW)


def test_the_table_of_roles_speaks_both_languages_and_names_areas():
    for role in roles().values():
        assert set(role.titles) == {"en", "zh-hans"}
        assert all(capability.count(".") == 1 for capability in role.capabilities)
