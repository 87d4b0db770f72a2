"""Pages of changes: who joined, left, moved since a day; who left by a list."""

from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_GET, require_POST

from lazaretto.accounts.doors import actor_of, needs
from lazaretto.core import clock
from lazaretto.core.paging import page as piece_of
from lazaretto.core.tables import XLSX
from lazaretto.headcounts import commands, sheets
from lazaretto.headcounts.models import Organisation
from lazaretto.headcounts.queries import MANAGE, READ, list_by_id, organisation_by_id
from lazaretto.headcounts.queries.changes import JOINED, LEFT, MOVED, change_lines, left_by
from lazaretto.headcounts.queries.changes import changes as all_changes
from lazaretto.headcounts.queries.families import areas
from lazaretto.headcounts.views.common import PER_PAGE
from lazaretto.ui.ways import asked_for

WEEK = timedelta(days=7)


@require_GET
@needs(READ)
def changes(request: HttpRequest) -> HttpResponse:
    """Who joined, left or moved since a day, everywhere or in one enterprise."""
    actor, show = actor_of(request), asked_for(request, "show", (JOINED, LEFT, MOVED), otherwise=LEFT)
    day, home = _day(request.GET.get("since", "")), _organisation(request)
    rows, order = all_changes(actor, show, since=_begins(day), organisation=home.pk if home else None)
    piece = piece_of(rows, order, limit=PER_PAGE, cursor=request.GET.get("cursor", ""))
    chosen = {"since": day.isoformat(), **({"organisation": str(home.pk)} if home else {})}
    units = [unit for unit in areas(actor, MANAGE) if home is None or unit.pk == home.unit_id]
    context = {
        "lines": change_lines(actor, show, piece.items),
        "show": show,
        "since": day,
        "home": home,
        "units": units,
        "tabs": [(text, f"?{urlencode({'show': key, **chosen})}", key == show) for key, text in _tabs()],
        "next_url": f"?{urlencode({'show': show, **chosen, 'cursor': piece.next})}" if piece.next else "",
    }
    return render(request, "headcounts/changes.html", context)


def _tabs() -> list[tuple[str, str]]:
    return [
        (LEFT, pgettext("headcount", "Left")), (JOINED, pgettext("headcount", "Joined")),
        (MOVED, pgettext("headcount", "Moved")),
    ]  # fmt: skip


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return timezone.localdate(clock.now() - WEEK)


def _begins(day: date) -> datetime:
    """The day as clocks there show it."""
    return datetime.combine(day, time.min, tzinfo=timezone.get_current_timezone()).astimezone(UTC)


def _organisation(request: HttpRequest) -> Organisation | None:
    asked = request.GET.get("organisation") or request.POST.get("organisation") or ""
    try:
        return organisation_by_id(actor_of(request), UUID(asked)) if asked else None
    except ValueError:
        return None


@require_POST
@needs(MANAGE)
def export(request: HttpRequest) -> HttpResponse:
    """The same as a sheet."""
    home, show = _organisation(request), request.POST.get("show", LEFT)
    given: dict[str, Any] = {
        "unit": request.POST.get("unit", ""), "show": show if show in {JOINED, LEFT, MOVED} else LEFT,
        "since": _begins(_day(request.POST.get("since", ""))).isoformat(),
        **({"organisation": str(home.pk)} if home else {}),
    }  # fmt: skip
    return _sheet(commands.list_changes.invoke(actor=actor_of(request), at=clock.now(), payload=given))


@require_GET
@needs(READ)
def left(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Who left by a complete list, by name."""
    actor = actor_of(request)
    found = list_by_id(actor, pk)
    piece = piece_of(left_by(found), ["name", "id"], limit=PER_PAGE, cursor=request.GET.get("cursor", ""))
    context = {
        "list": found,
        "lines": change_lines(actor, LEFT, piece.items),
        "may_manage": actor.may(MANAGE, found.unit_id),
        "next_url": f"?cursor={piece.next}" if piece.next else "",
    }
    return render(request, "headcounts/left.html", context)


@require_POST
@needs(MANAGE)
def left_export(request: HttpRequest, pk: UUID) -> HttpResponse:
    """The same as a sheet."""
    given = {"headcount_list": pk}
    return _sheet(commands.list_left.invoke(actor=actor_of(request), at=clock.now(), payload=given))


def _sheet(found: commands.ChangeList) -> HttpResponse:
    headers = {"Content-Disposition": f'attachment; filename="{_("headcount-changes")}.xlsx"'}
    return HttpResponse(sheets.change_list(found), content_type=XLSX, headers=headers)
