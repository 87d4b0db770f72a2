"""From the board's panel: a kept room is kept longer, or given up."""

from datetime import datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from django.http import HttpRequest, HttpResponse
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from lazaretto.accounts.doors import actor_of, needs
from lazaretto.core import clock
from lazaretto.core.errors import InvalidInput, NotFound
from lazaretto.places.models import Site
from lazaretto.stays.commands import give_up, keep_room
from lazaretto.stays.models import RoomHold
from lazaretto.stays.views.board import after_change
from lazaretto.stays.views.common import site_of

MANAGE = "stays.manage"


@require_POST
@needs(MANAGE)
def keep(request: HttpRequest, code: str, hold_id: UUID) -> HttpResponse:
    """Keep it longer."""
    site, hold, at = site_of(request, code, MANAGE), _hold(request, code, hold_id), clock.now()
    until = _moment(site, request.POST.get("until", ""))
    keep_room(actor=actor_of(request), at=at, hold=hold, until=until, reason=request.POST.get("reason", ""))
    return after_change(request, site, hold.room.number, _("The room is kept longer."), at)


@require_POST
@needs(MANAGE)
def free(request: HttpRequest, code: str, hold_id: UUID) -> HttpResponse:
    """They will not come back to it."""
    site, hold, at = site_of(request, code, MANAGE), _hold(request, code, hold_id), clock.now()
    give_up(actor=actor_of(request), at=at, hold=hold, reason=request.POST.get("reason", ""))
    return after_change(request, site, hold.room.number, _("The room is kept no more."), at)


def _hold(request: HttpRequest, code: str, hold_id: UUID) -> RoomHold:
    rows = RoomHold.objects.visible_to(actor_of(request), MANAGE).filter(room__site__code=code)
    found = rows.select_related("room").filter(pk=hold_id).first()
    if found is None:
        raise NotFound(kind="stays.roomhold", id=hold_id)
    return found


def _moment(site: Site, text: str) -> datetime:
    """A local time of the site, as typed."""
    try:
        found = parse_datetime(text.strip())
    except ValueError:
        found = None
    if found is None:
        raise InvalidInput(fields={"until": _("Choose a day and a time.")})
    return found if found.tzinfo else found.replace(tzinfo=ZoneInfo(site.time_zone))
