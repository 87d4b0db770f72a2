"""Pages of accounts."""

from lazaretto.accounts.views.own import own_password, switch_language
from lazaretto.accounts.views.sign_in import locked_out, set_up, sign_in, sign_out

__all__ = ["locked_out", "own_password", "set_up", "sign_in", "sign_out", "switch_language"]
