"""Small things that the pages of accounts share."""

from django import forms
from django.http import HttpRequest

from lazaretto.core.errors import DomainError, InvalidInput


def tell_form(form: forms.Form, error: DomainError) -> None:
    """Show a named error at the form, so that nothing typed is lost."""
    faults = error.fields if isinstance(error, InvalidInput) else {}
    for name, text in faults.items():
        form.add_error(name if name in form.fields else None, text)
    if error.code == "weak_password" and "password" in form.fields:
        form.add_error("password", str(error))
    elif not faults:
        form.add_error(None, str(error))


def next_page(request: HttpRequest, cursor: str | None) -> str:
    """The address of the next piece of this list, with its filters; empty at the end."""
    if cursor is None:
        return ""
    asked = request.GET.copy()
    asked["cursor"] = cursor
    return f"?{asked.urlencode()}"
