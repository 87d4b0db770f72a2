"""Lists of people on their way: uploaded, looked at line by line, decided, committed."""

import base64
from dataclasses import asdict
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from lazaretto.accounts.doors import actor_of, needs
from lazaretto.arrivals import commands
from lazaretto.arrivals.choices import ColumnMeaning, RowDecision
from lazaretto.arrivals.commands import Corrections
from lazaretto.arrivals.forms import CancelForm, DecisionForm, UploadForm
from lazaretto.arrivals.issues import issue_advice, issue_label
from lazaretto.arrivals.models import Manifest
from lazaretto.arrivals.queries.files import read_first
from lazaretto.arrivals.queries.lists import FILTERS, list_by_id, lists, page_of, row_by_id, shown_row, tables_of
from lazaretto.arrivals.queries.statement import statement_of
from lazaretto.arrivals.staging import from_payload
from lazaretto.core import clock
from lazaretto.core.errors import DomainError
from lazaretto.places.choices import SiteCategory
from lazaretto.places.models import Site
from lazaretto.places.queries import site_by_code
from lazaretto.ui.notices import notify
from lazaretto.ui.ways import asked_for


@needs("arrivals.read")
def all_lists(request: HttpRequest, code: str) -> HttpResponse:
    """The lists of a site; a POST uploads one."""
    actor = actor_of(request)
    site = site_by_code(actor, code)
    may_manage = actor.may("arrivals.manage", site.unit_id)
    categories = [(value, str(label)) for value, label in SiteCategory.choices if value != SiteCategory.MIXED]
    form = UploadForm(
        request.POST or None, request.FILES or None, categories=categories, initial={"category": site.category}
    )
    if request.method == "POST" and form.is_valid():
        try:
            return _upload(request, site, form)
        except DomainError as error:
            form.add_error("file", str(error))
    context = {"site": site, "lists": list(lists(actor, site)[:50]), "form": form, "may_manage": may_manage}
    return render(request, "arrivals/lists.html", context)


def _upload(request: HttpRequest, site: Site, form: UploadForm) -> HttpResponse:
    given, now = form.cleaned_data, clock.now()
    content = given["file"].read()
    expected_at = given["expected_at"]
    if expected_at is not None:
        expected_at = timezone.make_naive(expected_at).replace(tzinfo=ZoneInfo(site.time_zone))
    read_first(site, given["file"].name, content, at=now)
    staged = commands.stage_manifest(
        actor=actor_of(request),
        at=now,
        site=site,
        file_name=given["file"].name,
        content=base64.b64encode(content).decode(),
        category=given["category"],
        vehicle=given["vehicle"],
        expected_at=expected_at,
    )
    if staged.known:
        notify(request, _("This very file was uploaded before; here it is."), tone="blue")
    return redirect("arrivals:list", site.code, staged.manifest_id)


@needs("arrivals.read")
def one_list(request: HttpRequest, code: str, manifest_id: UUID) -> HttpResponse:
    """A list line by line, with what was mended and what must be decided, and its account."""
    actor = actor_of(request)
    site = site_by_code(actor, code)
    manifest = list_by_id(actor, site, manifest_id)
    account = statement_of(manifest)
    chosen = asked_for(request, "show", FILTERS, otherwise="held" if account.held else "all")
    address = reverse("arrivals:list", args=[code, manifest_id])
    page = page_of(actor, manifest, chosen, request.GET.get("after", ""), at=clock.now())
    context = {
        "site": site,
        "manifest": manifest,
        "account": account,
        "page": page,
        "chosen": chosen,
        "tab_items": _tabs(address, chosen, manifest, account),
        "issues": [_file_issue(issue) for issue in manifest.report["issues"]],
        "declared": [total for sheet in manifest.report["sheets"] for total in sheet["declared"]],
        "several_sheets": len(manifest.report["sheets"]) > 1,
        "next_url": f"{address}?show={chosen}&after={page.next_cursor}" if page.next_cursor else "",
        "first_url": f"{address}?show={chosen}" if request.GET.get("after") else "",
        "may_manage": actor.may("arrivals.manage", site.unit_id),
        "cancel_form": CancelForm(),
    }
    return render(request, "arrivals/list.html", context)


def _tabs(address: str, chosen: str, manifest: Manifest, account: Any) -> list[tuple[str, str, bool, int | None]]:
    done = account.made + account.matched + account.rejected
    names: list[tuple[str, str, int | None]] = [
        ("held", _("To decide"), account.held),
        ("warned", _("Warnings"), None),
        ("mended", _("Mended"), None),
        ("ready", _("Can be committed"), account.ready),
        ("done", _("Done"), done),
        ("skipped", _("No person"), account.skipped),
        ("all", _("All rows"), manifest.report["totals"]["rows"]),
    ]
    return [(label, f"{address}?show={name}", name == chosen, count) for name, label, count in names]


def _file_issue(issue: dict[str, Any]) -> dict[str, Any]:
    return {**issue, "label": issue_label(issue["code"]), "advice": issue_advice(issue["code"])}


@needs("arrivals.manage")
def columns(request: HttpRequest, code: str, manifest_id: UUID) -> HttpResponse:
    """What each column is taken for; a POST says what it really is, for this list and all later ones."""
    actor = actor_of(request)
    site = site_by_code(actor, code)
    manifest = list_by_id(actor, site, manifest_id)
    if request.method == "POST":
        return _map(request, site, manifest)
    context = {
        "site": site,
        "manifest": manifest,
        "tables": tables_of(manifest),
        "meanings": ColumnMeaning.choices,
        "open": manifest.state == "staged",
    }
    return render(request, "arrivals/columns.html", context)


def _map(request: HttpRequest, site: Site, manifest: Manifest) -> HttpResponse:
    chosen = {name.removeprefix("column-"): value for name, value in request.POST.items() if name.startswith("column-")}
    meant = {int(index): str(value) for index, value in chosen.items() if index.isdigit()}
    signature = request.POST.get("signature", "")
    mapped = commands.map_columns(
        actor=actor_of(request), at=clock.now(), manifest=manifest, signature=signature, columns=meant
    )
    notify(request, _("The list was read again: {ready} can be committed, {held} to decide.").format(**asdict(mapped)))
    return redirect("arrivals:list", site.code, manifest.pk)


@needs("arrivals.manage")
def row(request: HttpRequest, code: str, manifest_id: UUID, row_id: int) -> HttpResponse:
    """One held row with everything the office wrote; a POST decides."""
    actor = actor_of(request)
    site = site_by_code(actor, code)
    manifest = list_by_id(actor, site, manifest_id)
    found = row_by_id(manifest, row_id)
    shown = commands.show_row(actor=actor, at=clock.now(), manifest=manifest, row_id=row_id)
    initial = {**asdict(shown.read), "decision": RowDecision.CORRECT}
    form = DecisionForm(request.POST or None, initial=initial, somebody_known=found.candidate_id is not None)
    if request.method == "POST" and form.is_valid():
        try:
            return _decide(request, site, manifest, row_id, form)
        except DomainError as error:
            form.add_error(None, _explained(error))
    staged = from_payload(found.payload)
    names = [sheet["name"] for sheet in manifest.report["sheets"]]
    context = {
        "site": site,
        "manifest": manifest,
        "row": shown_row(found, staged, names, whole=True),
        "cells": shown.cells,
        "form": form,
        "candidate": found.candidate,
        "open": found.outcome == "held" and not found.resolution,
        "decided_by": found.decided_by,
    }
    return render(request, "arrivals/list_row.html", context)


def _explained(error: DomainError) -> str:
    codes = [code for code in error.context.get("issues", "").split(", ") if code]
    said = "; ".join(f"{issue_label(code)}: {issue_advice(code)}" for code in codes)
    return f"{error} {said}".strip()


def _decide(request: HttpRequest, site: Site, manifest: Manifest, row_id: int, form: DecisionForm) -> HttpResponse:
    given = form.cleaned_data
    typed = {name: given[name] for name in Corrections.__dataclass_fields__}
    done = commands.decide_row(
        actor=actor_of(request),
        at=clock.now(),
        manifest=manifest,
        row_id=row_id,
        decision=RowDecision(given["decision"]),
        corrections=Corrections(**typed) if given["decision"] == RowDecision.CORRECT else Corrections(),
        reason=given["reason"],
    )
    if done.outcome == "held" and done.decision == RowDecision.CORRECT:
        notify(request, _("Saved. Somebody known fits this row: decide whether it is the same person."), tone="amber")
        return redirect("arrivals:list_row", site.code, manifest.pk, row_id)
    left = ngettext("{n} row is left to decide.", "{n} rows are left to decide.", done.left).format(n=done.left)
    notify(request, f"{_('Decided.')} {left}")
    following = manifest.rows.filter(outcome="held", resolution="").order_by("sheet", "excel_row").first()
    if following is not None:
        return redirect("arrivals:list_row", site.code, manifest.pk, following.pk)
    return redirect("arrivals:list", site.code, manifest.pk)


@require_POST
@needs("arrivals.manage")
def commit(request: HttpRequest, code: str, manifest_id: UUID) -> HttpResponse:
    """Commit the next piece; the page asks again until all is done."""
    actor = actor_of(request)
    site = site_by_code(actor, code)
    manifest = list_by_id(actor, site, manifest_id)
    piece = commands.commit_manifest(actor=actor, at=clock.now(), manifest=manifest)
    address = reverse("arrivals:list", args=[code, manifest_id]) + "?show=done"
    if request.headers.get("Accept", "").startswith("text/html"):
        return redirect(address)
    text = _("{done} of {of} people").format(done=piece.done, of=piece.of)
    answer = {"done": piece.finished, "at": piece.done, "of": piece.of, "text": text}
    return JsonResponse({**answer, "next": address if piece.finished else None})


@require_POST
@needs("arrivals.manage")
def cancel(request: HttpRequest, code: str, manifest_id: UUID) -> HttpResponse:
    """Put a list aside of which nothing was committed."""
    actor = actor_of(request)
    site = site_by_code(actor, code)
    manifest = list_by_id(actor, site, manifest_id)
    reason = request.POST.get("reason", "")
    commands.cancel_manifest(actor=actor, at=clock.now(), manifest=manifest, reason=reason)
    notify(request, _("The list is put aside; nobody was made of it."))
    return redirect("arrivals:lists", code)
