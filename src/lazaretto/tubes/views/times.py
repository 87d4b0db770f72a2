"""How long tubes of a round took, leg by leg."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from lazaretto.accounts.doors import actor_of, needs
from lazaretto.tubes.queries.trails import round_by_id
from lazaretto.tubes.queries.turnaround import turnaround
from lazaretto.tubes.rules import READ
from lazaretto.tubes.wording import lasted, timed_lines

MOST = 60  # places of a leg on the page, the slowest first; the report has all


@require_GET
@needs(READ)
def turnaround_page(request: HttpRequest, round_id: UUID) -> HttpResponse:
    """Each leg with what is promised, and who is slow."""
    of = round_by_id(actor_of(request), round_id)
    found = turnaround(of)
    context = {
        "of": of,
        "legs": [(one, timed_lines(one, MOST)) for one in found if one.all.done or one.all.waiting],
        "whole": next(one for one in found if one.leg.code == "whole"),
        "half": next(lasted(one.all.half) for one in found if one.leg.code == "whole"),
        "most": next(lasted(one.all.most) for one in found if one.leg.code == "whole"),
    }
    return render(request, "tubes/times.html", context)
