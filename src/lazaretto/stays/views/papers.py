"""Papers of one stay: the order and its extensions in the person's language, door card, guest card."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.utils.translation import override
from django.views.decorators.http import require_GET

from lazaretto.accounts.doors import actor_of, needs
from lazaretto.core.errors import NotFound
from lazaretto.stays.models import OrderChange, Stay
from lazaretto.stays.queries.file import stay_by_number
from lazaretto.stays.stay_papers import door_cards, extension_notice, guest_cards, order_paper
from lazaretto.stays.views.common import pdf, site_of
from lazaretto.ui import papers

READ = "stays.read"
PAPERS = "stays.papers"  # papers that bear a name


@require_GET
@needs(PAPERS)
def order(request: HttpRequest, code: str, number: str) -> HttpResponse:
    """The isolation order, in the person's language or the one asked for."""
    stay = _stay(request, code, number, PAPERS)
    return pdf(papers.render(order_paper(stay, _language(request, stay))), f"{stay.order.number}.pdf")


@require_GET
@needs(PAPERS)
def notice(request: HttpRequest, code: str, number: str, change: UUID) -> HttpResponse:
    """The notice of an extension, for the guest."""
    stay = _stay(request, code, number, PAPERS)
    found = OrderChange.objects.filter(order=stay.order, pk=change).select_related("approved_by").first()
    if found is None:
        raise NotFound(kind="stays.orderchange", id=change)
    return pdf(
        papers.render(extension_notice(stay, found, _language(request, stay))), f"{stay.order.number}-notice.pdf"
    )


@require_GET
@needs(READ)
def door_card(request: HttpRequest, code: str, number: str) -> HttpResponse:
    """The card for the outside of the door: everybody in the room, names masked."""
    stay = _stay(request, code, number)
    return pdf(papers.render(door_cards(stay)), f"door-{stay.number}.pdf")


@require_GET
@needs(PAPERS)
def guest_card(request: HttpRequest, code: str, number: str) -> HttpResponse:
    """The guest's own card with their code."""
    stay = _stay(request, code, number, PAPERS)
    language = _language(request, stay)
    with override(language):
        return pdf(papers.render(guest_cards(stay, language)), f"card-{stay.number}.pdf")


def _stay(request: HttpRequest, code: str, number: str, capability: str = READ) -> Stay:
    return stay_by_number(actor_of(request), number, site_of(request, code, capability))


def _language(request: HttpRequest, stay: Stay) -> str:
    """The person's language as far as our papers speak it: Chinese for Chinese, English for everybody else."""
    asked = request.GET.get("language", "")
    if asked in {"zh-hans", "en"}:
        return asked
    return "zh-hans" if stay.person.language.startswith("zh") else "en"
