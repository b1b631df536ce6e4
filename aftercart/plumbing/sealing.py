"""Bytes kept so that only we can read them: AES-256-GCM (NIST SP 800-38D) under keys derived by HKDF (RFC 5869). Pure.

A seal names the key that it was made with, so that older secrets open what they closed. What it is `about` (whose it
is) is bound into it: moved to somebody else it does not open.
"""

from __future__ import annotations

import hmac
import os
from collections.abc import Sequence
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

_FORM = b"\x01"
_NAME, _NONCE = 4, 12
OVERHEAD = len(_FORM) + _NAME + _NONCE + 16  # bytes that a seal adds, its tag of 16 among them


class SealError(ValueError):
    """It cannot be opened: of another secret, about something else, or changed."""


class _Keys(NamedTuple):
    name: bytes
    cipher: AESGCM
    hashing: bytes


def seal(plain: bytes, secret: str, about: bytes) -> bytes:
    keys, nonce = _keys(secret, about), os.urandom(_NONCE)
    return _FORM + keys.name + nonce + keys.cipher.encrypt(nonce, plain, about)


def unseal(sealed: bytes, secrets: Sequence[str], about: bytes) -> bytes:
    """`secrets`: the one in force, then older ones. Raises SealError."""
    from cryptography.exceptions import InvalidTag

    name, nonce, rest = sealed[1 : 1 + _NAME], sealed[1 + _NAME : 1 + _NAME + _NONCE], sealed[1 + _NAME + _NONCE :]
    if sealed[:1] != _FORM or len(sealed) < OVERHEAD:
        raise SealError("this is no seal of ours")
    for secret in secrets:
        if (keys := _keys(secret, about)).name == name:
            try:
                return keys.cipher.decrypt(nonce, rest, about)
            except InvalidTag:
                raise SealError("it was changed after it had been sealed") from None
    raise SealError("it was sealed with a secret that is not known here any more")


def fingerprint(plain: bytes, secret: str, about: bytes) -> str:
    """The same for the same content, and no help to whoever guesses it without the secret: 64 hex digits."""
    return hmac.digest(_keys(secret, about).hashing, plain, "sha256").hex()


@lru_cache(maxsize=256)
def _keys(secret: str, about: bytes) -> _Keys:
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

    derived = _hkdf(secret.encode(), b"aftercart sealed\x00" + about, 32 + 32 + _NAME)
    return _Keys(derived[64:], AESGCM(derived[:32]), derived[32:64])


def _hkdf(secret: bytes, info: bytes, length: int) -> bytes:
    from cryptography.hazmat.primitives.hashes import SHA256
    from cryptography.hazmat.primitives.kdf.hkdf import HKDF

    return HKDF(algorithm=SHA256(), length=length, salt=None, info=info).derive(secret)
