"""What commands are called where people read the journal: each app says it of its own commands (its `words.py`)."""

from collections.abc import Mapping

from lazaretto.core.errors import Text

_words: dict[str, Text] = {}


def call(words: Mapping[str, Text]) -> None:
    """An app names its commands: words by the command's public name."""
    _words.update(words)


def spoken(command: str) -> str:
    """What was done, in the reader's language; the bare name of a command that exists no more."""
    return str(_words.get(command, command))
