"""Pages of headcounts: enterprises and communities, the people of one, lists as they came."""

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from lazaretto.accounts.doors import actor_of, needs
from lazaretto.core import clock
from lazaretto.core.errors import DomainError
from lazaretto.core.paging import page as piece_of
from lazaretto.headcounts import commands, files
from lazaretto.headcounts.choices import Issue, LineOutcome, ListState, OrganisationKind
from lazaretto.headcounts.forms import (
    ContactForm,
    DecisionForm,
    EnrolForm,
    KindForm,
    LeaveForm,
    OrganisationForm,
    UploadForm,
    WhereaboutsForm,
)
from lazaretto.headcounts.models import HeadcountList, Member
from lazaretto.headcounts.queries import (
    CARE,
    MANAGE,
    READ,
    Account,
    account_of,
    field_label,
    leaving,
    list_by_id,
    list_lines,
    managed_units,
    member_lines,
    members,
    organisation_by_id,
    organisations,
    sections,
    shown_lines,
    sizes,
)
from lazaretto.headcounts.queries import lists as all_lists
from lazaretto.headcounts.queries.families import family_lines, figures
from lazaretto.headcounts.views.common import PER_PAGE, done, was_read
from lazaretto.ui.notices import notify
from lazaretto.ui.ways import asked_for

LEAVING_SHOWN = 20
LINES = ("held", "doubtful", "repeated", "all")  # of a list, as its tabs show them


@require_GET
@needs(READ)
def listing(request: HttpRequest) -> HttpResponse:
    """Enterprises and communities with how many people are on their headcounts."""
    actor, q = actor_of(request), request.GET.get("q", "")
    piece = piece_of(organisations(actor, q=q), ["name", "id"], limit=PER_PAGE, cursor=request.GET.get("cursor", ""))
    counted = sizes(piece.items)
    context = {
        "rows": [(row, *counted.get(row.pk, (0, 0))) for row in piece.items],
        "q": q,
        "next_url": f"?q={q}&cursor={piece.next}" if piece.next else "",
        "may_manage": actor.may(MANAGE),
        "may_care": actor.may(CARE),
    }
    return render(request, "headcounts/list.html", context)


@require_GET
@needs(READ)
def one(request: HttpRequest, pk: UUID) -> HttpResponse:
    """The people on one headcount, its departments, its officer."""
    return _one(request, pk)


def _one(request: HttpRequest, pk: UUID, **forms: Any) -> HttpResponse:
    actor = actor_of(request)
    organisation = organisation_by_id(actor, pk)
    asked = {name: request.GET.get(name, "") for name in ("q", "section")}
    rows = members(actor, **asked).filter(organisation=organisation).select_related("organisation")
    cares = actor.may(CARE, organisation.unit_id)
    piece = piece_of(rows, ["name", "id"], limit=PER_PAGE, cursor=request.GET.get("cursor", ""))
    parts = sections(organisation)
    lines: Any = member_lines(actor, piece.items, unit_id=organisation.unit_id)
    if cares:
        lines = family_lines(actor, piece.items)
        was_read(request, lines)
    context = {
        "organisation": organisation,
        "lines": lines,
        "figures": figures(members(actor).filter(organisation=organisation)) if cares else None,
        "may_care": cares,
        "sections": [(name, people) for name, people in parts if name],
        "people": sum(people for _name, people in parts),
        **asked,
        "next_url": f"?q={asked['q']}&section={asked['section']}&cursor={piece.next}" if piece.next else "",
        "may_manage": actor.may(MANAGE, organisation.unit_id),
        "contact_form": ContactForm(initial={"contact": organisation.contact}),
        "whereabouts_form": WhereaboutsForm.of(organisation),
        "enrol_form": EnrolForm(),
        "kind_form": KindForm(initial={"kind": organisation.kind}),
        "leave_form": LeaveForm(),
        **forms,
    }
    refused = any(form.errors for form in forms.values())
    return render(request, "headcounts/one.html", context, status=422 if refused else 200)


@require_POST
@needs(MANAGE)
def contact(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Name the officer of an enterprise."""
    organisation, form = organisation_by_id(actor_of(request), pk), ContactForm(request.POST)
    if form.is_valid() and done(
        request, form, commands.name_contact, organisation=organisation.pk, **form.cleaned_data
    ):
        notify(request, _("Named."))
        return HttpResponseRedirect(reverse("headcounts:one", args=[pk]))
    return _one(request, pk, contact_form=form)


@require_POST
@needs(MANAGE)
def kind(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Say whether it is an enterprise or a community."""
    organisation, form = organisation_by_id(actor_of(request), pk), KindForm(request.POST)
    if form.is_valid() and done(request, form, commands.say_kind, organisation=organisation.pk, **form.cleaned_data):
        notify(request, _("Written down."))
        return HttpResponseRedirect(reverse("headcounts:one", args=[pk]))
    return _one(request, pk, kind_form=form)


@require_http_methods(["GET", "POST"])
@needs(MANAGE)
def new(request: HttpRequest) -> HttpResponse:
    """An enterprise or community before its list comes."""
    units = managed_units(actor_of(request))
    form = OrganisationForm(request.POST or None, units=units, initial={"kind": OrganisationKind.COMMUNITY})
    if request.method == "POST" and form.is_valid():
        given = {**form.cleaned_data, "unit": form.cleaned_data["unit"].pk}
        if done(request, form, commands.add_organisation, **given):
            notify(request, _("Begun; people are put on it by hand or by a list."))
            return HttpResponseRedirect(reverse("headcounts:headcounts"))
    return render(request, "headcounts/new.html", {"form": form}, status=422 if form.errors else 200)


@require_POST
@needs(MANAGE)
def whereabouts(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Say where an enterprise is and when its people can come."""
    organisation, form = organisation_by_id(actor_of(request), pk), WhereaboutsForm(request.POST)
    if form.is_valid() and done(
        request, form, commands.say_whereabouts, organisation=organisation.pk, **form.cleaned_data
    ):
        notify(request, _("Written down; the next plan of slots keeps to it."))
        return HttpResponseRedirect(reverse("headcounts:one", args=[pk]))
    return _one(request, pk, whereabouts_form=form)


@require_POST
@needs(MANAGE)
def enrol(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Put one person on the headcount."""
    organisation, form = organisation_by_id(actor_of(request), pk), EnrolForm(request.POST)
    given = {"unit": organisation.unit_id, "organisation": organisation.name}
    if form.is_valid() and done(request, form, commands.enrol, **given, **form.cleaned_data):
        notify(request, _("On the headcount."))
        return HttpResponseRedirect(reverse("headcounts:one", args=[pk]))
    return _one(request, pk, enrol_form=form)


@require_POST
@needs(MANAGE)
def leave(request: HttpRequest, pk: int) -> HttpResponse:
    """Take somebody off a headcount."""
    given = {"member": pk, "reason": request.POST.get("reason", "")}
    commands.leave.invoke(actor=actor_of(request), at=clock.now(), payload=given)
    notify(request, _("Off the headcount."))
    home = Member.objects.get(pk=pk).organisation_id
    return HttpResponseRedirect(reverse("headcounts:one", args=[home]))


# ---- lists


@require_http_methods(["GET", "POST"])
@needs(READ)
def lists(request: HttpRequest) -> HttpResponse:
    """Lists as they came; a POST reads one."""
    actor = actor_of(request)
    units = managed_units(actor)
    form = UploadForm(request.POST or None, request.FILES or None, units=units)
    if request.method == "POST" and form.is_valid():
        try:
            return HttpResponseRedirect(reverse("headcounts:list", args=[_read(request, form.cleaned_data)]))
        except DomainError as error:
            form.add_error("file", str(error))
    piece = piece_of(all_lists(actor), ["-uploaded_at", "-id"], limit=PER_PAGE, cursor=request.GET.get("cursor", ""))
    context = {
        "lists": piece.items, "form": form, "may_manage": bool(units),
        "next_url": f"?cursor={piece.next}" if piece.next else "",
    }  # fmt: skip
    return render(request, "headcounts/lists.html", context, status=422 if form.errors else 200)


def _read(request: HttpRequest, given: dict[str, Any]) -> UUID:
    """Lay a file out; sent again it is the list that is there."""
    actor, at = actor_of(request), clock.now()
    source = files.from_bytes(given["file"].read(), given["file"].name)
    begun = commands.begin_list(
        actor=actor, at=at, unit=given["unit"], file_name=given["file"].name, digest=source.digest,
        header=source.header, organisation=given["organisation"], complete=given["complete"],
        kind=OrganisationKind(given["kind"] or OrganisationKind.ENTERPRISE), passed=list(source.passed),
    )  # fmt: skip
    headcount_list = HeadcountList.objects.get(pk=begun.list_id)
    if headcount_list.state == ListState.READING:
        for piece in files.pieces(source.lines, commands.PIECE):
            commands.add_lines(actor=actor, at=at, headcount_list=headcount_list, lines=piece)
        commands.end_reading(actor=actor, at=at, headcount_list=headcount_list)
    elif begun.known:
        notify(request, _("This very file came before; here it is."), tone="blue")
    return begun.list_id


@require_GET
@needs(READ)
def one_list(request: HttpRequest, pk: UUID) -> HttpResponse:
    """A list: its account, what must be decided, who would leave."""
    actor = actor_of(request)
    found = list_by_id(actor, pk)
    account = account_of(found)
    show = asked_for(request, "show", LINES, otherwise="held" if account.held else "all")
    piece = piece_of(list_lines(found, show), ["number"], limit=PER_PAGE, cursor=request.GET.get("cursor", ""))
    opened = found.state in {ListState.STAGED, ListState.COMMITTING}
    going = (
        list(leaving(found).select_related("organisation").order_by("organisation__name", "name")[:LEAVING_SHOWN])
        if opened and found.complete
        else []
    )
    context = {
        "list": found,
        "account": account,
        "lines": shown_lines(actor, found, piece.items),
        "tabs": _tabs(show, account),
        "show": show,
        "going": member_lines(actor, going, unit_id=found.unit_id),
        "next_url": f"?show={show}&cursor={piece.next}" if piece.next else "",
        "open": opened,
        "may_manage": actor.may(MANAGE, found.unit_id),
        "done": account.made + account.kept,
        "of": account.made + account.kept + account.ready,
    }
    return render(request, "headcounts/one_list.html", context)


def _tabs(show: str, account: Account) -> list[tuple[str, str, bool, int | None]]:
    names: list[tuple[str, str, int | None]] = [
        ("held", _("To decide"), account.held), ("doubtful", _("With remarks"), None),
        ("repeated", _("Said twice"), account.repeated), ("all", pgettext("lines", "All"), account.lines),
    ]  # fmt: skip
    return [(label, f"?show={name}", name == show, count) for name, label, count in names]


@require_http_methods(["GET", "POST"])
@needs(MANAGE)
def decide(request: HttpRequest, pk: UUID, number: int) -> HttpResponse:
    """A held line with all that it says; a POST decides."""
    actor = actor_of(request)
    found = list_by_id(actor, pk)
    shown = commands.show_line(actor=actor, at=clock.now(), headcount_list=found, number=number)
    line = found.entries.get(number=number)
    form = DecisionForm(
        request.POST or None, initial={name: shown.cells.get(name, "") for name in DecisionForm.base_fields}
    )
    if request.method == "POST" and form.is_valid():
        given = {"headcount_list": pk, "number": number, "take": request.POST.get("do") == "take", **form.cleaned_data}
        if done(request, form, commands.decide_line, **given):
            following = found.entries.filter(outcome=LineOutcome.HELD, resolution="").order_by("number").first()
            notify(request, _("Decided."))
            address = reverse("headcounts:list", args=[pk])
            if following is not None:
                address = reverse("headcounts:decide", args=[pk, following.number])
            return HttpResponseRedirect(address)
    context = {
        "list": found, "line": line, "form": form,
        "cells": [(field_label(field), text) for field, text in shown.cells.items()],
        "issues": [Issue(code).label for code in line.issues],
        "open": line.outcome == LineOutcome.HELD and not line.resolution,
    }  # fmt: skip
    return render(request, "headcounts/line.html", context, status=422 if form.errors else 200)


@require_POST
@needs(MANAGE)
def commit(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Take in the next piece; the page asks again until nothing is ready."""
    piece = commands.commit_list.invoke(actor=actor_of(request), at=clock.now(), payload={"headcount_list": pk})
    address = reverse("headcounts:list", args=[pk])
    if request.headers.get("Accept", "").startswith("text/html"):
        return HttpResponseRedirect(address)
    text = _("{done} of {of} people").format(done=piece.done, of=piece.of)
    answer = {"done": piece.finished, "at": piece.done, "of": piece.of, "text": text}
    return JsonResponse({**answer, "next": address if piece.finished else None})


@require_POST
@needs(MANAGE)
def cancel(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Put a list aside."""
    given = {"headcount_list": pk, "reason": request.POST.get("reason", "")}
    commands.cancel_list.invoke(actor=actor_of(request), at=clock.now(), payload=given)
    notify(request, _("The list is put aside; nobody was taken in."))
    return HttpResponseRedirect(reverse("headcounts:lists"))
