"""What the stories of orders share: rules in force."""

from datetime import timedelta

import pytest

from lazaretto.protocols.models import PackAdoption
from tests.factories import NOW


@pytest.fixture(autouse=True)
def plan_8(db):
    """Plan 8 in force: fourteen days."""
    return PackAdoption.objects.create(
        pack="cn-plan-8", jurisdiction="CN", starts_on=(NOW - timedelta(days=90)).date(), reason="全国", created_at=NOW
    )
