"""Signatures that anyone can check without the server: Ed25519 over a compact payload, for certificates.

A token is `LZ1.<payload>.<signature>`, both base64url without padding; the payload is JSON.
"""

import base64
import json
from functools import cache
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from lazaretto.core.secrets import key

PREFIX = "LZ1"


class BadSignature(Exception):
    """The token was altered, or another installation made it."""


@cache
def _private_key() -> Ed25519PrivateKey:
    return Ed25519PrivateKey.from_private_bytes(key("certificate"))


def public_key() -> str:
    """The installation's public key, base64url without padding; published so that others can check offline."""
    return _encode(_private_key().public_key().public_bytes(Encoding.Raw, PublicFormat.Raw))


def sign(payload: dict[str, Any]) -> str:
    """A token carrying the payload."""
    body = _encode(json.dumps(payload, ensure_ascii=False, separators=(",", ":"), sort_keys=True).encode())
    return f"{PREFIX}.{body}.{_encode(_private_key().sign(f'{PREFIX}.{body}'.encode()))}"


def read_signed(token: str, trusted_key: str | None = None) -> dict[str, Any]:
    """The payload of a token; raises `BadSignature`. Needs only the public key (default: this installation's)."""
    try:
        prefix, body, signature = token.strip().split(".")
        verifier = Ed25519PublicKey.from_public_bytes(_decode(trusted_key or public_key()))
        verifier.verify(_decode(signature), f"{prefix}.{body}".encode())
        payload = json.loads(_decode(body))
    except (ValueError, InvalidSignature) as error:
        raise BadSignature from error
    if prefix != PREFIX or not isinstance(payload, dict):
        raise BadSignature
    return payload


def _encode(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).decode().rstrip("=")


def _decode(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
