"""A misspelt filter is refused by every read endpoint, with the names that there are, instead of being passed over."""

import re

import pytest

from lazaretto.config.api import api, openapi

pytestmark = pytest.mark.django_db
PATHS = sorted(path for path, methods in openapi()["paths"].items() if "get" in methods)


def test_a_misspelt_filter_is_named_beside_those_that_there_are(cast):
    answer = cast.site_lead.client.get("/api/v1/sites/H01/rooms?stat=ready&limit=5", headers={"accept-language": "en"})
    assert answer.status_code == 422
    assert answer["Content-Type"] == "application/problem+json"
    problem = answer.json()
    assert problem["code"] == "unknown_parameter"
    assert problem["fields"] == {"stat": "unknown; known are: accessible, cursor, floor_id, limit, state"}
    assert cast.site_lead.client.get("/api/v1/sites/H01/rooms?state=ready&limit=5").status_code == 200


def test_an_address_without_parameters_says_that_it_takes_none(cast):
    problem = cast.site_lead.client.get("/api/v1/sites/H01?q=x", headers={"accept-language": "en"}).json()
    assert problem["fields"] == {"q": "unknown; this address takes none"}


@pytest.mark.parametrize("path", PATHS)
def test_no_read_endpoint_passes_over_a_parameter(cast, path):
    address = re.sub(r"\{\w*_id\}", "01890000-0000-7000-8000-000000000000", path)
    address = re.sub(r"\{\w*\}", "H01", address)
    answer = cast.administrator.client.get(address + "?no_such_parameter=1")
    if answer.json().get("code") == "invalid_input":  # a required parameter is missing as well
        known = {"jurisdiction": "CN", "on": "2026-11-21", "category": "inbound"}
        required = {name: known[name] for name in answer.json()["fields"] if name in known}
        answer = cast.administrator.client.get(address, {**required, "no_such_parameter": "1"})
    assert (answer.status_code, answer.json()["code"]) == (422, "unknown_parameter")
    assert "no_such_parameter" in answer.json()["fields"]


def test_whoever_is_not_signed_in_learns_nothing_of_parameters(client):
    assert client.get("/api/v1/sites?nonsense=1").status_code == 401


def test_the_description_tells_the_refusal():
    said = openapi()
    assert "unknown_parameter" in {one["code"] for one in said["x-lazaretto-errors"]}
    assert "unknown_parameter" in said["paths"]["/api/v1/sites"]["get"]["responses"][422]["description"]
    assert "unknown_parameter" in (api.description or "")
