"""A fever is what the pack of the stay's first day says, by the calendar of the site."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from lazaretto.protocols.models import PackAdoption
from lazaretto.stays.queries.rounds import fever_from
from tests import factories
from tests.factories import LONG_AGO

pytestmark = pytest.mark.django_db


def test_the_first_day_is_that_of_the_site_not_of_greenwich(cast):
    for pack, day in (("cn-plan-9", date(2026, 1, 1)), ("who-contacts", date(2026, 11, 21))):
        PackAdoption.objects.create(pack=pack, jurisdiction="CN", starts_on=day, reason="通告", created_at=LONG_AGO)
    stay = factories.stay(cast.site)
    stay.category = "close_contact"
    stay.started_at = datetime(2026, 11, 20, 15, 30, tzinfo=UTC)  # half past eleven in the evening of the 20th
    assert fever_from(stay) == Decimal("37.3")
    stay.started_at = datetime(2026, 11, 20, 16, 30, tzinfo=UTC)  # the 21st, while Greenwich still has the 20th
    assert fever_from(stay) == Decimal(38)


def test_it_costs_one_query(cast, django_assert_num_queries):
    stay = factories.stay(cast.site)
    with django_assert_num_queries(1):
        fever_from(stay)
