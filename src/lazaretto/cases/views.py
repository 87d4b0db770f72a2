"""Pages of changes of status: the list, proposing, one change with its consequences, an event at a place."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from lazaretto.accounts.doors import actor_of, needs
from lazaretto.cases import commands
from lazaretto.cases.choices import ChangeKind, ChangeState, EvidenceKind
from lazaretto.cases.forms import EventForm, OutsideForm, ProposeForm
from lazaretto.cases.models import Change
from lazaretto.cases.papers import correction_notice, is_correction
from lazaretto.cases.queries.listing import (
    READ,
    change_by_number,
    changes_about,
    follow_up_lines,
    kinds_for,
    lines,
    listed,
    place_of,
    told,
)
from lazaretto.cases.queries.listing import about as about_whom
from lazaretto.cases.queries.outside import home_of, kinds_outside, unit_for, where_is
from lazaretto.cases.queries.scene import outcome_of, settled, takes_two
from lazaretto.cases.rules import CONFIRM, PROPOSE, Consequence
from lazaretto.core import clock
from lazaretto.core.errors import DomainError, Forbidden, NotFound
from lazaretto.core.ids import new_id
from lazaretto.core.paging import page as piece_of
from lazaretto.people.queries import display_name, person_by_id
from lazaretto.places.models import Floor
from lazaretto.places.queries import AT_HOME
from lazaretto.stays.errors import NoRulePack
from lazaretto.stays.models import Specimen, Stay
from lazaretto.stays.navigation import site_code
from lazaretto.stays.queries.file import stay_by_number
from lazaretto.stays.views.common import page, pdf, site_of
from lazaretto.ui import papers
from lazaretto.ui.notices import notify
from lazaretto.ui.ways import asked_for

PER_PAGE, SHOWN = 40, 10
NAMES, PEOPLE = "people.names", "people.read"  # names and where they sleep; the page of a person
PAPERS = "stays.papers"  # papers that bear a name
HAND_OVER, DRAFT = "transfers.hand_over", "orders.draft"  # capabilities of apps below, whose pages are linked to


@require_GET
@needs(READ)
def listing(request: HttpRequest) -> HttpResponse:
    """Those that wait for confirmation, those with something still to do, all."""
    actor, at = actor_of(request), clock.now()
    state = asked_for(request, "state", dict(_tabs()), otherwise="waiting")
    piece = piece_of(
        listed(actor, state, at=at), ["-proposed_at", "-id"], limit=PER_PAGE, cursor=request.GET.get("cursor", "")
    )
    code = site_code(request)
    context = {
        "lines": lines(actor, piece.items),
        "next_url": f"?state={state}&cursor={piece.next}" if piece.next else "",
        "state": state,
        "tabs": [(text, f"?state={key}", key == state) for key, text in _tabs()],
        "live": "?district" if actor.everywhere(READ) else f"?site={code}" if code else "",
        "site": code if actor.may(PROPOSE) else "",
    }
    return render(request, "cases/list.html", context)


def _tabs() -> list[tuple[str, str]]:
    return [
        ("waiting", _("waits for confirmation")),
        ("to_do", _("still to do")),
        ("all", pgettext("changes of status", "all")),
    ]


@require_http_methods(["GET", "POST"])
@needs(PROPOSE)
def propose(request: HttpRequest, code: str, number: str) -> HttpResponse:
    """Say what was found out about somebody; the next page shows what would follow."""
    site = site_of(request, code, PROPOSE)
    stay = stay_by_number(actor_of(request), number, site)
    tubes = {row.tube: row for row in _specimens(stay)}
    shown = [(tube, f"{tube} · {row.get_state_display()}") for tube, row in tubes.items()]
    with timezone.override(site.time_zone):
        form = ProposeForm(request.POST or None, kinds=kinds_for(stay), tubes=shown, initial=_beginning(request, tubes))
        valid = form.is_bound and form.is_valid()
    if valid:
        given = form.cleaned_data
        specimen = tubes.get(given["tube"])
        payload = {
            **{name: given.get(name) for name in ("kind", "words", "happened_at", "first_on", "last_on")},
            "stay": stay.pk, "specimen": specimen.pk if specimen else None, "evidence": form.evidence(),
        }  # fmt: skip
        made = _proposed(request, commands.propose, {"site": site.pk, **payload}, form)
        if made:
            return HttpResponseRedirect(reverse("cases:one", args=[made]))
    back = reverse("stays:stay", args=[site.code, stay.number])
    name = display_name(actor_of(request), stay.person, unit_id=site.unit_id)
    context = {"form": form, "name": name, "of": stay.number, "back": back}
    return page(request, site, "cases/propose.html", context, status=422 if form.is_bound else 200)


@require_http_methods(["GET", "POST"])
@needs(PROPOSE)
def propose_outside(request: HttpRequest, person_id: UUID) -> HttpResponse:
    """The same of somebody who stays at no site of ours; whoever does is changed there."""
    actor, at = actor_of(request), clock.now()
    person = person_by_id(actor, person_id, PROPOSE)
    unit = unit_for(actor, person.pk)
    if unit is None:
        raise NotFound(kind="people.person", id=person_id)
    stay = Stay.objects.filter(person=person, ended_at__isnull=True).select_related("site").first()
    if stay is not None:
        asked = urlencode({"kind": request.GET.get("kind", "")})
        return HttpResponseRedirect(f"{reverse('cases:propose', args=[stay.site.code, stay.number])}?{asked}")
    change = Change(unit_id=unit, person=person)
    with timezone.override(home_of(change).zone):
        kinds = kinds_outside(person.pk, at=at)
        form = OutsideForm(request.POST or None, kinds=kinds, initial=_beginning(request, {}))
        valid = form.is_bound and form.is_valid()
    if valid:
        given = {name: form.cleaned_data[name] for name in ("kind", "words", "happened_at")}
        payload = {**given, "unit": unit, "person": person.pk, "evidence": form.evidence()}
        number = _proposed(request, commands.propose_outside, payload, form)
        if number:
            return HttpResponseRedirect(reverse("cases:one", args=[number]))
    context = {
        "form": form, "name": display_name(actor, person, unit_id=unit), "where": where_is(person).spoken,
        "back": reverse("people:person", args=[person.pk]),
    }  # fmt: skip
    return page_of(request, change, "cases/propose.html", context, status=422 if form.is_bound else 200)


@require_GET
@needs(READ)
def about(request: HttpRequest, person_id: UUID) -> HttpResponse:
    """A box of a person's page: their changes of status, and the way to propose one."""
    actor = actor_of(request)
    person = person_by_id(actor, person_id)
    unit = unit_for(actor, person.pk)
    with timezone.override(AT_HOME.zone):
        context = {"rows": changes_about(actor, person)[:SHOWN], "person": person, "may_propose": unit is not None}
        return render(request, "cases/about.html", context)


def page_of(
    request: HttpRequest, change: Change, template: str, context: dict[str, Any], status: int = 200
) -> HttpResponse:
    """The page with all times in the zone of the change's site, or of home."""
    if change.site is not None:
        return page(request, change.site, template, context, status=status)
    zone = home_of(change).zone
    with timezone.override(zone):
        return render(request, template, {"time_zone": zone, **context}, status=status)


@require_http_methods(["GET", "POST"])
@needs(PROPOSE)
def event(request: HttpRequest, code: str) -> HttpResponse:
    """Say what happened to the place; the next page shows who is concerned."""
    site = site_of(request, code, PROPOSE)
    rows = Floor.objects.filter(building__site=site).select_related("building").order_by("building__name", "order")
    floors = [(str(row.pk), f"{row.building.name} {row.label}") for row in rows]
    with timezone.override(site.time_zone):
        form = EventForm(request.POST or None, floors=floors, initial={"happened_at": timezone.localtime(clock.now())})
        valid = form.is_bound and form.is_valid()
    if valid:
        given = form.cleaned_data
        payload = {
            **{name: given[name] for name in ("kind", "words", "happened_at")},
            "floor": given["floor"] or None, "evidence": EvidenceKind.REPORT,
        }  # fmt: skip
        number = _proposed(request, commands.propose, {"site": site.pk, **payload}, form)
        if number:
            return HttpResponseRedirect(reverse("cases:one", args=[number]))
    return page(request, site, "cases/event.html", {"form": form}, status=422 if form.is_bound else 200)


def _proposed(request: HttpRequest, command: Any, payload: dict[str, Any], form: Any) -> str:
    """The number of the change; empty when it was refused, which the form then says."""
    try:
        made = command.invoke(actor=actor_of(request), at=clock.now(), payload=payload, client_id=new_id())
    except DomainError as error:
        if error.is_of_access:
            raise
        form.add_error(None, _with_link(error))
        return ""
    notify(request, _("Proposed. Nothing has changed yet."))
    return str(made.number)


def _with_link(error: DomainError) -> str:
    """In words; to the change that it names one may go."""
    number = error.context.get("change", "")
    if not number:
        return str(error)
    return format_html('{} <a href="{}">{}</a>', str(error), reverse("cases:one", args=[number]), number)


def _specimens(stay: Stay) -> list[Specimen]:
    return list(Specimen.objects.filter(stay__order=stay.order_id).order_by("-collected_at", "-id")[:30])


def _beginning(request: HttpRequest, tubes: dict[str, Specimen]) -> dict[str, Any]:
    """What is known from the page that one comes from."""
    kind, tube = request.GET.get("kind", ""), request.GET.get("tube", "")
    at = tubes[tube].collected_at if tube in tubes else clock.now()
    return {"kind": kind if kind in ChangeKind.values else "", "tube": tube, "happened_at": timezone.localtime(at)}


@require_GET
@needs(READ)
def one(request: HttpRequest, number: str) -> HttpResponse:
    """The evidence, what follows with the reasons, who has to do what, the history."""
    found = change_by_number(actor_of(request), number)
    return page_of(request, found, "cases/one.html", _context(request, found))


def _context(request: HttpRequest, found: Change) -> dict[str, Any]:
    actor, at, unit = actor_of(request), clock.now(), found.scope_id
    waits = found.state == ChangeState.PROPOSED
    person = about_whom(found)
    names = actor.may(NAMES, unit)
    return {
        "change": found,
        "name": display_name(actor, person, unit_id=unit) if person else place_of(found),
        "where": where_is(found.person).spoken if found.person and names else "",
        "settled": settled(found),
        "waits": waits,
        **(_preview(request, found) if waits else _confirmed(request, found)),
        "follow_ups": follow_up_lines(actor, found, at=at),
        "steps": found.steps.select_related("by").order_by("position"),
        "can": {
            "confirm": actor.may(CONFIRM, unit), "propose": actor.may(PROPOSE, unit),
            "hand_over": actor.may(HAND_OVER, unit), "draft": actor.may(DRAFT, unit),
            "health": actor.may("stays.health", unit), "person": actor.may(PEOPLE, unit),
            "papers": actor.may(PAPERS, unit) and is_correction(found),
        },
    }  # fmt: skip


def _preview(request: HttpRequest, found: Change) -> dict[str, Any]:
    """What would follow as everything stands now; its digest goes along with the confirmation."""
    try:
        seen = outcome_of(found, at=clock.now())
    except NoRulePack as error:
        return {"problem": str(error)}
    actor = actor_of(request)
    return {
        "now": told(actor, seen.now, seen.pack), "then": told(actor, seen.then, seen.pack), "digest": seen.digest,
        "by_another": found.proposed_by_id == actor.user_id and takes_two(found, seen),
    }  # fmt: skip


def _confirmed(request: HttpRequest, found: Change) -> dict[str, Any]:
    """What was confirmed, as it was shown."""
    lists = ("people", "users", "tubes", "members")
    rows = [Consequence(**{**row, **{name: tuple(row.get(name, ())) for name in lists}})
            for row in (found.outcome or {}).get("then", [])]  # fmt: skip
    return {"then": told(actor_of(request), rows, found.pack)}


@require_GET
@needs(PAPERS)
def notice(request: HttpRequest, number: str) -> HttpResponse:
    """The letter to whoever was wrongly held for a case or a contact."""
    found = change_by_number(actor_of(request), number)
    if not actor_of(request).may(PAPERS, found.scope_id):
        raise Forbidden(capability=PAPERS)
    paper = correction_notice(found) if is_correction(found) else None
    if paper is None:
        raise NotFound(kind="cases.notice", number=number)
    return pdf(papers.render(paper), f"{found.number}.pdf")


@require_POST
@needs(CONFIRM)
def confirm(request: HttpRequest, number: str) -> HttpResponse:
    """Confirm what was read."""
    post = request.POST
    return _do(
        request, number,
        lambda found, actor, at: commands.confirm(
            actor=actor, at=at, change=found, seen=post.get("seen", ""), words=post.get("words", "")
        ),
        _("Confirmed. What follows has owners and times."),
    )  # fmt: skip


@require_POST
@needs(CONFIRM)
def refuse(request: HttpRequest, number: str) -> HttpResponse:
    """It is not confirmed."""
    reason = request.POST.get("reason", "")
    return _do(
        request, number,
        lambda found, actor, at: commands.refuse(actor=actor, at=at, change=found, reason=reason),
        _("Not confirmed; its precautions have ended."),
    )  # fmt: skip


@require_POST
@needs(PROPOSE)
def withdraw(request: HttpRequest, number: str) -> HttpResponse:
    """The proposal is taken back."""
    reason = request.POST.get("reason", "")
    return _do(
        request, number,
        lambda found, actor, at: commands.withdraw(actor=actor, at=at, change=found, reason=reason),
        _("Withdrawn; its precautions have ended."),
    )  # fmt: skip


@require_POST
@needs(PROPOSE)
def follow_up(request: HttpRequest, number: str, follow_up: UUID) -> HttpResponse:
    """Take a follow-up on, write it down as done, or drop it."""
    what, words = request.POST.get("do", ""), request.POST.get("words", "")

    def work(found: Change, actor: Any, at: Any) -> object:
        row = found.follow_ups.filter(pk=follow_up).first()
        given: dict[str, Any] = {"actor": actor, "at": at, "follow_up": row.pk if row else follow_up}
        if what == "take":
            return commands.take_follow_up(**given)
        if what == "drop":
            return commands.drop_follow_up(**given, reason=words)
        return commands.finish_follow_up(**given, answer=words)

    return _do(request, number, work, _("Written down."))


def _do(request: HttpRequest, number: str, work: Callable[[Change, Any, Any], object], text: str) -> HttpResponse:
    """Do it and show the page again; a refusal stands there as a notice, above what is true now."""
    found = change_by_number(actor_of(request), number)
    try:
        work(found, actor_of(request), clock.now())
    except DomainError as error:
        if error.is_of_access:
            raise
        notify(request, str(error), tone="red")
    else:
        notify(request, text)
    return HttpResponseRedirect(reverse("cases:one", args=[number]))
