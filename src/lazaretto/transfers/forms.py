"""Forms of transfers: they only read what was typed; rules live in the commands."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from lazaretto.places.choices import Ability, ExternalKind

MOMENT = {"type": "datetime-local", "step": "60"}
CHOSEN = "%Y-%m-%dT%H:%M"


def _moment(label: Any, **more: Any) -> forms.DateTimeField:
    widget = forms.DateTimeInput(attrs=MOMENT, format=CHOSEN)
    return forms.DateTimeField(label=label, widget=widget, input_formats=[CHOSEN, "%Y-%m-%dT%H:%M:%S"], **more)


class SignOutForm(forms.Form):
    """Who goes, where to, until when, by what, with whom."""

    people = forms.MultipleChoiceField(
        label=_("Who goes"),
        error_messages={"required": _("Choose the people who go.")},
        widget=forms.MultipleHiddenInput,
    )
    destination = forms.ChoiceField(label=_("Where to"))
    order = forms.CharField(
        label=_("Transfer order"), max_length=30, required=False, widget=forms.TextInput(attrs={"autocomplete": "off"}),
        help_text=_("Its number. Between our own sites, and to a hospital, none is needed."),
    )  # fmt: skip
    due_at = _moment(_("Expected to arrive by"))
    carrier = forms.CharField(
        label=_("Vehicle"), max_length=80, required=False, help_text=_("Plate, ambulance, on foot.")
    )
    escort = forms.CharField(label=_("Who goes with them"), max_length=80, required=False)
    escort_phone = forms.CharField(label=_("Telephone of the escort"), max_length=40, required=False)
    papers = forms.CharField(label=_("Papers handed over"), max_length=200, required=False)
    medicines = forms.CharField(label=_("Medicines handed over"), max_length=200, required=False)
    luggage = forms.CharField(label=_("Luggage handed over"), max_length=200, required=False)
    keep_rooms_until = _moment(
        _("Keep their rooms until"), required=False, help_text=_("Empty: the rooms wait for cleaning.")
    )
    why_kept = forms.CharField(label=_("Why the rooms are kept"), max_length=200, required=False)
    assessment = forms.CharField(
        label=_("Assessment by name"), max_length=300, required=False,
        help_text=_("Only where a child or a dependent person stays or goes without their people, or the destination "
                    "does not receive the category: who judged that it may be, and who looks after them."),
    )  # fmt: skip
    all_the_same = forms.CharField(
        label=_("They go all the same"), max_length=300, required=False,
        help_text=_("Only where what their order was issued for was called off: who judged that they go, and why."),
    )  # fmt: skip

    def __init__(
        self,
        *args: Any,
        people: Sequence[tuple[str, str]] = (),
        destinations: Sequence[tuple[str, Any]] = (),
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.fields["people"].choices = list(people)  # type: ignore[attr-defined]  # a ChoiceField
        self.fields["destination"].choices = [("", _("Choose a place")), *destinations]  # type: ignore[attr-defined]


class FetchForm(forms.Form):
    """Who comes back from a place of others, until when, by what, with whom."""

    people = forms.MultipleChoiceField(label=_("Who comes"), widget=forms.CheckboxSelectMultiple)
    due_at = _moment(_("Expected to arrive by"))
    carrier = forms.CharField(
        label=_("Vehicle"), max_length=80, required=False, help_text=_("Plate, ambulance, on foot.")
    )
    escort = forms.CharField(label=_("Who goes with them"), max_length=80, required=False)
    escort_phone = forms.CharField(label=_("Telephone of the escort"), max_length=40, required=False)
    papers = forms.CharField(
        label=_("Papers handed over"), max_length=200, required=False, help_text=_("Discharge summary, results.")
    )

    def __init__(self, *args: Any, people: Sequence[tuple[str, str]] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["people"].choices = list(people)  # type: ignore[attr-defined]  # a ChoiceField


class DivertForm(forms.Form):
    """Another destination for whoever is under way, and why."""

    destination = forms.ChoiceField(label=_("Where to"))
    due_at = _moment(_("Expected to arrive by"))
    reason = forms.CharField(label=_("Why they go elsewhere"), max_length=300)

    def __init__(self, *args: Any, destinations: Sequence[tuple[str, Any]] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["destination"].choices = [("", _("Choose a place")), *destinations]  # type: ignore[attr-defined]


class PlaceForm(forms.Form):
    """A place that others run."""

    kind = forms.ChoiceField(label=_("Kind of place"), choices=ExternalKind.choices)
    name = forms.CharField(label=_("Name of the place"), max_length=120)
    name_en = forms.CharField(label=_("English name"), max_length=120, required=False)
    district = forms.CharField(label=_("Run by (district, authority)"), max_length=80, required=False)
    address = forms.CharField(label=_("Address"), max_length=200, required=False)
    phone = forms.CharField(label=_("Telephone"), max_length=40, required=False)
    latitude = forms.FloatField(label=_("Latitude"), min_value=-90, max_value=90, required=False)
    longitude = forms.FloatField(label=_("Longitude"), min_value=-180, max_value=180, required=False)
    abilities = forms.MultipleChoiceField(
        label=_("What it can do"), choices=Ability.choices, required=False, widget=forms.CheckboxSelectMultiple
    )


class PostponeForm(forms.Form):
    """They come later or sooner than was said, and somebody knows why."""

    due_at = _moment(_("Expected to arrive by"))
    reason = forms.CharField(label=_("Why the time has changed"), max_length=300)


class DecideForm(forms.Form):
    """Where the person is, and how we know."""

    verdict = forms.ChoiceField(label=_("Where are they?"), choices=(), widget=forms.RadioSelect)
    reason = forms.CharField(label=_("How do you know?"), max_length=300)

    def __init__(self, *args: Any, places: Sequence[tuple[str, str]] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["verdict"].choices = list(places)  # type: ignore[attr-defined]
