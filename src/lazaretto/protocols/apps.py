"""The protocols app."""

from django.apps import AppConfig
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _


class ProtocolsConfig(AppConfig):
    """Rule packs."""

    name = "lazaretto.protocols"
    label = "protocols"

    def ready(self) -> None:
        """Fill the registry of commands, add the entry of the sidebar."""
        from lazaretto.protocols import commands, words  # noqa: F401, PLC0415 - models are ready only now
        from lazaretto.ui.nav import NavItem, register  # noqa: PLC0415

        register(
            NavItem(
                key="protocols",
                label=_("Rule packs"),
                icon="gavel",
                url="protocols:packs",
                order=80,
                visible=_may_read,
            )
        )


def _may_read(request: HttpRequest) -> bool:
    from lazaretto.accounts.doors import actor_of  # noqa: PLC0415 - models are ready only now

    return request.user.is_authenticated and actor_of(request).may("protocols.read")
