"""What a phone sends over HTTP, and what screens ask: figures, who is missing, what does not count."""

import json

import pytest
from django.test import Client

from lazaretto.core import clock
from lazaretto.core.ids import new_id
from lazaretto.screening.models import DuplicateScan, Scan, Upload
from lazaretto.screening.proofs import scans_balance
from lazaretto.screening.queries.covering import coverage
from lazaretto.screening.tests.rounds import opened, scan, send
from tests.cast import member as somebody

pytestmark = pytest.mark.django_db


def body(place, **more):
    now = clock.now().isoformat()
    one = {"id": str(new_id()), "tube": "T1", "slot": 1, "at": now, "number": 1}
    return {"batch": str(new_id()), "point": str(place.pk), "sent_at": now, "scans": [one], **more}


def post(client: Client, payload, **more):
    text = payload if isinstance(payload, str) else json.dumps(payload)
    return client.post("/api/v1/screening/uploads", text, content_type="application/json", **more)


def test_a_phone_sends_a_batch_and_gets_the_same_answer_again(cast):
    _of, place = opened(cast)
    sampler, payload = somebody("sampler", cast.site.unit), body(place)
    first = post(sampler.client, payload, headers={"X-Device": "table 3"})
    assert first.status_code == 200
    assert (first.json()["taken"], first.json()["duplicates"]) == (1, [])
    later = post(sampler.client, {**payload, "sent_at": clock.now().isoformat()})
    assert later.json() == first.json()
    assert Upload.objects.get().device == "browser table 3"
    other = post(sampler.client, {**body(place), "batch": payload["batch"]})
    assert (other.status_code, other.json()["code"]) == (409, "batch_reused")


@pytest.mark.parametrize(
    "wrong",
    [
        {"scans": []},
        {"batch": "7"},
        {"sent_at": "2026-11-21T10:00:00"},
        {"scans": [{"id": str(new_id()), "tube": "管1", "slot": 1, "at": "2026-11-21T10:00:00Z"}]},
        {"scans": [{"id": str(new_id()), "tube": "T1", "slot": 21, "at": "2026-11-21T10:00:00Z"}]},
        {"extra": 1},
    ],
)
def test_what_is_no_batch_is_refused_by_its_fields(cast, wrong):
    _of, place = opened(cast)
    answer = post(cast.medic.client, {**body(place), **wrong})
    assert (answer.status_code, answer.json()["code"]) == (422, "invalid_input")
    assert answer.json()["fields"]
    assert post(cast.medic.client, "{").status_code == 422
    assert not Scan.objects.exists()


def test_more_than_two_hundred_come_in_two_batches(cast):
    _of, place = opened(cast)
    one = body(place)["scans"][0]
    many = [{**one, "id": str(new_id()), "tube": f"T{n}", "number": n + 1} for n in range(201)]
    assert post(cast.medic.client, body(place, scans=many)).status_code == 422
    assert post(cast.medic.client, body(place, scans=many[:200])).json()["received"] == 200


def test_who_may_send_and_who_may_look(cast):
    of, place = opened(cast)
    assert post(Client(), body(place)).status_code == 401
    assert post(cast.clerk.client, body(place)).status_code == 403
    assert post(cast.outsider.client, body(place)).status_code == 404
    address = f"/api/v1/screening/rounds/{of.pk}/coverage"
    assert cast.auditor.client.get(address).status_code == 200
    assert cast.outsider.client.get(address).status_code == 404


def test_screens_ask_how_far_a_round_is(cast, django_assert_num_queries):
    of, place = opened(cast, people=4)
    send(cast, place, scan(1), scan(1, tube="T2"), scan(slot=9))
    client, address = cast.site_lead.client, f"/api/v1/screening/rounds/{of.pk}"
    found = client.get(f"{address}/coverage").json()
    assert (found["expected"], found["tested"], found["missing"], found["strangers"]) == (5, 1, 4, 1)
    assert [(row["name"], row["missing"]) for row in found["organisations"]] == [("A公司", 3), ("B公司", 1)]
    first = client.get(f"{address}/missing?limit=3").json()
    assert [(row["number"], row["name"]) for row in first["items"]] == [(2, "员工002"), (3, "员工003"), (4, "员工004")]
    rest = client.get(f"{address}/missing?limit=3&cursor={first['next']}").json()
    assert ([row["number"] for row in rest["items"]], rest["next"]) == ([5], None)
    second = found["organisations"][1]["organisation_id"]
    assert [row["number"] for row in client.get(f"{address}/missing?organisation={second}").json()["items"]] == [5]
    assert cast.auditor.client.get(f"{address}/missing").json()["items"][0]["name"] != "员工002"  # masked
    (kept,) = client.get(f"{address}/duplicates").json()["items"]
    assert (kept["reason"], kept["scan"]) == ("tested_before", str(DuplicateScan.objects.get().scan))
    assert [row["code"] for row in client.get(f"{address}/points").json()["items"]] == ["P1"]
    assert [row["id"] for row in client.get("/api/v1/screening/rounds").json()["items"]] == [str(of.pk)]
    for part, queries in (("coverage", 9), ("missing", 6), ("duplicates", 5)):
        with django_assert_num_queries(queries):
            client.get(f"{address}/{part}")


def test_what_is_no_scan_is_told_and_holds_up_none_of_the_others(cast):
    of, place = opened(cast)
    good = [{**body(place)["scans"][0], "id": str(new_id()), "number": n, "slot": n} for n in (1, 2)]
    odd = {**good[0], "id": str(new_id()), "slot": 21, "tube": "管1"}
    payload = body(place, scans=[good[0], odd, 7, good[1], good[0], {"id": "x"}])
    first = post(cast.medic.client, payload)
    said = first.json()
    assert (first.status_code, said["received"], said["taken"], len(said["duplicates"])) == (200, 6, 2, 1)
    assert [(row["place"], row["scan"]) for row in said["refused"]] == [(1, odd["id"]), (2, None), (5, None)]
    assert set(said["refused"][0]["fields"]) == {"slot", "tube"}
    assert set(said["refused"][2]["fields"]) == {"id", "tube", "slot", "at"}
    receipt = Upload.objects.get()
    assert (receipt.received, receipt.taken, receipt.duplicates, receipt.refused) == (6, 2, 1, 3)
    assert scans_balance(clock.now()).offenders == []
    assert post(cast.medic.client, payload).json() == said, "the same batch again"
    changed = {**payload, "scans": [*payload["scans"][:2], 8, *payload["scans"][3:]]}
    assert post(cast.medic.client, changed).json()["code"] == "batch_reused", "what was refused belongs to it"
    mended = post(cast.medic.client, body(place, scans=[{**odd, "slot": 3, "tube": "T1", "number": 3}]))
    assert (mended.json()["taken"], mended.json()["refused"]) == (1, [])
    assert coverage(of).tested == 3


def test_scans_beside_a_fault_of_the_batch_itself_are_refused_with_it(cast):
    _of, place = opened(cast)
    payload = body(place, sent_at="2026-11-21T10:00:00")
    payload["scans"].append(7)
    answer = post(cast.medic.client, payload)
    assert answer.status_code == 422
    assert "sent_at" in answer.json()["fields"]
    assert not Upload.objects.exists()
