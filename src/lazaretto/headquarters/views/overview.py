"""The overview of all sites and the names behind its figures."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from lazaretto.accounts.doors import SIGNED_IN, actor_of, needs
from lazaretto.core import clock
from lazaretto.headquarters.choices import Figure
from lazaretto.headquarters.queries.names import names_behind
from lazaretto.headquarters.queries.overview import overview as overview_of
from lazaretto.places.queries import sites


@needs(SIGNED_IN)
def home(request: HttpRequest) -> HttpResponse:
    """Where the day begins: at the board of the only site or on its patrol; for who sees no site at the
    journal; else at the overview."""
    actor = actor_of(request)
    if not actor.may("places.read") and actor.may("journal.read"):
        return redirect("accounts:journal")
    own = list(sites(actor)[:2])
    if len(own) == 1 and actor.may("stays.board", own[0].unit_id):
        return redirect("stays:board", own[0].code)
    if len(own) == 1 and actor.may("stays.breach", own[0].unit_id):
        return redirect("stays:patrol", own[0].code)
    return overview(request)


@needs(SIGNED_IN)
def overview(request: HttpRequest) -> HttpResponse:
    """All sites of the reader. With `HX-Request` only the part that changes."""
    actor, now = actor_of(request), clock.now()
    context = {
        "overview": overview_of(actor, at=now),
        "figures": Figure,
        "reads_boards": actor.may("stays.board"),
        "reads_people": actor.may("stays.read"),
        "reads_alarms": actor.may("alarms.read"),
        "may_plan": actor.may("places.manage"),
    }
    template = "headquarters/overview_part.html" if request.headers.get("HX-Request") else "headquarters/overview.html"
    return render(request, template, context)


@needs("stays.read")
def names(request: HttpRequest, figure: str) -> HttpResponse:
    """Who is counted by a figure, of one site (`?site=`) or of all."""
    if figure not in Figure.values:
        raise Http404
    actor, now, site = actor_of(request), clock.now(), request.GET.get("site", "")
    chosen = Figure(figure)
    context = {
        "figure": chosen,
        "figures": Figure,
        "site": site,
        "sites": sites(actor),
        "page": names_behind(actor, chosen, at=now, site=site, cursor=request.GET.get("cursor", "")),
    }
    return render(request, "headquarters/names.html", context)
