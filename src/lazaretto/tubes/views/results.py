"""Results as laboratories sent them: laid out, looked at, decided, taken in."""

import json
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from lazaretto.accounts.doors import actor_of, needs
from lazaretto.core import clock
from lazaretto.core.access import Actor
from lazaretto.core.errors import DomainError, NotFound
from lazaretto.core.paging import page as piece_of
from lazaretto.people.queries import name_for
from lazaretto.tubes import commands
from lazaretto.tubes.choices import FileState, Hold, LineState, Outcome, Stage
from lazaretto.tubes.commands.results import PIECE
from lazaretto.tubes.files import from_bytes
from lazaretto.tubes.forms import DecisionForm, ReasonForm, UploadForm
from lazaretto.tubes.models import ResultFile, ResultLine
from lazaretto.tubes.queries import trails
from lazaretto.tubes.queries.results import Account, account_of, blocked, file_by_id, lines_of, lying_elsewhere
from lazaretto.tubes.queries.results import files as all_files
from lazaretto.tubes.rules import MANAGE, POSITIVES, READ, REPORT
from lazaretto.tubes.wording import CELL_LABELS, holds
from lazaretto.ui.notices import notify
from lazaretto.ui.ways import asked_for

PER_PAGE = 50
ALONE = {"no_tube", "unreadable", "not_independent"}  # nothing that is taken together
_NAMES = ("姓名", "名字", "name")


@require_http_methods(["GET", "POST"])
@needs(READ)
def files(request: HttpRequest) -> HttpResponse:
    """Results as they came; a POST reads a file."""
    actor = actor_of(request)
    form = UploadForm(request.POST or None, request.FILES or None, **_choices(actor))
    if request.method == "POST" and form.is_valid():
        try:
            return HttpResponseRedirect(reverse("tubes:file", args=[_stage(request, form.cleaned_data)]))
        except DomainError as error:
            if error.is_of_access:
                raise
            form.add_error("file", str(error))
    piece = piece_of(all_files(actor), ["-sent_at", "-id"], limit=PER_PAGE, cursor=request.GET.get("cursor", ""))
    context = {
        "files": piece.items, "form": form, "may_report": actor.may(REPORT),
        "next_url": f"?cursor={piece.next}" if piece.next else "",
    }  # fmt: skip
    return render(request, "tubes/files.html", context, status=422 if form.errors else 200)


def _choices(actor: Actor) -> dict[str, Any]:
    return {"rounds": trails.rounds(actor), "laboratories": trails.laboratories(actor)}


def _stage(request: HttpRequest, given: dict[str, Any]) -> UUID:
    source = from_bytes(given["file"].read(), given["file"].name)
    staged = commands.stage_results(
        actor=actor_of(request), at=clock.now(), test_round=given["test_round"], laboratory=given["laboratory"],
        file_name=given["file"].name, digest=source.digest, header=source.header, lines=source.lines,
        declared_negative=given["declared_negative"], stage=Stage(given["stage"]),
    )  # fmt: skip
    if staged.known:
        notify(request, _("This very file came before; here it is."), tone="blue")
    return staged.file_id


@require_GET
@needs(READ)
def one(request: HttpRequest, file_id: UUID) -> HttpResponse:
    """A file: its account, what must be decided, what it says."""
    return _one(request, file_by_id(actor_of(request), file_id))


def _one(request: HttpRequest, file: ResultFile, **more: Any) -> HttpResponse:
    actor, account = actor_of(request), account_of(file)
    show = asked_for(
        request, "show", {*LineState.values, "positive", "all"}, otherwise="held" if account.held else "all"
    )
    piece = piece_of(lines_of(file, show), ["number"], limit=PER_PAGE, cursor=request.GET.get("cursor", ""))
    alone: dict[str, int] = {}
    for hold, *others in file.entries.filter(state=LineState.HELD).values_list("holds", flat=True):
        if not others:
            alone[hold] = alone.get(hold, 0) + 1
    context = {
        "file": file,
        "account": account,
        "lines": [(row, holds(row.holds), row.outcome in POSITIVES) for row in piece.items],
        "tabs": _tabs(show, account),
        "next_url": f"?show={show}&cursor={piece.next}" if piece.next else "",
        "open": file.state == FileState.STAGED,
        "elsewhere": lying_elsewhere(file) if file.state == FileState.STAGED else [],
        "blocked": blocked(file),
        "may_report": actor.may(REPORT, file.round.unit_id),
        "may_manage": actor.may(MANAGE, file.round.unit_id),
        "together": [(hold, Hold(hold).label, n) for hold, n in alone.items() if hold not in ALONE],
        "reason_form": ReasonForm(),
        "done": account.counting + account.repeated,
        "of": account.counting + account.repeated + account.ready,
        **more,
    }
    return render(request, "tubes/file.html", context, status=422 if more else 200)


def _tabs(show: str, account: Account) -> list[tuple[str, str, bool, int | None]]:
    names: list[tuple[str, str, int | None]] = [
        ("held", _("To decide"), account.held), ("positive", _("Positive"), account.positives),
        ("repeated", _("Said twice"), account.repeated), ("all", pgettext("lines", "All"), account.lines),
    ]  # fmt: skip
    return [(label, f"?show={name}", name == show, count) for name, label, count in names]


@require_POST
@needs(REPORT)
def commit(request: HttpRequest, file_id: UUID) -> HttpResponse:
    """Take in the next piece; the page asks again until nothing is ready."""
    payload = {"result_file": file_id, "lines": PIECE}
    done = commands.commit_results.invoke(actor=actor_of(request), at=clock.now(), payload=payload)
    address = reverse("tubes:file", args=[file_id])
    if request.headers.get("Accept", "").startswith("text/html"):
        return HttpResponseRedirect(address)
    text = _("{n} tubes").format(n=done.taken)
    answer = {"done": done.finished, "at": done.taken, "of": done.taken, "text": text}
    return JsonResponse({**answer, "next": address if done.finished else None})


@require_POST
@needs(REPORT)
def cancel(request: HttpRequest, file_id: UUID) -> HttpResponse:
    """Put a file aside."""
    given = {"result_file": file_id, "reason": request.POST.get("reason", "")}
    try:
        commands.cancel_results.invoke(actor=actor_of(request), at=clock.now(), payload=given)
    except DomainError as error:
        return _said(request, file_id, error)
    notify(request, _("The results are put aside; nothing of them counts."))
    return HttpResponseRedirect(reverse("tubes:files"))


def _said(request: HttpRequest, file_id: UUID, error: DomainError) -> HttpResponse:
    """What is wrong, on the page of the file, with the reason that was typed."""
    if error.is_of_access:
        raise error
    file = file_by_id(actor_of(request), file_id)
    return _one(request, file, problem=str(error), reason_form=ReasonForm(initial=request.POST.dict()))


@require_POST
@needs(MANAGE)
def together(request: HttpRequest, file_id: UUID) -> HttpResponse:
    """The same decision about all lines that wait for one reason."""
    given = {
        "result_file": file_id, "hold": request.POST.get("hold", ""), "reason": request.POST.get("reason", ""),
        "take": request.POST.get("do") == "take",
    }  # fmt: skip
    try:
        done = commands.decide_lines.invoke(actor=actor_of(request), at=clock.now(), payload=given)
    except DomainError as error:
        return _said(request, file_id, error)
    notify(request, _("Decided: {n} lines.").format(n=done.decided))
    return HttpResponseRedirect(reverse("tubes:file", args=[file_id]))


@require_http_methods(["GET", "POST"])
@needs(MANAGE)
def decide(request: HttpRequest, file_id: UUID, number: int) -> HttpResponse:
    """A held line with all that it says; a POST decides."""
    actor = actor_of(request)
    file = file_by_id(actor, file_id)
    line = file.entries.filter(number=number).first()
    if line is None:
        raise NotFound(kind="tubes.resultline", number=number)
    form = DecisionForm(request.POST or None, initial={"tube": line.tube, "result": line.outcome})
    if request.method == "POST" and form.is_valid() and _decided(request, form, file, number):
        following = file.entries.filter(state=LineState.HELD).order_by("number").first()
        notify(request, _("Decided."))
        if following is None:
            return HttpResponseRedirect(reverse("tubes:file", args=[file_id]))
        return HttpResponseRedirect(reverse("tubes:decide", args=[file_id, following.number]))
    same = file.entries.filter(tube=line.tube)
    context = {
        "file": file, "line": line, "form": form, "cells": _cells(actor, file, line),
        "holds": holds(line.holds),
        "others": list(same.exclude(tube="").exclude(pk=line.pk).order_by("number")[:20]),
        "open": line.state == LineState.HELD and file.state == FileState.STAGED,
        "decisions": list(line.decisions.select_related("by").order_by("id")),
        "may_reopen": _may_reopen(file, line), "reopen_form": ReasonForm(),
    }  # fmt: skip
    return render(request, "tubes/line.html", context, status=422 if form.errors else 200)


def _may_reopen(file: ResultFile, line: ResultLine) -> bool:
    """Somebody decided about it, and its result does not count yet."""
    waits = line.state in {LineState.LEFT_OUT, LineState.READY} and file.state != FileState.CANCELLED
    return waits and line.decided_by_id is not None


@require_POST
@needs(MANAGE)
def reopen(request: HttpRequest, file_id: UUID, number: int) -> HttpResponse:
    """Open a decided line again."""
    payload = {"result_file": file_id, "number": number, "reason": request.POST.get("reason", "")}
    try:
        commands.reopen_line.invoke(actor=actor_of(request), at=clock.now(), payload=payload)
    except DomainError as error:
        if error.is_of_access:
            raise
        notify(request, str(error), tone="red")
    else:
        notify(request, _("The line is open again."), tone="amber")
    return HttpResponseRedirect(reverse("tubes:decide", args=[file_id, number]))


def _decided(request: HttpRequest, form: DecisionForm, file: ResultFile, number: int) -> bool:
    given = form.cleaned_data
    try:
        commands.decide_line(
            actor=actor_of(request), at=clock.now(), result_file=file, number=number,
            take=request.POST.get("do") == "take", reason=given["reason"], tube=given["tube"],
            result=Outcome(given["result"]) if given["result"] else None,
        )  # fmt: skip
    except DomainError as error:
        if error.is_of_access:
            raise
        form.add_error(None, str(error))
        return False
    return True


def _cells(actor: Actor, file: ResultFile, line: ResultLine) -> list[tuple[str, str]]:
    """All that the line says; names as the role reads them, long numbers by their ends."""
    found = []
    for field, text in json.loads(line.payload).items():
        word, told = field.lstrip("+"), text
        if text and any(part in word.casefold() for part in _NAMES):
            told = name_for(actor, text, unit_id=file.round.unit_id)
        elif text and any(part in word for part in ("证", "电话", "手机")):
            told = f"…{text[-4:]}"
        found.append((str(CELL_LABELS.get(field, word)), told))
    return found
