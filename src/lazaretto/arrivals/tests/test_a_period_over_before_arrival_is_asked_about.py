"""A date of exposure so long past that nobody would be held any more is pointed out, and changes no outcome."""

import base64
from datetime import date, timedelta

import pytest

from lazaretto.arrivals import commands
from lazaretto.arrivals.models import ExpectedArrival, Manifest
from lazaretto.arrivals.queries.bus import bus
from lazaretto.arrivals.tests.offices import HEADER, person, xlsx
from lazaretto.core import clock
from lazaretto.protocols.models import PackAdoption
from lazaretto.stays.models import Stay

pytestmark = pytest.mark.django_db
ENGLISH = {"accept-language": "en"}
WARNING = "This person's period would be over before arrival"


@pytest.fixture
def manifest(cast):
    """A list of two: one exposed a year ago, one yesterday."""
    now = clock.now()
    cast.site.category = "close_contact"
    cast.site.save()
    PackAdoption.objects.create(
        pack="cn-plan-9", jurisdiction="CN", starts_on=date(2020, 1, 1), reason="全国", created_at=now
    )
    days = [(now - timedelta(days=past)).date().isoformat() for past in (365, 1)]
    rows = [[*HEADER, "末次暴露日期"], [*person(1), days[0]], [*person(2), days[1]]]
    content = base64.b64encode(xlsx({"名单": rows})).decode()
    staged = commands.stage_manifest(
        actor=cast.clerk.actor, at=now, site=cast.site, file_name="a.xlsx", content=content, category="close_contact"
    )
    assert (staged.ready, staged.held) == (2, 0), "an old date holds nobody back"
    return Manifest.objects.select_related("site").get(pk=staged.manifest_id)


@pytest.fixture
def late(cast, manifest):
    commands.commit_manifest(actor=cast.clerk.actor, at=clock.now(), manifest=manifest)
    return ExpectedArrival.objects.select_related("person").order_by("last_exposure_at")[0]


def page(cast, path):
    return cast.clerk.client.get(f"/sites/H01/{path}", headers=ENGLISH).content.decode()


def test_the_preview_points_it_out_at_that_row_alone(cast, manifest):
    assert page(cast, f"lists/{manifest.id}").count(WARNING) == 1


def test_the_bus_shows_it_beside_the_passenger(cast, manifest, late):
    over = [one for one in bus(cast.clerk.actor, manifest, at=clock.now()).passengers if one.over_on]
    assert [one.expected for one in over] == [late]
    assert over[0].over_on < clock.now().date()
    assert page(cast, f"buses/{manifest.id}").count(WARNING) == 1


def test_the_desk_asks_before_anything_is_typed_and_holds_nobody_whose_period_is_over(cast, late):
    assert WARNING in page(cast, f"check-in/{late.id}")
    typed = {"room": "0301", "exposed_on": late.last_exposure_at.date(), "authority": "x", "legal_basis": "x"}
    answer = cast.clerk.client.post(f"/sites/H01/check-in/{late.id}/confirm", {**typed, "reason": "x"}, headers=ENGLISH)
    assert "this isolation is over already" in answer.content.decode()
    assert not Stay.objects.exists()
    commands.give_room(actor=cast.clerk.actor, at=clock.now(), expected=late, room=None)
    right = {**typed, "reason": "x", "exposed_on": (clock.now() - timedelta(days=1)).date()}
    cast.clerk.client.post(f"/sites/H01/check-in/{late.id}/confirm", right)
    assert Stay.objects.get().person_id == late.person_id
