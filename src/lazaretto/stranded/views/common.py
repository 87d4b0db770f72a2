"""What the pages share: times in the unit's zone, a command done and the page shown again."""

from collections.abc import Callable, Mapping
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone

from lazaretto.accounts.doors import actor_of
from lazaretto.core import clock
from lazaretto.core.errors import DomainError
from lazaretto.stranded.models import Group
from lazaretto.stranded.queries import zone_of
from lazaretto.ui.notices import notify


def page(
    request: HttpRequest, group: Group, template: str, context: Mapping[str, Any], status: int = 200
) -> HttpResponse:
    """The page of a group, with all times in the zone of whoever has them."""
    with timezone.override(zone_of(group.unit)):
        return render(request, template, {"group": group, **context}, status=status)


def invoke(request: HttpRequest, command: Any, **given: Any) -> Any:
    """Run a command with what was typed."""
    return command.invoke(actor=actor_of(request), at=clock.now(), payload=given)


def back(request: HttpRequest, number: str, work: Callable[[], Any], text: str) -> HttpResponse:
    """Do it and show the page again; a refusal stands there as a notice."""
    try:
        work()
    except DomainError as error:
        if error.is_of_access:
            raise
        notify(request, str(error), tone="red")
    else:
        notify(request, text)
    return HttpResponseRedirect(reverse("stranded:one", args=[number]))


def people_of(request: HttpRequest) -> list[str]:
    """Who was ticked; nobody means all of the group whom it can be about."""
    return request.POST.getlist("people")
