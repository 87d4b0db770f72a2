"""Forms of accounts."""

import secrets
from collections.abc import Iterable
from typing import Any, cast

from django import forms
from django.conf import settings
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from lazaretto.accounts.choices import UnitKind
from lazaretto.accounts.models import Unit
from lazaretto.accounts.roles import role_choices

READABLE = "abcdefghjkmnpqrstuvwxyz23456789"  # no letters that are misread over the phone


def first_password() -> str:
    """A password to be told and replaced: three groups of four, 59 bits."""
    return "-".join("".join(secrets.choice(READABLE) for _ in range(4)) for _ in range(3))


def _text(label: Any, **more: Any) -> forms.CharField:
    attrs = more.pop("attrs", {})
    return forms.CharField(label=label, widget=forms.TextInput(attrs=attrs), **more)


def _password(label: Any, autocomplete: str, **more: Any) -> forms.CharField:
    widget = forms.PasswordInput(attrs={"autocomplete": autocomplete})
    return forms.CharField(label=label, widget=widget, strip=False, max_length=200, **more)


class SignInForm(forms.Form):
    """Name and password."""

    username = _text(
        _("User name"), max_length=150, attrs={"autocomplete": "username", "autofocus": True, "autocapitalize": "none"}
    )
    password = _password(_("Password"), "current-password")


class NewPasswordForm(forms.Form):
    """A password typed twice."""

    password = _password(
        _("New password"), "new-password", help_text=_("At least ten characters; a short sentence is easiest to keep.")
    )
    again = _password(_("New password once more"), "new-password")

    def clean(self) -> dict[str, Any] | None:
        """Both must be equal."""
        values = self.cleaned_data
        if values.get("password") != values.get("again"):
            self.add_error("again", _("The two passwords differ."))
        return values


class OwnPasswordForm(NewPasswordForm):
    """The present password and the new one."""

    current = _password(_("Present password"), "current-password")
    field_order = ["current", "password", "again"]


class SetUpForm(NewPasswordForm):
    """What the first visit asks."""

    district = _text(_("Name of the district or headquarters"), max_length=120, attrs={"autofocus": True})
    display_name = _text(_("Your name"), max_length=80, attrs={"autocomplete": "name"})
    username = _text(
        _("User name for signing in"), max_length=150, attrs={"autocomplete": "username", "autocapitalize": "none"}
    )
    field_order = ["district", "display_name", "username", "password", "again"]


class UnitChoice(forms.ModelChoiceField):  # type: ignore[type-arg]
    """Units as code and name."""

    def label_from_instance(self, obj: Any) -> str:
        """What the list shows."""
        return f"{obj.code} {obj.name}"


class GrantForm(forms.Form):
    """A role in a unit, perhaps until a day."""

    unit = UnitChoice(label=_("Unit"), queryset=Unit.objects.none())
    role = forms.ChoiceField(label=_("Role"), choices=lambda: [("", "—"), *role_choices()])  # none by default
    ends_at = forms.DateTimeField(
        label=_("Until"),
        required=False,
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
        help_text=_("Leave empty if it has no end yet."),
    )

    def __init__(self, *args: Any, units: QuerySet[Unit], **more: Any) -> None:
        super().__init__(*args, **more)
        cast("UnitChoice", self.fields["unit"]).queryset = units


class FirstPasswordForm(forms.Form):
    """A password that somebody is told and must replace; readable, because it is handed over."""

    password = _text(_("First password"), max_length=200, initial=first_password, attrs={"autocomplete": "off"})


class NewUserForm(GrantForm, FirstPasswordForm):
    """Somebody who will sign in."""

    display_name = _text(_("Name"), max_length=80, attrs={"autofocus": True, "autocomplete": "off"})
    username = _text(_("User name"), max_length=150, attrs={"autocomplete": "off", "autocapitalize": "none"})
    language = forms.ChoiceField(label=_("Language"), choices=lambda: settings.LANGUAGES, widget=forms.RadioSelect)
    field_order = ["display_name", "username", "unit", "role", "ends_at", "language", "password"]


class ReasonForm(forms.Form):
    """Why."""

    reason = _text(_("Reason for the suspension"), max_length=500)


class NewUnitForm(forms.Form):
    """A unit below another."""

    parent = UnitChoice(label=_("Below"), queryset=Unit.objects.none())
    kind = forms.ChoiceField(
        label=_("Kind"), choices=[row for row in UnitKind.choices if row[0] != UnitKind.HEADQUARTERS]
    )
    code = _text(_("Unit code"), max_length=20)
    name = _text(_("Name of the unit"), max_length=120)

    def __init__(self, *args: Any, units: QuerySet[Unit], **more: Any) -> None:
        super().__init__(*args, **more)
        cast("UnitChoice", self.fields["parent"]).queryset = units


class UnitForm(forms.Form):
    """A unit's name and place."""

    name = _text(_("Name of the unit"), max_length=120)
    parent = UnitChoice(label=_("Below"), queryset=Unit.objects.none(), required=False)
    dispatch_phone = _text(
        _("Telephone of dispatch"), max_length=40, required=False, attrs={"inputmode": "tel", "autocomplete": "off"},
        help_text=_("Of the desk, not of a person: so it holds when the shift changes. Empty: that of the unit above."),
    )  # fmt: skip

    def __init__(self, *args: Any, units: QuerySet[Unit], **more: Any) -> None:
        super().__init__(*args, **more)
        cast("UnitChoice", self.fields["parent"]).queryset = units


class TokenForm(forms.Form):
    """A token for a device."""

    label = _text(_("Device or program"), max_length=80)
    days = forms.IntegerField(label=_("Valid for days"), min_value=1, max_value=730, initial=180)
    capabilities = forms.MultipleChoiceField(
        label=_("Only for"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("Choose nothing and it may do all that you may."),
    )

    def __init__(self, *args: Any, capabilities: Iterable[str], **more: Any) -> None:
        super().__init__(*args, **more)
        choices = [(code, code) for code in sorted(capabilities)]
        cast("forms.MultipleChoiceField", self.fields["capabilities"]).choices = choices


class JournalForm(forms.Form):
    """What to show of the journal."""

    unit = UnitChoice(label=_("Unit"), queryset=Unit.objects.none(), required=False)
    command = forms.ChoiceField(label=_("Command"), required=False)
    actor = _text(_("User name"), required=False, max_length=150)
    subject_id = _text(_("Record"), required=False, max_length=80)
    person = forms.UUIDField(required=False, widget=forms.HiddenInput)
    since = forms.DateField(label=_("From"), required=False, widget=forms.DateInput(attrs={"type": "date"}))
    until = forms.DateField(label=_("To"), required=False, widget=forms.DateInput(attrs={"type": "date"}))

    def __init__(self, *args: Any, units: QuerySet[Unit], commands: Iterable[tuple[str, str]], **more: Any) -> None:
        super().__init__(*args, **more)
        cast("UnitChoice", self.fields["unit"]).queryset = units
        cast("forms.ChoiceField", self.fields["command"]).choices = [("", "—"), *commands]
