"""The page of whom to look after: by what must be thought of, with their families."""

from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from lazaretto.accounts.doors import actor_of, needs
from lazaretto.accounts.models import Unit
from lazaretto.core import clock
from lazaretto.core.paging import page as piece_of
from lazaretto.core.tables import XLSX
from lazaretto.headcounts import commands, sheets
from lazaretto.headcounts.choices import Concern
from lazaretto.headcounts.models import Member
from lazaretto.headcounts.queries import CARE, READ
from lazaretto.headcounts.queries.families import areas as areas_with
from lazaretto.headcounts.queries.families import family_lines, figures, to_care_for
from lazaretto.headcounts.views.common import PER_PAGE, was_read
from lazaretto.ui.ways import asked_for


@require_GET
@needs(CARE)
def families(request: HttpRequest) -> HttpResponse:
    """Everybody about whom something must be thought of, in one area or all that are yours; as lists named them.

    How many they are is counted over everybody on headcounts: it is fetched once the page is there.
    """
    actor = actor_of(request)
    areas, kind = areas_with(actor, CARE), asked_for(request, "kind", Concern.values)
    area = _area(areas, request.GET.get("unit", ""))
    rows = to_care_for(actor, kind=kind, unit=area.pk if area else None)
    piece = piece_of(rows, ["id"], limit=PER_PAGE, cursor=request.GET.get("cursor", ""))
    chosen = {"kind": kind, "unit": str(area.pk) if area else ""}
    lines = family_lines(actor, piece.items)
    was_read(request, lines, kind=kind)
    context = {
        "lines": lines,
        "may_read": actor.may(READ),
        "kinds": Concern.choices,
        "areas": areas,
        "area": area or (areas[0] if len(areas) == 1 else None),
        **chosen,
        "next_url": f"?{urlencode({**chosen, 'cursor': piece.next})}" if piece.next else "",
    }
    return render(request, "headcounts/families.html", context)


@require_GET
@needs(CARE)
def family_figures(request: HttpRequest) -> HttpResponse:
    """How many people of each kind, how many families of which two work; of one area or all that are yours."""
    actor = actor_of(request)
    area = _area(areas_with(actor, CARE), request.GET.get("unit", ""))
    there = Member.objects.visible_to(actor, CARE).filter(ended_at__isnull=True)
    found = figures(there.filter(organisation__unit=area) if area else there)
    return render(request, "headcounts/family_figures.html", {"figures": found, "area": area})


def _area(areas: list[Unit], asked: str) -> Unit | None:
    return next((unit for unit in areas if str(unit.pk) == asked), None)


@require_POST
@needs(CARE)
def export(request: HttpRequest) -> HttpResponse:
    """The same as a sheet with telephone numbers; the journal says who took it."""
    given = {name: request.POST.get(name, "") for name in ("unit", "kind")}
    found = commands.list_concerns.invoke(actor=actor_of(request), at=clock.now(), payload=given)
    name = _("to-look-after") + ".xlsx"
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return HttpResponse(sheets.care_list(found), content_type=XLSX, headers=headers)
