"""Codes that nobody makes up: a row's key with a seal, for the pass on a phone."""

from __future__ import annotations

from hashlib import sha256

from django.core import signing
from django.utils.crypto import constant_time_compare

SEAL = 12


class Passes:
    """Of one kind of row, known by its salt."""

    def __init__(self, salt: str) -> None:
        self.salt = salt

    def code_of(self, pk: int) -> str:
        return f"{pk}-{self._seal(pk)}"

    def label_of(self, pk: int) -> str:
        """What a phone without signal knows the pass by: not the code itself, which its person
        has."""
        return sha256(self.code_of(pk).encode()).hexdigest()

    def key_of(self, code: str) -> int | None:
        """The row's key; None for a code that was made up."""
        key, _dash, seal = code.partition("-")
        if not (key.isascii() and key.isdecimal()) or len(key) > len(str(2**63)):
            return None
        return int(key) if constant_time_compare(seal, self._seal(int(key))) else None

    def _seal(self, pk: int) -> str:
        sealed = signing.Signer(salt=self.salt).signature(str(pk))
        return sealed[:SEAL].replace("_", "-")
