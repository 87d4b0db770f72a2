"""The accounts app."""

from django.apps import AppConfig


class AccountsConfig(AppConfig):
    """Users, units, roles, memberships, tokens."""

    name = "lazaretto.accounts"
    label = "accounts"
