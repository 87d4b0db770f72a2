"""Whose people come to a point: by their slots, and added by hand."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from lazaretto.accounts.doors import actor_of, needs
from lazaretto.core import clock
from lazaretto.core.errors import DomainError
from lazaretto.core.paging import page as piece_of
from lazaretto.field import commands, queries
from lazaretto.field.rules import MOST_ROSTER
from lazaretto.screening.rules import MANAGE, OVER, READ
from lazaretto.ui.notices import notify

PER_PAGE = 50


@require_GET
@needs(READ)
def enterprises(request: HttpRequest, point_id: UUID) -> HttpResponse:
    """Who comes to the point; those of the round with such a name, to be added."""
    actor, q = actor_of(request), request.GET.get("q", "")[:120]
    found = queries.point_by_id(actor, point_id)
    coming = queries.expected_people(found)
    rows = queries.shares_at(found, coming.comers, q=q)
    piece = piece_of(rows, ["organisation__folded", "id"], limit=PER_PAGE, cursor=request.GET.get("cursor", ""))
    asked = {"q": q} if q.strip() else {}
    context = {
        "point": found,
        "coming": coming,
        "too_many": coming.people > MOST_ROSTER,
        "lines": queries.lines_at(found, piece.items, coming.added),
        "q": q,
        "next_url": f"?{urlencode({**asked, 'cursor': piece.next})}" if piece.next else "",
        "may_manage": actor.may(MANAGE, found.round.unit_id) and found.round.state not in OVER,
    }
    return render(request, "field/enterprises.html", context)


@require_POST
@needs(MANAGE)
def expect(request: HttpRequest, point_id: UUID) -> HttpResponse:
    """An enterprise comes beside those with a slot, or does not any more."""
    command = commands.expect_no_more if request.POST.get("step") == "remove" else commands.expect_also
    payload = {"point": str(point_id), "organisation": request.POST.get("organisation", "")}
    try:
        command.invoke(actor=actor_of(request), at=clock.now(), payload=payload)
    except DomainError as error:
        if error.is_of_access:
            raise
        notify(request, str(error), tone="red")
    else:
        notify(request, _("Saved. Phones of this point fetch it the next time they have a network."))
    q = request.POST.get("q", "")[:120]
    asked = f"?{urlencode({'q': q})}" if q.strip() else ""
    return HttpResponseRedirect(reverse("field:enterprises", args=[point_id]) + asked)
