"""Writes of accounts: users, units, memberships, one's own account, tokens."""

from lazaretto.accounts.commands.own import change_own_password, choose_language, sign_in
from lazaretto.accounts.commands.tokens import TOKEN_DAYS, issue_token, note_use, revoke_token
from lazaretto.accounts.commands.units import (
    ask_before_closing,
    close_unit,
    end_role,
    grant_role,
    move_unit,
    open_unit,
    rename_unit,
    set_dispatch_phone,
)
from lazaretto.accounts.commands.users import (
    create_user,
    reset_password,
    restore_user,
    set_up,
    suspend_user,
    unlock_user,
)

__all__ = [
    "TOKEN_DAYS",
    "ask_before_closing",
    "change_own_password",
    "choose_language",
    "close_unit",
    "create_user",
    "end_role",
    "grant_role",
    "issue_token",
    "move_unit",
    "note_use",
    "open_unit",
    "rename_unit",
    "reset_password",
    "restore_user",
    "revoke_token",
    "set_dispatch_phone",
    "set_up",
    "sign_in",
    "suspend_user",
    "unlock_user",
]
