"""What pages of headcounts share."""

from collections.abc import Sequence
from typing import Any

from django.http import HttpRequest

from lazaretto.accounts.asking import answer_of
from lazaretto.accounts.doors import actor_of
from lazaretto.core import clock
from lazaretto.headcounts import commands
from lazaretto.headcounts.queries.families import FamilyLine

PER_PAGE = 50


def done(request: HttpRequest, form: Any, command: Any, **payload: Any) -> bool:
    """Whether the command took it; what it refuses stands in the form."""
    return answer_of(request, form, command, **payload) is not None


def was_read(request: HttpRequest, lines: Sequence[FamilyLine], *, kind: str = "") -> None:
    """Let the journal keep whose concerns are shown, where any are. A list by kind says something of all in it."""
    members = [line.member.pk for line in lines if line.concerns or kind]
    if members:
        payload = {"members": members, "kind": kind}
        commands.read_concerns.invoke(actor=actor_of(request), at=clock.now(), payload=payload)
