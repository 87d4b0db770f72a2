"""What pages of headcounts share."""

from typing import Any

from django.http import HttpRequest

from lazaretto.accounts.doors import actor_of
from lazaretto.core import clock
from lazaretto.core.errors import DomainError

PER_PAGE = 50
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def done(request: HttpRequest, form: Any, command: Any, **payload: Any) -> bool:
    """Whether the command took it; what it refuses stands in the form."""
    try:
        command.invoke(actor=actor_of(request), at=clock.now(), payload=payload)
    except DomainError as error:
        if error.is_of_access:
            raise
        fields = error.context.get("fields") or {}
        for name, said in fields.items():
            form.add_error(name if name in form.fields else None, said)
        if not fields:
            form.add_error(None, str(error))
        return False
    return True
