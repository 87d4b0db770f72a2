"""The room table: four hundred rooms edited by keyboard, saved in one command, wrong cells named."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils.html import format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from lazaretto.accounts.doors import actor_of, needs
from lazaretto.core import clock
from lazaretto.core.errors import InvalidInput
from lazaretto.places import commands, queries
from lazaretto.places.choices import RoomState, RowIssue
from lazaretto.places.errors import RoomRowsRefused
from lazaretto.places.headings import headings_in_language
from lazaretto.places.rows import COLUMNS, Fault, Read, examine, read
from lazaretto.places.views.base import frame, site_of
from lazaretto.ui.notices import notify

CHOICES = {"accessible", "has_window"}
FIELDS = (
    "pk", "floor__building__name", "floor__label", "number", "position", "bed_count", "accessible", "has_window",
    "note", "state",
)  # fmt: skip
LINE = '\n<tr data-id="{}"><th scope="row">{}</th>' + "<td>{}</td>" * (len(FIELDS) - 1) + "</tr>"


def _lines(rooms: Iterable[tuple[Any, ...]]) -> SafeString:
    """The rows of the table. Written here: the template engine takes ten times as long for four thousand cells."""
    answers = {True: _("yes"), False: _("no")}
    states = {state: str(label) for state, label in RoomState.choices}
    return format_html_join(
        "",
        LINE,
        (
            (pk, number, *plain, answers[accessible], answers[window], note, states[state])
            for number, (pk, *plain, accessible, window, note, state) in enumerate(rooms, start=1)
        ),
    )


@needs("places.read")
def grid(request: HttpRequest, code: str) -> HttpResponse:
    """The table of all rooms of a site."""
    site = site_of(request, code)
    rooms = list(queries.rooms(actor_of(request)).filter(site=site).values_list(*FIELDS))
    context = frame(request, site, "grid") | {
        "rooms": len(rooms),
        "lines": _lines(rooms),
        "figures": queries.figures_of([site])[0],
        "columns": [(column, label, column in CHOICES) for column, label in headings_in_language()],
        "yes": _("yes"),
        "no": _("no"),
    }
    return render(request, "places/grid.html", context)


@needs("places.manage")
@require_POST
def save_grid(request: HttpRequest, code: str) -> HttpResponse:
    """Save changed rows: `{"rows": [{"id", "building", …}]}`. 422 with `cells` names every wrong cell; all or none."""
    site = site_of(request, code, "places.manage")
    reads = [
        read({column: row.get(column) for column in COLUMNS}, row=n, room_id=_id(row))
        for n, row in enumerate(_rows(request))
    ]
    faults = [fault for one in reads for fault in one.faults]
    faults += examine([(one.row, one.room) for one in reads if one.room is not None], queries.ground_of(site))
    if faults:
        return _refused(faults)
    try:
        saved = commands.save_rooms(actor=actor_of(request), at=clock.now(), site=site, rows=_wanted(reads))
    except RoomRowsRefused as error:
        return _refused(error.faults)
    if saved.created:
        notify(request, _said(saved))  # the page reloads to learn the ids of the new rooms
    return JsonResponse({"text": _said(saved), "created": saved.created, "changed": saved.changed})


def _rows(request: HttpRequest) -> list[dict[str, Any]]:
    try:
        rows = json.loads(request.body)["rows"]
    except (ValueError, KeyError, TypeError) as error:
        raise InvalidInput(fields={"rows": _("A list of rooms is expected.")}) from error
    if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
        raise InvalidInput(fields={"rows": _("A list of rooms is expected.")})
    return rows


def _id(row: dict[str, Any]) -> UUID | None:
    try:
        return UUID(row["id"]) if row.get("id") else None
    except (ValueError, TypeError, AttributeError) as error:
        raise InvalidInput(fields={"id": _("This is no id of a room.")}) from error


def _wanted(reads: list[Read]) -> list[Any]:
    return [one.room for one in reads if one.room is not None]


def _refused(faults: list[Fault]) -> JsonResponse:
    """The wrong cells, each with its words; the page marks them and keeps everything typed."""
    cells = [
        {"row": fault.row, "column": fault.column, "issue": fault.issue, "text": str(RowIssue(fault.issue).label)}
        for fault in faults
    ]
    text = ngettext("%(count)d cell cannot be saved.", "%(count)d cells cannot be saved.", len(cells))
    return JsonResponse(
        {"code": RoomRowsRefused.code, "text": text % {"count": len(cells)}, "cells": cells}, status=422
    )


def _said(saved: commands.RoomsSaved) -> str:
    return _("Saved: %(changed)d changed, %(created)d new.") % {"changed": saved.changed, "created": saved.created}
