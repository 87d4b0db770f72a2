"""Forms of returnees; they only read what was typed."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from lazaretto.accounts.fields import AreaField
from lazaretto.accounts.models import Unit, User
from lazaretto.returnees.choices import Agency, Decision, Means, Outcome, Result, Risk
from lazaretto.returnees.models import Phone
from lazaretto.returnees.rules import MOST_PEOPLE
from lazaretto.ui.forms import to_choose

SHORT = 200
HOURS = [(str(n), str(n)) for n in (2, 4, 6, 8, 10, 12)]


class UploadForm(forms.Form):
    """A list that an agency sent."""

    file = forms.FileField(
        label=_("File"), help_text=_("Excel (xlsx, xls) or text (csv), as they sent it."),
        widget=forms.FileInput(attrs={"accept": ".xlsx,.xls,.csv,.txt,.tsv"}),
    )  # fmt: skip
    agency = forms.ChoiceField(label=_("Who sent it"), choices=to_choose(Agency.choices))
    sender = forms.CharField(
        label=_("Name of the office"), max_length=80, required=False, help_text=_("Needed for another agency.")
    )
    declared = forms.IntegerField(
        label=_("How many people they say are on it"), min_value=0, max_value=MOST_PEOPLE, required=False,
        help_text=_("From their letter or message; compared with the lines that came."),
    )  # fmt: skip
    unit = AreaField(label=_("For whose area"))

    def __init__(self, *args: Any, units: Sequence[Unit], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["unit"]
        field.offer(units)


class DecisionForm(forms.Form):
    """What is put right on a held line, whom it means, or why it is left out."""

    who = forms.ChoiceField(
        label=_("Whom the line means"), choices=Decision.choices, required=False, widget=forms.RadioSelect
    )
    name = forms.CharField(label=_("Name"), max_length=120, required=False)
    document = forms.CharField(label=_("Document number"), max_length=60, required=False)
    phone = forms.CharField(label=_("Telephone"), max_length=60, required=False)
    reason = forms.CharField(label=_("Why it is left out"), max_length=SHORT, required=False)

    def __init__(self, *args: Any, asks: bool, closed: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not asks:
            del self.fields["who"]
        elif not closed:
            field: Any = self.fields["who"]
            field.choices = [(one.value, one.label) for one in Decision if one != Decision.REOPENED]


class ShiftForm(forms.Form):
    """I am here for so long."""

    unit = AreaField(label=_("For whose area"))
    hours = forms.ChoiceField(label=_("I am here for so many hours"), choices=HOURS, initial="8")

    def __init__(self, *args: Any, units: Sequence[Unit], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["unit"]
        field.offer(units)


class SaidForm(forms.Form):
    """What was learnt beside the answer; all of it may stay empty."""

    words = forms.CharField(label=_("What was said"), max_length=1000, required=False)
    means = forms.ChoiceField(label=_("How"), choices=Means.choices, initial=Means.PHONE)
    arrived_on = forms.DateField(
        label=_("Day of return, as they say"), required=False, widget=forms.DateInput(attrs={"type": "date"})
    )
    risk = forms.ChoiceField(
        label=_("Risk of the area they were in"), required=False, choices=[("", "–"), *Risk.choices]
    )

    @classmethod
    def about(cls, phones: Sequence[Phone]) -> "SaidForm":
        """For somebody with these numbers that can be called: without any, somebody goes to the door."""
        return cls(initial={"means": Means.PHONE if phones else Means.DOOR})


class ResultForm(forms.Form):
    """What a test said, and where that is written."""

    day = forms.IntegerField(widget=forms.HiddenInput)
    result = forms.ChoiceField(label=_("Result"), choices=to_choose(Result.choices))
    evidence = forms.CharField(
        label=_("Where it is written"), max_length=SHORT,
        help_text=_("Laboratory and number, round and tube, or whose telephone showed it."),
    )  # fmt: skip


class CloseForm(forms.Form):
    """How a case ends."""

    outcome = forms.ChoiceField(label=_("How the case ends"), choices=to_choose(Outcome.choices))
    reason = forms.CharField(label=_("What is known, and from whom"), max_length=1000)
    to_where = forms.CharField(
        label=_("Where they are, or to whom handed up"), max_length=1000, required=False,
        help_text=_("Needed when they are gone, in quarantine, or not reached."),
    )  # fmt: skip
    despite = forms.CharField(
        label=_("Who sees to tests that are owed"), max_length=1000, required=False,
        help_text=_("Needed while tests are owed."),
    )  # fmt: skip


class MoveForm(forms.Form):
    """They live in another area."""

    to_unit = AreaField(label=_("To which area"))
    reason = forms.CharField(label=_("Why, and who says so"), max_length=SHORT)

    def __init__(self, *args: Any, units: Sequence[Unit], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["to_unit"]
        field.offer(units)
        field.empty_label, field.initial = "–", None


class GiveForm(forms.Form):
    """To whom of those on shift."""

    user_id = forms.TypedChoiceField(label=_("Colleague on shift"), coerce=int)

    def __init__(self, *args: Any, people: Sequence[User], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["user_id"]
        field.choices = to_choose((one.pk, str(one)) for one in people)


class ReasonForm(forms.Form):
    """A sentence that says why."""

    reason = forms.CharField(label=_("Reason"), max_length=1000)
