"""Strangers of a round: the list by name, and as Excel."""

from urllib.parse import urlencode
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from lazaretto.accounts.doors import actor_of, needs
from lazaretto.core import clock
from lazaretto.core.paging import page as piece_of
from lazaretto.core.tables import XLSX
from lazaretto.screening.queries import round_by_id
from lazaretto.screening.rules import CORRECT
from lazaretto.screening.rules import READ as READ_ROUNDS
from lazaretto.screening.sheets import plain_sheet
from lazaretto.tubes import commands
from lazaretto.tubes.queries.strangers import stranger_lines, strangers
from lazaretto.tubes.wording import stranger_heads, stranger_texts

PER_PAGE = 50


@require_GET
@needs(READ_ROUNDS)
def listing(request: HttpRequest, round_id: UUID) -> HttpResponse:
    """Who was tested and stands on no roster, with tube and result."""
    actor, q = actor_of(request), request.GET.get("q", "").strip()[:40]
    found = round_by_id(actor, round_id)
    piece = piece_of(strangers(found, q), ["number"], limit=PER_PAGE, cursor=request.GET.get("cursor", ""))
    context = {
        "round": found,
        "q": q,
        "lines": stranger_lines(actor, found, piece.items),
        "may_correct": actor.may(CORRECT, found.unit_id),
        "next_url": "?" + urlencode({"q": q, "cursor": piece.next}) if piece.next else "",
    }
    return render(request, "tubes/strangers.html", context)


@require_POST
@needs(READ_ROUNDS)
def sheet(request: HttpRequest, round_id: UUID) -> HttpResponse:
    """All of them as Excel; the journal says who took it."""
    actor = actor_of(request)
    found = round_by_id(actor, round_id)
    commands.read_strangers.invoke(actor=actor, at=clock.now(), payload={"test_round": str(found.pk)})
    rows = [stranger_texts(line, localtime) for line in stranger_lines(actor, found, list(strangers(found)))]
    headers = {"Content-Disposition": f'attachment; filename="round-{found.number}-strangers.xlsx"'}
    return HttpResponse(plain_sheet(_("Strangers"), stranger_heads(), rows), content_type=XLSX, headers=headers)
