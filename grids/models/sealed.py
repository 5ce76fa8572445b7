"""What is written about people lies encrypted in the database, under CARE_KEYS.

The columns are named `sealed_…` and hold the cipher text as it is: nothing opens one by reading a
row, so that a list, an export or a log that shows all columns shows none of it.
"""

from __future__ import annotations

from common.secrets import decrypt, encrypt

PURPOSE = "grids.care"


def sealed(text: str) -> str:
    return encrypt(text, purpose=PURPOSE) if text else ""


def opened(stored: str) -> str:
    """Raises common.secrets.Unreadable where its key is gone."""
    return decrypt(stored, purpose=PURPOSE) if stored else ""
