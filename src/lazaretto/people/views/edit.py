"""Pages that write about one person. Nothing typed is lost: a refusal stands at the field."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from lazaretto.accounts.doors import actor_of, needs
from lazaretto.core import clock
from lazaretto.core.errors import DomainError, Text
from lazaretto.people import commands, queries
from lazaretto.people.choices import NeedKind
from lazaretto.people.forms import (
    CorrectionForm,
    DocumentForm,
    EditForm,
    NameForm,
    NeedForm,
    PhoneForm,
    RegisterForm,
)
from lazaretto.people.models import Person
from lazaretto.ui.notices import notify

OUT_OF_REACH = frozenset({401, 403, 404})
# Where a refusal stands: error code → field, the first of these that the form has.
FIELDS = {
    "name_invalid": ("name",),
    "document_invalid": ("document_number", "number"),
    "document_taken": ("document_number", "number"),
    "birth_date_impossible": ("birth_date",),
    "phone_invalid": ("phone",),
    "reason_required": ("reason",),
}


def refuse(form: forms.Form, error: DomainError) -> None:
    """Put a refusal at its field; what the actor must not know of goes on up."""
    if error.status in OUT_OF_REACH:
        raise error
    field = next((name for name in FIELDS.get(error.code, ()) if name in form.fields), None)
    form.add_error(field, str(error))


@needs("people.manage")
def register(request: HttpRequest) -> HttpResponse:
    """Register somebody; whoever is known by the document is shown instead of doubled."""
    actor = actor_of(request)
    form = RegisterForm(request.POST or None, actor=actor)
    if request.method == "POST" and form.is_valid():
        try:
            made = commands.register_person(
                actor=actor, at=clock.now(), unit=form.cleaned_data["unit"], person=form.person()
            )
        except DomainError as error:
            refuse(form, error)
        else:
            known = _("This person was registered before; here is the record.")
            notify(request, known if made.known else _("Registered."))
            return redirect("people:person", made.person_id)
    return render(request, "people/register.html", {"form": form}, status=422 if form.errors else 200)


def form_page(
    request: HttpRequest,
    person_id: UUID,
    form: Callable[[Person], forms.Form],
    *,
    title: Text,
    run: Callable[[Person, Any], object],
) -> HttpResponse:
    """A page with one form about a person that runs one command and leads back to the person."""
    person = queries.person_by_id(actor_of(request), person_id)
    bound = form(person)
    if request.method == "POST" and bound.is_valid():
        try:
            run(person, bound)
        except DomainError as error:
            refuse(bound, error)
        else:
            notify(request, _("Saved."))
            return redirect("people:person", person.id)
    name = queries.display_name(actor_of(request), person)
    context = {"form": bound, "title": title, "person": person, "name": name}
    return render(request, "people/form.html", context, status=422 if bound.errors else 200)


@needs("people.manage")
def edit(request: HttpRequest, person_id: UUID) -> HttpResponse:
    """Change the details."""
    return form_page(
        request,
        person_id,
        lambda person: EditForm(request.POST or None, person=person),
        title=_("Change details"),
        run=lambda person, form: commands.change_details(
            actor=actor_of(request), at=clock.now(), person=person, **form.values()
        ),
    )


@needs("people.manage")
def add_name(request: HttpRequest, person_id: UUID) -> HttpResponse:
    """Add a name, or choose the one that is shown."""
    return form_page(
        request,
        person_id,
        lambda _person: NameForm(request.POST or None),
        title=_("Add a name"),
        run=lambda person, form: commands.add_name(
            actor=actor_of(request), at=clock.now(), person=person, **form.cleaned_data
        ),
    )


@needs("people.manage")
def add_document(request: HttpRequest, person_id: UUID) -> HttpResponse:
    """Add a document."""
    return form_page(
        request,
        person_id,
        lambda _person: DocumentForm(request.POST or None),
        title=_("Add a document"),
        run=lambda person, form: commands.add_document(
            actor=actor_of(request), at=clock.now(), person=person, document=form.document()
        ),
    )


@needs("people.manage")
def correct_document(request: HttpRequest, person_id: UUID, document_id: UUID) -> HttpResponse:
    """Put a document right."""

    def form(person: Person) -> CorrectionForm:
        document = person.documents.filter(pk=document_id).defer("number").first()
        initial = {"kind": document.kind, "country": document.country} if document else {}
        return CorrectionForm(request.POST or None, initial=initial)

    return form_page(
        request,
        person_id,
        form,
        title=_("Correct a document"),
        run=lambda person, form: commands.correct_document(
            actor=actor_of(request),
            at=clock.now(),
            person=person,
            document_id=document_id,
            document=form.document(),
            reason=form.cleaned_data["reason"],
        ),
    )


@needs("people.manage")
def add_phone(request: HttpRequest, person_id: UUID) -> HttpResponse:
    """Add a telephone number."""
    return form_page(
        request,
        person_id,
        lambda _person: PhoneForm(request.POST or None),
        title=_("Add a telephone number"),
        run=lambda person, form: commands.add_phone(
            actor=actor_of(request), at=clock.now(), person=person, phone=form.cleaned_data["phone"]
        ),
    )


@needs("people.care")
def record_need(request: HttpRequest, person_id: UUID) -> HttpResponse:
    """Record a need."""
    return form_page(
        request,
        person_id,
        lambda _person: NeedForm(request.POST or None, initial={"kind": request.GET.get("kind", "")}),
        title=_("Record a need"),
        run=lambda person, form: commands.record_need(
            actor=actor_of(request),
            at=clock.now(),
            person=person,
            kind=NeedKind(form.cleaned_data["kind"]),
            details=form.cleaned_data["details"],
        ),
    )


def step(request: HttpRequest, person_id: UUID, run: Callable[[], object]) -> HttpResponse:
    """One command from a button of the person's page; a refusal is shown there."""
    try:
        run()
    except DomainError as error:
        if error.status in OUT_OF_REACH:
            raise
        notify(request, str(error), tone="red")
    else:
        notify(request, _("Saved."))
    return redirect(reverse("people:person", args=[person_id]))


@needs("people.manage")
@require_POST
def remove_name(request: HttpRequest, person_id: UUID, name_id: UUID) -> HttpResponse:
    """Take a wrong name away."""
    values: dict[str, Any] = {"person": person_id, "name_id": name_id, "reason": request.POST.get("reason", "")}
    return step(request, person_id, lambda: commands.remove_name(actor=actor_of(request), at=clock.now(), **values))


@needs("people.manage")
@require_POST
def remove_document(request: HttpRequest, person_id: UUID, document_id: UUID) -> HttpResponse:
    """Take away a document of somebody else."""
    values: dict[str, Any] = {"person": person_id, "document_id": document_id, "reason": request.POST.get("reason", "")}
    return step(request, person_id, lambda: commands.remove_document(actor=actor_of(request), at=clock.now(), **values))


@needs("people.manage")
@require_POST
def remove_phone(request: HttpRequest, person_id: UUID, contact_id: UUID) -> HttpResponse:
    """Take a wrong number away."""
    values: dict[str, Any] = {"person": person_id, "contact_id": contact_id, "reason": request.POST.get("reason", "")}
    return step(request, person_id, lambda: commands.remove_phone(actor=actor_of(request), at=clock.now(), **values))


@needs("people.care")
@require_POST
def end_need(request: HttpRequest, person_id: UUID, need_id: UUID) -> HttpResponse:
    """A need is over."""
    values: dict[str, Any] = {"person": person_id, "need_id": need_id, "reason": request.POST.get("reason", "")}
    return step(request, person_id, lambda: commands.end_need(actor=actor_of(request), at=clock.now(), **values))
