"""Model fields of our own."""

from typing import Any

from django.db import models

from lazaretto.core.secrets import NO_WORDS_BYTES, decrypt, encrypt


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


@EncryptedTextField.register_lookup
class HasWords(models.Lookup):  # type: ignore[type-arg]
    """`reason__has_words=True`: the text is not empty, which the database knows without its key, by the length.

    Two equal texts never lie equal when they are encrypted, so no constraint can compare them with "".
    """

    lookup_name = "has_words"
    prepare_rhs = False

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, Any]:
        """LENGTH counts bytes in PostgreSQL's bytea and in SQLite's blobs."""
        words, params = self.process_lhs(compiler, connection)
        return f"LENGTH({words}) {'>' if self.rhs else '<='} {NO_WORDS_BYTES}", params
