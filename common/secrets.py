"""Text that lies encrypted in the database: second factors, care notes.

The first key writes and every key reads, so a new one is put first and the old ones stay until
nothing is left under them. Each purpose has keys of its own, derived from these: what was stored
for one cannot be passed off as another's.
"""

from __future__ import annotations

import base64
from functools import lru_cache

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings
from django.utils.encoding import force_bytes


class Unreadable(Exception):
    """None of the keys opens it: a key is gone from the settings, or somebody changed the text."""


def encrypt(text: str, *, purpose: str) -> str:
    return _box(_keys(), purpose).encrypt(text.encode()).decode("ascii")


def decrypt(stored: str, *, purpose: str) -> str:
    try:
        return _box(_keys(), purpose).decrypt(stored.encode()).decode()
    except InvalidToken as error:
        raise Unreadable(purpose) from error


def rotate(stored: str, *, purpose: str) -> str:
    """The same text under the first key."""
    try:
        return _box(_keys(), purpose).rotate(stored.encode()).decode("ascii")
    except InvalidToken as error:
        raise Unreadable(purpose) from error


def _keys() -> tuple[str | bytes, ...]:
    """SECRET_KEY still reads what it wrote before there was a key for this."""
    return (*settings.CARE_KEYS, settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)


@lru_cache(maxsize=8)
def _box(keys: tuple[str | bytes, ...], purpose: str) -> MultiFernet:
    return MultiFernet([_fernet(key, purpose) for key in keys])


def _fernet(key: str | bytes, purpose: str) -> Fernet:
    derived = HKDF(SHA256(), length=32, salt=None, info=f"banyan.{purpose}".encode())
    return Fernet(base64.urlsafe_b64encode(derived.derive(force_bytes(key))))
