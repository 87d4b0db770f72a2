"""Forms of orders: they only read what was typed; rules live in the commands."""

from collections.abc import Iterable, Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from lazaretto.orders.choices import PaperKind, Says, Source, Urgency
from lazaretto.orders.commands import Passenger
from lazaretto.people.choices import DocumentKind, NeedKind
from lazaretto.people.commands import GivenDocument, GivenNeed, NewPerson
from lazaretto.people.digests import normal_number
from lazaretto.people.rules import BY_HAND, read_document, read_phones
from lazaretto.people.rules import DocumentKind as ReadKind
from lazaretto.protocols.choices import Category

MOMENT = {"type": "datetime-local", "step": "60"}
CHOSEN = "%Y-%m-%dT%H:%M"
# Needs that decide where somebody can go.
TELLING = ("cannot_walk", "dialysis", "infant", "pregnant", "mental_health", "language")


def moment(label: Any) -> forms.DateTimeField:
    """A moment in the zone of the page."""
    widget = forms.DateTimeInput(attrs=MOMENT, format=CHOSEN)
    return forms.DateTimeField(label=label, widget=widget, input_formats=[CHOSEN, "%Y-%m-%dT%H:%M:%S"])


class OrderForm(forms.Form):
    """Why, how soon, with which papers, under whose authority, until when; who goes stands beside it."""

    category = forms.ChoiceField(label=_("Category"), choices=Category.choices)
    reason = forms.CharField(
        label=_("Why they are moved"), max_length=500, error_messages={"required": _("Write why they are moved.")}
    )
    urgency = forms.ChoiceField(
        label=pgettext_lazy("transfer order", "How soon"), choices=Urgency.choices, widget=forms.RadioSelect
    )
    papers = forms.MultipleChoiceField(
        label=_("Papers that go along"), choices=PaperKind.choices, required=False, widget=forms.CheckboxSelectMultiple
    )
    valid_until = moment(_("Valid until"))
    issuer_number = forms.CharField(
        label=_("Number of the order of others"), max_length=60, required=False,
        help_text=_("Only if others issued it: then it is in force as soon as it is entered."),
    )  # fmt: skip
    issuer = forms.CharField(label=_("Issued by (others)"), max_length=120, required=False)
    destination = forms.ChoiceField(
        label=_("Where to"), error_messages={"required": _("Choose where they go.")}, widget=forms.RadioSelect
    )
    people = forms.MultipleChoiceField(required=False, widget=forms.MultipleHiddenInput)

    def __init__(
        self, *args: Any, people: Sequence[tuple[str, str]], destinations: Iterable[str], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.fields["people"].choices = list(people)  # type: ignore[attr-defined]  # a ChoiceField
        self.fields["destination"].choices = [(key, key) for key in destinations]  # type: ignore[attr-defined]


class PassengerForm(forms.Form):
    """Somebody who is written down now: a name is enough."""

    name = forms.CharField(label=_("Name"), max_length=120, required=False)
    document = forms.CharField(label=_("Document number"), max_length=40, required=False)
    phone = forms.CharField(label=_("Telephone"), max_length=60, required=False)
    address = forms.CharField(label=_("Fetched at (building, staircase, room)"), max_length=200, required=False)
    needs = forms.MultipleChoiceField(
        label=_("Needs"), required=False, widget=forms.CheckboxSelectMultiple,
        choices=[(code, NeedKind(code).label) for code in TELLING],
    )  # fmt: skip

    def clean(self) -> dict[str, Any]:
        """A row with anything but a name is not left out silently."""
        given = super().clean() or self.cleaned_data
        if not given.get("name", "").strip() and any(given.get(name) for name in ("document", "phone", "address")):
            self.add_error("name", _("Write a name; without any, one by which you will know them again."))
        return given

    @property
    def filled(self) -> bool:
        """Whether somebody stands in this row."""
        return bool(self.cleaned_data.get("name", "").strip())

    def passenger(self) -> Passenger:
        """For the command."""
        said = self.cleaned_data
        reading = read_document(said["document"], BY_HAND)
        kind = DocumentKind(reading.kind.value) if reading.kind is not ReadKind.NONE else None
        documents = (GivenDocument(kind, reading.number or normal_number(said["document"])),) if kind else ()
        phones = tuple(phone.e164 for phone in read_phones(said["phone"]).numbers)
        needs = tuple(GivenNeed(NeedKind(code)) for code in said["needs"])
        newcomer = NewPerson(said["name"].strip(), documents=documents, phones=phones, needs=needs)
        return Passenger(newcomer=newcomer, address=said["address"].strip())


class CheckForm(forms.Form):
    """What one source says about somebody."""

    person = forms.UUIDField(widget=forms.HiddenInput)
    source = forms.ChoiceField(label=pgettext_lazy("transfer order", "Source"), choices=Source.choices)
    told_by = forms.CharField(
        label=_("Who said so, and how"), max_length=120, required=False, widget=forms.TextInput(attrs={"size": 24})
    )
    identity = forms.ChoiceField(label=_("About who it is"), choices=Says.choices)
    identity_words = forms.CharField(label=_("It says instead"), max_length=500, required=False)
    address = forms.ChoiceField(label=_("About where they are"), choices=Says.choices)
    address_words = forms.CharField(label=_("It says instead"), max_length=500, required=False)


class RenewForm(forms.Form):
    """Until when it may be used now, and why."""

    valid_until = moment(_("Valid until"))
    reason = forms.CharField(label=_("Reason"), max_length=500)
