"""Forms of places."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from lazaretto.accounts.models import Unit
from lazaretto.places.checklist import items
from lazaretto.places.choices import SiteCategory, SiteKind, ZoneKind
from lazaretto.places.models import Building, Site, Zone
from lazaretto.places.rows import MOST_BEDS


class SiteForm(forms.Form):
    """What is written about a site."""

    name = forms.CharField(label=_("Name of the site"), max_length=120)
    name_en = forms.CharField(label=_("Name in English"), max_length=120, required=False)
    kind = forms.ChoiceField(label=_("What it was before"), choices=SiteKind.choices)
    address = forms.CharField(label=_("Address"), max_length=200, required=False)
    latitude = forms.FloatField(
        label=_("Latitude"), min_value=-90, max_value=90, required=False,
        help_text=_("In degrees, such as 23.0838; both numbers or none. Trips reckon their way with them."),
    )  # fmt: skip
    longitude = forms.FloatField(label=_("Longitude"), min_value=-180, max_value=180, required=False)
    phone = forms.CharField(label=_("Telephone of the desk"), max_length=40, required=False)
    reserve_percent = forms.IntegerField(
        label=_("Rooms in reserve, per cent"), min_value=0, max_value=100, initial=10,
        help_text=_("Part of the rooms in service that is kept free for the unforeseen."),
    )  # fmt: skip

    @classmethod
    def of(cls, site: Site) -> SiteForm:
        """The form filled with what is written now."""
        return cls(initial={name: getattr(site, name) for name in cls.base_fields})


class NewSiteForm(SiteForm):
    """A site to be planned."""

    parent = forms.ModelChoiceField(label=_("Run under"), queryset=Unit.objects.none(), empty_label=None)
    code = forms.CharField(label=_("Short name"), max_length=12, help_text=_("Such as H18; used in every list."))
    category = forms.ChoiceField(label=_("Whom it receives"), choices=SiteCategory.choices)
    field_order = ["parent", "code", "name", "name_en", "kind", "category"]

    def __init__(self, *args: Any, units: Any = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["parent"]
        if isinstance(field, forms.ModelChoiceField) and units is not None:
            field.queryset = units


class AnswerForm(forms.Form):
    """An answer to an item of the checklist."""

    item = forms.ChoiceField(choices=lambda: [(code, code) for code, item in items().items() if not item.counted])
    passed = forms.ChoiceField(choices=[("yes", _("passed")), ("no", _("not passed"))])
    evidence = forms.CharField(max_length=300)


class ReasonForm(forms.Form):
    """A step in the life of a site."""

    step = forms.ChoiceField(choices=[(name, name) for name in ("activate", "pause", "close", "category")])
    category = forms.ChoiceField(label=_("Whom it receives"), choices=SiteCategory.choices, required=False)
    reason = forms.CharField(label=_("Reason"), max_length=300, required=False)


class PatternForm(forms.Form):
    """Rooms by pattern."""

    building = forms.CharField(label=_("Building"), max_length=40, help_text=_("A new name makes a new building."))
    floors = forms.CharField(label=_("Floors"), max_length=60, widget=forms.TextInput(attrs={"placeholder": "3-12"}))
    rooms = forms.CharField(
        label=_("Rooms on each floor"), max_length=60, widget=forms.TextInput(attrs={"placeholder": "1-18"})
    )
    without = forms.CharField(
        label=_("Except"), max_length=60, required=False, widget=forms.TextInput(attrs={"placeholder": "4, 14"})
    )
    pattern = forms.CharField(label=_("Room numbers"), max_length=40, initial="{floor:02}{room:02}")
    floor_pattern = forms.CharField(label=_("Floor labels"), max_length=20, initial="{floor}F")
    beds = forms.IntegerField(label=_("Beds in each room"), min_value=1, max_value=MOST_BEDS, initial=1)


class FloorForm(forms.Form):
    """A floor's zone and category."""

    building = forms.ModelChoiceField(queryset=Building.objects.none())
    label = forms.CharField(max_length=12)
    order = forms.IntegerField(required=False)
    zone = forms.ModelChoiceField(queryset=Zone.objects.none(), required=False)
    category = forms.ChoiceField(choices=[("", "")], required=False)

    def __init__(self, *args: Any, site: Site, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, queryset in (("building", site.buildings.all()), ("zone", site.zones.all())):
            field = self.fields[name]
            if isinstance(field, forms.ModelChoiceField):
                field.queryset = queryset
        category = self.fields["category"]
        if isinstance(category, forms.ChoiceField):
            category.choices = [("", _("any")), *SiteCategory.choices]


class ZoneForm(forms.Form):
    """A zone or passage."""

    kind = forms.ChoiceField(label=_("Kind"), choices=ZoneKind.choices)
    name = forms.CharField(label=_("Name on the door"), max_length=60)


class ListForm(forms.Form):
    """A room list to be read."""

    file = forms.FileField(
        label=_("Excel or CSV file"), help_text=_("Columns are found by their headings; nothing is changed yet.")
    )
