"""Pages of mass testing in Chromium: no barrier for any reader, before, during and after."""

from datetime import timedelta

import pytest
from django.urls import reverse

from lazaretto.accounts.models import Unit
from lazaretto.core import clock
from lazaretto.headcounts.models import Member, Organisation
from lazaretto.screening.tests.rounds import draft, opened, point, scan, send
from tests.browser import READERS, Opener
from tests.cast import Cast
from tests.factories import NOW

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.mark.parametrize("reader", READERS)
def test_no_page_has_a_barrier(window: Opener, cast: Cast, monkeypatch, reader):
    monkeypatch.setattr(clock, "now", lambda: NOW + timedelta(hours=1))
    language, theme, width = reader
    session = cast.duty_officer.client.session.session_key
    seen = window(language=language, theme=theme, width=width, session=session)
    seen.open(reverse("screening:rounds"))  # none yet
    assert seen.problems() == []
    of, place = opened(cast, building="3栋")
    point(cast, of, "P2")
    below = Unit.objects.create(code="H01-E", name="东片", parent=cast.site.unit, started_at=NOW)
    Organisation.objects.filter(name="B公司").update(unit=below)
    Member.objects.filter(name="员工004").update(phone="13800001111", section="装配车间", building="3栋")
    send(cast, place, *(scan(number) for number in (1, 2, 3)), at=NOW + timedelta(minutes=20))
    home, before = Organisation.objects.get(name="A公司"), draft(cast)
    missing = reverse("screening:missing", args=[of.pk])
    for path in (
        reverse("screening:rounds"), *(reverse("screening:round", args=[one.pk]) for one in (of, before)),
        reverse("screening:wall", args=[of.pk]), missing, f"{missing}?organisation={home.pk}",
        reverse("screening:edit", args=[of.pk]), reverse("screening:edit_point", args=[place.pk]),
        f"{missing}?q=员工", f"{missing}?building=3栋", reverse("screening:enterprises", args=[of.pk]),
        reverse("screening:buildings", args=[of.pk]), reverse("screening:buildings", args=[before.pk]),
        reverse("screening:missing", args=[before.pk]), reverse("screening:enterprise", args=[of.pk, home.pk]),
    ):  # fmt: skip
        seen.open(path)
        assert seen.problems() == [], path
    page = seen.open(missing)
    page.locator("form[action$=numbers] button:not([name])").click()
    page.locator("a[href^='tel:']").wait_for()
    assert seen.problems() == [], "numbers"
