"""The laboratory's desk: what comes is scanned, what cannot be tested is rejected with a reason, a result is typed."""

from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from lazaretto.accounts.doors import actor_of, needs
from lazaretto.accounts.models import Unit
from lazaretto.core import clock
from lazaretto.core.access import Actor
from lazaretto.core.codes import tidy_code
from lazaretto.core.errors import DomainError
from lazaretto.core.ids import new_id
from lazaretto.screening.choices import RoundState
from lazaretto.stays.commands import take_result
from lazaretto.tubes import commands
from lazaretto.tubes.choices import Source, Stage
from lazaretto.tubes.commands import RawLine, TakenEvent
from lazaretto.tubes.commands.sites import LONGEST_NAME
from lazaretto.tubes.errors import DecidedAtSite
from lazaretto.tubes.forms import EnterForm, LaboratoryForm
from lazaretto.tubes.models import Bag, Laboratory, ResultFile, SiteBag, SiteTube, Trail
from lazaretto.tubes.queries import trails
from lazaretto.tubes.queries.results import blocked
from lazaretto.tubes.queries.site_trails import AtSite, at_sites, bags_at, near_at_sites, tubes_at
from lazaretto.tubes.queries.trails import Candidate, Differs, differs_from
from lazaretto.tubes.rules import HANDLE, LABORATORY_CODE, LONGEST_CODE, MANAGE, READ, REPORT, SITE_TAKES
from lazaretto.ui.notices import notify

SHOWN = 50
LONGEST_COUNT = 4  # digits: more are a code that was scanned into the field of the count
OF_SITE = "site:"  # in front of a site's code, where a round has its key


@require_http_methods(["GET", "POST"])
@needs(READ)
def laboratories(request: HttpRequest) -> HttpResponse:
    """Laboratories of the actor's areas; a POST names one."""
    actor = actor_of(request)
    units = list(Unit.objects.visible_to(actor, MANAGE).filter(ended_at__isnull=True))
    form = LaboratoryForm(request.POST or None, units=units)
    if request.method == "POST" and form.is_valid():
        given = {**form.cleaned_data, "unit": form.cleaned_data["unit"].pk}
        try:
            commands.add_laboratory.invoke(actor=actor, at=clock.now(), payload=given)
        except DomainError as error:
            if error.is_of_access:
                raise
            form.add_error(None, str(error))
        else:
            notify(request, _("Named."))
            return HttpResponseRedirect(reverse("tubes:laboratories"))
    context = {"laboratories": list(trails.laboratories(actor)[:200]), "form": form, "may_manage": bool(units)}
    return render(request, "tubes/laboratories.html", context, status=422 if form.errors else 200)


@require_GET
@needs(READ)
def desk(request: HttpRequest, laboratory_id: UUID) -> HttpResponse:
    """What is at this laboratory without a result, the oldest first; scan what comes."""
    return _desk(request, trails.laboratory_by_id(actor_of(request), laboratory_id))


def _desk(request: HttpRequest, laboratory: Laboratory, *, status: int = 200, **more: Any) -> HttpResponse:
    actor = actor_of(request)
    bags = list(trails.bags_for(laboratory)[:SHOWN])
    singly = Trail.objects.real().filter(laboratory=laboratory.code, standing="", rejected_at__isnull=True)
    context = {
        "laboratory": laboratory,
        "bags": bags,
        "site_bags": list(bags_at(laboratory.code)[:SHOWN]),
        "tubes": list(singly.order_by("received_at", "code")[:SHOWN]),
        "site_tubes": list(tubes_at(laboratory.code)[:SHOWN]),
        "form": EnterForm(laboratory=laboratory),
        "kept": request.POST,
        "door": LABORATORY_CODE.format(code=laboratory.code),
        "may_scan": actor.may(HANDLE, laboratory.unit_id),
        "may_report": actor.may(REPORT, laboratory.unit_id),
        **more,
    }
    return render(request, "tubes/desk.html", context, status=status)


@require_POST
@needs(HANDLE)
def scan(request: HttpRequest, laboratory_id: UUID) -> HttpResponse:
    """A bag or a tube is received, or a tube rejected with a reason."""
    actor = actor_of(request)
    laboratory = trails.laboratory_by_id(actor, laboratory_id)
    code, reason = tidy_code(request.POST.get("code", "")), request.POST.get("reason", "").strip()
    if not code or len(code) > LONGEST_CODE or not code.isascii():
        return _desk(request, laboratory, status=422, problem=_("Scan a bag or a tube."))
    meant = _meant(request, actor, code)
    if meant is None:
        return _ask(request, laboratory, code, address=reverse("tubes:scan", args=[laboratory_id]))
    count = request.POST.get("count", "").strip()
    if unclear := _no_count(request, laboratory, meant, reason, count):
        return unclear
    bag = _bag_to_count(meant, reason, count)
    differs = bag and differs_from(bag, int(count))
    if bag and differs and request.POST.get("sure") != count:
        return _count_again(request, laboratory, bag, count, differs)
    try:
        remarks = _take(actor, laboratory, meant, reason, count)
    except DomainError as error:
        if error.is_of_access:
            raise
        return _desk(request, laboratory, status=error.status, problem=str(error))
    said = _("{code}: rejected.") if reason else _("{code}: received.")
    if differs:
        remarks = [
            _("You count {count}, and that is what stands here now: somebody looks for the rest.").format(count=count)
        ]
    words = f"{said.format(code=meant.code)} {_where(meant)} {'; '.join(remarks)}".strip()
    notify(request, words, tone="red" if differs else "amber" if remarks or reason else "green")
    return HttpResponseRedirect(reverse("tubes:desk", args=[laboratory_id]))


def _take(actor: Actor, laboratory: Laboratory, meant: Candidate | AtSite, reason: str, count: str) -> list[str]:
    event: dict[str, Any] = {"kind": "rejected", "reason": reason} if reason else {"kind": "received"}
    event |= {meant.part: meant.code, "to": laboratory.code}
    if meant.part == "bag" and count:
        event["count"] = int(count)
    at = clock.now()
    taken = TakenEvent(id=new_id(), at=at, **event)
    sent: dict[str, Any] = {"actor": actor, "at": at, "batch": new_id(), "sent_at": at, "events": [taken]}
    if isinstance(meant, AtSite):
        answer = commands.take_site_events(site=meant.site, **sent)
    else:
        answer = commands.take_events(test_round=meant.of.pk, **sent)
    return [str(one.remark.label) for one in answer.remarks]


def _no_count(
    request: HttpRequest, laboratory: Laboratory, meant: Candidate | AtSite, reason: str, count: str
) -> HttpResponse | None:
    """What is asked when no number came with it. A hand scanner sends Enter after the code of a bag, before anybody
    can type: so the bag is asked about on the next page, where the hand that counts finds the field.
    """
    of_bag = meant.part == "bag" and not reason
    if count and not (count.isdecimal() and len(count) <= LONGEST_COUNT):
        problem = _("{count} is no number. How many tubes are in the bag?").format(count=count)
        if of_bag:
            return _ask_count(request, laboratory, meant, problem)
        return _desk(request, laboratory, status=422, problem=problem)
    return _ask_count(request, laboratory, meant) if of_bag and not count and "uncounted" not in request.POST else None


def _ask_count(
    request: HttpRequest, laboratory: Laboratory, meant: Candidate | AtSite, problem: str = ""
) -> HttpResponse:
    """Nothing is written yet: how many tubes are in this bag? The number of whoever packed it is not shown."""
    counting = {"code": meant.code, "where": _where(meant), "kept": _kept(request)}
    return _desk(request, laboratory, status=422 if problem else 200, counting=counting, problem=problem)


def _kept(request: HttpRequest) -> list[tuple[str, str]]:
    """Which bag it is, for the next form about it."""
    return [(name, request.POST[name]) for name in ("code", "meant") if request.POST.get(name)]


def _bag_to_count(meant: Candidate | AtSite, reason: str, count: str) -> Bag | SiteBag | None:
    """The bag that was counted as it came; None where nothing was counted."""
    if meant.part != "bag" or reason or not count:
        return None
    if isinstance(meant, AtSite):
        return SiteBag.objects.filter(pk=meant.bag_id).first() if meant.bag_id else None
    return Bag.objects.filter(round=meant.of, code=meant.code).first()


def _count_again(
    request: HttpRequest, laboratory: Laboratory, bag: Bag | SiteBag, count: str, differs: Differs
) -> HttpResponse:
    """Before anything is written, while the bag is in the hand: count once more, or say that it is so."""
    again = {
        "bag": bag, "count": count, "differs": differs, "inside": list(_inside(bag)[:SHOWN]),
        "of_site": isinstance(bag, SiteBag), "kept": _kept(request),
    }  # fmt: skip
    return _desk(request, laboratory, status=409, again=again)


def _inside(bag: Bag | SiteBag) -> QuerySet[Trail] | QuerySet[SiteTube]:
    if isinstance(bag, SiteBag):
        return SiteTube.objects.real().filter(bag=bag).order_by("code")
    return Trail.objects.filter(round=bag.round_id, bag=bag.code).order_by("code")


def _where(meant: Candidate | AtSite) -> str:
    part = _("Bag") if meant.part == "bag" else _("Tube")
    if isinstance(meant, AtSite):
        site = f"{meant.site.code} · {meant.site.spoken_name}"
        return _("{part} of quarantine site {site}.").format(part=part, site=site)
    return _("{part} of round {number} · {name}.").format(part=part, number=meant.of.number, name=meant.of.name)


# ---- which bag or tube is meant


def _meant(request: HttpRequest, actor: Actor, code: str, part: str = "") -> Candidate | AtSite | None:
    """What was chosen; else what the code can only mean: the one of a round that is tested now, or of a site that
    waits for something. None: ask."""
    if chosen := request.POST.get("meant", ""):
        return _chosen(actor, chosen)
    open_ones = [one for one in _all(actor, code) if one.open and part in {"", one.part}]
    return open_ones[0] if len(open_ones) == 1 else None


def _all(actor: Actor, code: str) -> list[Candidate | AtSite]:
    return [*trails.candidates(actor, code), *at_sites(actor, code)]


def _chosen(actor: Actor, text: str) -> Candidate | AtSite | None:
    part, round_id, code = [*text.split("|", 2), "", ""][:3]
    if round_id.startswith(OF_SITE):
        own = round_id.removeprefix(OF_SITE)
        there = [one for one in at_sites(actor, code) if (one.part, one.site.code, one.code) == (part, own, code)]
        return there[0] if there else None
    try:
        of = trails.round_by_id(actor, UUID(round_id))
    except ValueError:
        return None
    if part == "new" and code == tidy_code(code):
        return Candidate(of, "tube", code)
    same = [one for one in trails.candidates(actor, code) if (one.part, one.of, one.code) == (part, of, code)]
    return same[0] if same else None


def _ask(request: HttpRequest, laboratory: Laboratory, code: str, *, address: str, part: str = "") -> HttpResponse:
    """Before anything is written: which of them, or what looks like it, or really a tube that nobody knows?"""
    actor = actor_of(request)
    found = [one for one in _all(actor, code) if part in {"", one.part}]
    alike: list[Candidate | AtSite] = [*trails.near(actor, code), *near_at_sites(actor, code)]
    near = [one for one in alike if part in {"", one.part}]
    rounds = [] if found else list(trails.rounds(actor).filter(state=RoundState.OPEN)[:5])
    again = ("meant", "csrfmiddlewaretoken")
    ask = {
        "code": code,
        "address": address,
        "known": bool(found),
        "choices": [(_value(one), one) for one in (found or near)],
        "fresh": [(f"new|{of.pk}|{code}", of) for of in rounds],
        "kept": [(name, value) for name, value in request.POST.items() if name not in again],
    }
    return _desk(request, laboratory, ask=ask)


def _value(one: Candidate | AtSite) -> str:
    return f"{one.part}|{OF_SITE + one.site.code if isinstance(one, AtSite) else one.of.pk}|{one.code}"


@require_POST
@needs(REPORT)
def enter(request: HttpRequest, laboratory_id: UUID) -> HttpResponse:
    """A result typed at the desk; what must be decided first lies with the other results."""
    actor = actor_of(request)
    laboratory = trails.laboratory_by_id(actor, laboratory_id)
    form = EnterForm(request.POST, laboratory=laboratory)
    if not form.is_valid():
        return _desk(request, laboratory, status=422, form=form)
    meant = _meant(request, actor, tidy_code(form.cleaned_data["tube"]), part="tube")
    if meant is None:
        code, address = tidy_code(form.cleaned_data["tube"]), reverse("tubes:enter", args=[laboratory_id])
        return _ask(request, laboratory, code, address=address, part="tube")
    said, stage = form.cleaned_data["result"], Stage(form.cleaned_data["stage"])
    try:
        file = None
        if isinstance(meant, AtSite):
            _report_at_site(actor, laboratory, meant, said, stage)
        else:
            file = _reported(actor, laboratory, meant, said, stage)
    except DomainError as error:
        if error.is_of_access:
            raise
        form.add_error(None, str(error))
        return _desk(request, laboratory, status=422, form=form)
    if file is not None and file.entries.filter(state="held").exists():
        notify(request, _("{code}: somebody must decide first.").format(code=meant.code), tone="amber")
        return HttpResponseRedirect(reverse("tubes:file", args=[file.pk]))
    notify(request, f"{_('{code}: the result counts.').format(code=meant.code)} {_where(meant)}")
    return HttpResponseRedirect(reverse("tubes:desk", args=[laboratory_id]))


def _report_at_site(actor: Actor, laboratory: Laboratory, meant: AtSite, said: str, stage: Stage) -> None:
    """A first result of a specimen of a site counts there; a recheck is decided there."""
    if stage == Stage.RECHECK:
        raise DecidedAtSite(tubes=[meant.code])
    take_result(
        actor=actor, at=clock.now(), site=meant.site, tube=meant.code, result=SITE_TAKES[said],
        laboratory=laboratory.name[:LONGEST_NAME],
    )  # fmt: skip


def _reported(actor: Actor, laboratory: Laboratory, meant: Candidate, said: str, stage: Stage) -> ResultFile:
    at = clock.now()
    staged = commands.stage_results(
        actor=actor, at=at, test_round=meant.of, laboratory=laboratory, file_name=f"{laboratory.code} {meant.code}",
        digest=new_id().hex, header=["tube", "result"], lines=[RawLine(1, [meant.code, said])], stage=stage,
        source=Source.DESK,
    )  # fmt: skip
    file = ResultFile.objects.get(pk=staged.file_id)
    if not blocked(file):
        commands.commit_results(actor=actor, at=at, result_file=file)
    return file
