"""Forms about stranded people; they only read what was typed. Almost nothing is required."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.forms import formset_factory
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from lazaretto.people.choices import DocumentKind, Language, NeedKind, Sex
from lazaretto.stranded.choices import CarerKind, Why
from lazaretto.stranded.queries import Known

PLAIN = {"autocomplete": "off"}
MOST_ROWS = 30
SOMEBODY_ELSE = "none"
# Those asked about at a gate; the others are written on the page of the person.
ASKED = (
    NeedKind.PREGNANT, NeedKind.INFANT, NeedKind.ELDERLY, NeedKind.CHRONIC, NeedKind.MEDICATION, NeedKind.CANNOT_WALK,
    NeedKind.DISABILITY, NeedKind.DIET, NeedKind.LANGUAGE,
)  # fmt: skip


class GroupForm(forms.Form):
    """Where they are, and why."""

    where = forms.CharField(
        label=_("Where they are now"), max_length=500,
        widget=forms.TextInput(attrs={**PLAIN, "class": "form-control-lg", "autofocus": True}),
    )  # fmt: skip
    why = forms.ChoiceField(label=_("Why"), choices=Why.choices, initial=Why.OTHER, widget=forms.RadioSelect)
    family = forms.BooleanField(label=_("They are one family"), required=False)
    cold = forms.BooleanField(label=_("They are in the cold or in the rain"), required=False)
    unit = forms.ChoiceField(label=_("Who has them"))
    found_by = forms.CharField(label=_("Found by"), max_length=120, required=False, widget=forms.TextInput(attrs=PLAIN))
    words = forms.CharField(
        label=_("What else is known"), max_length=1000, required=False, widget=forms.Textarea(attrs={"rows": 2})
    )
    client_id = forms.UUIDField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, units: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        unit: Any = self.fields["unit"]
        unit.choices = units
        if len(units) == 1:
            unit.widget, unit.required = forms.HiddenInput(), False
            unit.initial = units[0][0]


class FoundForm(forms.Form):
    """One of them: a few words, or a name, or a paper. `matches` are those in our records who may be them."""

    matches: Sequence[Known] = ()

    known_as = forms.CharField(
        label=_("To know them by"), max_length=500, required=False,
        widget=forms.TextInput(attrs={**PLAIN, "placeholder": _("man, about 40, blue delivery jacket")}),
    )  # fmt: skip
    age = forms.IntegerField(label=_("Age, about"), required=False, min_value=0, max_value=130)
    name = forms.CharField(label=_("Name"), max_length=120, required=False, widget=forms.TextInput(attrs=PLAIN))
    phone = forms.CharField(label=_("Telephone"), max_length=60, required=False, widget=forms.TextInput(attrs=PLAIN))
    document = forms.CharField(
        label=_("Document number"), max_length=40, required=False, widget=forms.TextInput(attrs=PLAIN)
    )
    document_kind = forms.ChoiceField(label=_("Document"), choices=DocumentKind.choices, required=False)
    needs = forms.MultipleChoiceField(
        label=_("Needs"), choices=[(kind.value, kind.label) for kind in ASKED], required=False,
        widget=forms.CheckboxSelectMultiple,
    )  # fmt: skip
    sex = forms.ChoiceField(label=_("Sex"), choices=Sex.choices, required=False)
    language = forms.ChoiceField(label=_("Language"), choices=Language.choices, required=False)
    employer = forms.CharField(label=_("Employer"), max_length=120, required=False, widget=forms.TextInput(attrs=PLAIN))
    address = forms.CharField(label=_("Home"), max_length=500, required=False, widget=forms.TextInput(attrs=PLAIN))
    who = forms.CharField(required=False, widget=forms.HiddenInput)
    others = forms.CharField(required=False, widget=forms.HiddenInput)

    @property
    def is_empty(self) -> bool:
        """Whether nothing was said in this row."""
        told = ("known_as", "age", "name", "phone", "document", "employer", "address", "needs")
        return not any(self.cleaned_data.get(name) for name in told)

    def found(self) -> dict[str, Any]:
        """What the command takes of this one."""
        said = self.cleaned_data
        number = said["document"].strip()
        kind = said["document_kind"] or DocumentKind.ID_CARD.value
        return {
            **{name: said[name] for name in ("known_as", "name", "phone", "employer", "address", "age")},
            "sex": said["sex"] or Sex.UNKNOWN.value,
            "language": said["language"] or Language.CHINESE.value,
            "document": {"kind": kind, "number": number} if number else None,
            "needs": [{"kind": kind} for kind in said["needs"]],
            "same_as": said["who"] if said["who"] not in {"", SOMEBODY_ELSE} else None,
            "not_same_as": said["others"].split() if said["who"] == SOMEBODY_ELSE else [],
        }


FoundFormSet = formset_factory(FoundForm, extra=0, min_num=1, max_num=MOST_ROWS, absolute_max=MOST_ROWS)


class CarerForm(forms.Form):
    """Who looks after them."""

    kind = forms.ChoiceField(label=pgettext_lazy("carer", "Who"), choices=CarerKind.choices)
    carer = forms.CharField(label=_("Name, and how to reach them"), max_length=500, widget=forms.TextInput(attrs=PLAIN))
    until = forms.DateTimeField(
        label=_("Until when, if they have to leave"), required=False,
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
    )  # fmt: skip


class CompleteForm(forms.Form):
    """What became known of one of them."""

    name = forms.CharField(label=_("Name"), max_length=120, required=False, widget=forms.TextInput(attrs=PLAIN))
    document_kind = forms.ChoiceField(label=_("Document"), choices=DocumentKind.choices, required=False)
    document = forms.CharField(
        label=_("Document number"), max_length=40, required=False, widget=forms.TextInput(attrs=PLAIN)
    )
    phone = forms.CharField(label=_("Telephone"), max_length=60, required=False, widget=forms.TextInput(attrs=PLAIN))
    employer = forms.CharField(label=_("Employer"), max_length=120, required=False, widget=forms.TextInput(attrs=PLAIN))
    address = forms.CharField(label=_("Home"), max_length=500, required=False, widget=forms.TextInput(attrs=PLAIN))

    def payload(self) -> dict[str, Any]:
        """What the command takes."""
        said = dict(self.cleaned_data)
        number, kind = said.pop("document").strip(), said.pop("document_kind") or DocumentKind.ID_CARD.value
        return {**said, "document": {"kind": kind, "number": number} if number else None}


class AdmitForm(forms.Form):
    """Under which order they get a room."""

    category = forms.ChoiceField(label=_("Category"))
    exposed_on = forms.DateField(
        label=_("Last exposure"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )
    authority = forms.CharField(label=_("Authority"), max_length=120)
    legal_basis = forms.CharField(label=_("Legal basis"), max_length=200)
    reason = forms.CharField(label=_("Reason"), max_length=300)
    why_now = forms.CharField(
        label=_("Why it cannot wait, where no transfer order sends them"), max_length=500, required=False,
        help_text=_("They are admitted first; headquarters decides after."),
    )  # fmt: skip
    room = forms.ChoiceField(label=_("Room for those who belong together"), required=False)
    with_room = forms.CharField(
        label=_("Room of the parent or carer who is there already"), max_length=12, required=False,
        widget=forms.TextInput(attrs=PLAIN),
    )  # fmt: skip
    assessment = forms.CharField(label=_("Who judged that they may share it, and why"), max_length=300, required=False)

    def __init__(
        self, *args: Any, categories: list[tuple[str, str]], rooms: list[tuple[str, str]], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        category: Any = self.fields["category"]
        category.choices = categories
        room: Any = self.fields["room"]
        room.choices = [("", _("the one that is proposed for each")), *rooms]
