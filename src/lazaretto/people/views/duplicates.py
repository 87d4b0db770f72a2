"""Pages on which somebody decides whether two records are one person."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from lazaretto.accounts.doors import actor_of, needs
from lazaretto.core import clock
from lazaretto.core.errors import DomainError
from lazaretto.core.paging import page
from lazaretto.people import commands, queries
from lazaretto.people.choices import Likeness
from lazaretto.people.models import DuplicateSuggestion, Merge, Person
from lazaretto.people.views.edit import OUT_OF_REACH
from lazaretto.ui.notices import notify


@needs("people.merge")
def duplicates(request: HttpRequest) -> HttpResponse:
    """The queue, newest first."""
    actor = actor_of(request)
    found = page(queries.suggestions(actor), ("-id",), cursor=request.GET.get("after", ""))
    context = {
        "pairs": [(row, [str(Likeness(code).label) for code in row.reasons]) for row in found.items],
        "next_url": f"?after={found.next}" if found.next else "",
    }
    return render(request, "people/duplicates.html", context)


@needs("people.merge")
def compare(request: HttpRequest, one: UUID, other: UUID) -> HttpResponse:
    """Two records side by side."""
    found = queries.comparison(actor_of(request), one, other)
    if found.first.person == found.second.person:
        return redirect("people:person", found.first.person.id)
    return render(request, "people/compare.html", {"pair": found, "one": one, "other": other})


def _decided(request: HttpRequest, following: DuplicateSuggestion | None) -> HttpResponse:
    """On to the next pair of the queue."""
    if following is None:
        return redirect("people:duplicates")
    return redirect("people:compare", following.first_id, following.second_id)


def _refused(request: HttpRequest, error: DomainError, one: UUID, other: UUID) -> HttpResponse:
    if error.status in OUT_OF_REACH:
        raise error
    notify(request, str(error), tone="red")
    return redirect("people:compare", one, other)


@needs("people.merge")
@require_POST
def merge(request: HttpRequest, one: UUID, other: UUID) -> HttpResponse:
    """They are one person: `kept` names the record that stays."""
    actor = actor_of(request)
    following = queries.comparison(actor, one, other).following
    kept = other if request.POST.get("kept") == str(other) else one
    gone = one if kept == other else other
    try:
        done = commands.merge(
            actor=actor,
            at=clock.now(),
            kept=Person(pk=kept),
            merged=Person(pk=gone),
            reason=request.POST.get("reason", "").strip(),
        )
    except DomainError as error:
        return _refused(request, error, one, other)
    notify(request, _("The two records are one now."), undo=reverse("people:undo_merge", args=[done.merge_id]))
    return _decided(request, following)


@needs("people.merge")
@require_POST
def different(request: HttpRequest, one: UUID, other: UUID) -> HttpResponse:
    """They are two people."""
    actor = actor_of(request)
    following = queries.comparison(actor, one, other).following
    try:
        commands.decide_different(actor=actor, at=clock.now(), first=Person(pk=one), second=Person(pk=other))
    except DomainError as error:
        return _refused(request, error, one, other)
    notify(request, _("Kept as two people."), undo=reverse("people:reopen", args=[one, other]))
    return _decided(request, following)


@needs("people.merge")
@require_POST
def reopen(request: HttpRequest, one: UUID, other: UUID) -> HttpResponse:
    """Take back that they are different."""
    try:
        commands.reopen_suggestion(
            actor=actor_of(request), at=clock.now(), first=Person(pk=one), second=Person(pk=other)
        )
    except DomainError as error:
        return _refused(request, error, one, other)
    notify(request, _("The pair waits for a decision again."))
    return redirect("people:compare", one, other)


@needs("people.merge")
@require_POST
def undo_merge(request: HttpRequest, merge_id: UUID) -> HttpResponse:
    """Two records again."""
    try:
        done = commands.undo_merge(actor=actor_of(request), at=clock.now(), merge=Merge(pk=merge_id))
    except DomainError as error:
        if error.status in OUT_OF_REACH:
            raise
        notify(request, str(error), tone="red")
        return redirect("people:duplicates")
    notify(request, _("The merge is undone: two records again."))
    return redirect("people:compare", done.kept_id, done.merged_id)


@needs("people.merge")
def merge_with(request: HttpRequest, person_id: UUID) -> HttpResponse:
    """Find the other record of a person by hand."""
    actor = actor_of(request)
    person = queries.person_by_id(actor, person_id)
    text = request.GET.get("q", "").strip()
    hits = [hit for hit in queries.find(actor, text, limit=12) if hit.person_id != person.id]
    context = {"person": person, "name": queries.display_name(actor, person), "q": text, "hits": hits}
    return render(request, "people/merge_with.html", context)
