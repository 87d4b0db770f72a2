"""The pages of the cadence in Chromium: no barrier for any reader, and the list of rounds has its part."""

import pytest
from django.urls import reverse

from lazaretto.cadence.tests.series import HOUR, follow, held, in_force, with_points
from lazaretto.core import clock
from lazaretto.core.deadlines import sweep
from lazaretto.screening.models import Round
from tests.browser import READERS, Opener
from tests.cast import Cast
from tests.factories import NOW

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.mark.parametrize("reader", READERS)
def test_no_page_has_a_barrier(window: Opener, cast: Cast, monkeypatch, reader):
    monkeypatch.setattr(clock, "now", lambda: NOW + HOUR / 2)
    language, theme, width = reader
    seen = window(language=language, theme=theme, width=width, session=cast.duty_officer.client.session.session_key)
    seen.open(reverse("cadence:areas"))  # none yet
    assert seen.problems() == []
    in_force()
    with_points(held(cast.site.unit, 1, tubes="20"), "P1", "P2", closed="P2")
    held(cast.other_site.unit, 0, state="open")
    follow(at=NOW)
    sweep(at=NOW)
    prepare = reverse("cadence:prepare", args=[cast.site.unit.pk])
    for path in (reverse("cadence:areas"), prepare, reverse("headquarters:alarms")):
        seen.open(path)
        assert seen.problems() == [], path
    page = seen.open(reverse("screening:rounds"))
    page.locator(f"a[href='{prepare}']").click()
    page.locator("input[name=opens_at]").fill("2026-11-24T10:00")
    page.locator("input[name=deadline_at]").fill("2026-11-24T18:00")
    page.locator("#id_tube_rule").select_option("20")
    page.locator("#id_reason").fill("台风")
    page.locator("form:not([action]) button.btn-primary").click()
    page.wait_for_url("**/testing/*-*")
    assert seen.problems() == [], "prepared"
    assert Round.objects.get(unit=cast.site.unit, number=2).points.count() == 2
    seen.open(reverse("screening:rounds"))
    page.locator(f"a[href='{prepare}']").wait_for()
    assert seen.problems() == [], "list of rounds"
