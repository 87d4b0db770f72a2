"""A new order: where they are, who goes, why; then the places where they can go, with reasons and free rooms."""

from typing import Any
from uuid import UUID

from django.forms import formset_factory
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from lazaretto.accounts.doors import actor_of, needs
from lazaretto.core import clock
from lazaretto.core.access import Actor
from lazaretto.core.errors import DomainError, Forbidden
from lazaretto.headcounts.queries import sleeps_at
from lazaretto.orders import commands, rules
from lazaretto.orders.choices import PaperKind, Urgency
from lazaretto.orders.deadlines import VALID_FOR
from lazaretto.orders.forms import OrderForm, PassengerForm
from lazaretto.orders.queries.destinations import Destination, destinations, wish_of
from lazaretto.orders.views.common import ZONE, page, uuid_of
from lazaretto.people.models import Person
from lazaretto.people.queries import display_names
from lazaretto.places.models import ExternalPlace, Site
from lazaretto.protocols.choices import Category
from lazaretto.stays.models import Stay
from lazaretto.stays.navigation import site_code
from lazaretto.stays.queries.listing import with_room
from lazaretto.ui.notices import notify

DRAFT = rules.DRAFT
ROWS = 3  # of people to be written down
MOST_ROWS = 30
USUAL_PAPERS = [PaperKind.ISOLATION_ORDER.value, PaperKind.IDENTITY.value]


@require_http_methods(["GET", "POST"])
@needs(DRAFT)
def new(request: HttpRequest) -> HttpResponse:
    """The form. Posted with `look`, or by htmx while it is filled in, it only shows where they can go."""
    actor = actor_of(request)
    origin = _origin(actor, request)
    if origin is None:
        return page(request, "orders/new.html", {"origin": None, "origins": _origins(actor)})
    sheet = Sheet(actor, origin, request)
    number = sheet.write() if sheet.to_be_written else ""
    if number:
        notify(request, _("Written. Two sources are asked next; headquarters issues it."))
        return HttpResponseRedirect(reverse("orders:order", args=[number]))
    return page(
        request, "orders/new.html", {**sheet.context(), "origins": _origins(actor)}, site=sheet.site,
        status=422 if sheet.refused else 200,
    )  # fmt: skip


class Sheet:
    """The new order as far as it has been filled in."""

    def __init__(self, actor: Actor, origin: Site | ExternalPlace, request: HttpRequest) -> None:
        self.actor, self.origin, self.at = actor, origin, clock.now()
        self.site = origin if isinstance(origin, Site) else None
        self.key = f"site:{origin.code}" if isinstance(origin, Site) else f"place:{origin.pk}"
        self.data: QueryDict | None = request.POST if request.method == "POST" else None
        self.looking = request.headers.get("HX-Request") is not None or "look" in request.POST
        self.chosen = set((self.data or request.GET).getlist("people"))
        self.rows = self._rows()
        self.asked = request.GET.get("category", "")
        self.soon, self.because = request.GET.get("urgency", ""), request.GET.get("reason", "")
        self.stays = self._stays()
        self.known = self._known()
        self.places = self._places()
        with timezone.override(self.zone):
            self.form = self._form()
            bound = self.data is not None and not self.looking
            self.valid = bound and self.form.is_valid() and (self.site is not None or self.rows.is_valid())
        self.refused = bound and not self.valid

    @property
    def zone(self) -> str:
        """Where the times of the form are meant."""
        return self.site.time_zone if self.site is not None else ZONE

    @property
    def to_be_written(self) -> bool:
        """Whether everything was typed that a command needs."""
        return self.valid

    def _rows(self) -> Any:
        rows = formset_factory(
            PassengerForm, extra=1 if self.chosen else ROWS, max_num=MOST_ROWS, absolute_max=MOST_ROWS
        )
        return rows(self.data, prefix="new") if self.site is None else formset_factory(PassengerForm, extra=0)()

    def _stays(self) -> list[tuple[Stay, str]]:
        if self.site is None:
            return []
        here = Stay.objects.filter(site=self.site, ended_at__isnull=True).select_related("person")
        found = list(with_room(here).order_by("room_number", "id"))
        names = display_names(self.actor, [stay.person for stay in found])
        return [(stay, names[stay.person_id]) for stay in found]

    def _known(self) -> list[tuple[Person, str, str]]:
        """At a place of others: those of the chosen who are people of ours, with where they are fetched."""
        wanted = [pk for pk in map(uuid_of, self.chosen) if pk is not None]
        if self.site is not None or not wanted:
            return []
        found = list(
            Person.objects.visible_to(self.actor, DRAFT).filter(pk__in=wanted).order_by("name", "id")[:MOST_ROWS]
        )
        names = display_names(self.actor, found)
        typed = self.data or QueryDict()
        return [(one, names[one.pk], typed.get(f"address-{one.pk}", sleeps_at(one))) for one in found]

    def _places(self) -> list[Destination]:
        people = [pk for pk in map(uuid_of, self.chosen) if pk is not None]
        typed = self._typed()
        category = (self.data.get("category") if self.data else None) or self._usual_category()
        needs = {code for row in typed for code in row.get("needs", [])}
        return destinations(wish_of(people, str(category), more=len(typed), needs=needs, leaves=self.key))

    def _typed(self) -> list[dict[str, Any]]:
        """People written down so far; of rows that cannot be read yet, as much as can."""
        if self.site is not None or self.data is None:
            return []
        self.rows.is_valid()
        read = [getattr(row, "cleaned_data", {}) for row in self.rows]
        return [row for row in read if row.get("name", "").strip()]

    def _usual_category(self) -> str:
        if self.asked in Category.values:
            return self.asked
        chosen = [stay.category for stay, _name in self.stays if str(stay.person_id) in self.chosen]
        own = self.site.category if self.site is not None else ""
        return chosen[0] if chosen else own if own in Category.values else Category.CLOSE_CONTACT.value

    def _form(self) -> OrderForm:
        initial = {
            "category": self._usual_category(), "papers": USUAL_PAPERS, "reason": self.because,
            "urgency": self.soon if self.soon in Urgency.values else Urgency.TODAY,
            "valid_until": (self.at + VALID_FOR).replace(second=0, microsecond=0),
        }  # fmt: skip
        return OrderForm(
            self.data, initial=initial,
            people=[
                *((str(stay.person_id), name) for stay, name in self.stays),
                *((str(person.pk), name) for person, name, _address in self.known),
            ],
            destinations=[place.key for place in self.places],
        )  # fmt: skip

    def write(self) -> str:
        """The number of the order; empty when it was refused, with the reason on the form."""
        given = self.form.cleaned_data
        fetched = {str(person.pk): address.strip() for person, _name, address in self.known}
        people = [commands.Passenger(person=UUID(pk), address=fetched.get(pk, "")) for pk in given["people"]]
        people += [row.passenger() for row in self.rows if self.site is None and row.filled]
        kind, _sign, key = given["destination"].partition(":")
        try:
            made = commands.write_order(
                actor=self.actor, at=self.at, people=tuple(people), category=Category(given["category"]),
                reason=given["reason"], valid_until=given["valid_until"], from_site=self.site,
                from_place=self.origin if isinstance(self.origin, ExternalPlace) else None,
                to_site=key if kind == "site" else "",
                to_place=ExternalPlace.objects.get(pk=key) if kind == "place" else None,
                urgency=Urgency(given["urgency"]), papers=tuple(PaperKind(code) for code in given["papers"]),
                issuer=given["issuer"], issuer_number=given["issuer_number"],
            )  # fmt: skip
        except DomainError as error:
            if error.status == 404:
                raise
            self.form.add_error(None, str(error))
            self.refused = True
            return ""
        return made.number

    def context(self) -> dict[str, Any]:
        """For the page."""
        wanted = self.form["destination"].value() or ""
        return {
            "origin": self.origin, "key": self.key, "site": self.site, "form": self.form, "rows": self.rows,
            "stays": [
                (stay, name, Category(stay.category).label, str(stay.person_id) in self.chosen)
                for stay, name in self.stays
            ],
            "proposed": [place for place in self.places if place.proposed],
            "others": [place for place in self.places if not place.proposed],
            "known": [(person, name, address, str(person.pk) in self.chosen) for person, name, address in self.known],
            "wanted": wanted, "count": len(self.chosen) + len(self._typed()),
        }  # fmt: skip


def _origin(actor: Actor, request: HttpRequest) -> Site | ExternalPlace | None:
    """Where they are: said in the address, else the site one works at."""
    kind, _sign, key = request.GET.get("from", "").partition(":")
    if kind == "place":
        pk = uuid_of(key)
        places = ExternalPlace.objects.visible_to(actor, DRAFT).filter(closed_at__isnull=True)
        return places.filter(pk=pk).first() if pk is not None else None
    code = key if kind == "site" else site_code(request) if not kind else ""
    found = Site.objects.filter(code=code).first() if code else None
    if found is not None and not actor.may(DRAFT, found.unit_id):
        raise Forbidden(capability=DRAFT)
    return found


def _origins(actor: Actor) -> list[tuple[str, str]]:
    """Where an order of this actor can begin."""
    sites = Site.objects.visible_to(actor, DRAFT).order_by("code")
    places = ExternalPlace.objects.visible_to(actor, DRAFT).filter(closed_at__isnull=True).order_by("kind", "name")
    return [
        *((f"site:{site.code}", f"{site.code} {site.spoken_name}") for site in sites),
        *((f"place:{place.pk}", f"{place.get_kind_display()} · {place.spoken_name}") for place in places),
    ]
