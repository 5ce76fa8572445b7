"""Primary keys as addresses and forms say them."""

# The largest key of PostgreSQL has nineteen digits; no row comes near it.
MOST_DIGITS = 18


def key_of(text: str | None) -> int | None:
    """The key that `text` is, or None: neither “²” nor a thousand digits are one."""
    if text and text.isascii() and text.isdecimal() and len(text) <= MOST_DIGITS:
        return int(text)
    return None
