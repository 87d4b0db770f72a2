"""Forms of emergencies. Not one field is required: they only read what was typed."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from lazaretto.emergencies.choices import EmergencyKind
from lazaretto.places.models import Site

BIG = {"class": "form-control-lg lz-cry-field", "autocomplete": "off", "maxlength": 2000}


class ReportForm(forms.Form):
    """Who, where, what, and the site that is chosen already."""

    where = forms.CharField(
        label=_("Where: room or place"), required=False, widget=forms.TextInput(attrs=BIG), max_length=2000
    )
    what = forms.CharField(label=_("What happens"), required=False, widget=forms.TextInput(attrs=BIG), max_length=2000)
    who = forms.CharField(
        label=pgettext_lazy("emergency", "Who"), required=False, widget=forms.TextInput(attrs=BIG), max_length=2000
    )
    kind = forms.ChoiceField(label=_("It looks like"), required=False, widget=forms.RadioSelect)
    site = forms.ModelChoiceField(label=_("Site"), queryset=Site.objects.none(), required=False)
    person = forms.UUIDField(required=False, widget=forms.HiddenInput)
    client_id = forms.UUIDField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, sites: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        site: Any = self.fields["site"]
        site.queryset, site.empty_label = sites, _("in the street, at no site")
        self.fields["kind"].choices = [  # type: ignore[attr-defined]  # a ChoiceField
            (kind.value, kind.label) for kind in EmergencyKind if kind != EmergencyKind.OTHER
        ]

    def payload(self) -> dict[str, Any]:
        """What the command takes."""
        given = self.cleaned_data
        words = {name: given[name] for name in ("who", "where", "what")}
        site, person = given["site"], given["person"]
        return {
            **words,
            "kind": given["kind"] or EmergencyKind.OTHER.value,
            "site": str(site.pk) if site else None,
            "person": str(person) if person else None,
        }
