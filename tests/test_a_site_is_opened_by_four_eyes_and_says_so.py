"""A site is planned by one and opened by another; until then its pages say that it is not open."""

from importlib import import_module

import pytest

from lazaretto.headquarters.queries.overview import Counts, Overview
from lazaretto.places.choices import SiteState
from lazaretto.places.models import Site

pytestmark = pytest.mark.django_db
ENGLISH = {"accept-language": "en"}


def page(member, path):
    return member.client.get(path, headers=ENGLISH).content.decode()


def test_the_first_page_of_an_empty_district_leads_the_administrator_to_plan_a_site(cast, monkeypatch):
    views = import_module("lazaretto.headquarters.views.overview")
    monkeypatch.setattr(views, "overview_of", lambda _actor, at: Overview(at=at, lines=[], total=Counts()))
    shown = page(cast.administrator, "/")
    assert 'href="/sites/new/"' in shown
    assert "an approver at headquarters opens it" in shown
    assert 'href="/sites/new/"' not in page(cast.auditor, "/")


def test_the_first_page_of_a_district_with_sites_leads_there_too(cast):
    assert 'href="/sites/new/"' in page(cast.administrator, "/")
    assert 'href="/sites/new/"' not in page(cast.auditor, "/")


@pytest.mark.parametrize(
    ("state", "word"),
    [
        (SiteState.PLANNED, "This site is not open yet"),
        (SiteState.PAUSED, "Arrivals are paused here"),
        (SiteState.CLOSED, "This site is closed"),
    ],
)
def test_the_board_of_a_site_that_is_not_open_says_so_and_calls_no_room_free(cast, state, word):
    assert "Rooms free" in page(cast.clerk, "/sites/H01/board")
    Site.objects.filter(pk=cast.site.pk).update(state=state)
    shown = page(cast.clerk, "/sites/H01/board")
    assert word in shown
    assert "Rooms ready, site not open" in shown
    assert "Rooms free" not in shown
