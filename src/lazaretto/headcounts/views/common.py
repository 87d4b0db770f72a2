"""What pages of headcounts share."""

from typing import Any

from django.http import HttpRequest

from lazaretto.accounts.asking import answer_of

PER_PAGE = 50


def done(request: HttpRequest, form: Any, command: Any, **payload: Any) -> bool:
    """Whether the command took it; what it refuses stands in the form."""
    return answer_of(request, form, command, **payload) is not None
