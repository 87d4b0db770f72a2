"""Forms of changes of status; what fits together, the command decides."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from lazaretto.cases.choices import EVENTS, ChangeKind, EvidenceKind

LOCAL = {"type": "datetime-local"}
DAY = {"type": "date"}
WORDS = {"rows": 3, "maxlength": 2000}


class ProposeForm(forms.Form):
    """What was found out about somebody, and on what it rests."""

    kind = forms.ChoiceField(label=_("What changes"), widget=forms.RadioSelect)
    tube = forms.ChoiceField(
        label=_("Specimen that shows it"), required=False, help_text=_("Empty: on the words below.")
    )
    words = forms.CharField(
        label=_("Who reports it, or who met whom, where and when"), required=False,
        widget=forms.Textarea(attrs=WORDS), max_length=2000,
    )  # fmt: skip
    happened_at = forms.DateTimeField(
        label=_("When: diagnosis, last exposure, recheck or discharge"),
        widget=forms.DateTimeInput(attrs=LOCAL, format="%Y-%m-%dT%H:%M"),
    )
    first_on = forms.DateField(
        label=_("First day missed"), required=False, widget=forms.DateInput(attrs=DAY, format="%Y-%m-%d")
    )
    last_on = forms.DateField(
        label=_("Last day missed"), required=False, widget=forms.DateInput(attrs=DAY, format="%Y-%m-%d")
    )

    def __init__(
        self, *args: Any, kinds: Sequence[ChangeKind], tubes: Sequence[tuple[str, str]] = (), **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        kind: Any = self.fields["kind"]
        kind.choices = [(one.value, one.label) for one in kinds]
        if ChangeKind.ABSENCE not in kinds:
            del self.fields["first_on"], self.fields["last_on"]
        tube: Any = self.fields["tube"]
        tube.choices = [("", _("none")), *tubes]

    def evidence(self) -> EvidenceKind:
        """What it rests on: a specimen, an exposure that is named, or a report."""
        if self.cleaned_data.get("tube"):
            return EvidenceKind.SPECIMEN
        exposed = self.cleaned_data["kind"] == ChangeKind.CONTACT
        return EvidenceKind.EXPOSURE if exposed else EvidenceKind.REPORT


class OutsideForm(ProposeForm):
    """The same of somebody who stays at no site: there are no specimens of ours, so it is said in words."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        del self.fields["tube"]
        self.fields["words"].required = True


class EventForm(forms.Form):
    """What happened to the place."""

    kind = forms.ChoiceField(
        label=_("What happened"), widget=forms.RadioSelect,
        choices=[(kind.value, kind.label) for kind in ChangeKind if kind in EVENTS],
    )  # fmt: skip
    floor = forms.ChoiceField(label=_("Where"), required=False)
    words = forms.CharField(
        label=_("Who reports it, and what was found"), widget=forms.Textarea(attrs=WORDS), max_length=2000
    )
    happened_at = forms.DateTimeField(
        label=_("When it was found"), widget=forms.DateTimeInput(attrs=LOCAL, format="%Y-%m-%dT%H:%M")
    )

    def __init__(self, *args: Any, floors: Sequence[tuple[str, str]] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        floor: Any = self.fields["floor"]
        floor.choices = [("", _("the whole site")), *floors]
