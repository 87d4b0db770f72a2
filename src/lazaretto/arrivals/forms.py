"""Forms of arrivals: they read what was typed; rules live in the commands."""

from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

from django import forms
from django.utils.translation import gettext_lazy as _

from lazaretto.arrivals.choices import RowDecision
from lazaretto.people.choices import DocumentKind, Sex


class CheckInForm(forms.Form):
    """What the desk says about somebody who is to be checked in."""

    room = forms.CharField(label=_("Room"), max_length=12)
    exposed_on = forms.DateField(
        label=_("Last exposure or entry"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )
    authority = forms.CharField(label=_("Authority"), max_length=120)
    legal_basis = forms.CharField(label=_("Legal basis"), max_length=200)
    reason = forms.CharField(label=_("Reason"), max_length=300)
    together = forms.BooleanField(label=_("The whole household"), required=False)

    def exposed_at(self, time_zone: str, now: datetime) -> datetime:
        """Noon of that day at the site, but never later than now."""
        day = self.cleaned_data["exposed_on"]
        noon = datetime(day.year, day.month, day.day, 12, tzinfo=ZoneInfo(time_zone)).astimezone(UTC)
        return min(noon, now) if noon.date() <= now.date() else noon


class UploadForm(forms.Form):
    """A list that an office sent."""

    file = forms.FileField(
        label=_("File"),
        help_text=_("Excel (xlsx, xls) or text (csv), as the office sent it."),
        widget=forms.FileInput(attrs={"accept": ".xlsx,.xls,.csv,.txt,.tsv"}),
    )
    category = forms.ChoiceField(label=_("Whose list"), choices=[], help_text=_("For rows that do not say it."))
    vehicle = forms.CharField(label=_("Bus or plate"), max_length=60, required=False)
    expected_at = forms.DateTimeField(
        label=_("Expected at"),
        required=False,
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
        input_formats=["%Y-%m-%dT%H:%M"],
    )

    def __init__(self, *args: Any, categories: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["category"]
        if isinstance(field, forms.ChoiceField):
            field.choices = categories


DECISIONS = [
    (RowDecision.CORRECT, _("Correct the row")),
    (RowDecision.MATCH, _("It is the known person")),
    (RowDecision.ACCEPT, _("Take it as it stands")),
    (RowDecision.REJECT, _("Leave it out")),
]


class DecisionForm(forms.Form):
    """What somebody decides about a held row; the values are read by the rules of the import."""

    decision = forms.ChoiceField(
        label=_("Your decision"),
        widget=forms.RadioSelect,
        choices=DECISIONS,
    )
    name = forms.CharField(label=_("Name"), max_length=120, required=False)
    document_kind = forms.ChoiceField(
        label=_("Kind of document"),
        required=False,
        choices=[("", _("by its form")), *DocumentKind.choices],
    )
    document = forms.CharField(label=_("Document number"), max_length=60, required=False)
    birth_date = forms.CharField(label=_("Date of birth"), max_length=30, required=False)
    sex = forms.ChoiceField(label=_("Sex"), required=False, choices=Sex.choices)
    phone = forms.CharField(label=_("Telephone"), max_length=60, required=False)
    household = forms.CharField(label=_("Household or party"), max_length=60, required=False)
    exposure_date = forms.CharField(label=_("Date of last exposure"), max_length=30, required=False)
    reason = forms.CharField(
        label=_("Reason"), max_length=200, required=False, help_text=_("Needed unless you corrected the row.")
    )

    def __init__(self, *args: Any, somebody_known: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["decision"]
        if isinstance(field, forms.ChoiceField) and not somebody_known:
            field.choices = [choice for choice in DECISIONS if choice[0] != RowDecision.MATCH]


class CancelForm(forms.Form):
    """Why a list is put aside."""

    reason = forms.CharField(label=_("Reason"), max_length=200)
