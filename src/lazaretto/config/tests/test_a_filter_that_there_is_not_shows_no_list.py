"""What an address asks for and nobody knows shows no list: everything would pass for what was asked."""

from http import HTTPStatus
from pathlib import Path
from re import findall

import pytest
from django.http import Http404
from django.test import RequestFactory
from django.urls import reverse

import lazaretto
from lazaretto.ui.ways import asked_for

LISTS = {
    "emergencies:emergencies": "state", "cases:changes": "state", "orders:orders": "state",
    "orders:exceptions": "state", "objections:objections": "state", "stranded:groups": "state",
    "returnees:cases": "show", "deciding:matters": "show", "people:people": "need",
}  # fmt: skip
SOURCES = Path(lazaretto.__file__).parent


@pytest.mark.django_db
@pytest.mark.parametrize(("name", "of"), LISTS.items())
def test_nobody_is_shown_everything_for_a_filter_that_there_is_not(cast, name, of):
    client, address = cast.duty_officer.client, reverse(name)
    assert client.get(address).status_code == HTTPStatus.OK
    assert client.get(f"{address}?{of}=").status_code == HTTPStatus.OK
    assert client.get(f"{address}?{of}=zzz").status_code == HTTPStatus.NOT_FOUND


@pytest.mark.django_db
def test_a_site_s_register_does_as_the_lists_of_the_district_do(cast):
    address = reverse("stays:breaches", args=["H01"])
    assert cast.site_lead.client.get(f"{address}?state=closed").status_code == HTTPStatus.OK
    assert cast.site_lead.client.get(f"{address}?state=zzz").status_code == HTTPStatus.NOT_FOUND


def test_what_there_is_is_asked_for_and_nothing_asked_is_the_first_view():
    def seen(query):
        return asked_for(RequestFactory().get(f"/{query}"), "state", {"open", "ended"}, otherwise="open")

    assert [seen(query) for query in ("", "?state=", "?state=ended")] == ["open", "open", "ended"]
    with pytest.raises(Http404):
        seen("?state=zzz")


def test_every_view_asks_in_this_one_place():
    views = [*SOURCES.glob("*/views.py"), *SOURCES.glob("*/views/*.py")]
    past = {str(path): findall(r'GET\.get\("(?:state|show)"', path.read_text()) for path in views}
    assert len(views) > 20
    assert {name: found for name, found in past.items() if found} == {}
