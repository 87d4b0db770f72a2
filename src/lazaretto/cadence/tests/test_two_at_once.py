"""At the same moment: of two who prepare the next round one does; two stewards set each deadline once."""

import pytest

from lazaretto.cadence import commands
from lazaretto.cadence.errors import PreparedAlready
from lazaretto.cadence.tests.series import DAY, HOUR, follow, held, in_force, standing, with_points
from lazaretto.screening.models import Round
from lazaretto.screening.tests.rounds import opened
from tests.cast import member
from tests.factories import NOW
from tests.threads import at_once, needs_server

pytestmark = [pytest.mark.django_db(transaction=True), needs_server]


def test_one_round_is_prepared_and_the_other_officer_is_told(cast):
    in_force()
    with_points(held(cast.site.unit, 0, state="open"), "P1", "P2")
    officers = (cast.duty_officer, member("duty_officer", cast.site.unit.parent))
    works = [
        lambda officer=officer: commands.draft_next(
            actor=officer.actor, at=NOW, unit=cast.site.unit, name="第2轮", opens_at=NOW + DAY,
            deadline_at=NOW + DAY + 8 * HOUR, tube_rule="10",
        )
        for officer in officers
    ]  # fmt: skip
    told = at_once(works)
    assert sum(isinstance(one, PreparedAlready) for one in told) == 1
    assert Round.objects.get(number=2).points.count() == 2


def test_stewards_set_each_deadline_once(cast):
    in_force()
    held(cast.other_site.unit, 1)
    opened(cast)
    told = at_once([lambda: follow(at=NOW)] * 3)
    assert not [one for one in told if one is not None]
    assert [len(standing(kind)) for kind in ("cadence.over", "cadence.next")] == [1, 2]
