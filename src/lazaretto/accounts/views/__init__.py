"""Pages of accounts."""

from lazaretto.accounts.views.journal import entries
from lazaretto.accounts.views.own import own, own_password, revoke_token, switch_language
from lazaretto.accounts.views.sign_in import locked_out, set_up, sign_in, sign_out
from lazaretto.accounts.views.units import new_unit, role_table, unit, units
from lazaretto.accounts.views.users import new_user, user, users

__all__ = [
    "entries",
    "locked_out",
    "new_unit",
    "new_user",
    "own",
    "own_password",
    "revoke_token",
    "role_table",
    "set_up",
    "sign_in",
    "sign_out",
    "switch_language",
    "unit",
    "units",
    "user",
    "users",
]
