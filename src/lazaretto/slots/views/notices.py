"""Who knows their slots, what each enterprise is told, on the screen and on paper."""

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from lazaretto.accounts.doors import actor_of, needs
from lazaretto.core import clock
from lazaretto.core.errors import DomainError, IllegalTransition
from lazaretto.core.tables import XLSX
from lazaretto.people.queries import name_for
from lazaretto.screening.choices import RoundState
from lazaretto.screening.models import Round
from lazaretto.screening.queries import round_by_id
from lazaretto.slots import commands, papers, queries
from lazaretto.slots.choices import NoticeState
from lazaretto.slots.errors import NobodyToTell
from lazaretto.slots.forms import ToldAllForm, ToldForm
from lazaretto.slots.models import Notice
from lazaretto.slots.rules import MANAGE, READ
from lazaretto.slots.sheets import notices_sheet, workbook
from lazaretto.ui.notices import notify
from lazaretto.ui.ways import asked_for

LINES, PAGES = 100, 300


def _state(request: HttpRequest) -> str:
    return asked_for(request, "state", NoticeState.values)


def _chosen(request: HttpRequest, rows: list[queries.Holder]) -> list[queries.Holder]:
    """In one state, or all of them, those who do not know first."""
    state = _state(request)
    order = list(NoticeState)
    shown = [row for row in rows if state in {"", row.state.value}]
    return sorted(shown, key=lambda row: order.index(row.state))


@require_GET
@needs(READ)
def notices(request: HttpRequest, round_id: UUID) -> HttpResponse:
    """Enterprises by what they know."""
    of = round_by_id(actor_of(request), round_id)
    return _notices(request, of)


def _notices(request: HttpRequest, of: Round, told: ToldAllForm | None = None) -> HttpResponse:
    rows = queries.holders(of, at=clock.now())
    chosen, counts = _chosen(request, rows), queries.counts_of(rows)
    manages = actor_of(request).may(MANAGE, of.unit_id) and of.state != RoundState.CLOSED
    reached = queries.to_tell(rows) if manages else []
    begin = _begin(request)
    context = {
        "round": of,
        "rows": [(row, _who(request, row.last) if row.last else "") for row in chosen[begin : begin + LINES]],
        "following": begin + LINES if len(chosen) > begin + LINES else 0,
        "begin": begin,
        "before": max(0, begin - LINES),
        "may_manage": manages,
        "reached": len(reached),
        "unreachable": sum(_waits(row) for row in rows) - len(reached),
        "told": told or ToldAllForm(initial={"read": queries.digest_of_all(reached)}),
        "counts": [(state, counts[state.value]) for state in NoticeState],
        "all": len(rows),
        "state": _state(request),
    }
    return render(request, "slots/notices.html", context, status=422 if told else 200)


def _waits(row: queries.Holder) -> bool:
    """Whether there is something that they do not know."""
    return row.state in {NoticeState.UNTOLD, NoticeState.STALE} and not row.over


def _begin(request: HttpRequest) -> int:
    asked = request.GET.get("begin", "")
    return int(asked) if asked.isdecimal() and len(asked) < 7 else 0


@require_POST
@never_cache
@needs(MANAGE)
def notice_list(request: HttpRequest, round_id: UUID) -> HttpResponse:
    """Whom to tell what, with numbers, for a program that sends messages."""
    of = round_by_id(actor_of(request), round_id)
    payload = {"test_round": str(of.pk), "language": _language(request)}
    try:
        found = commands.list_notices.invoke(actor=actor_of(request), at=clock.now(), payload=payload)
    except (NobodyToTell, IllegalTransition) as error:
        notify(request, str(error), tone="amber")
        return HttpResponseRedirect(reverse("slots:notices", args=[of.pk]))
    headers = {"Content-Disposition": f'attachment; filename="round-{of.number}-to-tell.xlsx"'}
    return HttpResponse(workbook([notices_sheet(found)]), content_type=XLSX, headers=headers)


@require_POST
@needs(MANAGE)
def tell_all(request: HttpRequest, round_id: UUID) -> HttpResponse:
    """Everybody on the list was told."""
    of = round_by_id(actor_of(request), round_id)
    form = ToldAllForm(request.POST)
    if form.is_valid():
        payload = {"test_round": str(of.pk), **form.cleaned_data, "language": _language(request)}
        try:
            made = commands.tell_all.invoke(actor=actor_of(request), at=clock.now(), payload=payload)
        except DomainError as error:
            if error.is_of_access:
                raise
            notify(request, str(error), tone="red")
        else:
            said = ngettext(
                "It is written down that %(n)s enterprise was told.",
                "It is written down that %(n)s enterprises were told.", made.organisations,
            )  # fmt: skip
            notify(request, said % {"n": made.organisations})
        return HttpResponseRedirect(reverse("slots:notices", args=[of.pk]))
    return _notices(request, of, told=form)


@require_GET
@needs(READ)
def notice(request: HttpRequest, round_id: UUID, organisation_id: UUID) -> HttpResponse:
    """What is said, to be copied; who was told and who confirmed."""
    return _notice(request, round_by_id(actor_of(request), round_id), organisation_id)


def _notice(
    request: HttpRequest, of: Round, organisation_id: UUID, *, told: ToldForm | None = None,
    confirmed: ToldForm | None = None,
) -> HttpResponse:  # fmt: skip
    actor = actor_of(request)
    found = queries.holder(of, organisation_id, at=clock.now())
    language = _language(request)
    manages = actor.may(MANAGE, of.unit_id)
    begins = {"read": found.digest, "who": found.organisation.contact if manages else ""}
    context = {
        "round": of, "holder": found, "language": language, "wording": queries.wording(found, language),
        "told": told or ToldForm(initial=begins, prefix="told"),
        "confirmed": confirmed or ToldForm(initial=begins, prefix="confirmed"),
        "may_manage": manages and of.state != RoundState.CLOSED,
        "steps": [(one, _who(request, one)) for one in reversed(found.notices)],
        "may_confirm": found.state in {NoticeState.TOLD, NoticeState.CONFIRMED},
    }  # fmt: skip
    return render(request, "slots/notice.html", context, status=422 if told or confirmed else 200)


def _who(request: HttpRequest, one: Notice) -> str:
    """Their name, as the reader's role sees names."""
    return name_for(actor_of(request), one.who, unit_id=one.round.unit_id)


def _language(request: HttpRequest) -> str:
    """Of the notice, whatever the reader's: enterprises read Chinese unless somebody asks for English."""
    return "en" if (request.GET.get("language") or request.POST.get("language") or "").startswith("en") else "zh-hans"


@require_POST
@needs(MANAGE)
def tell(request: HttpRequest, round_id: UUID, organisation_id: UUID) -> HttpResponse:
    """Somebody there was told."""
    form = ToldForm(request.POST, prefix="told")
    if _written(request, form, commands.tell, round_id, organisation_id, language=_language(request)):
        notify(request, _("It is written down that they were told."))
        return _back(round_id, organisation_id)
    return _notice(request, round_by_id(actor_of(request), round_id), organisation_id, told=form)


@require_POST
@needs(MANAGE)
def confirm(request: HttpRequest, round_id: UUID, organisation_id: UUID) -> HttpResponse:
    """Somebody there said that they know."""
    form = ToldForm(request.POST, prefix="confirmed")
    if _written(request, form, commands.confirm, round_id, organisation_id):
        notify(request, _("It is written down that they confirmed."))
        return _back(round_id, organisation_id)
    return _notice(request, round_by_id(actor_of(request), round_id), organisation_id, confirmed=form)


def _back(round_id: UUID, organisation_id: UUID) -> HttpResponse:
    return HttpResponseRedirect(reverse("slots:notice", args=[round_id, organisation_id]))


def _written(request: HttpRequest, form: ToldForm, command: Any, of: UUID, home: UUID, **more: str) -> bool:
    if not form.is_valid():
        return False
    payload = {"test_round": str(of), "organisation": str(home), **form.cleaned_data, **more}
    try:
        command.invoke(actor=actor_of(request), at=clock.now(), payload=payload)
    except DomainError as error:
        if error.is_of_access:
            raise
        form.add_error(None, str(error))
    return not form.errors


# ---- on paper


@require_GET
@needs(READ)
def paper(request: HttpRequest, round_id: UUID, organisation_id: UUID) -> HttpResponse:
    """The notice of one enterprise."""
    of = round_by_id(actor_of(request), round_id)
    return _printed(request, of, [queries.holder(of, organisation_id, at=clock.now())])


@require_GET
@needs(READ)
def papers_of_all(request: HttpRequest, round_id: UUID) -> HttpResponse:
    """A page for each enterprise of the state that was chosen."""
    of = round_by_id(actor_of(request), round_id)
    rows = [row for row in _chosen(request, queries.holders(of, at=clock.now())) if not row.over][:PAGES]
    if not rows:
        notify(request, _("There is no notice to print."), tone="amber")
        return HttpResponseRedirect(reverse("slots:notices", args=[of.pk]))
    return _printed(request, of, rows)


def _printed(request: HttpRequest, of: Round, rows: list[queries.Holder]) -> HttpResponse:
    content = papers.notices(rows, _language(request))
    headers = {"Content-Disposition": f'inline; filename="round-{of.number}-slots.pdf"'}
    return HttpResponse(content, content_type="application/pdf", headers=headers)
