"""Forms of slots; they only read what was typed."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from django import forms
from django.utils import timezone
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from lazaretto.slots.choices import Means, Parts
from lazaretto.slots.queries import Settings
from lazaretto.slots.queries.starts import Start


class ProposeForm(forms.Form):
    """How slots are planned."""

    per_table_hour = forms.IntegerField(label=_("People a table takes in an hour"), min_value=1, max_value=600)
    slot_minutes = forms.TypedChoiceField(
        label=_("Length of a slot"), coerce=int,
        choices=[(minutes, format_lazy(_("{n} minutes"), n=minutes)) for minutes in (10, 15, 20, 30, 60)],
    )  # fmt: skip
    farthest = forms.IntegerField(
        label=_("Farthest way in metres"), min_value=1, max_value=50_000, required=False,
        help_text=_("Empty: any way. Whoever has no point within it is named."),
    )  # fmt: skip
    parts = forms.ChoiceField(label=_("In parts"), choices=Parts.choices, required=False)

    @classmethod
    def of(cls, given: Settings) -> "ProposeForm":
        """Filled with what was chosen last, or what a first plan begins with."""
        return cls(initial={name: getattr(given, name) for name in cls.base_fields})


class MoveForm(forms.Form):
    """Where and when instead, and why."""

    place = forms.ChoiceField(label=_("Point and time"))
    reason = forms.CharField(label=_("Reason"), max_length=200)

    def __init__(self, *args: Any, starts: Sequence[Start], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["place"]
        groups: dict[str, list[tuple[str, str]]] = {}
        for one in starts:
            groups.setdefault(f"{one.point.code} {one.point.name}", []).append((_key(one), _words(one)))
        field.choices = list(groups.items())

    def clean_place(self) -> tuple[UUID, datetime]:
        """The point and the moment."""
        point, _bar, moment = self.cleaned_data["place"].partition("|")
        return UUID(point), datetime.fromisoformat(moment)


class ToldAllForm(forms.Form):
    """How everybody on a list was told."""

    means = forms.ChoiceField(label=_("How"), choices=Means.choices, initial=Means.TEXT)
    read = forms.CharField(widget=forms.HiddenInput)


class ToldForm(forms.Form):
    """Whom we told, or who said that they know, and how."""

    who = forms.CharField(label=_("Who, at the enterprise"), max_length=80)
    means = forms.ChoiceField(label=_("How"), choices=Means.choices)
    read = forms.CharField(widget=forms.HiddenInput)


def _key(one: Start) -> str:
    return f"{one.point.pk}|{one.starts_at.isoformat()}"


def _words(one: Start) -> str:
    begins = timezone.localtime(one.starts_at).strftime("%m-%d %H:%M")
    steps = len(one.portions)
    long = ngettext("%(n)s slot", "%(n)s slots", steps) % {"n": steps}  # not inside the f-string: it would not be read
    return f"{begins} ({long})"
