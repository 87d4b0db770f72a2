"""Tubes of quarantine sites: where each is, packed and handed over at the site, what is late, what does not fit."""

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_POST

from lazaretto.accounts.doors import actor_of, needs
from lazaretto.core import clock
from lazaretto.core.access import Actor
from lazaretto.core.errors import DomainError
from lazaretto.core.paging import page as piece_of
from lazaretto.places.models import Site
from lazaretto.stays.navigation import tabs_of
from lazaretto.stays.queries.specimens import open_positives
from lazaretto.tubes import commands
from lazaretto.tubes.choices import EventKind
from lazaretto.tubes.commands.site_bags import PATH, SPECIMENS
from lazaretto.tubes.queries import site_trails
from lazaretto.tubes.queries.couriers import couriers_for
from lazaretto.tubes.queries.site_trails import STEPS, SiteLine
from lazaretto.tubes.queries.turnaround import SITES_DAYS, turnaround_of_sites
from lazaretto.tubes.rules import LOOK, READ
from lazaretto.tubes.wording import SITE_STEP_LABELS, doubts, lasted, timed_lines
from lazaretto.ui.notices import notify

PER_PAGE, SHOWN_BAGS = 50, 50


@require_GET
@needs(READ)
def listing(request: HttpRequest) -> HttpResponse:
    """Sites with where their tubes are, and how long those of the last days took."""
    actor, now = actor_of(request), clock.now()
    piece = piece_of(site_trails.sites_of(actor), ["code"], limit=PER_PAGE, cursor=request.GET.get("cursor", ""))
    legs = turnaround_of_sites(site_trails.sites_of(actor), at=now)
    whole = next(one for one in legs if one.leg.code == "whole")
    context = {
        "rows": site_trails.counted(piece.items, now),
        "next_url": f"?cursor={piece.next}" if piece.next else "",
        "legs": [(one, timed_lines(one, PER_PAGE)) for one in legs if one.all.done or one.all.waiting],
        "days": SITES_DAYS,
        "whole": whole,
        "half": lasted(whole.all.half),
        "most": lasted(whole.all.most),
    }
    return render(request, "tubes/sites.html", context)


@require_GET
@needs(READ)
def one(request: HttpRequest, code: str) -> HttpResponse:
    """Where each tube of a site without a result is, its bags, what is late, whom to swab again."""
    return _site(request, site_trails.site_by_code(actor_of(request), code))


def _site(request: HttpRequest, site: Site, *, status: int = 200, **more: Any) -> HttpResponse:
    actor, now = actor_of(request), clock.now()
    lines = site_trails.waiting_lines(site)
    may_pack = actor.may(SPECIMENS, site.unit_id)
    context = {
        "site": site,
        "lines": lines,
        "counts": [(SITE_STEP_LABELS[step], sum(line.step == step for line in lines)) for step in STEPS],
        "loose": [line.code for line in lines if line.step == "table" and line.specimen is not None],
        "bags": list(site_trails.bags_of(site, now)[:SHOWN_BAGS]),
        "path": PATH,
        "late": site_trails.overdue_of(site, now),
        "again": list(site_trails.to_swab_again(site)[:SHOWN_BAGS]),
        "couriers": couriers_for(site.unit_id)[:50] if may_pack else [],
        "may_pack": may_pack,
        "labels": SITE_STEP_LABELS,
        "kept": request.POST,
        "awaited": sum(line.specimen is not None for line in lines),
        "unconfirmed": open_positives(site).count(),
        "more_tabs": tabs_of(actor, site),
        "here": reverse("tubes:site", args=[site.code]),
        **more,
    }
    return render(request, "tubes/site.html", context, status=status)


@require_POST
@needs(SPECIMENS)
def pack(request: HttpRequest, code: str) -> HttpResponse:
    """Tubes go into a bag: scanned one after the other, or all that lie there."""
    actor = actor_of(request)
    site = site_trails.site_by_code(actor, code)
    typed = request.POST.get("tubes", "").split("\n")
    payload = {
        "site": str(site.pk), "bag": request.POST.get("bag", ""), "closed": bool(request.POST.get("closed")),
        "tubes": [tube.strip() for tube in [*typed, *request.POST.getlist("tube")] if tube.strip()],
    }  # fmt: skip
    try:
        done = commands.pack_bag.invoke(actor=actor, at=clock.now(), payload=payload)
    except DomainError as error:
        if error.is_of_access:
            raise
        return _site(request, site, status=error.status, problem=str(error))
    said = ngettext("{n} tube is in bag {bag}.", "{n} tubes are in bag {bag}.", len(done.tubes))
    words = said.format(n=len(done.tubes), bag=done.bag)
    if done.unknown:
        unknown = _("Nobody here was swabbed into {tubes}: look at them.").format(tubes=", ".join(done.unknown))
        words = f"{words} {unknown}"
    notify(request, words, tone="amber" if done.unknown else "green")
    return HttpResponseRedirect(reverse("tubes:site", args=[code]))


@require_GET
@needs(READ)
def bag(request: HttpRequest, bag_id: UUID) -> HttpResponse:
    """One bag of a site: who has it, what is in it, what the two ends counted."""
    actor = actor_of(request)
    found = site_trails.bag_by_id(actor, bag_id)
    lines = site_trails.lines_in(found)
    context = {
        "bag": found,
        "site": found.site,
        "lines": lines,
        "unknown": [line.code for line in lines if line.specimen is None],
        "events": list(site_trails.events_of(found.site, bag=found)),
        "doubts": doubts(found.doubts),
        "couriers": couriers_for(found.site.unit_id)[:50],
        "may_pack": actor.may(SPECIMENS, found.site.unit_id) and found.state in PATH,
        "may_look": actor.may(LOOK, found.site.unit_id),
        "labels": SITE_STEP_LABELS,
    }
    return render(request, "tubes/site_bag.html", context)


@require_POST
@needs(SPECIMENS)
def hand_over(request: HttpRequest, bag_id: UUID) -> HttpResponse:
    """A bag is given to a courier: their badge is scanned."""
    actor = actor_of(request)
    found = site_trails.bag_by_id(actor, bag_id)
    payload = {"bag": str(bag_id), "to": request.POST.get("to", "")}
    try:
        done = commands.hand_bag_over.invoke(actor=actor, at=clock.now(), payload=payload)
    except DomainError as error:
        if error.is_of_access:
            raise
        notify(request, str(error), tone="red")
    else:
        notify(request, _("Bag {bag} is with {to}.").format(bag=done.bag, to=done.to))
    return HttpResponseRedirect(reverse("tubes:site", args=[found.site.code]))


@require_GET
@needs(READ)
def tube(request: HttpRequest, code: str, tube: str) -> HttpResponse:
    """One tube of a site: where it is, what was seen of it. Who is in it stands with the stay."""
    actor = actor_of(request)
    site = site_trails.site_by_code(actor, code)
    line = site_trails.line_of(site, tube)
    context = {
        "site": site,
        "line": line,
        "events": list(site_trails.events_of(site, tube=tube)),
        "doubts": doubts(line.doubts),
        "may_look": actor.may(LOOK, site.unit_id),
        "founds": _founds(actor, site, line),
        "labels": SITE_STEP_LABELS,
    }
    return render(request, "tubes/site_tube.html", context)


def _founds(actor: Actor, site: Site, line: SiteLine) -> list[tuple[str, str]]:
    """What somebody who looked may have found, in words."""
    if not actor.may(LOOK, site.unit_id):
        return []
    trail = line.trail
    choices = {
        EventKind.LOOKED_INTO: (_("It is as it stands here"), bool(trail and trail.doubts)),
        EventKind.UNBAGGED: (_("It lies in no bag"), bool(trail and trail.bag_id)),
        EventKind.SLIP: (_("There is no such tube: the code was a slip"), line.specimen is None),
        EventKind.REJECTED: (_("It gives no result: swab again"), line.specimen is not None and line.step in STEPS),
    }
    return [(kind.value, words) for kind, (words, offered) in choices.items() if offered]


@require_POST
@needs(LOOK)
def look(request: HttpRequest, code: str) -> HttpResponse:
    """Somebody looked into a tube or a bag of a site, and says what they found."""
    actor = actor_of(request)
    site = site_trails.site_by_code(actor, code)
    tube_code, bag_id = request.POST.get("tube", ""), request.POST.get("bag", "")
    payload = {
        "site": str(site.pk), "reason": request.POST.get("reason", ""), "tube": tube_code, "bag": bag_id or None,
        "found": request.POST.get("found", EventKind.LOOKED_INTO),
    }  # fmt: skip
    try:
        commands.look_into_at_site.invoke(actor=actor, at=clock.now(), payload=payload)
    except DomainError as error:
        if error.is_of_access:
            raise
        notify(request, str(error), tone="red")
    else:
        notify(request, _("Noted."))
    return HttpResponseRedirect(_back(site, tube_code, bag_id))


def _back(site: Site, tube_code: str, bag_id: str) -> str:
    if tube_code:
        return reverse("tubes:site_tube", args=[site.code, tube_code])
    try:
        return reverse("tubes:site_bag", args=[UUID(bag_id)])
    except ValueError:
        return reverse("tubes:site", args=[site.code])
