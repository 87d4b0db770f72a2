"""Staff and supplies of a round: on the screen, on paper and in Excel."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import get_language
from django.views.decorators.http import require_GET

from lazaretto.accounts.doors import actor_of, needs
from lazaretto.core import clock
from lazaretto.core.tables import XLSX
from lazaretto.screening.models import Round
from lazaretto.screening.queries import round_by_id
from lazaretto.screening.rules import OVER
from lazaretto.slots import papers, queries, sheets
from lazaretto.slots.rules import MANAGE, READ


@require_GET
@needs(READ)
def supplies(request: HttpRequest, round_id: UUID) -> HttpResponse:
    """What each point needs, by shift and in all, and how that is found."""
    actor = actor_of(request)
    of = round_by_id(actor, round_id)
    plan = queries.accepted(of)
    found = queries.supplies(of, plan)
    context = {
        "round": of,
        "plan": plan,
        "found": found,
        "over": of.state in OVER,
        "warnings": sheets.warnings(of, found),
        "formulas": queries.formulas(of, plan),
        "may_manage": actor.may(MANAGE, of.unit_id),
    }
    return render(request, "slots/supplies.html", context)


@require_GET
@needs(READ)
def supplies_pdf(request: HttpRequest, round_id: UUID) -> HttpResponse:
    """The same to hang up, and for whoever packs the boxes."""
    of = round_by_id(actor_of(request), round_id)
    content = papers.supplies(of, _sections(of), get_language() or "", at=clock.now())
    return _file(of, content, "application/pdf", "pdf")


@require_GET
@needs(READ)
def supplies_xlsx(request: HttpRequest, round_id: UUID) -> HttpResponse:
    """The same for whoever orders."""
    of = round_by_id(actor_of(request), round_id)
    return _file(of, sheets.workbook(_sections(of)), XLSX, "xlsx")


def _sections(of: Round) -> list[sheets.Section]:
    plan = queries.accepted(of)
    return sheets.sections(of, queries.supplies(of, plan), queries.formulas(of, plan))


def _file(of: Round, content: bytes, kind: str, ending: str) -> HttpResponse:
    headers = {"Content-Disposition": f'inline; filename="round-{of.number}-supplies.{ending}"'}
    return HttpResponse(content, content_type=kind, headers=headers)
