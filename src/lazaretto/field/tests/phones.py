"""A round with a point and its phones, as tests speak to them. Invented."""

import json
from dataclasses import dataclass

from django.test import Client

from lazaretto.core import clock
from lazaretto.core.ids import new_id
from lazaretto.field import commands
from lazaretto.field.models import Device
from lazaretto.screening.models import Point

TOKENS = [f"lzf_{letter * 43}" for letter in "abcdefgh"]


@dataclass
class Phone:
    """A phone that asks through the doors."""

    device: Device
    token: str
    client: Client

    def ask(self, path: str, body=None, *, queue: int = 0, sent_at=None, token=None):
        """The answer of a door."""
        headers = {
            "Authorization": f"Bearer {token or self.token}", "X-Queue": str(queue),
            "X-Sent-At": (sent_at or clock.now()).isoformat(),
        }  # fmt: skip
        if body is None:
            return self.client.get(f"/field/api/{path}", headers=headers)
        return self.client.post(
            f"/field/api/{path}", json.dumps(body), content_type="application/json", headers=headers
        )

    def send(self, *scans, batch=None, **more):
        """A batch of scans."""
        body = {"batch": str(batch or new_id()), "sent_at": clock.now().isoformat(), "scans": list(scans)}
        return self.ask("uploads", body, **more)


def swab(number: int | None = None, *, tube="T1", slot: int | None = None, **more) -> dict:
    """Somebody's swab as a phone says it."""
    told = {"number": number} if number else {}
    return {
        "id": str(new_id()), "tube": tube, "slot": slot or number or 1, "at": clock.now().isoformat(), **told, **more
    }  # fmt: skip


def enrolled(cast, place: Point, *, table=1, label="7", takes_over=None):
    """A code for a phone."""
    return commands.enrol_device(
        actor=cast.duty_officer.actor, at=clock.now(), point=place, table=table, label=label, takes_over=takes_over
    )


def phone(cast, place: Point, *, nth=0, **more) -> Phone:
    """A phone that has claimed its code."""
    made, client = enrolled(cast, place, **more), Client()
    answer = client.post(
        "/field/api/claim", json.dumps({"code": made.code, "token": TOKENS[nth]}), content_type="application/json"
    )
    assert answer.status_code == 200, answer.content
    return Phone(Device.objects.get(pk=made.device_id), TOKENS[nth], client)
