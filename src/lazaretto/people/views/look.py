"""Pages that show: the list, a person, one hidden value."""

from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from lazaretto.accounts.doors import actor_of, needs
from lazaretto.accounts.models import Unit
from lazaretto.accounts.queries import unit_names
from lazaretto.core import clock
from lazaretto.core.access import Actor
from lazaretto.core.errors import InvalidInput, NotFound
from lazaretto.core.spoken import spoken
from lazaretto.people import commands, queries
from lazaretto.people.choices import Language, NeedKind, RevealPurpose
from lazaretto.people.models import Person
from lazaretto.people.panels import panels
from lazaretto.ui.ways import asked_for


@needs("people.read")
def people(request: HttpRequest) -> HttpResponse:
    """The list: newest first, or what the search finds; the rows alone for htmx."""
    actor = actor_of(request)
    asked = {name: request.GET.get(name, "").strip() for name in ("q", "need", "unit", "after")}
    page = queries.people_page(
        actor,
        text=asked["q"],
        need=asked_for(request, "need", NeedKind.values),
        unit_id=_uuid(asked["unit"]),
        after=asked["after"],
    )
    today = clock.local_date(clock.now(), timezone.get_current_timezone())
    context = {
        "asked": asked,
        "rows": [(row, queries.age_on(row.birth_date, today), _needs_of(row)) for row in page.rows],
        "next_url": _next(asked, page.following),
        "may": {"search": actor.may("people.names"), "register": actor.may("people.manage")},
    }
    if request.headers.get("HX-Target") == "people":
        return render(request, "people/rows.html", context)
    seen = list(Unit.objects.visible_to(actor, "people.read").order_by("code"))
    names = unit_names(seen)
    units = [(str(row.pk), names[row.pk]) for row in seen]
    return render(request, "people/people.html", context | {"needs": NeedKind.choices, "units": units})


def _needs_of(row: queries.Row) -> list[str]:
    return [str(NeedKind(kind).label) for kind in row.needs]


def _next(asked: dict[str, str], following: str) -> str:
    kept = {name: value for name, value in asked.items() if value} | {"after": following}
    return f"?{urlencode(kept)}" if following else ""


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text) if text else None
    except ValueError as error:
        raise NotFound(unit=text) from error


@needs("people.read")
def person(request: HttpRequest, person_id: UUID) -> HttpResponse:
    """One person: who they are, what they need, whom they belong with, what happened."""
    actor = actor_of(request)
    found = queries.person_by_id(actor, person_id)
    if found.id != person_id:
        return redirect("people:person", found.id)
    return render(request, "people/person.html", person_context(actor, found))


def person_context(actor: Actor, found: Person) -> dict[str, Any]:
    """What the page of a person shows."""
    today = clock.local_date(clock.now(), timezone.get_current_timezone())
    journal = queries.person_journal(actor, found) if actor.may("journal.read") else []
    return {
        "card": queries.person_card(actor, found),
        "person": found,
        "language_name": dict(Language.choices).get(found.language, found.language),
        "age": queries.age_on(found.birth_date, today),
        "may": {name: actor.may(f"people.{name}") for name in ("manage", "care", "merge", "reveal")},
        "purposes": RevealPurpose.choices,
        "journal": [(entry, spoken(entry.command)) for entry in journal],
        "panels": panels(actor, found.id),
    }


REVEALS: dict[str, tuple[Any, str]] = {
    "document": (commands.reveal_document, "document_id"),
    "phone": (commands.reveal_phone, "contact_id"),
    "note": (commands.reveal_note, "need_id"),
    "address": (commands.reveal_address, ""),
}


@needs("people.reveal")
@require_POST
def reveal(request: HttpRequest, person_id: UUID, what: str, value_id: UUID) -> HttpResponse:
    """One hidden value in plain, for a purpose; the journal keeps who read it."""
    purpose = request.POST.get("purpose", "")
    if what not in REVEALS:
        raise NotFound(what=what)
    if purpose not in RevealPurpose.values:
        raise InvalidInput(fields={"purpose": _("Say what the value is needed for.")})
    command, name = REVEALS[what]
    target = {name: value_id} if name else {}
    shown = command(actor=actor_of(request), at=clock.now(), person=person_id, purpose=RevealPurpose(purpose), **target)
    template = "people/revealed.html" if request.headers.get("HX-Request") else "people/revealed_page.html"
    answer = render(request, template, {"value": shown.value, "person_id": person_id})
    answer["Cache-Control"] = "no-store"
    return answer
