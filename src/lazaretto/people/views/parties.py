"""Pages of households and companions."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from lazaretto.accounts.doors import actor_of, needs
from lazaretto.core import clock
from lazaretto.core.errors import DomainError
from lazaretto.people import commands, queries
from lazaretto.people.choices import PartyKind
from lazaretto.people.forms import PartyForm
from lazaretto.people.models import Person
from lazaretto.people.views.edit import refuse, step
from lazaretto.ui.notices import notify


@needs("people.manage")
def join_party(request: HttpRequest, person_id: UUID) -> HttpResponse:
    """Find somebody and say that the two belong together."""
    actor = actor_of(request)
    person = queries.person_by_id(actor, person_id)
    text = request.GET.get("q", "").strip()
    form = PartyForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            commands.join_party(
                actor=actor,
                at=clock.now(),
                person=person,
                other=Person(pk=UUID(request.POST.get("other", ""))),
                kind=PartyKind(form.cleaned_data["kind"]),
                relation=form.cleaned_data["relation"],
            )
        except ValueError:
            form.add_error(None, _("Choose the person they belong with."))
        except DomainError as error:
            refuse(form, error)
        else:
            notify(request, _("They belong together now."))
            return redirect("people:person", person.id)
    context = {
        "person": person,
        "name": queries.display_name(actor, person),
        "form": form,
        "q": text,
        "hits": [hit for hit in queries.find(actor, text, limit=12) if hit.person_id != person.id],
    }
    return render(request, "people/join_party.html", context, status=422 if form.errors else 200)


@needs("people.manage")
@require_POST
def leave_party(request: HttpRequest, person_id: UUID, party_id: UUID) -> HttpResponse:
    """They no longer belong together."""
    actor = actor_of(request)
    return step(
        request,
        person_id,
        lambda: commands.leave_party(actor=actor, at=clock.now(), person=Person(pk=person_id), party_id=party_id),
    )
