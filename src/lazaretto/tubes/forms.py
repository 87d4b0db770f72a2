"""Forms of tubes and results; they only read what was typed."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from lazaretto.accounts.fields import AreaField
from lazaretto.accounts.models import Unit
from lazaretto.screening.models import Round
from lazaretto.tubes.choices import AbsenceKind, Outcome, Stage
from lazaretto.tubes.models import Laboratory
from lazaretto.tubes.rules import HOURS_FOR_A_RESULT, LONGEST_HOURS
from lazaretto.ui.forms import CHOOSE, to_choose


class LaboratoryForm(forms.Form):
    """A laboratory that tests for an area."""

    unit = AreaField(label=_("For whose area"))
    code = forms.CharField(label=_("Code of the laboratory"), max_length=40, help_text=_("As bags and files call it."))
    name = forms.CharField(label=pgettext_lazy("laboratory", "Name"), max_length=120)
    phone = forms.CharField(label=_("Telephone"), max_length=40, required=False)
    hours = forms.IntegerField(
        label=_("Hours until a result"), min_value=1, max_value=LONGEST_HOURS, initial=HOURS_FOR_A_RESULT
    )
    rechecks = forms.BooleanField(label=_("Rechecks positives (laboratory of the CDC)"), required=False)

    def __init__(self, *args: Any, units: Sequence[Unit], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["unit"]
        field.offer(units)


class UploadForm(forms.Form):
    """Results that a laboratory sent. Nothing is chosen beforehand: the wrong laboratory would bar a recheck."""

    file = forms.FileField(
        label=_("File"), help_text=_("Excel (xlsx, xls) or text (csv), as the laboratory sent it."),
        widget=forms.FileInput(attrs={"accept": ".xlsx,.xls,.csv,.txt,.tsv"}),
    )  # fmt: skip
    test_round = forms.ModelChoiceField(label=_("Testing round"), queryset=Round.objects.none(), empty_label=CHOOSE)
    laboratory = forms.ModelChoiceField(
        label=_("Laboratory"), queryset=Laboratory.objects.none(), empty_label=CHOOSE,
        help_text=_("The one that tested. A laboratory never rechecks what stands here as its own result."),
    )  # fmt: skip
    stage = forms.TypedChoiceField(label=_("Stage"), choices=to_choose(Stage.choices), coerce=int)
    declared_negative = forms.BooleanField(
        label=_("The laboratory says that all are negative"), required=False,
        help_text=_("A positive in it then stops the whole file."),
    )  # fmt: skip

    def __init__(self, *args: Any, rounds: QuerySet[Round], laboratories: QuerySet[Laboratory], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        of: Any = self.fields["test_round"]
        of.queryset = rounds
        whose: Any = self.fields["laboratory"]
        whose.queryset = laboratories


class DecisionForm(forms.Form):
    """What a held line should say, and why it counts or is left out."""

    tube = forms.CharField(label=_("Tube"), max_length=80, required=False)
    result = forms.ChoiceField(label=_("Result"), choices=[("", "–"), *Outcome.choices], required=False)
    reason = forms.CharField(label=_("Reason"), max_length=200, help_text=_("Whom you asked, and what they said."))


class ReasonForm(forms.Form):
    """Why."""

    reason = forms.CharField(label=_("Reason"), max_length=200)


class AbsentForm(forms.Form):
    """People of a round who were not tested, and why."""

    kind = forms.ChoiceField(label=_("Why they were not tested"), choices=to_choose(AbsenceKind.choices))
    reason = forms.CharField(label=_("Reason"), max_length=200)


class RestForm(AbsentForm):
    """Everybody who is left; whoever sends it writes how many these are."""

    people = forms.IntegerField(
        label=_("How many these are"), help_text=_("Write the number, so that nobody is named by a slip.")
    )

    def __init__(self, *args: Any, people: int, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.left = people

    def clean_people(self) -> int:
        """The number that is left now."""
        if self.cleaned_data["people"] != self.left:
            raise forms.ValidationError(_("{n} people are left.").format(n=self.left))
        return self.left


class EnterForm(forms.Form):
    """A result typed at the laboratory's desk. One that rechecks says each time which of both it is."""

    tube = forms.CharField(label=_("Tube"), max_length=80)
    result = forms.ChoiceField(label=_("Result"), choices=to_choose(Outcome.choices))
    stage = forms.TypedChoiceField(label=_("Stage"), choices=to_choose(Stage.choices), coerce=int)

    def __init__(self, *args: Any, laboratory: Laboratory, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not laboratory.rechecks:
            field: Any = self.fields["stage"]
            field.choices, field.initial = [(Stage.FIRST.value, Stage.FIRST.label)], Stage.FIRST
