"""How numbers that lie encrypted are found again: normal forms, keyed digests, last four characters."""

import re

from lazaretto.core.secrets import keyed_hash
from lazaretto.people.choices import DocumentKind

_NOT_NUMBER = re.compile(r"[\s\-.]")
# Identity cards and residence permits share one series of 18-character numbers (GB 11643).
_NATIONAL = frozenset({DocumentKind.ID_CARD, DocumentKind.RESIDENCE_PERMIT})


def normal_number(number: str) -> str:
    """A document number in capitals, without spaces, dashes and dots."""
    return _NOT_NUMBER.sub("", number).upper()


def document_digest(kind: str, country: str, number: str) -> str:
    """The digest under which no two people have a document: kind, country and number."""
    normal = normal_number(number)
    series = "CN" if kind in _NATIONAL else f"{kind}/{country.upper()}"
    return keyed_hash(f"document|{series}|{normal}")


def number_digest(number: str) -> str:
    """The digest that finds a document number whatever its kind and country."""
    return keyed_hash(f"number|{normal_number(number)}")


def contact_digest(value: str) -> str:
    """The digest of a telephone number (E.164) or e-mail address."""
    return keyed_hash(f"contact|{value.strip().lower()}")


def last_four(number: str) -> str:
    """The last four characters of a number's normal form."""
    return normal_number(number)[-4:]
