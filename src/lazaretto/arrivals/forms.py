"""Forms of arrivals: they read what was typed; rules live in the commands."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django import forms
from django.utils.translation import gettext_lazy as _

from lazaretto.arrivals.choices import RowDecision
from lazaretto.core import clock
from lazaretto.people.choices import DocumentKind, Language, NeedKind, Sex
from lazaretto.people.commands import GivenDocument, GivenNeed, NewPerson
from lazaretto.people.digests import normal_number
from lazaretto.people.rules import BY_HAND, read_document, read_name, read_phones
from lazaretto.people.rules import DocumentKind as ReadKind


def _day() -> forms.DateInput:
    return forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")


def _assessment() -> forms.CharField:
    return forms.CharField(
        label=_("Assessment for sharing a room"), max_length=300, required=False,
        help_text=_("Who judged it, and why they may share: grown members of a household, the pregnant, the ill."),
    )  # fmt: skip


class ExposureForm(forms.Form):
    """The day from which the days are counted."""

    exposed_on = forms.DateField(label=_("Last exposure or entry"), widget=_day())

    def exposed_at(self, time_zone: str) -> datetime:
        """The beginning of that day at the site: the same form sent twice says the same, and today has begun."""
        return clock.local_moment(self.cleaned_data["exposed_on"], 0, 0, ZoneInfo(time_zone))


class CheckInForm(ExposureForm):
    """What the desk says about somebody who is to be checked in."""

    room = forms.CharField(label=_("Room"), max_length=12)
    authority = forms.CharField(label=_("Authority"), max_length=120)
    legal_basis = forms.CharField(label=_("Legal basis"), max_length=200)
    reason = forms.CharField(label=_("Reason"), max_length=300)
    assessment = _assessment()
    together = forms.BooleanField(label=_("The whole household"), required=False)


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
    (RowDecision.CORRECT, _("Correct the row: what you type below is read by the same rules. No reason is needed.")),
    (RowDecision.MATCH, _("It is the known person: nobody new is made, this row adds to their record.")),
    (
        RowDecision.ACCEPT,
        _(
            "Take it as it stands: what could not be read is left out and may be added later. "
            "Somebody without any document can be taken too."
        ),
    ),
    (RowDecision.REJECT, _("Leave it out: nobody is made of this row; it stays in the list with your reason.")),
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


class WalkInForm(ExposureForm):
    """Somebody at the desk whom no list names: who they are, on what ground they are held, where they sleep.

    Only what nobody can be admitted without is required; for somebody known (`same_as`) not even a name.
    """

    client_id = forms.UUIDField(widget=forms.HiddenInput, required=False)
    same_as = forms.UUIDField(widget=forms.HiddenInput, required=False)
    document_number = forms.CharField(
        label=_("Document number"), max_length=40, required=False,
        widget=forms.TextInput(attrs={"autocomplete": "off", "data-scan": "stay"}),
        help_text=_("Scan or type it. None yet, or not to be read: leave it empty, it can be added later."),
    )  # fmt: skip
    document_kind = forms.ChoiceField(
        label=_("Document"), required=False, choices=[("", _("recognised by its number")), *DocumentKind.choices]
    )
    name = forms.CharField(
        label=_("Name"), max_length=120, widget=forms.TextInput(attrs={"autocomplete": "off"}),
        error_messages={"required": _("Write a name; without any, one by which you will know them again.")},
        help_text=_("Not known yet? Write a name by which you will know them again."),
    )  # fmt: skip
    sex = forms.ChoiceField(label=_("Sex"), choices=Sex.choices, required=False, initial=Sex.UNKNOWN)
    birth_date = forms.DateField(label=_("Date of birth"), required=False, widget=_day())
    phone = forms.CharField(
        label=_("Telephone"), max_length=60, required=False, widget=forms.TextInput(attrs={"autocomplete": "off"})
    )
    language = forms.ChoiceField(
        label=_("Language"), choices=Language.choices, required=False, initial=Language.CHINESE
    )
    with_room = forms.CharField(
        label=_("Belongs with somebody here: room"), max_length=12, required=False,
        widget=forms.TextInput(attrs={"autocomplete": "off", "placeholder": " "}),
        help_text=_("A household may share a room."),
    )  # fmt: skip
    assessment = _assessment()
    category = forms.ChoiceField(label=_("Category"))
    authority = forms.CharField(label=_("Authority"), max_length=120)
    legal_basis = forms.CharField(label=_("Legal basis"), max_length=200)
    reason = forms.CharField(label=_("Reason"), max_length=300)
    needs = forms.MultipleChoiceField(
        label=_("Needs"), choices=NeedKind.choices, required=False, widget=forms.CheckboxSelectMultiple
    )
    room = forms.CharField(
        label=_("Another room"),
        max_length=12,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "off", "list": "free-rooms"}),
    )
    unlisted = forms.ChoiceField(
        label=_("Can they wait?"), required=False, initial="admit", widget=forms.RadioSelect,
        choices=[
            ("admit", _("no: admit them now, headquarters decides after")),
            ("ask", _("yes: ask headquarters first")),
        ],
    )  # fmt: skip
    why_now = forms.CharField(
        label=_("Why they have to be admitted now"), max_length=500, required=False,
        help_text=_("Where no list and no transfer order names them. Nobody is turned away."),
    )  # fmt: skip
    proposed = forms.CharField(max_length=12, required=False, widget=forms.HiddenInput)
    others = forms.CharField(max_length=2000, required=False)

    def __init__(self, *args: Any, categories: list[tuple[str, Any]], goes_on: bool = False, **kwargs: Any) -> None:
        """`goes_on`: an order in force says already why and since when."""
        super().__init__(*args, **kwargs)
        self.fields["name"].required = not self["same_as"].value()
        for name in ("category", "exposed_on", "authority", "legal_basis", "reason") if goes_on else ():
            self.fields[name].required = False
        field = self.fields["category"]
        if isinstance(field, forms.ChoiceField):
            field.choices = categories

    def clean_others(self) -> tuple[UUID, ...]:
        """Those who were looked at and are somebody else."""
        try:
            return tuple(UUID(text) for text in self.cleaned_data["others"].split())
        except ValueError as error:
            raise forms.ValidationError(_("Look at those shown again.")) from error

    def newcomer(self, known_as: str = "") -> NewPerson:
        """What was said of the person, for the command; somebody known may be called as the record has them."""
        said = self.cleaned_data
        return NewPerson(
            name=said["name"].strip() or known_as,
            sex=Sex(said["sex"] or Sex.UNKNOWN),
            birth_date=said["birth_date"],
            language=said["language"] or Language.CHINESE,
            documents=tuple(_documents(said["document_number"], said["document_kind"])),
            phones=(said["phone"],) if said["phone"].strip() else (),
            needs=tuple(GivenNeed(NeedKind(kind)) for kind in said["needs"]),
        )

    def so_far(self) -> NewPerson:
        """As much as can be read of a form that is still being filled in; nothing is refused."""
        said = self.cleaned_data if self.is_bound and self.errors is not None else self.initial
        number = said.get("document_number") or ""
        facts = read_document(number, BY_HAND).facts if number else None
        return NewPerson(
            name=read_name(said.get("name") or "").name,
            birth_date=said.get("birth_date") or (facts.birth_date if facts else None),
            documents=tuple(_documents(number, said.get("document_kind") or "")),
            phones=tuple(phone.e164 for phone in read_phones(said.get("phone") or "").numbers),
            needs=tuple(GivenNeed(NeedKind(kind)) for kind in said.get("needs") or ()),
        )


def _documents(number: str, kind: str) -> Iterator[GivenDocument]:
    """The document as typed, of the kind chosen or the one its number shows; none for words such as "none yet"."""
    reading = read_document(number, BY_HAND)
    if number.strip() and reading.kind is not ReadKind.NONE:
        shown = DocumentKind(kind or reading.kind.value)
        yield GivenDocument(shown, reading.number or normal_number(number))
