"""Telling people. Other apps register kinds of messages; a verb notifies; a worker delivers."""

from notifications.services.channels import Outgoing, send_mail, send_sms
from notifications.services.inbox import known_kinds, mark_read, set_mutes, unread
from notifications.services.kinds import (
    Kind,
    Reader,
    answer_url_name,
    kind_of,
    kinds,
    register,
    register_answer,
)
from notifications.services.links import (
    LINK_LIFE,
    hash_of,
    live_link,
    make_link,
    purge_links,
    retire_links,
    use_link,
)
from notifications.services.outbox import (
    Occasion,
    deliver_next,
    notify,
    notify_many,
    retry,
    wake_worker,
)

__all__ = [
    "LINK_LIFE",
    "Kind",
    "Occasion",
    "Outgoing",
    "Reader",
    "answer_url_name",
    "deliver_next",
    "hash_of",
    "kind_of",
    "kinds",
    "known_kinds",
    "live_link",
    "make_link",
    "mark_read",
    "notify",
    "notify_many",
    "purge_links",
    "register",
    "register_answer",
    "retire_links",
    "retry",
    "send_mail",
    "send_sms",
    "set_mutes",
    "unread",
    "use_link",
    "wake_worker",
]
