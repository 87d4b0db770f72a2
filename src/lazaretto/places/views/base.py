"""What every page of a site shows: its tabs, and what this actor may do here."""

from __future__ import annotations

from typing import Any

from django.forms import BaseForm
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _

from lazaretto.accounts.doors import actor_of
from lazaretto.core.errors import Forbidden
from lazaretto.places.models import Site
from lazaretto.places.queries import site_by_code


def site_of(request: HttpRequest, code: str, capability: str = "places.read") -> Site:
    """The site of the address; raises `NotFound` outside the actor's places, `Forbidden` for another role there."""
    actor = actor_of(request)
    found = site_by_code(actor, code)
    if not actor.may(capability, found.unit_id):
        raise Forbidden(capability=capability)
    return found


def frame(request: HttpRequest, site: Site, tab: str) -> dict[str, Any]:
    """Context of a site's page."""
    actor = actor_of(request)
    may = {name: actor.may(f"places.{name}", site.unit_id) for name in ("manage", "rooms", "activate")}
    names = {
        "site": _("Summary"),
        "states": _("Rooms"),
        "cleaning": _("Cleaning list"),
        "grid": _("Room table"),
        "structure": _("Floors and zones"),
        "checklist": _("Checklist"),
    }
    tabs = [(text, reverse(f"places:{name}", args=[site.code]), name == tab) for name, text in names.items()]
    return {"site": site, "may": may, "tab_items": tabs}


def wrong_fields(form: BaseForm) -> dict[str, str]:
    """What is wrong with a form, field by field, for `InvalidInput`."""
    return {name: " ".join(str(error) for error in errors) for name, errors in form.errors.items()}
