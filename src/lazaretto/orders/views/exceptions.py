"""Requests to admit somebody without an order: the list, one with its clock, the decision."""

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_GET, require_POST

from lazaretto.accounts.doors import actor_of, needs
from lazaretto.core import clock
from lazaretto.core.errors import InvalidInput
from lazaretto.core.paging import page as piece_of
from lazaretto.orders import commands
from lazaretto.orders.queries import exceptions as queries
from lazaretto.orders.views.common import act, page
from lazaretto.ui.ways import asked_for

READ, DECIDE, ASK = queries.READ, queries.DECIDE, "orders.ask"
PER_PAGE = 40


@require_GET
@needs(READ)
def listing(request: HttpRequest) -> HttpResponse:
    """Undecided ones by their clock, or all, the latest first."""
    actor, at = actor_of(request), clock.now()
    state = asked_for(request, "state", dict(_tabs()), otherwise="open")
    found, order = queries.exceptions(actor), ["-asked_at", "-id"]
    if state == "open":
        found, order = queries.undecided(found), ["due_at", "id"]
    piece = piece_of(found, order, limit=PER_PAGE, cursor=request.GET.get("cursor", ""))
    context = {
        "lines": queries.exception_lines(actor, piece.items, at=at),
        "next_url": f"?state={state}&cursor={piece.next}" if piece.next else "",
        "state": state,
        "tabs": [(text, f"?state={key}", key == state) for key, text in _tabs()],
        "now": at,
    }
    return page(request, "orders/exceptions.html", context)


def _tabs() -> list[tuple[str, str]]:
    return [("open", pgettext("exceptions", "to be decided")), ("all", _("all"))]


@require_GET
@needs(READ)
def one(request: HttpRequest, number: str) -> HttpResponse:
    """What is missing, why now, who asks, who decides by when; the decision."""
    actor, at = actor_of(request), clock.now()
    found = queries.exception_by_number(actor, number)
    (line,) = queries.exception_lines(actor, [found], at=at)
    own = found.asked_by_id is not None and found.asked_by_id == actor.user_id
    context = {
        "request_": found,
        "line": line,
        "minutes": max(0, int((found.due_at - at).total_seconds() // 60)),
        "can": {
            "decide": line.open and actor.may(DECIDE, found.unit_id) and not own,
            "withdraw": line.open and found.stay_id is None and actor.may(ASK, found.unit_id),
            "names": actor.may("people.names", found.unit_id),
        },
    }
    return page(request, "orders/exception.html", context, site=found.site)


@require_POST
@needs(DECIDE)
def decide(request: HttpRequest, number: str) -> HttpResponse:
    """Granted with conditions, or refused with what happens instead."""
    found = queries.exception_by_number(actor_of(request), number)
    verdict, words = request.POST.get("verdict", ""), request.POST.get("words", "")
    if verdict not in {"granted", "refused"}:
        raise InvalidInput(fields={"verdict": _("Choose: granted or refused.")})
    return act(
        request, reverse("orders:exception", args=[number]),
        lambda: commands.decide_exception(
            actor=actor_of(request), at=clock.now(), request=found, granted=verdict == "granted", words=words
        ),
        _("Decided. The site sees it."),
    )  # fmt: skip


@require_POST
@needs(ASK)
def withdraw(request: HttpRequest, number: str) -> HttpResponse:
    """Nothing has to be decided any more."""
    found, reason = queries.exception_by_number(actor_of(request), number), request.POST.get("reason", "")
    return act(
        request, reverse("orders:exception", args=[number]),
        lambda: commands.withdraw_exception(actor=actor_of(request), at=clock.now(), request=found, reason=reason),
        _("Withdrawn."),
    )  # fmt: skip
