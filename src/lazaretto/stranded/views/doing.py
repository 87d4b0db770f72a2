"""What is done for them: food, company, a place, an end."""

from datetime import timedelta
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from lazaretto.accounts.doors import actor_of, needs
from lazaretto.arrivals.queries.desk import last_grounds
from lazaretto.arrivals.queries.walk_in import stay_in_room
from lazaretto.core import clock
from lazaretto.core.errors import DomainError, InvalidInput, NotFound
from lazaretto.places.models import Site
from lazaretto.places.queries import receivable_categories, site_by_code
from lazaretto.protocols.choices import Category
from lazaretto.stranded import commands, rules
from lazaretto.stranded.choices import GivenKind, State
from lazaretto.stranded.forms import AdmitForm, CarerForm, CompleteForm
from lazaretto.stranded.models import Group, Stranded
from lazaretto.stranded.queries import group_by_number, line_of, people_of, rooms_of, zone_of
from lazaretto.stranded.rules import PLACE, REGISTER
from lazaretto.stranded.views import common
from lazaretto.stranded.views.common import back, invoke, page
from lazaretto.stranded.views.listing import HOURS
from lazaretto.ui.notices import notify

ADMIT = "stays.admit"


@require_POST
@needs(REGISTER)
def give(request: HttpRequest, number: str) -> HttpResponse:
    """One press for all of them."""
    group = group_by_number(actor_of(request), number)
    kind = request.POST.get("kind", "")
    if kind not in GivenKind.values:
        raise InvalidInput(fields={"kind": _("Choose what they were given.")})
    words = {"words": request.POST.get("words", "")}
    return back(
        request, number, lambda: invoke(request, commands.give, group=str(group.pk), kind=kind, **words),
        _("Written down for all of them."),
    )  # fmt: skip


@require_POST
@needs(REGISTER)
def count(request: HttpRequest, number: str) -> HttpResponse:
    """Put all of them on the headcount of people without an employer."""
    group = group_by_number(actor_of(request), number)
    return back(
        request, number, lambda: invoke(request, commands.count_in, group=str(group.pk)),
        _("On a headcount: the next round waits for them."),
    )  # fmt: skip


@require_POST
@needs(REGISTER)
def care(request: HttpRequest, number: str) -> HttpResponse:
    """Name who looks after those who were ticked, or say that nobody does any more."""
    group = group_by_number(actor_of(request), number)
    about = {"group": str(group.pk), "people": common.people_of(request)}
    if "end" in request.POST:
        reason = request.POST.get("reason", "")
        return back(request, number, lambda: invoke(request, commands.end_carer, **about, reason=reason), _("Kept."))
    with timezone.override(zone_of(group.unit)):
        form = CarerForm(request.POST)
        if not form.is_valid():
            notify(request, _("Write who looks after them, and how to reach them."), tone="red")
            return HttpResponseRedirect(reverse("stranded:one", args=[number]))
    said = {name: value for name, value in form.cleaned_data.items() if value}
    if "until" in said:
        said["until"] = said["until"].isoformat()
    return back(request, number, lambda: invoke(request, commands.name_carer, **about, **said), _("Kept."))


STEPS: dict[str, tuple[Any, tuple[str, ...]]] = {
    "missing": (commands.report_missing, ("last_seen_by", "words")),
    "search": (commands.search, ("words",)),
    "found": (commands.found_again, ("words",)),
}


@require_POST
@needs(REGISTER)
def step(request: HttpRequest, number: str) -> HttpResponse:
    """They are not found any more, were looked for, were found again."""
    group = group_by_number(actor_of(request), number)
    command, names = STEPS.get(request.POST.get("do", ""), (None, ()))
    if command is None:
        raise InvalidInput(fields={"do": _("Choose what is to be done.")})
    return _about(request, group, command, names)


PLACE_STEPS: dict[str, tuple[Any, tuple[str, ...]]] = {
    "take": (commands.take, ()),
    "arrived": (commands.arrived, ("confirmed_by", "place")),
    "back": (commands.turned_back, ("reason",)),
    State.HOME: (commands.end, ("where_to", "confirmed_by", "with_whom")),
    State.TAKEN_OVER: (commands.end, ("where_to", "confirmed_by", "with_whom")),
    "others_feed": (commands.feed_elsewhere, ("reason",)),
    "we_feed": (commands.feed_elsewhere, ("reason",)),
}


@require_POST
@needs(PLACE)
def place(request: HttpRequest, number: str) -> HttpResponse:
    """See to them; they arrived, were turned back, went home, were taken over."""
    group = group_by_number(actor_of(request), number)
    what = request.POST.get("do", "")
    command, names = PLACE_STEPS.get(what, (None, ()))
    if command is None:
        raise InvalidInput(fields={"do": _("Choose what is to be done.")})
    if what in {State.HOME, State.TAKEN_OVER}:
        return _about(request, group, command, names, outcome=what)
    if command is commands.feed_elsewhere:
        return _about(request, group, command, names, people=None, by_us=what == "we_feed")
    return _about(request, group, command, names, **({"people": None} if command is commands.take else {}))


def _about(request: HttpRequest, group: Group, command: Any, names: tuple[str, ...], **more: Any) -> HttpResponse:
    """Run it about those who were ticked; what was left empty is asked for by the command."""
    given = {name: request.POST.get(name, "") for name in names}
    if not given.get("place", "x"):
        del given["place"]
    told = {"people": common.people_of(request), **given, **more, "group": str(group.pk)}
    payload = {name: value for name, value in told.items() if value is not None}
    return back(request, group.number, lambda: invoke(request, command, **payload), _("Kept."))


@require_POST
@needs(PLACE)
def send(request: HttpRequest, number: str) -> HttpResponse:
    """Send them to a site of ours or to a place that others run."""
    group = group_by_number(actor_of(request), number)
    kind, _sep, key = request.POST.get("to", "").partition(":")
    hours = request.POST.get("hours", "")
    if kind not in {"site", "place"} or hours not in HOURS:
        raise InvalidInput(fields={"to": _("Choose where they go.")})
    ends = {"to_site": key} if kind == "site" else {"to_place": key}
    given = {name: request.POST.get(name, "") for name in ("carrier", "escort", "escort_phone")}
    arrives_by = (clock.now() + timedelta(hours=int(hours))).isoformat()
    about = {"group": str(group.pk), "people": common.people_of(request), "arrives_by": arrives_by}
    return back(request, number, lambda: invoke(request, commands.send, **about, **ends, **given), _("On the way."))


@require_http_methods(["GET", "POST"])
@needs(PLACE)
def admit(request: HttpRequest, number: str, code: str) -> HttpResponse:
    """Rooms at a site of ours for those who have none."""
    actor = actor_of(request)
    group, site = group_by_number(actor, number), site_by_code(actor, code, ADMIT)
    line = line_of(actor, group, at=clock.now())
    waiting = people_of(group, *rules.HERE, State.ON_THE_WAY)
    form = _admit_form(request, group, site, len(waiting))
    if form.is_bound and form.is_valid():
        beside = form.cleaned_data["with_room"]
        if beside and stay_in_room(site, beside) is None:
            form.add_error("with_room", _("Nobody is in this room."))
    if form.is_bound and form.is_valid():
        try:
            done = invoke(request, commands.admit, **_order(request, group, site, form))
        except DomainError as error:
            if error.is_of_access:
                raise
            form.add_error(None, str(error))
        else:
            notify(request, _("Rooms: %(rooms)s") % {"rooms": ", ".join(done.rooms)})
            return HttpResponseRedirect(reverse("stranded:one", args=[number]))
    able = {row.pk for row in waiting}
    members = [member for member in line.members if member.row.pk in able]
    context = {"form": form, "site": site, "members": members, "chosen": request.POST.getlist("people")}
    return page(request, group, "stranded/admit.html", context, status=422 if form.is_bound else 200)


def _admit_form(request: HttpRequest, group: Group, site: Site, people: int) -> AdmitForm:
    receivable = receivable_categories(site)
    grounds, zone = last_grounds(site), zone_of(group.unit)
    return AdmitForm(
        request.POST or None,
        categories=[(one.value, str(one.label)) for one in Category if one in receivable],
        rooms=[(str(room.pk), room.number) for room in rooms_of(site, people)] if people > 1 else [],
        initial={
            "category": grounds.category, "authority": grounds.authority, "legal_basis": grounds.legal_basis,
            "exposed_on": group.found_at.astimezone(zone).date(), "reason": group.get_why_display(),
        },
    )  # fmt: skip


def _order(request: HttpRequest, group: Group, site: Site, form: AdmitForm) -> dict[str, Any]:
    said = dict(form.cleaned_data)
    beside = said.pop("with_room")
    companion = stay_in_room(site, beside) if beside else None
    exposed_at = clock.local_moment(said.pop("exposed_on"), 0, 0, zone_of(group.unit))
    return {
        **said, "room": said["room"] or None,
        "companion": str(companion.pk) if companion else None, "group": str(group.pk), "site": str(site.pk),
        "last_exposure_at": exposed_at.isoformat(), "people": common.people_of(request),
    }  # fmt: skip


@require_http_methods(["GET", "POST"])
@needs(PLACE)
def complete(request: HttpRequest, number: str, stranded: UUID) -> HttpResponse:
    """What became known of one of them."""
    actor = actor_of(request)
    group = group_by_number(actor, number)
    row = Stranded.objects.filter(group=group, pk=stranded).select_related("person").first()
    if row is None:
        raise NotFound(kind="stranded.stranded", id=stranded)
    form = CompleteForm(request.POST or None)
    if form.is_bound and form.is_valid():
        try:
            invoke(request, commands.complete, stranded=str(row.pk), **form.payload())
        except DomainError as error:
            if error.is_of_access:
                raise
            form.add_error(None, str(error))
        else:
            notify(request, _("The record is completed."))
            return HttpResponseRedirect(reverse("stranded:one", args=[number]))
    member = next(one for one in line_of(actor, group, at=clock.now()).members if one.row.pk == row.pk)
    context = {"form": form, "member": member}
    return page(request, group, "stranded/complete.html", context, status=422 if form.is_bound else 200)
