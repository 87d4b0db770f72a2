"""What every command that sets a password does."""

from dataclasses import dataclass
from uuid import UUID

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError

from lazaretto.accounts.errors import WeakPassword
from lazaretto.accounts.models import User
from lazaretto.core.commands import record


@dataclass(frozen=True)
class PasswordChanged:
    """A password was replaced."""

    user_id: int


def check_password(password: str, user: User) -> None:
    """Raises `WeakPassword` with the rules that are broken."""
    try:
        validate_password(password, user)
    except ValidationError as error:
        raise WeakPassword(next_step=" ".join(error.messages)) from error


def replace_password(user: User, password: str, unit_id: UUID | None, *, must_change: bool) -> PasswordChanged:
    """Sessions under the old password end by themselves: they carry its hash. Raises `WeakPassword`."""
    check_password(password, user)
    user.set_password(password)
    user.must_change_password = must_change
    user.save(update_fields=["password", "must_change_password"])
    record(user, unit_id=unit_id, data={"must_change": must_change})
    return PasswordChanged(user.pk)
