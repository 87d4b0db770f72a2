"""Pages on which a supervisor puts right what was captured: kept scans, and whose scan one really was."""

from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from lazaretto.accounts.asking import answer_of
from lazaretto.accounts.doors import actor_of, needs
from lazaretto.core import clock
from lazaretto.core.errors import DomainError
from lazaretto.core.paging import page as piece_of
from lazaretto.core.tables import XLSX
from lazaretto.screening import commands, queries, sheets
from lazaretto.screening.choices import Reason
from lazaretto.screening.errors import NoScanCounts
from lazaretto.screening.forms import WhoseForm
from lazaretto.screening.models import Round
from lazaretto.screening.queries import corrections
from lazaretto.screening.rules import CORRECT, READ
from lazaretto.ui.notices import notify
from lazaretto.ui.ways import asked_for

PER_PAGE = 50


@require_GET
@needs(READ)
def kept(request: HttpRequest, round_id: UUID) -> HttpResponse:
    """Scans that do not count, each with its reason and what somebody said of it since; `kept`: only these."""
    return _kept(request, queries.round_by_id(actor_of(request), round_id))


def _kept(request: HttpRequest, found: Round, **more: Any) -> HttpResponse:
    actor = actor_of(request)
    said = request.POST if request.method == "POST" else request.GET
    only = [int(one) for one in said.getlist("only" if request.method == "POST" else "kept") if one.isdecimal()]
    reason, q = asked_for(request, "reason", Reason.values), request.GET.get("q", "").strip()[:40]
    rows = corrections.kept_scans(found, only=only, reason=reason, q=q)
    piece = piece_of(rows, ["id"], limit=PER_PAGE, cursor=request.GET.get("cursor", ""))
    lines = corrections.kept_lines(actor, found, piece.items)
    asked = {"reason": reason, "q": q, "kept": only, "cursor": piece.next}
    tubes = {line.row.tube for line in lines if not line.done}
    context = {
        "round": found, "lines": lines, "reasons": Reason.choices, "reason": reason, "q": q, "only": only,
        "next_url": f"?{urlencode(asked, doseq=True)}" if piece.next else "",
        "may_correct": actor.may(CORRECT, found.unit_id) and any(not line.done for line in lines),
        "tube": tubes.pop() if len(tubes) == 1 else "", **more,
    }  # fmt: skip
    return render(request, "screening/kept.html", context, status=422 if more else 200)


@require_POST
@needs(CORRECT)
def put_right(request: HttpRequest, round_id: UUID) -> HttpResponse:
    """Those who are ticked were swabbed, or are swabbed again; a refusal keeps what was typed."""
    found, told = queries.round_by_id(actor_of(request), round_id), request.POST
    given = {name: told.get(name, "").strip() for name in ("reason", "tube", "number")}
    chosen, again = told.getlist("kept"), told.get("do") == "again"
    payload: dict[str, Any] = {"reason": given["reason"]} | ({} if again else {"tube": given["tube"]})
    payload |= {"number": given["number"]} if given["number"] else {}
    done, refused = 0, None
    for one in chosen:
        try:
            command = commands.swab_again if again else commands.count_scan
            command.invoke(actor=actor_of(request), at=clock.now(), payload={**payload, "kept": one})
        except DomainError as error:
            if error.is_of_access:
                raise
            refused = error
            break
        done += 1
    if refused is not None or not done:
        return _kept(request, found, refused=refused or _("Tick the scans that you mean."), given=given, done=done)
    many = ngettext("%(n)s scan put right, in your name.", "%(n)s scans put right, in your name.", done)
    notify(request, many % {"n": done})
    asked = urlencode({"kept": told.getlist("only")}, doseq=True)
    return HttpResponseRedirect(reverse("screening:kept", args=[found.pk]) + (f"?{asked}" if asked else ""))


@require_POST
@needs(READ)
def kept_sheet(request: HttpRequest, round_id: UUID) -> HttpResponse:
    """All of them as Excel; the journal says who took it."""
    actor = actor_of(request)
    found = queries.round_by_id(actor, round_id)
    commands.read_kept.invoke(actor=actor, at=clock.now(), payload={"test_round": str(found.pk)})
    lines = corrections.kept_lines(actor, found, list(corrections.kept_scans(found)))
    name = f"round-{found.number}-kept.xlsx"
    return HttpResponse(
        sheets.kept_list(lines), content_type=XLSX, headers={"Content-Disposition": f'attachment; filename="{name}"'}
    )


@require_http_methods(["GET", "POST"])
@needs(CORRECT)
def whose(request: HttpRequest, round_id: UUID, number: int) -> HttpResponse:
    """A scan that counts was of somebody else: a stranger who stands on the roster, or a wrong number picked."""
    actor = actor_of(request)
    found = queries.round_by_id(actor, round_id)
    scan = corrections.scan_of(found, number)
    stranger = corrections.stranger_with(found, number) if number > found.entries else None
    if scan is None:
        notify(request, str(NoScanCounts()), tone="red")
        return HttpResponseRedirect(reverse("screening:kept", args=[found.pk]))
    form = WhoseForm(request.POST or None, initial={"number": request.GET.get("number", "")})
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        if stranger is not None and given["number"] <= found.entries:
            made = answer_of(request, form, commands.recognise_stranger, stranger=stranger.pk, **given)
        else:
            payload = {"test_round": str(found.pk), "before": number, **given}
            made = answer_of(request, form, commands.correct_scan, **payload)
        if made is not None:
            notify(request, _("Put right: number {n} is tested by this swab.").format(n=made.number))
            return HttpResponseRedirect(reverse("screening:round", args=[found.pk]))
    about = corrections.people_with(actor, found, [number]).get(number)
    context = {"round": found, "number": number, "about": about, "scan": scan, "stranger": stranger, "form": form}
    return render(request, "screening/whose.html", context, status=422 if form.errors else 200)
