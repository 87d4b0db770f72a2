"""Forms of the field app; they only read what was typed."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from lazaretto.accounts.fields import AreaField
from lazaretto.accounts.models import Unit
from lazaretto.field.models import Device
from lazaretto.screening.queries.parts import Part


class EnrolForm(forms.Form):
    """A phone for a table."""

    table = forms.IntegerField(label=_("Table"), min_value=1)
    label = forms.CharField(
        label=_("What is written on the phone"), max_length=40, help_text=_("A sticker's number will do.")
    )
    takes_over = forms.ModelChoiceField(
        label=_("Takes over from"), queryset=Device.objects.none(), required=False,
        empty_label=_("nobody: a further phone"),
        help_text=_(
            "For a phone that died or was lost. That one takes nobody any more; what it holds it may still send."
        ),
    )  # fmt: skip

    def __init__(self, *args: Any, devices: Sequence[Device], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["takes_over"]
        field.queryset = Device.objects.filter(pk__in=[one.pk for one in devices])
        if not devices:
            del self.fields["takes_over"]


class CourierDataForm(forms.Form):
    """How a courier is called and reached, and whose account opens their phone."""

    name = forms.CharField(label=pgettext_lazy("courier", "Name"), max_length=60)
    plate = forms.CharField(label=_("Number plate"), max_length=20, required=False)
    phone = forms.CharField(label=_("Telephone"), max_length=40, required=False)
    username = forms.CharField(
        label=_("Their account"), max_length=150, required=False,
        help_text=_("If they have one, they open their phone themselves."),
    )  # fmt: skip


class CourierForm(CourierDataForm):
    """Somebody who carries bags in an area."""

    unit = AreaField(label=_("For whose area"))
    code = forms.CharField(
        label=_("Code on the badge"), max_length=20, help_text=_("Letters and digits: a scanner types it.")
    )
    field_order = ("unit", "code")

    def __init__(self, *args: Any, units: Sequence[Unit], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["unit"]
        field.offer(units)


class CardsForm(forms.Form):
    """Whose cards: all of an enterprise, a department, a dormitory, or a department within a dormitory."""

    section = forms.ChoiceField(label=_("Department"), required=False)
    building = forms.ChoiceField(label=_("Dormitory"), required=False)

    def __init__(self, *args: Any, sections: Sequence[Part], buildings: Sequence[Part], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, parts in (("section", sections), ("building", buildings)):
            field: Any = self.fields[name]
            named = sorted((part.name, f"{part.name} ({part.expected})") for part in parts if part.name)
            field.choices = [("", pgettext_lazy("cards", "all of them")), *named]
