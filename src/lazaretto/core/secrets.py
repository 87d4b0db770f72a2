"""Keys derived from the installation's one secret, encryption at rest, keyed hashes.

The secret (`LAZARETTO_SECRET_KEY` or `secret.key` in the data folder) lies outside the database: who steals the
database alone can read no document number and forge no journal row.
"""

import hashlib
import hmac
import os
from functools import cache

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings

VERSION = b"\x01"
NONCE_BYTES = 12


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


def keyed_hash(text: str) -> str:
    """64 hex digits by which equal texts are found without storing them readably."""
    return hmac.new(key("search"), text.encode(), hashlib.sha256).hexdigest()
