"""The phone at a table: its page, its worker, and the doors that it sends through.

No session is asked: the token in the header alone opens them. They lie outside the API, because a phone has no role.
"""

import json
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

from csp.constants import SELF, WASM_UNSAFE_EVAL
from csp.decorators import csp_update
from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.templatetags.static import static
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST
from pydantic import TypeAdapter

from lazaretto.accounts.doors import public
from lazaretto.core.access import Actor
from lazaretto.core.codes import tidy_code
from lazaretto.field import commands
from lazaretto.field.errors import RosterTooLarge
from lazaretto.field.models import Device
from lazaretto.field.queries import (
    actor_of_device,
    couriers_at,
    device_of,
    key_of,
    names_in,
    others_at,
    roster_piece,
    roster_state,
    told_since,
    used_tube,
    working,
)
from lazaretto.field.rules import CARD
from lazaretto.field.schemas import BatchIn, ClaimIn, EventsIn, FeversIn, count, moment, read
from lazaretto.field.speech import spoken
from lazaretto.field.views.doors import door, key_in
from lazaretto.screening.commands import Swab, TakenScan, UploadAnswer, note_fevers, take
from lazaretto.screening.rules import FEVER, PLACES, clock_error
from lazaretto.tubes.commands import EventsAnswer, take_events
from lazaretto.tubes.queries.people import called_back
from lazaretto.tubes.rules import LONGEST_CODE
from lazaretto.ui.icons import SPRITE

PHONE = Actor.system("phone")
MODULES = (
    "app", "bag", "camera", "carried", "carrying", "codes", "couriers", "outbox", "roster", "screen", "sign", "signs",
    "store", "table", "tube",
)  # fmt: skip
READER = "vendor/barcode-detector/3.2.2/ponyfill.js"
WASM = "vendor/zxing-wasm/3.1.3/zxing_reader.wasm"
IDB = "vendor/idb/8.0.4/index.js"
# The frame that the page stands in: without one of these a phone would open half a page where there is no network.
_FRAME = Path(settings.PACKAGE) / "ui" / "static"
FRAME = [
    *sorted(str(path.relative_to(_FRAME)) for path in (_FRAME / "ui" / "js").glob("*.js")),
    *(f"ui/css/{name}.css" for name in ("tokens", "base", "layout", "data", "forms", "overlay")),
    "vendor/tabler/1.4.0/tabler.min.css", "django_htmx/htmx-2.min.js", "ui/favicon.svg", SPRITE,
]  # fmt: skip
_ANSWER, _EVENTS = TypeAdapter(UploadAnswer), TypeAdapter(EventsAnswer)


@require_GET
@public
@csp_update({"script-src": [SELF, WASM_UNSAFE_EVAL], "worker-src": [SELF], "media-src": [SELF, "blob:"]})
def app(request: HttpRequest) -> HttpResponse:
    """The one page of a phone. It names nobody: whatever it shows comes through the token later."""
    given = {
        "worker": reverse("field:worker"),
        "api": reverse("field:app") + "api/",
        "reader": static(READER),
        "wasm": static(WASM),
        "fever": FEVER,
        "words": spoken(),
        "zone": settings.TIME_ZONE,
    }
    return render(request, "field/app.html", {"given": given})


@require_GET
@public
@never_cache
def worker(request: HttpRequest) -> HttpResponse:
    """The service worker of both pages, of a table and of a courier; it keeps all that they are made of."""
    names = [*(f"field/{name}.js" for name in MODULES), "field/field.css", IDB, READER, WASM, *FRAME]
    pages = [reverse("field:app"), reverse("field:carrying")]
    files = [*pages, reverse("field:manifest"), *(static(name) for name in names)]
    context = {"files": json.dumps(files), "pages": json.dumps(pages)}
    return render(request, "field/worker.js", context, content_type="text/javascript; charset=utf-8")


@require_GET
@public
def manifest(request: HttpRequest) -> HttpResponse:
    """What a phone needs to put the page on its home screen, where browsers keep its storage."""
    home = reverse("field:app")
    icon = {"src": static("ui/favicon.svg"), "sizes": "any", "type": "image/svg+xml"}
    said = {
        "name": str(_("Testing table")), "short_name": str(_("Testing table")), "start_url": home, "scope": home,
        "display": "standalone", "icons": [icon],
    }  # fmt: skip
    return JsonResponse(said, content_type="application/manifest+json")


# ---- doors


def heard(device: Device, sent_at: str, queue: str, *, at: datetime) -> None:
    """Note what a phone says of itself in its headers: what its clock shows, how much waits."""
    said = moment(sent_at)
    behind = int(clock_error(said, at).total_seconds()) if said else device.skew_seconds
    commands.note_contact(device, at=at, queue=count(queue), skew_seconds=behind)


def _a_phone(request: HttpRequest, at: datetime) -> Device:
    """Whose token it is; what it says of itself is noted. Raises `DeviceUnknown`."""
    device = device_of(key_in(request), at=at)
    heard(device, request.headers.get("X-Sent-At", ""), request.headers.get("X-Queue", ""), at=at)
    return device


def _anybody(_request: HttpRequest, _at: datetime) -> None:
    """A phone that has no token yet: the code in its body opens the door."""


_door = door(_a_phone)


@require_POST
@door(_anybody)
def claim(request: HttpRequest, _nobody: None, at: datetime) -> dict[str, Any]:
    """A phone exchanges its code for its token. Raises `CodeInvalid`."""
    given = read(ClaimIn, request.body)
    commands.claim_device(actor=PHONE, at=at, code=given.code, token=given.token)
    device = device_of(given.token, at=at)
    keys = {name: key_of(device, name) for name in ("name", "match")}
    return {"keys": keys, **_standing(device), "roster": _roster_of(device, at), **_couriers_for(device, at, has="")}


@require_GET
@_door
def state(request: HttpRequest, device: Device, at: datetime) -> dict[str, Any]:
    """How things stand, and what the other phones of the point brought since. Raises `DeviceEnded`.

    A page that says which names of enterprises it has (`names`) gets them only where they changed, and no roster where
    its point has more people than a phone keeps: it keeps the one it has. One that was kept on a phone since before
    that says nothing; it gets all of them each time, or `RosterTooLarge`.
    """
    working(device, at=at)
    rows = told_since(device, moment(request.GET.get("since", "")))
    told = [{"numbers": row.numbers, "tubes": row.tubes, "table": row.device.table} for row in rows]
    people = _roster_of(device, at, has=request.GET.get("names"))
    told_at = rows[-1].told_at.isoformat() if rows else None
    couriers = _couriers_for(device, at, has=request.GET.get("couriers"))
    return {**_standing(device), "roster": people, **couriers, "told": told, "told_at": told_at}


@require_GET
@_door
def roster(request: HttpRequest, device: Device, at: datetime) -> dict[str, Any]:
    """The next piece of the roster. Raises `DeviceEnded`."""
    after = count(request.GET.get("after", ""))
    if not after:
        commands.read_roster(actor=actor_of_device(device, at=at), at=at, device_id=device.id)
    rows = roster_piece(working(device, at=at), after=after)
    return {"rows": rows, "last": rows[-1][0] if rows else None}


@require_GET
@_door
def tube(request: HttpRequest, device: Device, at: datetime) -> dict[str, Any]:
    """Whether the tube that was scanned just now was used in any round, at any point. Raises `DeviceEnded`."""
    code = tidy_code(request.GET.get("code", ""))[:LONGEST_CODE]
    found = used_tube(working(device, at=at), code) if code else None
    return {"code": code, "used": {"round": found.round, "point": found.point} if found else None}


@require_POST
@_door
def uploads(request: HttpRequest, device: Device, at: datetime) -> dict[str, Any]:
    """Scans, also of a phone that has ended: what was captured is a fact."""
    given = read(BatchIn, request.body)
    answer = take(
        actor=actor_of_device(device, at=at), at=at, batch=given.batch, point=device.point_id, sent_at=given.sent_at,
        scans=given.scans,
    )  # fmt: skip
    return told(device, answer, given.scans, at=at)


def told(device: Device, answer: UploadAnswer, scans: Sequence[TakenScan | Swab], *, at: datetime) -> dict[str, Any]:
    """What a phone is told of its batch, once the others at its point can be told too."""
    commands.tell_others(device, answer, scans, at=at)
    return {"answer": _ANSWER.dump_python(answer, mode="json")}


@require_POST
@_door
def events(request: HttpRequest, device: Device, at: datetime) -> dict[str, Any]:
    """Tubes sealed and bagged, bags given to the courier, numbers agreed; also of a phone that has ended."""
    given = read(EventsIn, request.body)
    answer = take_events(
        actor=actor_of_device(device, at=at), at=at, batch=given.batch, point=device.point_id, sent_at=given.sent_at,
        events=given.events,
    )  # fmt: skip
    return {"answer": _EVENTS.dump_python(answer, mode="json")}


@require_POST
@_door
def fevers(request: HttpRequest, device: Device, at: datetime) -> dict[str, Any]:
    """What was seen of fevers, also where no swab followed; also of a phone that has ended."""
    given = read(FeversIn, request.body)
    noted = note_fevers(
        actor=actor_of_device(device, at=at), at=at, point=device.point_id, sent_at=given.sent_at, fevers=given.fevers
    )
    return {"taken": noted.taken}


@require_POST
@_door
def end(request: HttpRequest, device: Device, at: datetime) -> dict[str, Any]:
    """The shift is over."""
    done = commands.end_shift(actor=PHONE, at=at, device_id=device.id)
    return {"ending": done.ending}


def _standing(device: Device) -> dict[str, Any]:
    """What a phone has to know of itself, its point and its round."""
    point, of = device.point, device.point.round
    return {
        "device": {"id": str(device.id), "label": device.label, "table": device.table, "until": device.expires_at},
        "point": {"id": str(point.id), "code": point.code, "name": point.name, "closed": point.state == "closed"},
        "round": {
            "id": str(of.id), "number": of.number, "name": of.name, "state": of.state, "entries": of.entries,
            "places": PLACES[of.tube_rule], "rule": of.tube_rule,
            "opens_at": of.opens_at, "deadline_at": of.deadline_at, "reason": of.reason,
            "card": CARD.format(round=of.id.hex, number=""),
        },
        "others": list(others_at(device)),
        "singly": called_back(of.pk),
    }  # fmt: skip


def _couriers_for(device: Device, at: datetime, *, has: str | None) -> dict[str, Any]:
    """Who carries bags, where that changed; a page that was kept since before asks for nobody."""
    known = couriers_at(device.point, at=at) if has is not None else None
    if known is None or known.version == has:
        return {}
    return {"couriers": {"version": known.version, "rows": known.rows}}


def _roster_of(device: Device, at: datetime, *, has: str | None = None) -> dict[str, Any] | None:
    """Which roster the phone is to keep, and the names of enterprises unless it has these already."""
    try:
        known = roster_state(device.point)
    except RosterTooLarge:
        if has is None:
            raise
        return None
    called = names_in(device.point, at=at)
    said = {"version": known.version, "people": known.people, "names": called.version}
    return said if has == called.version else {**said, "organisations": called.names}
