"""Keys derived from the installation's one secret, encryption at rest, keyed hashes.

The secret (`LAZARETTO_SECRET_KEY` or `secret.key` in the data folder) lies outside the database: who steals the
database alone can read no document number and forge no journal row.
"""

import os
from functools import cache

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hmac import HMAC
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings

VERSION = b"\x01"
NONCE_BYTES = 12
NO_WORDS_BYTES = 1 + NONCE_BYTES + 16  # version, nonce and tag: what the empty text takes when it is encrypted


@cache
def key(purpose: str) -> bytes:
    """32 bytes for one purpose, derived by HKDF-SHA256; purposes never share a key."""
    derive = HKDF(algorithm=hashes.SHA256(), length=32, salt=b"lazaretto", info=purpose.encode())
    return derive.derive(settings.SECRET_KEY.encode())


@cache
def _cipher() -> AESGCM:
    return AESGCM(key("at-rest"))


def encrypt(text: str) -> bytes:
    """The text under AES-256-GCM: version byte, nonce, ciphertext with tag."""
    nonce = os.urandom(NONCE_BYTES)
    return VERSION + nonce + _cipher().encrypt(nonce, text.encode(), VERSION)


def decrypt(blob: bytes) -> str:
    """The text of a blob made by `encrypt`; raises `cryptography.exceptions.InvalidTag` when it was altered."""
    blob = bytes(blob)
    nonce, body = blob[1 : 1 + NONCE_BYTES], blob[1 + NONCE_BYTES :]
    return _cipher().decrypt(nonce, body, blob[:1]).decode()


@cache
def _started(purpose: str) -> HMAC:
    """An HMAC that has taken in its key: copied for every text, which costs a third of starting anew."""
    return HMAC(key(purpose), hashes.SHA256())


def keyed_hash(text: str | bytes, purpose: str = "search") -> str:
    """64 hex digits (HMAC-SHA256) by which equal texts are found, or a text is proven, without storing the key."""
    mac = _started(purpose).copy()
    mac.update(text.encode() if isinstance(text, str) else text)
    return mac.finalize().hex()
