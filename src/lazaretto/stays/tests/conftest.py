"""What the stories of stays share: rules in force, and admission at the desk."""

from datetime import timedelta

import pytest

from lazaretto.places.models import Room
from lazaretto.protocols.models import PackAdoption
from lazaretto.stays import commands
from lazaretto.stays.models import Stay
from tests import factories
from tests.factories import NOW

GROUNDS = {"authority": "区疾控中心", "legal_basis": "传染病防治法第四十一条", "reason": "入境人员"}


@pytest.fixture
def plan_9(db):
    """Plan 9 in force: seven days, tests on days 1, 2, 3, 5 and 7."""
    return PackAdoption.objects.create(
        pack="cn-plan-9", jurisdiction="CN", starts_on=(NOW - timedelta(days=90)).date(), reason="全国", created_at=NOW
    )


@pytest.fixture
def admit(cast, plan_9):
    """Admit somebody at the desk of the cast's site; answers the stay."""

    def do(number="0301", *, name="王小明", at=NOW, person=None, born=None, **more) -> Stay:
        given = {
            "actor": cast.clerk.actor,
            "at": at,
            "person": person or factories.person(name, at_site=cast.site, birth_date=born),
            "site": cast.site,
            "room": Room.objects.get(site=cast.site, number=number),
            "category": "inbound",
            "last_exposure_at": at - timedelta(hours=9),
            **GROUNDS,
        }
        done = commands.admit(**{**given, **more})
        return Stay.objects.get(pk=done.stay_id)

    return do
