"""The laboratory's desk: what comes is scanned, what cannot be tested is rejected with a reason, a result is typed."""

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from lazaretto.accounts.doors import actor_of, needs
from lazaretto.accounts.models import Unit
from lazaretto.core import clock
from lazaretto.core.access import Actor
from lazaretto.core.errors import DomainError, InvalidInput
from lazaretto.core.ids import new_id
from lazaretto.screening.models import Round
from lazaretto.tubes import commands
from lazaretto.tubes.choices import Source, Stage
from lazaretto.tubes.commands import RawLine, TakenEvent
from lazaretto.tubes.forms import EnterForm, LaboratoryForm
from lazaretto.tubes.models import Bag, Laboratory, ResultFile, Trail
from lazaretto.tubes.queries import trails
from lazaretto.tubes.queries.results import blocked
from lazaretto.tubes.rules import HANDLE, MANAGE, READ, REPORT, tidy_code
from lazaretto.ui.notices import notify

SHOWN = 50


@require_http_methods(["GET", "POST"])
@needs(READ)
def laboratories(request: HttpRequest) -> HttpResponse:
    """Laboratories of the actor's areas; a POST names one."""
    actor = actor_of(request)
    units = Unit.objects.visible_to(actor, MANAGE).filter(ended_at__isnull=True).order_by("name", "code")
    form = LaboratoryForm(request.POST or None, units=units)
    if request.method == "POST" and form.is_valid():
        given = {**form.cleaned_data, "unit": form.cleaned_data["unit"].pk}
        try:
            commands.add_laboratory.invoke(actor=actor, at=clock.now(), payload=given)
        except DomainError as error:
            if error.status in {403, 404}:
                raise
            form.add_error(None, str(error))
        else:
            notify(request, _("Named."))
            return HttpResponseRedirect(reverse("tubes:laboratories"))
    context = {"laboratories": list(trails.laboratories(actor)[:200]), "form": form, "may_manage": units.exists()}
    return render(request, "tubes/laboratories.html", context, status=422 if form.errors else 200)


@require_GET
@needs(READ)
def desk(request: HttpRequest, laboratory_id: UUID) -> HttpResponse:
    """What is at this laboratory without a result, the oldest first; scan what comes."""
    return _desk(request, trails.laboratory_by_id(actor_of(request), laboratory_id))


def _desk(request: HttpRequest, laboratory: Laboratory, **more: Any) -> HttpResponse:
    actor = actor_of(request)
    bags = list(trails.bags_for(laboratory)[:SHOWN])
    held = Trail.objects.filter(laboratory=laboratory.code, standing="", rejected_at__isnull=True)
    context = {
        "laboratory": laboratory,
        "bags": bags,
        "tubes": list(held.order_by("received_at", "code")[:SHOWN]),
        "form": EnterForm(),
        "may_scan": actor.may(HANDLE, laboratory.unit_id),
        "may_report": actor.may(REPORT, laboratory.unit_id),
        **more,
    }
    return render(request, "tubes/desk.html", context, status=422 if more else 200)


@require_POST
@needs(HANDLE)
def scan(request: HttpRequest, laboratory_id: UUID) -> HttpResponse:
    """A bag or a tube is received, or a tube rejected with a reason."""
    actor = actor_of(request)
    laboratory = trails.laboratory_by_id(actor, laboratory_id)
    code, reason = tidy_code(request.POST.get("code", "")), request.POST.get("reason", "").strip()
    if not code or len(code) > 40 or not code.isascii():
        raise InvalidInput(fields={"code": str(_("Scan a bag or a tube."))})
    of, part = _whose(actor, laboratory, code)
    event: dict[str, Any] = {"kind": "rejected", "reason": reason} if reason else {"kind": "received"}
    event |= {part: code, "to": laboratory.code}
    if part == "bag" and request.POST.get("count", "").isdigit():
        event["count"] = int(request.POST["count"][:6])
    at = clock.now()
    taken = TakenEvent(id=new_id(), at=at, **event)
    answer = commands.take_events(actor=actor, at=at, batch=new_id(), sent_at=at, events=[taken], test_round=of.pk)
    remarks = "; ".join(str(one.remark.label) for one in answer.remarks)
    said = _("{code}: rejected.") if reason else _("{code}: received.")
    notify(request, f"{said.format(code=code)} {remarks}".strip(), tone="amber" if remarks or reason else "green")
    return HttpResponseRedirect(reverse("tubes:desk", args=[laboratory_id]))


def _whose(actor: Actor, laboratory: Laboratory, code: str) -> tuple[Round, str]:
    """The round, and whether it is a bag or a tube; what nobody knows yet is a tube of the round that is tested."""
    bag = Bag.objects.visible_to(actor).select_related("round").filter(pk=code).first()
    if bag is not None:
        return bag.round, "bag"
    tube = Trail.objects.visible_to(actor).select_related("round").filter(pk=code).first()
    if tube is not None:
        return tube.round, "tube"
    latest = trails.rounds(actor).filter(unit=laboratory.unit_id).first() or trails.rounds(actor).first()
    if latest is None:
        raise InvalidInput(fields={"code": str(_("No round is tested here."))})
    return latest, "tube"


@require_POST
@needs(REPORT)
def enter(request: HttpRequest, laboratory_id: UUID) -> HttpResponse:
    """A result typed at the desk; what must be decided first lies with the other results."""
    actor = actor_of(request)
    laboratory, form = trails.laboratory_by_id(actor, laboratory_id), EnterForm(request.POST)
    if not form.is_valid():
        return _desk(request, laboratory, form=form)
    code, said, at = tidy_code(form.cleaned_data["tube"]), form.cleaned_data["result"], clock.now()
    of, _part = _whose(actor, laboratory, code)
    try:
        staged = commands.stage_results(
            actor=actor, at=at, test_round=of, laboratory=laboratory, file_name=f"{laboratory.code} {code}"[:200],
            digest=new_id().hex, header=["tube", "result"], lines=[RawLine(1, [code, said])],
            stage=Stage(form.cleaned_data["stage"]), source=Source.DESK,
        )  # fmt: skip
    except DomainError as error:
        if error.status in {403, 404}:
            raise
        form.add_error(None, str(error))
        return _desk(request, laboratory, form=form)
    file = ResultFile.objects.get(pk=staged.file_id)
    if not blocked(file):
        commands.commit_results(actor=actor, at=at, result_file=file)
    if file.entries.filter(state="held").exists():
        notify(request, _("{code}: somebody must decide first.").format(code=code), tone="amber")
        return HttpResponseRedirect(reverse("tubes:file", args=[file.pk]))
    notify(request, _("{code}: the result counts.").format(code=code))
    return HttpResponseRedirect(reverse("tubes:desk", args=[laboratory_id]))
