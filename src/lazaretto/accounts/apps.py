"""The accounts app."""

from django.apps import AppConfig


class AccountsConfig(AppConfig):
    """Users, units, roles, memberships, tokens."""

    name = "lazaretto.accounts"
    label = "accounts"

    def ready(self) -> None:
        """Fill the registry of commands."""
        from lazaretto.accounts import commands  # noqa: F401, PLC0415 - models are ready only now
