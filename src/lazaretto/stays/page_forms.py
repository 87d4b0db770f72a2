"""Forms of the pages about one stay and of the breach register; rules live in the commands."""

from collections.abc import Sequence
from decimal import Decimal, InvalidOperation
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from lazaretto.stays.choices import BreachKind, StayEnd, Symptom

REASON = {"rows": 3, "maxlength": 600}


class MoveForm(forms.Form):
    """Another room, and why."""

    room = forms.UUIDField(widget=forms.HiddenInput)
    reason = forms.CharField(label=_("Reason"), max_length=200, widget=forms.TextInput(attrs={"maxlength": 200}))
    shares_bed = forms.BooleanField(label=_("An infant shares the bed of a parent"), required=False)
    assessment = forms.CharField(
        label=_("Assessment for sharing a room"), max_length=300, required=False,
        help_text=_("Who judged it, and why they may share. Needed only where it says so beside the room."),
    )  # fmt: skip


class ExtendForm(forms.Form):
    """A later end, and why; the guest gets the reason in writing."""

    ends_at = forms.DateTimeField(
        label=_("New end"), widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M")
    )
    reason = forms.CharField(
        label=_("Reason, as the guest will read it"),
        help_text=_("Write in plain words what was found and why it needs more days. The guest may contest it."),
        widget=forms.Textarea(attrs=REASON),
    )


class EarlyForm(forms.Form):
    """Release before the end, on a ground that the rules name."""

    ground = forms.ChoiceField(label=_("Ground"), widget=forms.RadioSelect)
    reason = forms.CharField(label=_("Reason"), widget=forms.Textarea(attrs=REASON))
    destination = forms.CharField(label=_("Goes to"), max_length=200, required=False)

    def __init__(self, *args: Any, grounds: Sequence[tuple[str, str]] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        ground = self.fields["ground"]
        ground.choices = list(grounds)  # type: ignore[attr-defined]  # a ChoiceField


ENDS = [(end.value, end.label) for end in (StayEnd.DIED, StayEnd.CANCELLED)]


class EndForm(forms.Form):
    """The stay ends otherwise than by release."""

    end = forms.ChoiceField(label=_("How it ends"), choices=ENDS, widget=forms.RadioSelect)
    reason = forms.CharField(label=_("What happened, and where to"), widget=forms.Textarea(attrs=REASON))


class ObserveForm(forms.Form):
    """A temperature at the door, or nobody answered."""

    temperature = forms.CharField(required=False, max_length=8)
    symptoms = forms.MultipleChoiceField(choices=Symptom.choices, required=False)
    no_answer = forms.BooleanField(required=False)

    def clean_temperature(self) -> Decimal | None:
        """`36.5`, `36,5`, `365` and full-width digits mean the same."""
        text = (
            str(self.cleaned_data["temperature"] or "").strip().replace(",", ".").replace("．", ".").replace("。", ".")
        )
        if not text:
            return None
        try:
            value = Decimal(text)
        except InvalidOperation as error:
            raise forms.ValidationError(_("Write a temperature such as 36.5.")) from error
        return value / 10 if "." not in text and len(text) == 3 else value


class BreachForm(forms.Form):
    """Something crossed a line of the closed loop."""

    kind = forms.ChoiceField(label=_("What was noticed"), choices=BreachKind.choices, widget=forms.RadioSelect)
    room = forms.CharField(label=_("Room"), max_length=12, required=False)
    description = forms.CharField(label=_("What was seen"), widget=forms.Textarea(attrs=REASON))


class CloseBreachForm(forms.Form):
    """What was done about it."""

    action = forms.CharField(label=_("What was done about it"), widget=forms.Textarea(attrs=REASON))


class StaysFilter(forms.Form):
    """Which stays are listed."""

    q = forms.CharField(label=_("Room, name or number"), max_length=60, required=False)
    state = forms.ChoiceField(
        label=_("State"), choices=[("open", _("here now")), ("ended", _("has left")), ("all", _("all"))], required=False
    )
    category = forms.ChoiceField(label=_("Category"), required=False)

    def __init__(self, *args: Any, categories: Sequence[tuple[str, Any]] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["category"].choices = [("", _("all")), *categories]  # type: ignore[attr-defined]  # a ChoiceField
