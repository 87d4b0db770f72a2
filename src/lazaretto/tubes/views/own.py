"""A person's own result by QR: a page of its own, that captures nothing and that nothing captured waits for."""

from uuid import UUID

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from lazaretto.accounts.doors import actor_of, needs, public
from lazaretto.core import clock
from lazaretto.core.limits import address_of, too_often
from lazaretto.tubes.numbers import number
from lazaretto.tubes.queries import trails
from lazaretto.tubes.queries.own import pass_hours, pass_of, read_token, token_of
from lazaretto.tubes.queries.people import people_of, shown
from lazaretto.tubes.rules import RECALL

A_MINUTE, HOUR = 60, 3600
MOST_A_MINUTE = 60  # from one address; a hall of people behind one network still sees its results


@never_cache
@require_GET
@public
def result(request: HttpRequest, token: str) -> HttpResponse:
    """What was found in their own tube; nothing of anybody else's."""
    if too_often("own-result", address_of(request), most=MOST_A_MINUTE, at=clock.now()):
        response = render(request, "tubes/own.html", {"busy": True}, status=429)
        response.headers["Retry-After"] = str(A_MINUTE)
        return response
    told = read_token(token)
    found = pass_of(*told, rounds=number("pass.rounds")) if told else None
    at = clock.now()
    hours = pass_hours(found.unit, at=at) if found and found.unit else 0
    until = found.passes_until(hours) if found else None
    left = max(0, int((until - at).total_seconds()) // HOUR) if until else 0
    context = {
        "found": found, "now": at, "until": until, "left": left, "passes": bool(until and at < until),
        "stale": number("pass.stale_minutes"), "hours": hours,
    }  # fmt: skip
    return render(request, "tubes/own.html", context, status=200 if found else 404)


@require_GET
@needs(RECALL)
def card(request: HttpRequest, round_id: UUID) -> HttpResponse:
    """The QR of somebody in a round, by their number: to be shown, or printed with their slip."""
    actor = actor_of(request)
    of = trails.round_by_id(actor, round_id)
    text = request.GET.get("number", "")
    asked = int(text[:9]) if text.isdigit() else 0
    found = people_of(of, [asked]).get(asked) if asked else None
    address = settings.BASE_URL + reverse("tubes:own", args=[token_of(of.pk, asked)]) if found else ""
    person = shown(actor, of, found, calls=False) if found else None
    return render(request, "tubes/own_card.html", {"of": of, "number": text, "person": person, "address": address})
