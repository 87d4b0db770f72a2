"""The phone of a courier: its page, and the doors that it sends through. The key in the header alone opens them."""

from datetime import datetime
from typing import Any

from csp.constants import SELF, WASM_UNSAFE_EVAL
from csp.decorators import csp_update
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.templatetags.static import static
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST
from pydantic import TypeAdapter

from lazaretto.accounts.doors import public
from lazaretto.field.schemas import CarriedIn, read
from lazaretto.field.speech_couriers import spoken
from lazaretto.field.views.doors import door, key_in
from lazaretto.field.views.phone import READER, WASM
from lazaretto.screening.choices import RoundState
from lazaretto.tubes.choices import BagState
from lazaretto.tubes.clocks import CLOCKS
from lazaretto.tubes.commands import EventsAnswer, TakenEvent, take_events, take_site_events
from lazaretto.tubes.models import Bag, Courier
from lazaretto.tubes.queries.couriers import Carried, actor_of_courier, carried, courier_with, is_site
from lazaretto.tubes.rules import COURIER_CODE
from lazaretto.ui import qr

_ANSWER = TypeAdapter(EventsAnswer)


@require_GET
@public
@csp_update({"script-src": [SELF, WASM_UNSAFE_EVAL], "worker-src": [SELF], "media-src": [SELF, "blob:"]})
def page(request: HttpRequest) -> HttpResponse:
    """The one page of a courier's phone. It names nobody: whatever it shows comes through the key later."""
    given = {
        "worker": reverse("field:worker"),
        "api": reverse("field:courier_state").removesuffix("state"),
        "reader": static(READER),
        "wasm": static(WASM),
        "words": spoken(),
        "zone": settings.TIME_ZONE,
        "within": int(CLOCKS["courier"].within.total_seconds()),
    }
    return render(request, "field/carrying.html", {"given": given})


def _a_courier(request: HttpRequest, at: datetime) -> Courier:
    """Whose key it is. Raises `CourierUnknown`."""
    return courier_with(key_in(request), at=at)


_door = door(_a_courier)


@require_GET
@_door
def state(request: HttpRequest, courier: Courier, at: datetime) -> dict[str, Any]:
    """What a courier's phone keeps: their badge, rounds and laboratories of the area, bags that may be carried."""
    return _standing(courier, at)


@require_POST
@_door
def scans(request: HttpRequest, courier: Courier, at: datetime) -> dict[str, Any]:
    """Bags taken at a point or handed in at a laboratory, of one round or of one quarantine site; the same event again
    counts once."""
    given = read(CarriedIn, request.body)
    said = [
        TakenEvent(
            id=one.id, kind=one.kind, at=one.at, bag=one.bag, officer=one.officer,
            to=courier.code if one.kind == "taken" else one.to,
        )
        for one in given.events
    ]  # fmt: skip
    sent: dict[str, Any] = {"batch": given.batch, "sent_at": given.sent_at, "events": said}
    actor = actor_of_courier(courier)
    if is_site(given.round):
        answer = take_site_events(actor=actor, at=at, site=given.round, **sent)
    else:
        answer = take_events(actor=actor, at=at, test_round=given.round, **sent)
    return {"answer": _ANSWER.dump_python(answer, mode="json"), **_standing(courier, at)}


def _standing(courier: Courier, at: datetime) -> dict[str, Any]:
    known = carried(courier, at=at)
    badge = COURIER_CODE.format(code=courier.code)
    rounds = [
        {"id": str(one.pk), "name": f"{one.number} · {one.name}", "open": one.state == RoundState.OPEN}
        for one in known.rounds
    ]
    # A code that nobody knows is asked of the rounds that are open; a site is met by its own bags alone.
    rounds += [{"id": str(one.pk), "name": f"{one.code} · {one.spoken_name}", "open": False} for one in known.sites]
    return {
        "courier": {"code": courier.code, "name": courier.name, "plate": courier.plate, "until": courier.key_until},
        "badge": {"code": badge, "picture": qr.picture(badge)},
        "rounds": rounds,
        "laboratories": [{"code": one.code, "name": one.name} for one in known.laboratories],
        "bags": [
            *(_bag(one, known, courier) for one in known.bags),
            *(_site_bag(one, courier) for one in known.site_bags),
        ],
    }


def _bag(row: Bag, known: Carried, courier: Courier) -> dict[str, Any]:
    tubes = row.said_tubes if row.said_tubes is not None else known.tubes.get((row.round_id, row.code))
    return {
        "round": str(row.round_id), "code": row.code, "tubes": tubes, "state": row.state, "holder": row.holder,
        "point": f"{row.point.code} {row.point.name}" if row.point else "", "left_at": row.left_at,
        "mine": row.state == BagState.UNDER_WAY and row.holder == courier.code,
    }  # fmt: skip


def _site_bag(row: Any, courier: Courier) -> dict[str, Any]:
    """As a bag of a round: the site stands where the round and the point stand."""
    tubes = row.said_tubes if row.said_tubes is not None else row.held
    return {
        "round": str(row.site_id), "code": row.code, "tubes": tubes, "state": row.state, "holder": row.holder,
        "point": f"{row.site.code} {row.site.spoken_name}", "left_at": row.left_at,
        "mine": row.state == BagState.UNDER_WAY and row.holder == courier.code,
    }  # fmt: skip
