"""Pages: the room list out to Excel, and in from a file: staged, looked at, applied."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _

from lazaretto.accounts.doors import actor_of, needs
from lazaretto.core import clock
from lazaretto.core.errors import DomainError, TextTooLong
from lazaretto.core.tables import XLSX, TableError, read_workbook
from lazaretto.places import commands, queries, sheets
from lazaretto.places.choices import RowIssue, RowOutcome
from lazaretto.places.forms import ListForm
from lazaretto.places.headings import headings_in_language
from lazaretto.places.models import RoomList, RoomListRow, Site
from lazaretto.places.views.base import frame, site_of
from lazaretto.ui.notices import notify


@needs("places.read")
def export_rooms(request: HttpRequest, code: str) -> HttpResponse:
    """The whole room list as Excel."""
    site = site_of(request, code)
    data = sheets.write_rooms(queries.rooms(actor_of(request)).filter(site=site))
    return HttpResponse(
        data, content_type=XLSX, headers={"Content-Disposition": f'attachment; filename="{site.code}-rooms.xlsx"'}
    )


@needs("places.manage")
def upload_list(request: HttpRequest, code: str) -> HttpResponse:
    """Choose a file; it is read and staged, nothing changes yet."""
    site = site_of(request, code, "places.manage")
    form = ListForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        staged = _stage(request, site, form)
        if staged is not None:
            return redirect("places:room_list", code=code, list_id=staged.list_id)
    context = frame(request, site, "grid") | {"form": form, "lists": site.room_lists.order_by("-staged_at")[:10]}
    return render(request, "places/upload_list.html", context, status=422 if form.errors else 200)


def _stage(request: HttpRequest, site: Site, form: ListForm) -> commands.ListStaged | None:
    file = form.cleaned_data["file"]
    try:
        rows = sheets.read_rooms(read_workbook(file.read(), file.name))
    except TableError as error:
        form.add_error("file", _("This file cannot be read as a table (%(code)s).") % {"code": error.code})
        return None
    if not sheets.has_rooms(rows):
        form.add_error("file", _("No heading with room numbers was found, so no row could be read as a room."))
        return None
    try:
        staged: commands.ListStaged = commands.stage_room_list(
            actor=actor_of(request), at=clock.now(), site=site, file_name=file.name, rows=rows
        )
    except TextTooLong as error:
        form.add_error("file", str(error))
        return None
    return staged


@needs("places.manage")
def room_list(request: HttpRequest, code: str, list_id: UUID) -> HttpResponse:
    """A staged list: what becomes of each row; a POST applies it."""
    site = site_of(request, code, "places.manage")
    found = get_object_or_404(RoomList, pk=list_id, site=site)
    if request.method == "POST":
        try:
            done = commands.apply_room_list(actor=actor_of(request), at=clock.now(), room_list=found)
        except DomainError as error:
            notify(request, str(error), tone="red")
        else:
            notify(request, _said(done))
        return redirect("places:room_list", code=code, list_id=list_id)
    rows = list(found.rows.order_by("id"))
    shown = sorted(rows, key=lambda row: (ORDER.index(RowOutcome(row.outcome)), row.pk))
    counts = [(value, label, sum(row.outcome == value for row in rows)) for value, label in RowOutcome.choices]
    context = frame(request, site, "grid") | {
        "room_list": found,
        "rows": [_shown(row) for row in shown],
        "counts": counts,
        "total": len(rows),
        "columns": headings_in_language(),
    }
    return render(request, "places/room_list.html", context)


# Held rows first: they want an answer.
ORDER = [RowOutcome.HELD, RowOutcome.NEW, RowOutcome.CHANGED, RowOutcome.SAME, RowOutcome.SKIPPED]
TONES = {
    RowOutcome.HELD: "red",
    RowOutcome.NEW: "green",
    RowOutcome.CHANGED: "blue",
    RowOutcome.SAME: "grey",
    RowOutcome.SKIPPED: "grey",
}


def _shown(row: RoomListRow) -> dict[str, object]:
    outcome = RowOutcome(row.outcome)
    is_room = outcome != RowOutcome.SKIPPED
    return {
        "row": row,
        "outcome": outcome,
        "tone": TONES[outcome],
        "cells": [(label, row.cells.get(column, "")) for column, label in headings_in_language()] if is_room else None,
        "plain": " · ".join(row.cells.values()) if not is_room else "",
        "issues": [RowIssue(issue["issue"]).label for issue in row.issues],
    }


def _said(done: commands.ListApplied) -> str:
    text = _(
        "Applied: %(created)d new, %(changed)d changed, %(same)d unchanged, %(held)d held, %(skipped)d not rooms; "
        "%(rows)d rows in all."
    )
    return text % {
        "created": done.created, "changed": done.changed, "same": done.same, "held": done.held,
        "skipped": done.skipped, "rows": done.rows,
    }  # fmt: skip
