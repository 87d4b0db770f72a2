"""Forms of trips: they only read what was typed; rules live in the commands."""

from collections.abc import Iterable, Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from lazaretto.places.models import Site
from lazaretto.protocols.choices import Category
from lazaretto.trips.choices import Berth, Urgency, VehicleKind
from lazaretto.trips.models import Driver, Vehicle

CHOSEN = "%Y-%m-%dT%H:%M"


def moment(label: Any, **more: Any) -> forms.DateTimeField:
    """A moment, typed in the zone of the page."""
    widget = forms.DateTimeInput(attrs={"type": "datetime-local", "step": "60"}, format=CHOSEN)
    return forms.DateTimeField(label=label, widget=widget, input_formats=[CHOSEN, "%Y-%m-%dT%H:%M:%S"], **more)


class VehicleForm(forms.Form):
    """What is written about a vehicle."""

    plate = forms.CharField(label=_("Plate"), max_length=20)
    kind = forms.ChoiceField(label=_("Kind of vehicle"), choices=VehicleKind.choices)
    seats = forms.IntegerField(label=_("Seats for passengers"), min_value=0, max_value=90)
    wheelchairs = forms.IntegerField(label=_("Wheelchair places"), min_value=0, max_value=20, initial=0)
    stretchers = forms.IntegerField(label=_("Stretchers"), min_value=0, max_value=10, initial=0)
    category = forms.ChoiceField(
        label=_("Dedicated to"), required=False, help_text=_("A vehicle kept for one category carries no other.")
    )
    base = forms.ModelChoiceField(label=_("Parked at"), queryset=Site.objects.none(), required=False, empty_label="—")
    note = forms.CharField(label=_("Note"), max_length=120, required=False)

    def __init__(self, *args: Any, sites: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        base: Any = self.fields["base"]
        base.queryset = sites
        self.fields["category"].choices = [("", _("any category, one at a time")), *Category.choices]  # type: ignore[attr-defined]


class DriverForm(forms.Form):
    """A driver."""

    name = forms.CharField(label=_("Name of the driver"), max_length=80)
    phone = forms.CharField(label=_("Telephone"), max_length=40, required=False)


class TripForm(forms.Form):
    """A trip from one place to another, for those who are ticked."""

    people = forms.MultipleChoiceField(label=_("Who rides"), required=False, widget=forms.MultipleHiddenInput)
    destination = forms.ChoiceField(label=pgettext_lazy("trip", "To"))
    departs_at = moment(_("Departure"))
    drive_minutes = forms.IntegerField(
        label=_("Minutes of driving"), min_value=1, max_value=1440, required=False,
        help_text=_("Empty: reckoned from the coordinates (straight line × 1.3 at 35 km/h)."),
    )  # fmt: skip
    vehicle = forms.ModelChoiceField(label=_("Vehicle"), queryset=Vehicle.objects.none(), empty_label=None)
    driver = forms.ModelChoiceField(label=_("Driver"), queryset=Driver.objects.none(), empty_label=None)
    category = forms.ChoiceField(label=_("Category of the people"), choices=Category.choices)
    escort = forms.CharField(label=_("Escort"), max_length=80, required=False)
    escort_phone = forms.CharField(label=_("Telephone of the escort"), max_length=40, required=False)
    override_reason = forms.CharField(
        label=_("Why it goes beyond a limit"), max_length=300, required=False,
        help_text=_("Only if a limit refuses it; it stands in the journal under your name."),
    )  # fmt: skip

    def __init__(
        self,
        *args: Any,
        people: Iterable[str] = (),
        destinations: Sequence[tuple[str, str]] = (),
        vehicles: Any = None,
        drivers: Any = None,
        may_override: bool = False,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        fields: Any = self.fields
        fields["people"].choices = [(one, one) for one in people]
        fields["destination"].choices = [("", _("Choose a place")), *destinations]
        fields["vehicle"].queryset, fields["driver"].queryset = vehicles, drivers
        if not may_override:
            del fields["override_reason"]


class TimesForm(forms.Form):
    """Another departure."""

    departs_at = moment(_("Departure"))
    reason = forms.CharField(label=_("Why"), max_length=300, required=False)


class RequestForm(forms.Form):
    """Somebody is to be moved."""

    card = forms.CharField(
        label=_("Stay or document number"), max_length=60, help_text=_("Of the person who is to be moved.")
    )
    destination = forms.ChoiceField(label=pgettext_lazy("trip", "To"))
    earliest_at = moment(_("Not before"))
    latest_at = moment(_("There at the latest"))
    berth = forms.ChoiceField(label=_("How they ride"), choices=Berth.choices)
    urgency = forms.ChoiceField(label=_("How soon"), choices=Urgency.choices, initial=Urgency.ROUTINE)

    def __init__(self, *args: Any, destinations: Sequence[tuple[str, str]] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["destination"].choices = [("", _("Choose a place")), *destinations]  # type: ignore[attr-defined]


class RiderForm(forms.Form):
    """Somebody rides along, from a stop that has not been left to a later one."""

    card = forms.CharField(label=_("Stay or document number"), max_length=60)
    from_stop = forms.ChoiceField(label=_("Gets on at"))
    to_stop = forms.ChoiceField(label=_("Gets off at"))
    berth = forms.ChoiceField(label=_("How they ride"), choices=Berth.choices)

    def __init__(
        self, *args: Any, starts: Sequence[tuple[str, str]] = (), ends: Sequence[tuple[str, str]] = (), **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        fields: Any = self.fields
        fields["from_stop"].choices, fields["to_stop"].choices = starts, ends
        if ends:
            fields["to_stop"].initial = ends[-1][0]
