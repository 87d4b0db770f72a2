"""The red button, the banner over every page, and the entry of the sidebar."""

from typing import Any, cast

from django.http import HttpRequest
from django.template.loader import render_to_string
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from lazaretto.accounts.doors import actor_of
from lazaretto.accounts.queries import headquarters
from lazaretto.core import clock, cries
from lazaretto.core.access import Actor
from lazaretto.emergencies.commands import report
from lazaretto.emergencies.queries import READ, REPORT, Cry, open_where_one_works
from lazaretto.stays.navigation import site_code
from lazaretto.ui import frame, nav

IN_BANNER = 3  # more would push the page away; the list has them all


def take(actor: Actor, said: cries.Cry) -> str:
    """A cry that another app passes on, of whoever may speak there (a link, say), in their name."""
    speaker = actor.also_with((REPORT,), headquarters().pk)
    words = {"who": said.who, "where": said.where, "what": said.what}
    return report.invoke(actor=speaker, at=said.at, payload=words, client_id=said.id).number


def register_entries() -> None:
    """Called when the apps are ready."""
    cries.take_with(take)
    frame.register(
        frame.FrameButton(
            key="emergency", label=pgettext_lazy("button", "Emergency"), icon="ambulance", url="emergencies:report",
            shortcut="!", visible=lambda request: _may(request, REPORT),
            about=lambda request: {"site": site_code(request)},
        ),
        frame.FrameBanner(
            key="emergencies", label=_("Emergencies without an owner"), url="emergencies:banner",
            visible=lambda request: _may(request, REPORT, READ), content=banner,
        ),
    )  # fmt: skip
    nav.register(
        nav.NavItem(
            key="emergencies", label=_("Emergencies"), icon="ambulance", url="emergencies:emergencies", order=6,
            visible=lambda request: _may(request, READ), count=lambda request: len(open_now(request)),
        )
    )  # fmt: skip


def banner(request: HttpRequest) -> SafeString:
    """Open emergencies that nobody has, where this reader works."""
    cries = [cry for cry in open_now(request) if not cry.owned]
    context = {"cries": cries[:IN_BANNER], "more": len(cries[IN_BANNER:])}
    return render_to_string("emergencies/banner.html", context)


def open_now(request: HttpRequest) -> list[Cry]:
    """Open emergencies where this reader works; asked for once a request."""
    known = cast("Any", request)
    if not hasattr(known, "_open_emergencies"):
        known._open_emergencies = open_where_one_works(actor_of(request), at=clock.now())
    found: list[Cry] = known._open_emergencies
    return found


def _may(request: HttpRequest, *capabilities: str) -> bool:
    return request.user.is_authenticated and any(actor_of(request).may(capability) for capability in capabilities)
