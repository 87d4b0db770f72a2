"""The sidebar's entry, with how many questions nobody has."""

from django.http import HttpRequest
from django.utils.translation import pgettext_lazy

from lazaretto.accounts.doors import actor_of
from lazaretto.deciding.queries.matters import count_unowned, open_at
from lazaretto.deciding.rules import READ
from lazaretto.screening.queries.at_points import questions_by
from lazaretto.ui import nav


def register_entries() -> None:
    """Called when the apps are ready."""
    questions_by(open_at)
    nav.register(
        nav.NavItem(
            key="deciding", label=pgettext_lazy("questions", "To decide"), icon="scale", order=49,
            url="deciding:matters", visible=_reads, tone="amber",
            count=lambda request: count_unowned(actor_of(request)),
        )
    )  # fmt: skip


def _reads(request: HttpRequest) -> bool:
    return request.user.is_authenticated and actor_of(request).may(READ)
