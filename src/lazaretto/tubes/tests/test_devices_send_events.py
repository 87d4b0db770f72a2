"""What a device sends over HTTP: answered once, refused only when it is no batch."""

import json

import pytest
from django.test import Client

from lazaretto.core import clock
from lazaretto.core.ids import new_id
from lazaretto.screening.tests.rounds import opened, scan, send
from lazaretto.tubes.models import EventUpload, TubeEvent
from lazaretto.tubes.tests.ways import brought, laboratory
from tests.cast import member as somebody

pytestmark = pytest.mark.django_db


def body(**more):
    now = clock.now().isoformat()
    one = {"id": str(new_id()), "kind": "sealed", "tube": "T1", "at": now}
    return {"batch": str(new_id()), "sent_at": now, "events": [one], **more}


def post(client: Client, payload, **more):
    text = payload if isinstance(payload, str) else json.dumps(payload)
    return client.post("/api/v1/tubes/events", text, content_type="application/json", **more)


def test_a_device_sends_a_batch_and_gets_the_same_answer_again(cast):
    _of, place = opened(cast)
    sampler, payload = somebody("sampler", cast.site.unit), body(point=str(place.pk))
    first = post(sampler.client, payload, headers={"X-Device": "table 3"})
    assert first.status_code == 200
    assert (first.json()["taken"], first.json()["remarks"][0]["remark"]) == (1, "unknown_tube")
    later = post(sampler.client, {**payload, "sent_at": clock.now().isoformat()})
    assert later.json() == first.json()
    assert EventUpload.objects.get().device == "browser table 3"
    other = post(sampler.client, body(point=str(place.pk), batch=payload["batch"]))
    assert (other.status_code, other.json()["code"]) == (409, "events_reused")


@pytest.mark.parametrize(
    "wrong",
    [
        {"events": []},
        {"batch": "7"},
        {"sent_at": "2026-11-21T10:00:00"},
        {"events": [{"id": str(new_id()), "kind": "sealed", "tube": "管1", "at": "2026-11-21T10:00:00Z"}]},
        {"events": [{"id": str(new_id()), "kind": "count_agreed", "signature": "<svg>", "at": "2026-11-21T10:00:00Z"}]},
        {"extra": 1},
        {"point": None},
    ],
)
def test_what_is_no_batch_is_refused_by_its_fields(cast, wrong):
    _of, place = opened(cast)
    answer = post(cast.medic.client, {**body(point=str(place.pk)), **wrong})
    assert (answer.status_code, answer.json()["code"]) == (422, "invalid_input")
    assert answer.json()["fields"]
    assert post(cast.medic.client, "{").status_code == 422
    assert not TubeEvent.objects.exists()


def test_a_courier_names_the_round(cast):
    of, _place = opened(cast)
    courier = somebody("courier", cast.site.unit)
    now = clock.now().isoformat()
    events = [{"id": str(new_id()), "kind": "taken", "bag": "B1", "to": "车1", "at": now}]
    assert post(courier.client, body(round=str(of.pk), events=events)).json()["taken"] == 1
    assert post(cast.clerk.client, body(round=str(of.pk))).status_code == 403
    assert post(cast.outsider.client, body(round=str(of.pk))).status_code == 404


def send_results(client: Client, of, *results, **more):
    given = {"batch": str(new_id()), "round": str(of.pk), "laboratory": "lab1", **more}
    payload = {**given, "results": [{"tube": tube, "result": said} for tube, said in results]}
    return client.post("/api/v1/tubes/results", json.dumps(payload), content_type="application/json")


def test_a_laboratory_sends_results_and_learns_what_waits(cast):
    of, place = opened(cast)
    laboratory(cast)
    send(cast, place, scan(1), scan(2, tube="T2"))
    brought(cast, place, "T1", "T2")
    client = somebody("laboratory", cast.site.unit).client
    batch = str(new_id())
    first = send_results(client, of, ("T1", "negative"), ("T2", "阳性"), ("X1", "阴性"), batch=batch)
    assert first.status_code == 200, first.content
    said = first.json()
    assert (said["taken"], said["held"], said["positives"], said["state"]) == (2, 1, 1, "staged")
    assert said["waiting"] == [{"number": 3, "tube": "X1", "said": "阴性", "holds": ["unknown_tube"]}]
    assert send_results(client, of, ("T1", "negative"), batch=batch).json() == said
    assert client.get(f"/api/v1/tubes/results/{said['file_id']}").json() == said
    assert client.get(f"/api/v1/tubes/rounds/{of.pk}/balance").json()["preliminary"] == 1
    blocked = send_results(client, of, ("T1", "阴性"), ("T2", "可疑"), declared_negative=True).json()
    assert (blocked["taken"], blocked["ready"], blocked["held"]) == (0, 1, 1)
    assert send_results(client, of, ("T1", "阴性"), laboratory="L9").status_code == 404
    assert send_results(cast.clerk.client, of, ("T1", "阴性")).status_code == 403
    assert client.post("/api/v1/tubes/results", "{", content_type="application/json").status_code == 422


def test_people_called_back_are_read_with_their_tubes(cast, django_assert_max_num_queries):
    of, place = opened(cast)
    laboratory(cast)
    send(cast, place, scan(1), scan(2))
    brought(cast, place, "T1")
    laboratory_user = somebody("laboratory", cast.site.unit)
    send_results(laboratory_user.client, of, ("T1", "阳性"))
    path = f"/api/v1/tubes/rounds/{of.pk}/recalls"
    with django_assert_max_num_queries(8):
        rows = cast.medic.client.get(path).json()["items"]
    assert [(row["number"], row["tube"], row["state"], row["retest_tube"]) for row in rows] == [
        (1, "T1", "open", None),
        (2, "T1", "open", None),
    ]
    assert rows[0]["name"] == "员工001"
    assert cast.medic.client.get(f"{path}?state=cleared").json()["items"] == []
    assert laboratory_user.client.get(path).json()["items"][0]["name"] == "员****", "a laboratory reads no names"
    assert cast.clerk.client.get(path).status_code == 403
    assert cast.outsider.client.get(path).status_code == 404
