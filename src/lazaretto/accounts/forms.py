"""Forms of accounts."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _


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
