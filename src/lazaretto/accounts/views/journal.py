"""The journal, to be read."""

from datetime import timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from lazaretto.accounts import queries
from lazaretto.accounts.doors import actor_of, needs
from lazaretto.accounts.forms import JournalForm
from lazaretto.accounts.models import Unit, User
from lazaretto.accounts.views.tools import next_page
from lazaretto.core import journal
from lazaretto.core.clock import local_moment
from lazaretto.core.commands import REGISTRY
from lazaretto.core.models import JournalEntry
from lazaretto.core.paging import page
from lazaretto.core.spoken import spoken


@needs("journal.read")
def entries(request: HttpRequest) -> HttpResponse:
    """What happened, latest first, in the units where the actor may read the journal; and how the chain stands."""
    actor = actor_of(request)
    units = Unit.objects.visible_to(actor, "journal.read").order_by("code")
    form = JournalForm(request.GET or None, units=units, commands=_commands())
    asked = _asked(form.cleaned_data) if form.is_valid() else {}
    found = page(queries.journal(actor, **asked), ("-id",), cursor=request.GET.get("cursor", ""))
    names = {unit.pk: unit for unit in units}
    rows = [
        (entry, spoken(entry.command), names.get(entry.unit_id) if entry.unit_id else None, _state(entry))
        for entry in found.items
    ]
    context = {
        "form": form,
        "rows": rows,
        "chain": journal.chain_state(),
        "next_url": next_page(request, found.next),
        "filtered": any(asked.values()),
    }
    return render(request, "accounts/journal.html", context)


def _commands() -> list[tuple[str, str]]:
    """Every command by its words, grouped by app as their names are."""
    return [(name, f"{spoken(name)} ({name})") for name in sorted(REGISTRY)]


def _state(entry: JournalEntry) -> str:
    """changed, waiting or sealed."""
    if not journal.is_genuine(entry):
        return "changed"
    return "waiting" if getattr(entry, "pending", None) is not None else "sealed"


def _asked(values: dict[str, Any]) -> dict[str, Any]:
    """Filters of the query; days are those of the installation's zone, the last one whole."""
    zone = ZoneInfo(settings.TIME_ZONE)
    since, until, username = values["since"], values["until"], values["actor"]
    who = User.objects.filter(username=username).values_list("pk", flat=True).first() if username else None
    return {
        "unit": values["unit"].pk if values["unit"] else None,
        "command": values["command"],
        "subject_id": values["subject_id"],
        "person": values["person"],
        "actor_id": (who or 0) if username else None,
        "since": local_moment(since, 0, 0, zone) if since else None,
        "until": local_moment(until + timedelta(days=1), 0, 0, zone) if until else None,
    }
