"""The page that names the officers of many enterprises by a list."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_http_methods

from lazaretto.accounts.doors import actor_of, needs
from lazaretto.core import clock
from lazaretto.core.errors import DomainError
from lazaretto.headcounts import commands, files
from lazaretto.headcounts.choices import ContactOutcome
from lazaretto.headcounts.forms import ContactsForm
from lazaretto.headcounts.queries import MANAGE, managed_units

SHOWN = 200  # lines by which nobody is named


@require_http_methods(["GET", "POST"])
@needs(MANAGE)
def contacts(request: HttpRequest) -> HttpResponse:
    """A POST reads the file and says what became of every line."""
    actor = actor_of(request)
    form = ContactsForm(request.POST or None, request.FILES or None, units=managed_units(actor))
    found = None
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        try:
            lines = files.contacts_from(given["file"].read(), given["file"].name)
            found = commands.name_contacts(actor=actor, at=clock.now(), unit=given["unit"], lines=lines)
        except DomainError as error:
            form.add_error("file", str(error))
    undone = found.undone if found else []
    context = {
        "form": form,
        "found": found,
        "undone": [(one.number, one.organisation, ContactOutcome(one.outcome).label) for one in undone[:SHOWN]],
        "more": max(0, len(undone) - SHOWN),
        "left": len(undone),
        "same": found.lines - found.named - len(undone) if found else 0,
    }
    return render(request, "headcounts/contacts.html", context, status=422 if form.errors else 200)
