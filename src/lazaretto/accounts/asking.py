"""A form asks a command: what pages do with the answer, and with a refusal."""

from typing import Any
from uuid import UUID

from django.http import HttpRequest

from lazaretto.accounts.doors import actor_of
from lazaretto.core import clock
from lazaretto.core.errors import ClientIdReused, DomainError
from lazaretto.core.ids import new_id


def answer_of(request: HttpRequest, form: Any, command: Any, client_id: UUID | None = None, **payload: Any) -> Any:
    """What the command answers; None where it refuses, with its words in the form, at their fields where it names them.

    The same form sent twice does it once; changed after that, it is another request. Raises what is of access.
    """
    who = {"actor": actor_of(request), "at": clock.now()}
    try:
        try:
            return command.invoke(**who, payload=payload, client_id=client_id)
        except ClientIdReused:
            return command.invoke(**who, payload=payload, client_id=new_id())
    except DomainError as error:
        if error.is_of_access:
            raise
        mark(form, error)
        return None


def mark(form: Any, error: DomainError) -> None:
    """Put a refusal into a form: beside the fields that the error names, else above them."""
    faults = error.by_field
    for name, said in faults.items():
        form.add_error(name if name in form.fields else None, said)
    if not faults:
        form.add_error(None, str(error))
