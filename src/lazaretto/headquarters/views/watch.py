"""Alarms to be taken and answered, and everything that falls due."""

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_POST

from lazaretto.accounts.doors import actor_of, needs
from lazaretto.core import clock
from lazaretto.core.alarms import answer_alarm, take_alarm
from lazaretto.core.deadlines import KINDS
from lazaretto.headquarters.queries import watch
from lazaretto.places.queries import sites
from lazaretto.ui.notices import notify
from lazaretto.ui.ways import on_this_host

TABS = ("", "none", "mine", "answered")


@needs("alarms.read")
def alarms(request: HttpRequest) -> HttpResponse:
    """Open alarms, urgent ones first; or those already answered. With `HX-Request` only the lists."""
    actor = actor_of(request)
    site, tab, cursor = (request.GET.get(name, "") for name in ("site", "tab", "cursor"))
    tab = tab if tab in TABS else ""
    context: dict[str, Any] = {"site": site, "sites": sites(actor), "tab": tab, "tabs": _tabs(site, tab)}
    if tab == "answered":
        context["page"] = watch.answered_alarms(actor, site=site, cursor=cursor)
    else:
        waiting = watch.open_alarms(actor, site=site, owner=tab)
        context["urgent"] = [] if cursor else watch.urgent_alarms(actor, waiting)
        context["page"] = watch.other_alarms(actor, waiting, cursor=cursor)
    template = "headquarters/alarms_part.html" if request.headers.get("HX-Request") else "headquarters/alarms.html"
    return render(request, template, {**context, "now": clock.now()})


def _tabs(site: str, chosen: str) -> list[tuple[str, str, bool]]:
    labels = (pgettext("alarms", "Open"), _("Without owner"), _("Mine"), _("Answered"))
    place = f"&site={site}" if site else ""
    return [(label, f"?tab={tab}{place}", tab == chosen) for tab, label in zip(TABS, labels, strict=True)]


@require_POST
@needs("alarms.answer")
def take(request: HttpRequest, alarm: UUID) -> HttpResponse:
    """Become the owner; with `take_over` in the form also of a colleague's alarm."""
    take_over = bool(request.POST.get("take_over"))
    payload = {"alarm": str(alarm), "take_over": take_over}
    take_alarm.invoke(actor=actor_of(request), at=clock.now(), payload=payload)
    notify(request, _("Taken over from a colleague.") if take_over else _("The alarm is yours."))
    return _back(request)


@require_POST
@needs("alarms.answer")
def answer(request: HttpRequest, alarm: UUID) -> HttpResponse:
    """Say what was done."""
    payload = {"alarm": str(alarm), "answer": request.POST.get("answer", "")}
    done = answer_alarm.invoke(actor=actor_of(request), at=clock.now(), payload=payload)
    if done.still_due:
        notify(request, _("Answered. The thing itself is still due."), tone="amber")
    else:
        notify(request, _("Answered."))
    return _back(request)


def _back(request: HttpRequest) -> HttpResponse:
    target = request.POST.get("next", "")
    return redirect(on_this_host(request, target, otherwise=reverse("headquarters:alarms")))


@needs("alarms.read")
def deadlines(request: HttpRequest) -> HttpResponse:
    """What falls due, the earliest first, of one site or one kind if asked."""
    actor, now = actor_of(request), clock.now()
    site, kind, cursor = (request.GET.get(name, "") for name in ("site", "kind", "cursor"))
    context = {
        "site": site,
        "sites": sites(actor),
        "kind": kind,
        "kinds": [(code, declared.title) for code, declared in KINDS.items()],
        "page": watch.open_deadlines(actor, site=site, kind=kind, cursor=cursor, at=now),
        "now": now,
    }
    return render(request, "headquarters/deadlines.html", context)
