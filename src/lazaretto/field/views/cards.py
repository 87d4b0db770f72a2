"""Cards of the people of an enterprise: which of them, then the sheet."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import get_language
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from lazaretto.accounts.doors import actor_of, needs
from lazaretto.core import clock
from lazaretto.core.errors import DomainError
from lazaretto.field import cards, commands
from lazaretto.field.forms import CardsForm
from lazaretto.field.rules import TAKING
from lazaretto.screening.queries import organisation_in, round_by_id
from lazaretto.screening.queries.parts import parts
from lazaretto.screening.rules import MANAGE


@require_http_methods(["GET", "POST"])
@never_cache
@needs(MANAGE)
def sheet(request: HttpRequest, round_id: UUID, organisation_id: UUID) -> HttpResponse:
    """All of them, or one department or dormitory; the journal says who printed them."""
    actor = actor_of(request)
    of = round_by_id(actor, round_id)
    home = organisation_in(of, organisation_id)
    asked = request.POST if request.method == "POST" else None
    form = CardsForm(asked, sections=parts(of, home, "section"), buildings=parts(of, home, "building"))
    if form.is_valid():
        payload = {"test_round": str(of.pk), "organisation": str(home.pk), **form.cleaned_data}
        try:
            found = commands.print_cards.invoke(actor=actor, at=clock.now(), payload=payload)
        except DomainError as error:
            if error.is_of_access:
                raise
            form.add_error(None, str(error))
        else:
            headers = {"Content-Disposition": f'inline; filename="round-{of.number}-cards.pdf"'}
            content = cards.pdf(found, get_language() or "")
            return HttpResponse(content, content_type="application/pdf", headers=headers)
    context = {"round": of, "organisation": home, "form": form, "over": of.state not in TAKING}
    return render(request, "field/cards.html", context, status=422 if form.errors else 200)
