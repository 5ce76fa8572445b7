"""Files of rows: taken in, re-encoded, given to a row, thrown away."""

from attachments.querysets import owner_models, register_owner, register_thread
from attachments.services.threads import say
from attachments.services.uploads import (
    MAX_BYTES,
    MAX_PER_ROW,
    claim,
    copy,
    discard,
    of,
    of_rows,
    purge,
    remove,
    store,
    too_many,
    with_photos,
)

__all__ = [
    "MAX_BYTES",
    "MAX_PER_ROW",
    "claim",
    "copy",
    "discard",
    "of",
    "of_rows",
    "owner_models",
    "purge",
    "register_owner",
    "register_thread",
    "remove",
    "say",
    "store",
    "too_many",
    "with_photos",
]
