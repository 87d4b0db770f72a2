"""Pages of objections: the list, a new one from a stay, one with its timeline, the two letters."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from lazaretto.accounts.doors import actor_of, needs
from lazaretto.core import clock
from lazaretto.core.errors import DomainError, InvalidInput, NotFound
from lazaretto.core.ids import new_id
from lazaretto.core.paging import page as piece_of
from lazaretto.objections import commands, rules
from lazaretto.objections.choices import Level, State
from lazaretto.objections.forms import OfferForm, RaiseForm, TalkForm
from lazaretto.objections.models import Objection
from lazaretto.objections.papers import notice_paper, reply_paper
from lazaretto.objections.queries import READ, lines, listed, notice_of, objection_by_number, timeline
from lazaretto.objections.rules import DECIDE, TALK
from lazaretto.orders.models import TransferOrder
from lazaretto.people.choices import Language
from lazaretto.people.queries import display_name
from lazaretto.stays.models import Stay
from lazaretto.stays.navigation import site_code
from lazaretto.stays.queries.file import stay_by_number
from lazaretto.stays.views.common import page, pdf, site_of
from lazaretto.stays.wording import language_name
from lazaretto.ui import papers
from lazaretto.ui.notices import notify
from lazaretto.ui.ways import asked_for

PER_PAGE = 40
PAPERS = "stays.papers"  # papers that bear a name


@require_GET
@needs(READ)
def listing(request: HttpRequest) -> HttpResponse:
    """Whose reply is due, the latest first."""
    actor, state = actor_of(request), asked_for(request, "state", dict(_tabs()), otherwise="open")
    found, cursor = listed(actor, state), request.GET.get("cursor", "")
    piece = piece_of(found, ["-raised_at", "-id"], limit=PER_PAGE, cursor=cursor)
    code = site_code(request)
    context = {
        "lines": lines(actor, piece.items, at=clock.now()),
        "next_url": f"?state={state}&cursor={piece.next}" if piece.next else "",
        "state": state,
        "tabs": [(text, f"?state={key}", key == state) for key, text in _tabs()],
        "live": "?district" if actor.everywhere(READ) else f"?site={code}" if code else "",
    }
    return render(request, "objections/list.html", context)


def _tabs() -> list[tuple[str, str]]:
    return [
        ("open", _("reply due")), ("hand", _("to be handed over")), ("ended", pgettext("objections", "ended")),
        ("all", pgettext("objections", "all")),
    ]  # fmt: skip


@require_http_methods(["GET", "POST"])
@needs(TALK)
def raise_one(request: HttpRequest, code: str, number: str) -> HttpResponse:
    """Write down that somebody does not agree, from the page of their stay."""
    actor, site = actor_of(request), site_of(request, code, TALK)
    stay = stay_by_number(actor, number, site)
    begun = {"language": stay.person.language if stay.person.language in Language.values else Language.CHINESE}
    form, standing = RaiseForm(request.POST or None, orders=_orders(request, stay), initial=begun), ""
    if form.is_bound and form.is_valid():
        payload = {**form.cleaned_data, "stay": stay.pk}
        payload["transfer_order"] = payload.get("transfer_order") or None
        try:
            made = commands.raise_objection.invoke(actor=actor, at=clock.now(), payload=payload, client_id=new_id())
        except DomainError as error:
            form.add_error(None, str(error))
            standing = str(error.context.get("objection", ""))
        else:
            notify(request, _("Written down. A reply is due to them."))
            return HttpResponseRedirect(reverse("objections:one", args=[made.number]))
    name = display_name(actor, stay.person, unit_id=site.unit_id)
    context = {"form": form, "stay": stay, "name": name, "standing": standing}
    return page(request, site, "objections/raise.html", context, status=422 if form.is_bound else 200)


def _orders(request: HttpRequest, stay: Stay) -> list[tuple[str, str]]:
    """Transfer orders that name the person and that this actor sees."""
    rows = TransferOrder.objects.visible_to(actor_of(request), TALK).filter(people__person=stay.person_id)
    return [(str(row.pk), row.number) for row in rows.order_by("-written_at", "-id")[:10]]


@require_GET
@needs(READ)
def one(request: HttpRequest, number: str) -> HttpResponse:
    """Their reason, what was said and offered, what can be done next, the reply."""
    actor, at = actor_of(request), clock.now()
    found = objection_by_number(actor, number)
    site, unit = found.stay.site, found.stay.site.unit_id
    waits = found.state == State.OPEN
    spoken = {"language": found.language if found.language in Language.values else Language.ENGLISH}
    context = {
        "objection": found,
        "name": display_name(actor, found.stay.person, unit_id=unit),
        "spoken": language_name(found.language),
        "rows": timeline(found),
        "late": waits and found.reply_due_at < at,
        "waits": waits,
        "levels": [(level.value, level.label) for level in rules.levels_ahead(found.level)],
        "talk": TalkForm(initial=spoken),
        "offer": OfferForm(),
        "mine": found.owner_id == actor.user_id,
        "can": {
            "talk": actor.may(TALK, unit), "decide": actor.may(DECIDE, unit), "papers": actor.may(PAPERS, unit),
        },
    }  # fmt: skip
    return page(request, site, "objections/one.html", context)


@require_POST
@needs(TALK)
def talk(request: HttpRequest, number: str) -> HttpResponse:
    """Keep a conversation."""
    given = _texts(request, "explained", "said", "language", "with_whom")
    return _do(request, number, commands.talk, given, _("The conversation is kept."))


@require_POST
@needs(TALK)
def offer(request: HttpRequest, number: str) -> HttpResponse:
    """Make an offer."""
    return _do(request, number, commands.make_offer, _texts(request, "kind", "words"), _("Offered."))


@require_POST
@needs(TALK)
def answer(request: HttpRequest, number: str, offer: UUID) -> HttpResponse:
    """What they said to an offer."""
    found = objection_by_number(actor_of(request), number)
    if not found.offers.filter(pk=offer).exists():
        raise NotFound(kind="objections.offer", id=offer)
    taken = request.POST.get("taken") == "yes"
    given = {"offer": offer, "taken": taken, **_texts(request, "words")}
    return _back(request, number, lambda: _invoke(request, commands.answer_offer, given), _("Their answer is kept."))


@require_POST
@needs(TALK)
def step(request: HttpRequest, number: str) -> HttpResponse:
    """Take it on, pass it on, write down that they agreed, or that the reply was handed over."""
    what, words = request.POST.get("do", ""), request.POST.get("words", "")
    if what == "take":
        return _do(request, number, commands.take, {}, _("You speak with them from now on."))
    if what == "hand":
        return _do(request, number, commands.hand_reply, {}, _("Handed over."))
    if what in Level.values:
        return _do(request, number, commands.escalate, {"to": what, "reason": words}, _("Passed on."))
    if what in rules.SETTLED:
        return _do(request, number, commands.settle, {"outcome": what, "words": words}, _("Written down."))
    objection_by_number(actor_of(request), number)
    raise InvalidInput(fields={"do": _("Choose what is to be done.")})


@require_POST
@needs(DECIDE)
def decide(request: HttpRequest, number: str) -> HttpResponse:
    """Reply in writing."""
    return _do(request, number, commands.decide, _texts(request, "outcome", "reply"), _("The reply is written."))


@require_POST
@needs(TALK)
def issue_notice(request: HttpRequest, number: str) -> HttpResponse:
    """Issue the medical observation notice."""
    return _do(request, number, commands.issue_notice, _texts(request, "language"), _("Issued. Print it, explain it."))


@require_GET
@needs(PAPERS)
def notice(request: HttpRequest, number: str, notice: str) -> HttpResponse:
    """The medical observation notice as a paper."""
    found = notice_of(_for_paper(request, number), notice)
    return pdf(papers.render(notice_paper(found)), f"{found.number}.pdf")


@require_GET
@needs(PAPERS)
def reply(request: HttpRequest, number: str) -> HttpResponse:
    """The written reply as a paper."""
    found = _for_paper(request, number)
    if found.reply is None:
        raise NotFound(kind="objections.reply", number=number)
    return pdf(papers.render(reply_paper(found)), f"{found.number}.pdf")


def _for_paper(request: HttpRequest, number: str) -> Objection:
    """The objection where this actor may print; raises `NotFound`, `Forbidden`."""
    found = objection_by_number(actor_of(request), number)
    site_of(request, found.stay.site.code, PAPERS)
    return found


def _texts(request: HttpRequest, *names: str) -> dict[str, Any]:
    """What was typed; what was left empty is not sent."""
    return {name: request.POST[name] for name in names if request.POST.get(name)}


def _do(request: HttpRequest, number: str, command: Any, given: dict[str, Any], text: str) -> HttpResponse:
    found = objection_by_number(actor_of(request), number)
    return _back(request, number, lambda: _invoke(request, command, {"objection": found.pk, **given}), text)


def _invoke(request: HttpRequest, command: Any, given: dict[str, Any]) -> None:
    payload = {name: str(value) if isinstance(value, UUID) else value for name, value in given.items()}
    command.invoke(actor=actor_of(request), at=clock.now(), payload=payload)


def _back(request: HttpRequest, number: str, work: Callable[[], None], text: str) -> HttpResponse:
    """Do it and show the page again; a refusal stands there as a notice."""
    try:
        work()
    except DomainError as error:
        if error.is_of_access:
            raise
        notify(request, str(error), tone="red")
    else:
        notify(request, text)
    return HttpResponseRedirect(reverse("objections:one", args=[number]))
