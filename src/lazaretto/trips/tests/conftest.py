"""What the stories of trips share: rules in force, a dispatcher, vehicles, drivers, places on the map."""

from datetime import timedelta

import pytest

from lazaretto.places.models import Site
from lazaretto.protocols.models import PackAdoption
from lazaretto.trips.tests.fleet import Fleet
from tests import factories
from tests.cast import member
from tests.factories import NOW


@pytest.fixture(autouse=True)
def plan_8(db):
    """Plan 8 in force: fourteen days."""
    return PackAdoption.objects.create(
        pack="cn-plan-8", jurisdiction="CN", starts_on=(NOW - timedelta(days=90)).date(), reason="全国", created_at=NOW
    )


@pytest.fixture
def fleet(cast) -> Fleet:
    """A bus, a van and an ambulance, two drivers, and somebody who sends them."""
    Site.objects.filter(pk=cast.site.pk).update(latitude=23.083, longitude=113.317)
    Site.objects.filter(pk=cast.other_site.pk).update(latitude=23.125, longitude=113.361)
    return Fleet(cast, member("dispatcher", factories.headquarters()), member("escort", factories.headquarters()))
