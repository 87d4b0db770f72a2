"""The accounts app."""

from collections.abc import Callable

from django.apps import AppConfig
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from lazaretto.ui import nav
from lazaretto.ui.nav import NavItem


class AccountsConfig(AppConfig):
    """Users, units, roles, memberships, tokens."""

    name = "lazaretto.accounts"
    label = "accounts"

    def ready(self) -> None:
        """Fill the registry of commands, what verify looks at, and the sidebar."""
        from lazaretto.accounts import commands, proofs, words  # noqa: F401, PLC0415 - models are ready only now
        from lazaretto.accounts.doors import actor_of  # noqa: PLC0415

        def who(capability: str) -> Callable[[HttpRequest], bool]:
            return lambda request: request.user.is_authenticated and actor_of(request).may(capability)

        section = _("Installation")
        read, log = who("accounts.read"), who("journal.read")
        nav.register(
            NavItem(key="users", label=_("Accounts"), icon="users-group", url="accounts:users", order=90,
                    section=section, visible=read),
            NavItem(key="units", label=_("Units"), icon="stairs", url="accounts:units", order=91,
                    section=section, visible=read),
            NavItem(key="roles", label=_("Roles"), icon="shield-lock", url="accounts:roles", order=92,
                    section=section, visible=read),
            NavItem(key="journal", label=_("Journal"), icon="history", url="accounts:journal", order=93,
                    section=section, visible=log),
            NavItem(key="own", label=_("My account"), icon="user", url="accounts:own", order=99, section=section),
        )  # fmt: skip
