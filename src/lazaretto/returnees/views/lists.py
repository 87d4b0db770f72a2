"""Lists of agencies: as they came, line by line, decided, taken in."""

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from lazaretto.accounts.doors import actor_of, needs
from lazaretto.core import clock
from lazaretto.core.errors import DomainError
from lazaretto.core.paging import page as piece_of
from lazaretto.returnees import commands, files
from lazaretto.returnees.choices import Agency, Issue, LineOutcome, ListState
from lazaretto.returnees.forms import DecisionForm, UploadForm
from lazaretto.returnees.models import ReturneeList
from lazaretto.returnees.queries.cases import shown_name
from lazaretto.returnees.queries.lists import (
    ReturneeAccount,
    account_of,
    accounts_of,
    field_label,
    list_by_id,
    list_lines,
    managed_units,
    shown_lines,
)
from lazaretto.returnees.queries.lists import lists as all_lists
from lazaretto.returnees.rules import ASKS, MANAGE, READ
from lazaretto.returnees.views.common import done, invoke, page
from lazaretto.ui.notices import notify
from lazaretto.ui.ways import asked_for

PER_PAGE = 50


@require_http_methods(["GET", "POST"])
@needs(READ)
def lists(request: HttpRequest) -> HttpResponse:
    """Lists as they came, each with what became of its lines; a POST reads one."""
    actor = actor_of(request)
    units = managed_units(actor)
    form = UploadForm(request.POST or None, request.FILES or None, units=units)
    if request.method == "POST" and form.is_valid():
        try:
            return HttpResponseRedirect(reverse("returnees:list", args=[_read(request, form.cleaned_data)]))
        except DomainError as error:
            if error.is_of_access:
                raise
            form.add_error("sender" if getattr(error, "fields", {}).get("sender") else "file", str(error))
    piece = piece_of(all_lists(actor), ["-received_at", "-id"], limit=PER_PAGE, cursor=request.GET.get("cursor", ""))
    accounts = accounts_of(piece.items)
    context = {
        "rows": [(row, accounts[row.pk]) for row in piece.items], "form": form, "may_manage": bool(units),
        "next_url": f"?cursor={piece.next}" if piece.next else "",
    }  # fmt: skip
    return page(request, "returnees/lists.html", context, 422 if form.errors else 200)


def _read(request: HttpRequest, given: dict[str, Any]) -> UUID:
    """Lay a file out; sent again it is the list that is there."""
    actor, at = actor_of(request), clock.now()
    source = files.from_bytes(given["file"].read(), given["file"].name)
    begun = commands.begin_list(
        actor=actor, at=at, unit=given["unit"], agency=Agency(given["agency"]), file_name=given["file"].name,
        digest=source.digest, header=source.header, sender=given["sender"], declared=given["declared"],
        sheets=list(source.sheets), passed=list(source.passed),
    )  # fmt: skip
    found = ReturneeList.objects.get(pk=begun.list_id)
    if found.state == ListState.READING:
        for piece in files.pieces(source.lines, commands.PIECE):
            commands.add_lines(actor=actor, at=at, returnee_list=found, lines=piece)
        commands.end_reading(actor=actor, at=at, returnee_list=found)
    elif begun.known:
        notify(request, _("This very file came before; here it is."), tone="blue")
    return begun.list_id


@require_GET
@needs(READ)
def one_list(request: HttpRequest, pk: UUID) -> HttpResponse:
    """A list: its account, how its columns were understood, what must be decided."""
    actor = actor_of(request)
    found = list_by_id(actor, pk)
    account = account_of(found)
    show = asked_for(request, "show", {*LineOutcome.values, "all"}, otherwise="held" if account.held else "all")
    piece = piece_of(list_lines(found, show), ["number"], limit=PER_PAGE, cursor=request.GET.get("cursor", ""))
    taken = account.made + account.joined
    context = {
        "list": found,
        "account": account,
        "lines": shown_lines(actor, found, piece.items),
        "columns": [field_label(one) for one in found.columns.values() if not one.startswith("+")],
        "unknown": [field_label(one) for one in found.columns.values() if one.startswith("+")],
        "tabs": _tabs(show, account),
        "show": show,
        "next_url": f"?show={show}&cursor={piece.next}" if piece.next else "",
        "open": found.state in {ListState.STAGED, ListState.COMMITTING},
        "may_manage": actor.may(MANAGE, found.unit_id),
        "done": taken,
        "of": taken + account.ready,
    }
    return page(request, "returnees/one_list.html", context)


def _tabs(show: str, account: ReturneeAccount) -> list[tuple[str, str, bool, int]]:
    names = [
        ("held", _("To decide"), account.held), ("ready", pgettext("returnees", "Ready"), account.ready),
        ("made", _("New cases"), account.made), ("joined", _("Joined"), account.joined),
        ("rejected", _("Left out"), account.rejected), ("all", pgettext("lines", "All"), account.lines),
    ]  # fmt: skip
    return [(label, f"?show={name}", name == show, count) for name, label, count in names]


@require_http_methods(["GET", "POST"])
@needs(MANAGE)
def decide(request: HttpRequest, pk: UUID, number: int) -> HttpResponse:
    """A held line with all that it says, and whom it may mean; a POST decides."""
    actor = actor_of(request)
    found = list_by_id(actor, pk)
    shown = invoke(request, commands.show_line, returnee_list=pk, number=number)
    line = found.entries.select_related("candidate__unit").get(number=number)
    asks = [code for code in line.issues if code in ASKS]
    filled = {name: shown.cells.get(name, "") for name in ("name", "document", "phone")}
    closed = bool(line.candidate and line.candidate.closed_at)  # or since the question was asked
    form = DecisionForm(request.POST or None, initial=filled, asks=bool(asks), closed=closed)
    if request.method == "POST" and form.is_valid():
        given = {name: value for name, value in form.cleaned_data.items() if name != "who" or value}
        told = {"returnee_list": pk, "number": number, "take": request.POST.get("do") == "take", **given}
        if done(request, form, commands.decide_line, **told):
            following = found.entries.filter(outcome=LineOutcome.HELD).order_by("number").first()
            notify(request, _("Decided."))
            address = reverse("returnees:list", args=[pk])
            if following is not None:
                address = reverse("returnees:decide", args=[pk, following.number])
            return HttpResponseRedirect(address)
    context = {
        "list": found, "line": line, "form": form,
        "cells": [(field_label(name), text) for name, text in shown.cells.items()],
        "issues": [Issue(code).label for code in line.issues],
        "candidate": line.candidate, "candidate_name": shown_name(actor, line.candidate) if line.candidate else "",
        "may_open": bool(line.candidate and actor.may(READ, line.candidate.unit_id)),
        "open": line.outcome == LineOutcome.HELD,
    }  # fmt: skip
    return page(request, "returnees/line.html", context, 422 if form.errors else 200)


@require_POST
@needs(MANAGE)
def commit(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Take in the next piece; the page asks again until nothing is ready."""
    piece = invoke(request, commands.commit_list, returnee_list=pk)
    address = reverse("returnees:list", args=[pk])
    if request.headers.get("Accept", "").startswith("text/html"):
        return HttpResponseRedirect(address)
    text = _("{done} of {of} lines").format(done=piece.done, of=piece.of)
    answer = {"done": piece.finished, "at": piece.done, "of": piece.of, "text": text}
    return JsonResponse({**answer, "next": address if piece.finished else None})


@require_POST
@needs(MANAGE)
def cancel(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Put a list aside."""
    invoke(request, commands.cancel_list, returnee_list=pk, reason=request.POST.get("reason", ""))
    notify(request, _("The list is put aside; no case was made."))
    return HttpResponseRedirect(reverse("returnees:lists"))
