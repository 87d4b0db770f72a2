"""Read endpoints."""

from datetime import date

import pytest

from lazaretto.protocols.models import PackAdoption
from tests.factories import NOW

pytestmark = pytest.mark.django_db
BASE = "/api/v1/rule-packs"

ADOPTIONS = "/api/v1/rule-pack-adoptions"


@pytest.fixture
def plan_8(db):
    return PackAdoption.objects.create(
        pack="cn-plan-8", jurisdiction="CN-44-01", starts_on=date(2026, 6, 1), reason="通告", created_at=NOW
    )


def test_the_packs_that_ship_are_listed_with_their_document(cast):
    found = cast.clerk.client.get(BASE).json()["items"]

    assert found[0]["code"] == "cn-plan-7"
    assert found[0]["document"] == "新型冠状病毒肺炎防控方案（第七版）"


def test_one_pack_is_told_with_its_overlays(cast):
    found = cast.clerk.client.get(f"{BASE}/cn-plan-8+local-7-7").json()

    assert found["key"] == "cn-plan-8+local-7-7"
    secondary = next(rule for rule in found["categories"] if rule["category"] == "secondary_contact")
    assert [(phase["setting"], phase["days"]) for phase in secondary["phases"]] == [
        ("central", 7),
        ("home_monitoring", 7),
    ]


def test_what_is_in_force_is_answered_by_place_and_date(cast, plan_8):
    answer = cast.clerk.client.get(f"{BASE}/in-force", {"jurisdiction": "CN-44-01-05", "on": "2026-06-01"})
    assert answer.json()["key"] == "cn-plan-8"

    answer = cast.clerk.client.get(f"{BASE}/in-force", {"jurisdiction": "CN-44-01-05", "on": "2026-05-31"})
    assert (answer.status_code, answer.json()["code"]) == (404, "no_pack_in_force")


def test_adoptions_are_listed(cast, plan_8):
    found = cast.clerk.client.get(ADOPTIONS).json()["items"]

    assert [(row["pack"], row["jurisdiction"], row["ends_on"]) for row in found] == [("cn-plan-8", "CN-44-01", None)]


def test_an_unknown_pack_is_a_problem_document(cast):
    answer = cast.clerk.client.get(f"{BASE}/nothing")

    assert (answer.status_code, answer.json()["code"]) == (404, "not_found")


@pytest.mark.parametrize("path", [BASE, f"{BASE}/cn-plan-8", ADOPTIONS])
def test_who_may_not_read_rule_packs_is_refused(cast, client, path):
    assert cast.hotel_staff.client.get(path).status_code == 403
    assert client.get(path).status_code == 401


def test_a_program_puts_a_pack_into_force_and_the_same_request_twice_does_it_once(cast):
    body = {"pack": "cn-plan-9", "jurisdiction": "CN-44", "starts_on": "2026-06-01", "reason": "通告"}
    send = {"content_type": "application/json", "HTTP_IDEMPOTENCY_KEY": "019a0000-0000-7000-8000-000000000001"}
    first = cast.approver.client.post("/api/v1/commands/protocols.adopt_pack", body, **send)
    again = cast.approver.client.post("/api/v1/commands/protocols.adopt_pack", body, **send)

    assert first.status_code == again.status_code == 200
    assert first.json() == again.json()
    assert PackAdoption.objects.count() == 1


def test_a_pack_tells_when_everybody_is_tested_again_and_in_which_tubes(cast):
    district, part = cast.clerk.client.get(f"{BASE}/cn-measures-20").json()["cadences"]

    assert (district["every_days"], district["clean_rounds"], district["pause_days"], district["rounds_after"]) == (
        1, 3, 3, 1,
    )  # fmt: skip
    assert (district["tubes"], district["confidence"], part["rounds_after"]) == (10, "report", 0)
    assert cast.clerk.client.get(f"{BASE}/cn-plan-8").json()["cadences"] == []


def test_a_pack_tells_for_how_long_a_negative_result_is_a_pass(cast):
    told = cast.clerk.client.get(f"{BASE}/cn-plan-9").json()["passes"]
    assert (told["hours"], told["confidence"]) == (48, "report")
    assert "48小时" in told["clause"]
    assert cast.clerk.client.get(f"{BASE}/cn-measures-10").json()["passes"]["hours"] == 0
