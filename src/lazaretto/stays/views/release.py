"""Release: the list of a day with every criterion, release in bulk, certificates and their public check."""

from datetime import date, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from lazaretto.accounts.doors import actor_of, needs, public
from lazaretto.core import clock
from lazaretto.core.access import Actor
from lazaretto.core.clock import local_date
from lazaretto.core.errors import DomainError, Forbidden, InvalidInput, NotFound
from lazaretto.core.signing import public_key
from lazaretto.places.models import Site
from lazaretto.places.queries import site_by_code
from lazaretto.stays.commands import release, revoke_certificate
from lazaretto.stays.models import Certificate, Stay
from lazaretto.stays.papers import certificate_paper, certificates_paper
from lazaretto.stays.queries.release import certificates_issued, certificates_of, read_certificate, release_list
from lazaretto.stays.views.specimens import pdf
from lazaretto.ui.notices import notify
from lazaretto.ui.papers import render as render_paper

PAPERS = "stays.papers"


@needs("stays.read")
def releases(request: HttpRequest, code: str) -> HttpResponse:
    """Everybody whose order ends by the end of a day: today, tomorrow, or any other."""
    site = site_by_code(actor_of(request), code, "stays.read")
    today = clock.now().astimezone(ZoneInfo(site.time_zone)).date()
    return _list(request, site, _day(request.GET.get("day", "")) or today, today)


def _list(request: HttpRequest, site: Site, day: date, today: date, *, refused: str = "") -> HttpResponse:
    """The list of a day; `refused` is the certificate whose withdrawal was refused, with its reason still there."""
    actor = actor_of(request)
    found = release_list(actor, site, day, at=clock.now())
    context = {
        "site": site,
        "day": day,
        "today": today,
        "tomorrow": today + timedelta(days=1),
        "found": found,
        "ready": [row for row in found if row.may_release],
        "issued": certificates_issued(actor, site, day),
        "may_release": actor.may("stays.release", site.unit_id),
        "may_revoke": actor.may("stays.approve", site.unit_id),
        "may_print": actor.may(PAPERS, site.unit_id),
        "refused": refused,
        "reason": request.POST.get("reason", ""),
    }
    return render(request, "stays/release/list.html", context, status=422 if refused else 200)


@require_POST
@needs("stays.release")
def release_chosen(request: HttpRequest, code: str) -> HttpResponse:
    """Release the chosen ones, each by itself: one who may not go does not keep the others."""
    actor = actor_of(request)
    site = site_by_code(actor, code, "stays.release")
    destination = request.POST.get("destination", "").strip()
    done, refused = _release_each(actor, request.POST.getlist("stay"), destination)
    if done:
        word = ngettext(
            "{n} person released; the certificate is ready.", "{n} people released; certificates are ready.", done
        )
        notify(request, word.format(n=done))
    for text in refused:
        notify(request, text, tone="red")
    return redirect("stays:releases", site.code)


def _release_each(actor: Actor, chosen: list[str], destination: str) -> tuple[int, list[str]]:
    done, refused = 0, []
    for stay_id in chosen:
        try:
            release.invoke(actor=actor, at=clock.now(), payload={"stay": stay_id, "destination": destination})
        except DomainError as error:
            number = Stay.objects.visible_to(actor).filter(pk=_uuid(stay_id)).values_list("number", flat=True).first()
            refused.append(f"{number or stay_id}: {error}")
        else:
            done += 1
    return done, refused


@needs(PAPERS)
def certificate_pdf(request: HttpRequest, number: str) -> HttpResponse:
    """One certificate on paper, for roles that read names: it bears one, and so does the code printed on it."""
    certificate = _certificate(actor_of(request), number, PAPERS)
    return pdf(render_paper(certificate_paper(certificate)), f"{certificate.number}.pdf")


@needs(PAPERS)
def certificates_pdf(request: HttpRequest, code: str) -> HttpResponse:
    """All certificates of a day that count, to be printed at once."""
    actor = actor_of(request)
    site = site_by_code(actor, code, PAPERS)
    day = _day(request.GET.get("day", "")) or local_date(clock.now(), ZoneInfo(site.time_zone))
    valid = list(certificates_of(actor, site, day).filter(revoked_at__isnull=True))
    if not valid:
        notify(request, _("No certificate of this day counts."), tone="amber")
        return redirect(f"{reverse('stays:releases', args=[site.code])}?day={day.isoformat()}")
    return pdf(render_paper(certificates_paper(valid)), f"{site.code}-certificates-{day.isoformat()}.pdf")


@require_POST
@needs("stays.approve")
def revoke(request: HttpRequest, number: str) -> HttpResponse:
    """Withdraw a certificate with a reason."""
    actor = actor_of(request)
    certificate = _certificate(actor, number, "stays.approve")
    site = certificate.release.stay.site
    day = local_date(certificate.issued_at, ZoneInfo(site.time_zone))
    today = local_date(clock.now(), ZoneInfo(site.time_zone))
    try:
        revoke_certificate(actor=actor, at=clock.now(), certificate=certificate, reason=request.POST.get("reason", ""))
    except DomainError as error:
        if error.is_of_access:
            raise
        notify(request, f"{certificate.number}: {error}", tone="red")
        return _list(request, site, day, today, refused=certificate.number)
    notify(request, _("The certificate is withdrawn; its check says so from now on."), tone="amber")
    return redirect(f"{reverse('stays:releases', args=[site.code])}?day={day.isoformat()}")


@public
def certificate_check(request: HttpRequest) -> HttpResponse:
    """Anybody may check a certificate: by its QR, or by pasting the code."""
    token = request.GET.get("t", "").strip()
    token = token.rpartition("?t=")[2] if "?t=" in token else token
    found = read_certificate(token) if token else None
    context = {"found": found, "token": token, "public_key": public_key()}
    return render(request, "stays/release/check.html", context, status=200 if found is None or found.genuine else 422)


def _certificate(actor: Actor, number: str, capability: str) -> Certificate:
    rows = Certificate.objects.visible_to(actor).select_related("release__stay__site", "release__stay__person")
    found = rows.filter(number=number).first()
    if found is None:
        raise NotFound(certificate=number)
    if not actor.may(capability, found.release.stay.site.unit_id):
        raise Forbidden(capability=capability)
    return found


def _uuid(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError as error:
        raise InvalidInput(stay=text) from error


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None
