"""The people app."""

from django.apps import AppConfig
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from lazaretto.ui import nav
from lazaretto.ui.nav import NavItem


class PeopleConfig(AppConfig):
    """Who is in our care."""

    name = "lazaretto.people"
    label = "people"

    def ready(self) -> None:
        """Fill the registries of commands, proofs and duties; enter the pages into the sidebar."""
        from lazaretto.accounts.doors import actor_of  # noqa: PLC0415 - models are ready only now
        from lazaretto.people import commands, duties, proofs, queries, words  # noqa: F401, PLC0415

        def may(capability: str, request: HttpRequest) -> bool:
            return request.user.is_authenticated and actor_of(request).may(capability)

        def waiting(request: HttpRequest) -> int:
            return queries.suggestions(actor_of(request))[:100].count()

        nav.register(
            NavItem(
                key="people", label=_("People"), icon="users", url="people:people", order=40,
                visible=lambda request: may("people.read", request),
            ),
            NavItem(
                key="duplicates", label=_("Duplicates"), icon="git-merge", url="people:duplicates", order=41,
                visible=lambda request: may("people.merge", request), count=waiting, tone="amber",
            ),
        )  # fmt: skip
