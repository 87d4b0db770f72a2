"""Forms of stays: they only read what was typed; rules live in the commands."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from lazaretto.stays.choices import Slot, SpecimenPurpose, SpecimenSite, SpecimenState


class DoorForm(forms.Form):
    """One door as the page or an offline device sends it."""

    stay = forms.UUIDField()
    day = forms.DateField()
    slot = forms.ChoiceField(choices=Slot.choices)
    entry = forms.CharField(max_length=40)
    taken_at = forms.DateTimeField(required=False)
    client_id = forms.UUIDField(required=False)


class SpecimenForm(forms.Form):
    """One swab into one tube."""

    stay = forms.UUIDField(widget=forms.HiddenInput)
    tube = forms.CharField(label=_("Tube"), max_length=40)
    purpose = forms.ChoiceField(label=_("Purpose"), choices=SpecimenPurpose.choices, required=False)
    swab = forms.ChoiceField(label=_("Swab"), choices=SpecimenSite.choices, required=False)

    def clean_purpose(self) -> str:
        """Scheduled unless said otherwise."""
        return str(self.cleaned_data["purpose"] or SpecimenPurpose.SCHEDULED)

    def clean_swab(self) -> str:
        """Nasopharynx unless said otherwise."""
        return str(self.cleaned_data["swab"] or SpecimenSite.NASOPHARYNX)


class ResultForm(forms.Form):
    """What the laboratory says of one tube."""

    tube = forms.CharField(label=_("Tube"), max_length=40)
    result = forms.ChoiceField(
        label=_("Result"),
        choices=[
            (SpecimenState.NEGATIVE, SpecimenState.NEGATIVE.label),
            (SpecimenState.PRELIMINARY_POSITIVE, SpecimenState.PRELIMINARY_POSITIVE.label),
            (SpecimenState.INVALID, SpecimenState.INVALID.label),
        ],
    )
    laboratory = forms.CharField(label=_("Laboratory"), max_length=80, required=False)
    reagent = forms.CharField(label=_("Reagent"), max_length=80, required=False)
    ct_value = forms.DecimalField(label=_("Ct value"), max_digits=4, decimal_places=1, required=False)


class PositiveForm(forms.Form):
    """The decision on a preliminary positive."""

    confirmed = forms.ChoiceField(
        label=_("Decision"), choices=[("yes", _("Confirm")), ("no", _("Refute"))], widget=forms.RadioSelect
    )
    evidence = forms.CharField(label=_("Evidence: the second finding"), widget=forms.Textarea(attrs={"rows": 3}))
    laboratory = forms.CharField(label=_("Laboratory that rechecked"), max_length=80, required=False)

    def payload(self) -> dict[str, Any]:
        """For the command."""
        return {**self.cleaned_data, "confirmed": self.cleaned_data["confirmed"] == "yes"}
