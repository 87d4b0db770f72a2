"""Pages of how far a round is in its parts, who is missing, whom to call."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods

from lazaretto.accounts.doors import actor_of, needs
from lazaretto.core import clock
from lazaretto.core.access import Actor
from lazaretto.core.errors import Text
from lazaretto.core.paging import BadCursor
from lazaretto.core.paging import page as piece_of
from lazaretto.core.tables import XLSX
from lazaretto.headcounts.models import Organisation
from lazaretto.people.queries import name_for
from lazaretto.screening import commands, queries, sheets
from lazaretto.screening.models import Correction, Round
from lazaretto.screening.navigation import ENTERPRISE_ROOMS, Naming, naming_for, panels_of
from lazaretto.screening.queries import absent, corrections, finding, parts
from lazaretto.screening.queries.absent import Among
from lazaretto.screening.queries.corrections import Somebody
from lazaretto.screening.queries.covering import OfThose, Share, coverage
from lazaretto.screening.rules import MANAGE, READ, folded

PER_PAGE = 50
LONGEST = 40  # characters of a search
BUILDINGS_SHOWN = 20  # each is counted over its people


# ---- who is missing


@require_GET
@needs(READ)
def missing(request: HttpRequest, round_id: UUID) -> HttpResponse:
    """Those not tested, by number; of an enterprise, a department, a building if asked. Telephone numbers are another
    step.
    """
    return who_is_missing(request, round_id)


def who_is_missing(request: HttpRequest, round_id: UUID, *, faults: Mapping[str, Text] | None = None) -> HttpResponse:
    """The list; after a POST that was refused with everything that was ticked and typed, and what is wrong with which
    field (`number`, `reason`). For the app that names people too.
    """
    actor = actor_of(request)
    found = queries.round_by_id(actor, round_id)
    home, among = _among(request, found)
    said = request.POST if request.method == "POST" else request.GET

    def name(row: Any) -> str:
        return name_for(actor, row.member.name, unit_id=found.unit_id)

    q, cursor = said.get("q", "").strip()[:LONGEST], said.get("cursor", "")
    naming = naming_for(actor, found)
    piece = piece_of(absent.missing(found, among), ["number"], limit=PER_PAGE, cursor=cursor)
    people = [(one, name(one.entry)) for one in _found(found, q, among)]
    here = reverse("screening:missing", args=[found.pk])
    context = {
        "round": found,
        "organisation": home,
        "among": among,
        "asked": _asked(among),
        "here": here,
        "cursor": cursor,
        "lines": [(row, name(row)) for row in piece.items],
        "sums": _sums(found, among) if found.frozen_at else None,
        "q": q,
        "found": [(one, shown, _back_of(naming, found, one.said)) for one, shown in people],
        "found_missing": any(one.missing for one, _shown in people),
        "more_found": len(people) == finding.MOST,
        "names_too": finding.names_are_looked_for(found, among.organisation),
        "naming": naming,
        "naming_url": reverse(naming.url, args=[found.pk]) if naming else "",
        "reasons": naming.reasons(found) if naming else [],
        "typed": _typed(request),
        "faults": faults or {},
        "named": [(row, one, name(row), _back_of(naming, found, one)) for row, one in absent.named(found, among)],
        "again": _again(actor, found) if among.everybody and not q else [],
        "in_care": [(one, name(one.entry)) for one in absent.in_care(found, among)],
        "next_url": f"{here}?" + urlencode({**_asked(among), "cursor": piece.next}) if piece.next else "",
        "may_call": actor.may(MANAGE, found.unit_id),
    }
    return render(request, "screening/missing.html", context, status=422 if faults else 200)


def _typed(request: HttpRequest) -> dict[str, Any]:
    """What was ticked and typed before it was refused."""
    said = request.POST
    ticked = [*said.getlist("number"), said.get("one", "")]
    return {"reason": said.get("reason", ""), "numbers": {int(text) for text in ticked if text.isdecimal()}}


def _back_of(naming: Naming | None, of: Round, said: Any) -> str:
    """Where it is taken back that somebody is named, for who may."""
    return reverse(naming.back, args=[of.pk, said.pk]) if naming and said else ""


def _again(actor: Actor, of: Round) -> list[tuple[Correction, Somebody | None]]:
    """Who is to be swabbed again, and why."""
    rows = corrections.to_swab_again(of)
    people = corrections.people_with(actor, of, [row.number for row in rows if row.number])
    return [(row, people.get(row.number or 0)) for row in rows]


def _found(of: Round, sought: str, among: Among) -> list[finding.Found]:
    return finding.find(of, sought, organisation=among.organisation) if sought else []


def _sums(of: Round, among: Among) -> OfThose:
    """By sums where they say it, else counted over those asked for."""
    if among.section is not None or among.building is not None:
        return parts.figures(of, among)
    whole = coverage(of)
    if among.organisation is None:
        return whole
    return next(share for share in whole.organisations if share.organisation_id == among.organisation)


@require_http_methods(["GET", "POST"])
@never_cache
@needs(MANAGE)
def numbers(request: HttpRequest, round_id: UUID) -> HttpResponse:
    """Whom to call, with their numbers: a page for a phone, or Excel. The journal says who asked."""
    if request.method == "GET":  # back from a change of language: numbers are asked for anew
        return HttpResponseRedirect(reverse("screening:missing", args=[round_id]))
    found = queries.round_by_id(actor_of(request), round_id)
    home, among = _among(request, found)
    q = request.POST.get("q", "").strip()[:LONGEST]
    payload = {"test_round": str(round_id), **_asked(among), "q": q}
    told = commands.call_missing.invoke(actor=actor_of(request), at=clock.now(), payload=payload)
    if request.POST.get("as") == "xlsx":
        name = f"round-{found.number}-missing.xlsx"
        return HttpResponse(
            sheets.call_list(told), content_type=XLSX, headers={"Content-Disposition": f'attachment; filename="{name}"'}
        )
    context = {"round": found, "organisation": home, "among": among, "asked": _asked(among), "q": q, "told": told}
    return render(request, "screening/numbers.html", context)


def _among(request: HttpRequest, found: Round) -> tuple[Organisation | None, Among]:
    """Whom the list is about; of a POST its fields count."""
    said = request.POST if request.method == "POST" else request.GET
    asked = said.get("organisation")
    try:
        home = queries.organisation_in(found, UUID(asked)) if asked else None
    except ValueError as error:
        raise Http404 from error
    section, building = said.get("section"), said.get("building")
    return home, Among(home.pk if home else None, section, building)


def _asked(among: Among) -> dict[str, str]:
    """As fields of a form and of an address."""
    home = str(among.organisation) if among.organisation else None
    said = {"organisation": home, "section": among.section, "building": among.building}
    return {name: value for name, value in said.items() if value is not None}


# ---- enterprises and buildings


@require_GET
@needs(READ)
def enterprise(request: HttpRequest, round_id: UUID, organisation_id: UUID) -> HttpResponse:
    """How far the departments and dormitories of one enterprise are."""
    actor = actor_of(request)
    found = queries.round_by_id(actor, round_id)
    home = queries.organisation_in(found, organisation_id)
    sections, buildings = parts.parts(found, home, "section"), parts.parts(found, home, "building")
    context = {
        "round": found,
        "organisation": home,
        "sums": parts.total(sections),
        "panels": panels_of(actor, found, home) if found.opened_at else [],
        "rooms": [(room, reverse(room.url, args=[found.pk, home.pk])) for room in ENTERPRISE_ROOMS.values()],
        "groups": [
            (pgettext("groups", "Departments"), _linked(found, home, sections, "section")),
            (_("Dormitories"), _linked(found, home, buildings, "building")),
        ],
        "may_call": actor.may(MANAGE, found.unit_id),
    }
    return render(request, "screening/enterprise.html", context)


def _linked(of: Round, home: Organisation, found: list[parts.Part], by: str) -> list[tuple[parts.Part, str]]:
    to = reverse("screening:missing", args=[of.pk])
    return [(part, f"{to}?{urlencode({'organisation': home.pk, by: part.name})}") for part in found]


@require_GET
@needs(READ)
def enterprises(request: HttpRequest, round_id: UUID) -> HttpResponse:
    """All enterprises of a round by name, of one area if asked."""
    found = queries.round_by_id(actor_of(request), round_id)
    whole = coverage(found)
    q, unit, cursor = (request.GET.get(name, "").strip() for name in ("q", "unit", "cursor"))
    rows = sorted(whole.organisations, key=lambda share: (share.name, share.organisation_id))
    sought = folded(q)
    rows = [row for row in rows if sought in folded(row.name) and (not unit or str(row.unit_id) == unit)]
    rows = _behind(rows, cursor)
    asked = {name: value for name, value in (("q", q), ("unit", unit)) if value}
    following = {**asked, "cursor": rows[PER_PAGE - 1].organisation_id} if len(rows) > PER_PAGE else {}
    context = {
        "round": found, "organisations": rows[:PER_PAGE], "areas": whole.areas, "q": q, "unit": unit,
        "next_url": f"?{urlencode(following)}" if following else "",
    }  # fmt: skip
    return render(request, "screening/enterprises.html", context)


def _behind(rows: list[Share], cursor: str) -> list[Share]:
    """Those after the last one that was shown. Raises `BadCursor`."""
    if not cursor:
        return rows
    places = [place for place, row in enumerate(rows, 1) if str(row.organisation_id) == cursor]
    if not places:
        raise BadCursor
    return rows[places[0] :]


@require_GET
@needs(READ)
def buildings(request: HttpRequest, round_id: UUID) -> HttpResponse:
    """Dormitory buildings over all enterprises: most missing first, or by name and page where they are many."""
    found = queries.round_by_id(actor_of(request), round_id)
    q = request.GET.get("q", "").strip()
    rows = parts.buildings(found, q=q)
    few = parts.few_enough(rows)
    if few is None:
        piece = piece_of(rows, ["building"], limit=BUILDINGS_SHOWN, cursor=request.GET.get("cursor", ""))
        shown, following = parts.standing_of(found, piece.items), piece.next
    else:
        shown = sorted(parts.standing_of(found, few), key=lambda one: (-one.missing, one.name))
        following = None
    to = reverse("screening:missing", args=[found.pk])
    context = {
        "round": found, "q": q, "by_name": few is None,
        "buildings": [(one, f"{to}?{urlencode({'building': one.name})}") for one in shown],
        "next_url": f"?{urlencode({'q': q, 'cursor': following})}" if following else "",
    }  # fmt: skip
    return render(request, "screening/buildings.html", context)
