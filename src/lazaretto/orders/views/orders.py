"""The list of transfer orders, one order with everything that may be done now, its paper."""

from datetime import timedelta
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language, pgettext
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from lazaretto.accounts.doors import actor_of, needs
from lazaretto.core import clock
from lazaretto.core.access import Actor
from lazaretto.core.errors import InvalidInput
from lazaretto.core.paging import page as piece_of
from lazaretto.orders import commands, rules, wording
from lazaretto.orders.choices import LineState, OrderState, PaperKind, Says, Source
from lazaretto.orders.forms import CheckForm, RenewForm
from lazaretto.orders.models import TransferOrder
from lazaretto.orders.papers import code_of, order_paper
from lazaretto.orders.queries import orders as queries
from lazaretto.orders.queries.exceptions import waiting_for_a_decision
from lazaretto.orders.views.common import ZONE, act, page, uuid_of
from lazaretto.places.models import Site
from lazaretto.stays.views.common import pdf
from lazaretto.ui import papers
from lazaretto.ui.ways import asked_for

READ, DRAFT, ISSUE, OVERRIDE = queries.READ, rules.DRAFT, rules.ISSUE, "orders.override"
PER_PAGE = 40


@require_GET
@needs(READ)
def listing(request: HttpRequest) -> HttpResponse:
    """Open ones first: what waits for whom, what expires soon."""
    actor, at = actor_of(request), clock.now()
    state = asked_for(request, "state", dict(_tabs()), otherwise="open")
    found = queries.with_people(queries.orders(actor))
    found = found if state == "all" else found.filter(ended_at__isnull=state == "open")
    piece = piece_of(found, ["-written_at", "-id"], limit=PER_PAGE, cursor=request.GET.get("cursor", ""))
    lines = queries.order_lines(piece.items, at=at)
    context = {
        "lines": [(line, wording.waiting(line), wording.TONES[line.waits]) for line in lines],
        "next_url": f"?state={state}&cursor={piece.next}" if piece.next else "",
        "state": state,
        "tabs": [(text, f"?state={key}", key == state) for key, text in _tabs()],
        "may_write": actor.may(DRAFT),
        "to_decide": waiting_for_a_decision(actor),
    }
    return page(request, "orders/list.html", context)


def _tabs() -> list[tuple[str, str]]:
    return [
        ("open", pgettext("transfer orders", "open")),
        ("ended", pgettext("transfer orders", "ended")),
        ("all", _("all")),
    ]


@require_GET
@needs(READ)
def one(request: HttpRequest, number: str) -> HttpResponse:
    """Who goes where and why, what the sources say, what is missing, what may be done now."""
    actor, at = actor_of(request), clock.now()
    order = queries.order_by_number(actor, number)
    (line,) = queries.order_lines([order], at=at)
    people = queries.person_lines(actor, order)
    reads, can = queries.reads_names(actor, order), _can(actor, order, line)
    context = {
        "order": order, "line": line, "waits": wording.waiting(line), "tone": wording.TONES[line.waits],
        "people": [(one, wording.wanting(one.agreement), wording.sources(one.agreement.address)) for one in people],
        "papers": [PaperKind(code).label for code in order.papers],
        "arrived": sum(one.row.state == LineState.ARRIVED for one in people),
        "reads": reads, "can": can, "steps": queries.steps_of(order), "code": code_of(order),
        "handovers": sorted({one.row.handover.number for one in people if one.row.handover is not None}),
        "source_choices": Source.choices, "says": Says.choices,
        "renew": RenewForm(initial={"valid_until": max(order.valid_until, at) + timedelta(hours=12)}),
    }  # fmt: skip
    return page(request, "orders/order.html", context, site=_site(order))


def _can(actor: Actor, order: TransferOrder, line: queries.OrderLine) -> dict[str, bool]:
    """What this reader may do with the order in its present state."""
    units = [order.unit_id, *(site.unit_id for site in (order.from_site, order.to_site) if site is not None)]

    def may(capability: str) -> bool:
        return any(actor.may(capability, unit) for unit in units)

    going = order.state in {OrderState.DRAFT, OrderState.ISSUED, OrderState.UNDER_WAY}
    issued, unchecked = order.state == OrderState.ISSUED, line.unchecked > 0 and order.overridden_at is None
    from_here = order.from_site is not None and actor.may(rules.HAND_OVER, order.from_site.unit_id)
    return {
        "issue": may(ISSUE) and order.state == OrderState.DRAFT,
        "discard": may(DRAFT) and order.state == OrderState.DRAFT,
        "renew": may(ISSUE) and issued,
        "withdraw": may(ISSUE) and issued,
        "override": may(OVERRIDE) and going and unchecked,
        "check": may(DRAFT) and going,
        "send": from_here and line.waits == queries.Waits.DISPATCH,
        "paper": may("stays.papers"),
    }


def _site(order: TransferOrder) -> Site | None:
    return order.from_site or order.to_site


@require_GET
@needs("stays.papers")
def paper(request: HttpRequest, number: str) -> HttpResponse:
    """The order as PDF, in the language asked for or the reader's."""
    asked = request.GET.get("language", "")
    own = "zh-hans" if (get_language() or "").startswith("zh") else "en"
    order = queries.order_by_number(actor_of(request), number)
    content = papers.render(order_paper(order, asked if asked in {"zh-hans", "en"} else own))
    return pdf(content, f"{order.number}.pdf")


@require_POST
@needs(ISSUE)
def issue(request: HttpRequest, number: str) -> HttpResponse:
    """A draft is put in force."""
    order = _found(request, number)
    return _act(
        request, number, lambda: commands.issue(actor=actor_of(request), at=clock.now(), order=order), _("Issued.")
    )


@require_POST
@needs(ISSUE)
def renew(request: HttpRequest, number: str) -> HttpResponse:
    """It may be used for longer."""
    order = _found(request, number)
    form = RenewForm(request.POST)
    site = _site(order)
    with timezone.override(site.time_zone if site is not None else ZONE):
        valid = form.is_valid()
    if not valid:
        raise InvalidInput(fields={name: str(error[0]) for name, error in form.errors.items()})
    given = form.cleaned_data
    return _act(
        request, number,
        lambda: commands.renew(actor=actor_of(request), at=clock.now(), order=order, **given),
        _("Everybody sees the new end of validity."),
    )  # fmt: skip


@require_POST
@needs(ISSUE)
def withdraw(request: HttpRequest, number: str) -> HttpResponse:
    """An issued order is taken back."""
    return _with_reason(request, number, commands.withdraw, _("Withdrawn: nobody is sent by it."))


@require_POST
@needs(DRAFT)
def discard(request: HttpRequest, number: str) -> HttpResponse:
    """A draft is put aside."""
    return _with_reason(request, number, commands.discard, _("The draft is put aside."))


@require_POST
@needs(OVERRIDE)
def override(request: HttpRequest, number: str) -> HttpResponse:
    """Dispatch without two sources, in one's own name."""
    return _with_reason(request, number, commands.override, _("They may be sent; your name stands for it."))


@require_POST
@needs(DRAFT)
def check(request: HttpRequest, number: str) -> HttpResponse:
    """What a source says about somebody."""
    order = _found(request, number)
    form = CheckForm(request.POST)
    if not form.is_valid():
        raise InvalidInput(fields={name: str(error[0]) for name, error in form.errors.items()})
    given = form.cleaned_data
    given |= {"source": Source(given["source"]), "identity": Says(given["identity"]), "address": Says(given["address"])}
    return _act(
        request, number,
        lambda: commands.check_source(actor=actor_of(request), at=clock.now(), order=order, **given),
        _("Written down."),
    )  # fmt: skip


@require_POST
@needs(DRAFT)
def correct(request: HttpRequest, number: str) -> HttpResponse:
    """Another address: sources are asked anew."""
    return _about(
        request, number, commands.correct_address, _("Corrected. Ask two sources about this address."),
        address=request.POST.get("address", ""),
    )  # fmt: skip


@require_POST
@needs(DRAFT)
def strike(request: HttpRequest, number: str) -> HttpResponse:
    """Somebody does not go."""
    return _about(request, number, commands.strike, _("Struck off."))


def _with_reason(request: HttpRequest, number: str, command: Any, text: str) -> HttpResponse:
    order, reason = _found(request, number), request.POST.get("reason", "")
    return _act(
        request, number,
        lambda: command(actor=actor_of(request), at=clock.now(), order=order, reason=reason), text,
    )  # fmt: skip


def _about(request: HttpRequest, number: str, command: Any, text: str, **more: str) -> HttpResponse:
    order, person = _found(request, number), uuid_of(request.POST.get("person", ""))
    if person is None:
        raise InvalidInput(fields={"person": _("Choose a person of the order.")})
    given = {"order": order, "person": person, "reason": request.POST.get("reason", ""), **more}
    return _act(request, number, lambda: command(actor=actor_of(request), at=clock.now(), **given), text)


def _found(request: HttpRequest, number: str) -> TransferOrder:
    return queries.order_by_number(actor_of(request), number)


def _act(request: HttpRequest, number: str, work: Any, text: str) -> HttpResponse:
    return act(request, reverse("orders:order", args=[number]), work, text)
