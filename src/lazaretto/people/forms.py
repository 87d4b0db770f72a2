"""Forms of people."""

from __future__ import annotations

import re
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from lazaretto.accounts.models import Unit
from lazaretto.core.access import Actor
from lazaretto.people.choices import DocumentKind, Language, NeedKind, PartyKind, Sex
from lazaretto.people.commands import GivenDocument, GivenNeed, NewPerson
from lazaretto.people.models import Person

COUNTRY = re.compile(r"[A-Za-z]{3}")


def typed() -> forms.TextInput:
    """The field in which the hands stand; the browser keeps no memory of it."""
    return forms.TextInput(attrs={"autofocus": True, "autocomplete": "off"})


def day_input() -> forms.DateInput:
    """A calendar field."""
    return forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")


class CountryField(forms.CharField):
    """A country as passports write it: three letters."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(
            max_length=3, required=False, help_text=_("Three letters as in a passport: CHN, VNM."), **kwargs
        )

    def clean(self, value: Any) -> str:
        """In capitals."""
        text = str(super().clean(value) or "").strip()
        if text and not COUNTRY.fullmatch(text):
            raise forms.ValidationError(_("Three letters, such as CHN."))
        return text.upper()


class DetailsForm(forms.Form):
    """What is said of a person beside names and numbers."""

    sex = forms.ChoiceField(label=_("Sex"), choices=Sex.choices, widget=forms.RadioSelect, initial=Sex.UNKNOWN)
    birth_date = forms.DateField(label=_("Birth date"), required=False, widget=day_input())
    nationality = CountryField(label=_("Nationality"))
    language = forms.ChoiceField(label=_("Language"), choices=Language.choices, initial=Language.CHINESE)
    employer = forms.CharField(label=_("Employer"), max_length=120, required=False)
    dormitory = forms.CharField(label=_("Dormitory"), max_length=120, required=False)


class EditForm(DetailsForm):
    """Details of somebody who is registered. The address is written anew, never shown."""

    new_address = forms.CharField(
        label=_("New address"), max_length=300, required=False, help_text=_("Leave empty to keep the present one.")
    )
    reason = forms.CharField(label=_("Reason"), max_length=200, required=False)

    def __init__(self, data: Any = None, *, person: Person) -> None:
        super().__init__(data, initial={name: getattr(person, name) for name in DetailsForm.base_fields})
        if person.language not in Language.values:
            field = self.fields["language"]
            if isinstance(field, forms.ChoiceField):
                field.choices = [*Language.choices, (person.language, person.language)]

    def values(self) -> dict[str, Any]:
        """Keyword arguments of `change_details`."""
        said = {name: self.cleaned_data[name] for name in DetailsForm.base_fields}
        said["sex"] = Sex(said["sex"])
        address = self.cleaned_data["new_address"]
        return {**said, "address": address or None, "reason": self.cleaned_data["reason"]}


class RegisterForm(DetailsForm):
    """Somebody who comes to the desk."""

    unit = forms.ModelChoiceField(label=_("For"), queryset=Unit.objects.none(), empty_label=None)
    name = forms.CharField(label=_("Name"), max_length=120, widget=forms.TextInput(attrs={"autocomplete": "off"}))
    other_name = forms.CharField(
        label=_("Name in another script"), max_length=160, required=False, help_text=_("As the passport has it.")
    )
    document_kind = forms.ChoiceField(label=_("Document"), choices=DocumentKind.choices, initial=DocumentKind.ID_CARD)
    document_number = forms.CharField(
        label=_("Document number"), max_length=40, required=False, widget=typed(),
        help_text=_("Scan or type it; leave empty if there is none yet. Birth date and sex follow from an ID card."),
    )  # fmt: skip
    document_country = CountryField(label=_("Issuing country"))
    phone = forms.CharField(label=_("Telephone"), max_length=60, required=False)
    address = forms.CharField(label=_("Address"), max_length=300, required=False)
    needs = forms.MultipleChoiceField(
        label=_("Needs"), choices=NeedKind.choices, required=False, widget=forms.CheckboxSelectMultiple
    )
    field_order = [
        "unit", "document_number", "document_kind", "document_country", "name", "other_name", "sex", "birth_date",
        "phone", "needs", "nationality", "language", "employer", "dormitory", "address",
    ]  # fmt: skip

    def __init__(self, *args: Any, actor: Actor, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["unit"]
        if isinstance(field, forms.ModelChoiceField):
            field.queryset = Unit.objects.visible_to(actor, "people.manage").order_by("code")

    def person(self) -> NewPerson:
        """What was typed, for `register_person`."""
        data = self.cleaned_data
        number = data["document_number"].strip()
        document = GivenDocument(DocumentKind(data["document_kind"]), number, data["document_country"])
        return NewPerson(
            name=data["name"],
            other_names=(data["other_name"],) if data["other_name"] else (),
            sex=Sex(data["sex"]),
            birth_date=data["birth_date"],
            nationality=data["nationality"],
            language=data["language"],
            documents=(document,) if number else (),
            phones=(data["phone"],) if data["phone"] else (),
            needs=tuple(GivenNeed(NeedKind(kind)) for kind in data["needs"]),
            employer=data["employer"],
            dormitory=data["dormitory"],
            address=data["address"],
        )


class DocumentForm(forms.Form):
    """A document, added or put right."""

    kind = forms.ChoiceField(label=_("Document"), choices=DocumentKind.choices)
    number = forms.CharField(
        label=_("Document number"),
        max_length=40,
        widget=typed(),
    )
    country = CountryField(label=_("Issuing country"))

    def document(self) -> GivenDocument:
        """What was typed."""
        data = self.cleaned_data
        return GivenDocument(DocumentKind(data["kind"]), data["number"], data["country"])


class CorrectionForm(DocumentForm):
    """A document put right; why is written down."""

    reason = forms.CharField(label=_("Reason"), max_length=200)


class NameForm(forms.Form):
    """A name in any script."""

    name = forms.CharField(label=_("Name"), max_length=160, widget=typed())
    shown = forms.BooleanField(label=_("Show this name in lists"), required=False)


class PhoneForm(forms.Form):
    """A telephone number, or several."""

    phone = forms.CharField(
        label=_("Telephone"), max_length=80, widget=typed(),
        help_text=_("Foreign numbers with + and country code."),
    )  # fmt: skip


class NeedForm(forms.Form):
    """A need, with what exactly."""

    kind = forms.ChoiceField(label=_("Need"), choices=NeedKind.choices, widget=forms.RadioSelect)
    details = forms.CharField(
        label=_("Details"), max_length=500, required=False, widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("Which medicine, which diet, which days. Lies encrypted; reading it is recorded."),
    )  # fmt: skip


class PartyForm(forms.Form):
    """Who belongs with whom, and how."""

    kind = forms.ChoiceField(
        label=_("They are"), choices=PartyKind.choices, widget=forms.RadioSelect, initial=PartyKind.HOUSEHOLD
    )
    relation = forms.CharField(
        label=_("Relation"), max_length=40, required=False, help_text=_("Child, spouse, carer …")
    )
