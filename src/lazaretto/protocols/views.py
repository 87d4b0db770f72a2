"""Pages of rule packs: the list, one pack, two side by side, putting one into force, ending that."""

from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from lazaretto.accounts.doors import actor_of, needs
from lazaretto.core import clock
from lazaretto.core.errors import DomainError, NotFound
from lazaretto.protocols import commands, queries
from lazaretto.protocols.choices import Confidence
from lazaretto.protocols.comparing import compare
from lazaretto.protocols.forms import AdoptForm, CompareForm, EndForm
from lazaretto.protocols.library import jurisdiction_names, library
from lazaretto.protocols.models import PackAdoption
from lazaretto.protocols.rules import Adoption, Pack, PackUnknown
from lazaretto.protocols.wording import gathered, overlay_facts, sections_of, source_facts, title_of
from lazaretto.ui.notices import notify

COMING, GOVERNS, SUPERSEDED, ENDED = "coming", "governs", "superseded", "ended"


@dataclass(frozen=True)
class AdoptionLine:
    """An adoption as the list shows it."""

    row: PackAdoption
    state: str


@needs("protocols.read")
@require_GET
def packs(request: HttpRequest) -> HttpResponse:
    """What is in force where, and every pack and overlay that ships."""
    actor, today = actor_of(request), _today()
    calendar = queries.calendar()
    lines = [AdoptionLine(row, _state(row, calendar, today)) for row in queries.adoptions(actor)]
    context = {
        "adoptions": lines,
        "packs": [(pack, Confidence(pack.source.confidence).label) for pack in reversed(library().packs)],
        "overlays": [(overlay, overlay_facts(overlay)) for overlay in library().overlays.values()],
        "compare_form": CompareForm(initial={"left": "cn-plan-8", "right": "cn-plan-9"}),
        "may_manage": actor.everywhere("protocols.manage"),
    }
    return render(request, "protocols/packs.html", context)


@needs("protocols.read")
@require_GET
def pack(request: HttpRequest, key: str) -> HttpResponse:
    """Everything one pack says, overlays laid over it where the key names some."""
    shown = _pack_or_404(key)
    context = {
        "pack": shown,
        "title": title_of(key),
        "source": source_facts(shown.source),
        "sections": gathered(sections_of(shown)),
        "adoptions": queries.adoptions(actor_of(request), pack=shown.code),
        "compare_form": CompareForm(initial={"left": key, "right": "cn-plan-9"}),
        "may_manage": actor_of(request).everywhere("protocols.manage"),
    }
    return render(request, "protocols/pack.html", context)


@needs("protocols.read")
@require_GET
def comparison(request: HttpRequest) -> HttpResponse:
    """Two packs side by side, differences marked."""
    form = CompareForm(request.GET or {"left": "cn-plan-8", "right": "cn-plan-9"})
    if not form.is_valid():
        raise Http404
    left, right = (_pack_or_404(form.cleaned_data[side]) for side in ("left", "right"))
    sections = compare(left, right)
    context = {
        "form": form,
        "left": left,
        "right": right,
        "sections": sections,
        "differences": sum(section.differences for section in sections),
        "only": "only" in request.GET,
    }
    return render(request, "protocols/compare.html", context)


@needs("protocols.manage")
def adopt(request: HttpRequest) -> HttpResponse:
    """Put a pack or overlay into force; what would change is shown first."""
    first = {"pack": request.GET.get("pack", ""), "starts_on": _today()}
    form = AdoptForm(request.POST or None, initial=first)
    preview = None
    if request.method == "POST" and form.is_valid():
        values = form.cleaned_data
        preview = queries.preview_of_adoption(_proposed(values))
        if request.POST.get("step") == "decide" and _decided(form, lambda: _adopt(request, values)):
            return redirect("protocols:packs")
    return _decide_page(request, form, preview, title=_("Put a rule pack into force"), button=_("Put into force"))


@needs("protocols.manage")
def end(request: HttpRequest, adoption_id: UUID) -> HttpResponse:
    """End an adoption; what would change is shown first."""
    row = queries.adoptions(actor_of(request)).filter(pk=adoption_id).first()
    if row is None:
        raise NotFound(id=adoption_id)
    form = EndForm(request.POST or None, initial={"ends_on": max(_today(), row.starts_on)})
    preview = None
    if request.method == "POST" and form.is_valid():
        values = form.cleaned_data
        preview = queries.preview_of_end(row, values["ends_on"])
        if request.POST.get("step") == "decide" and _decided(form, lambda: _end(request, row, values)):
            return redirect("protocols:packs")
    return _decide_page(request, form, preview, title=_("End an adoption"), button=_("End it"), row=row)


def _decide_page(
    request: HttpRequest, form: Any, preview: queries.Preview | None, *, title: str, button: str, **more: Any
) -> HttpResponse:
    names = jurisdiction_names()
    context = {"form": form, "preview": preview, "title": title, "button": button, "jurisdictions": names, **more}
    return render(request, "protocols/decide.html", context, status=422 if form.errors else 200)


def _decided(form: Any, decide: Any) -> bool:
    """Run the command; a named error goes to the top of the form."""
    try:
        decide()
    except DomainError as error:
        form.add_error(None, str(error))
        return False
    return True


def _adopt(request: HttpRequest, values: dict[str, Any]) -> None:
    done = commands.adopt_pack(
        actor=actor_of(request),
        at=clock.now(),
        pack=values["pack"],
        jurisdiction=values["jurisdiction"],
        starts_on=values["starts_on"],
        transition=values["transition"] or None,
        reason=values["reason"],
    )
    notify(request, _("{title} is in force from {day}.").format(title=title_of(done.pack), day=done.starts_on))


def _end(request: HttpRequest, row: PackAdoption, values: dict[str, Any]) -> None:
    done = commands.end_adoption(actor=actor_of(request), at=clock.now(), adoption=row, **values)
    notify(request, _("{title} is no longer in force from {day}.").format(title=title_of(row.pack), day=done.ends_on))


def _proposed(values: dict[str, Any]) -> Adoption:
    return Adoption(
        code=values["pack"],
        jurisdiction=values["jurisdiction"],
        effective_from=values["starts_on"],
        transition=values["transition"],
    )


def _state(row: PackAdoption, calendar: queries.Calendar, today: date) -> str:
    if row.ends_on is not None and row.ends_on <= max(today, row.starts_on):
        return ENDED
    if today < row.starts_on:
        return COMING
    return GOVERNS if row.pack in calendar.key_on(row.jurisdiction, today).split("+") else SUPERSEDED


def _pack_or_404(key: str) -> Pack:
    try:
        return library().by_key(key)
    except PackUnknown as error:
        raise NotFound(pack=key) from error


def _today() -> date:
    return clock.local_date(clock.now(), clock.zone(settings.TIME_ZONE))
