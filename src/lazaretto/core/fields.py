"""Model fields of our own."""

from typing import Any

from django.db import models

from lazaretto.core.secrets import decrypt, encrypt


class EncryptedTextField(models.BinaryField):  # type: ignore[type-arg]
    """Text that lies encrypted in the database and reads as `str`. To search, see `keyed_hash`."""

    def get_prep_value(self, value: Any) -> Any:
        """Encrypt on the way in."""
        return encrypt(value) if isinstance(value, str) else value

    def from_db_value(self, value: Any, *_: Any) -> str | None:
        """Decrypt on the way out."""
        return None if value is None else decrypt(value)

    def to_python(self, value: Any) -> Any:
        """The plain text."""
        return value

    def value_to_string(self, obj: models.Model) -> str:
        """Serialised as plain text; such files are sensitive."""
        return str(self.value_from_object(obj) or "")
