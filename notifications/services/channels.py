"""The ways out of the house. Each takes one message and raises when it could not be handed over."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass
from smtplib import SMTPDataError, SMTPRecipientsRefused
from urllib.parse import quote, urlsplit

import apprise
from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import translation

from notifications.models import Channel

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Outgoing:
    """A message as it leaves. `key` is the same however often it is tried; `url`s are absolute."""

    key: str
    address: str
    language: str
    title: str
    body: str
    url: str
    answer_url: str


Send = Callable[[Outgoing], None]


class NotSentError(Exception):
    """The gateway did not take it."""


class RefusedError(Exception):
    """It will never be taken: the address or the content is bad. Trying again only harms us."""


def open_channels() -> tuple[str, ...]:
    """Text messages leave only where a gateway is configured."""
    return (Channel.EMAIL, Channel.SMS) if settings.SMS_URL else (Channel.EMAIL,)


def send(channel: str, message: Outgoing) -> None:
    with translation.override(message.language):
        _SENDERS[channel](message)


def send_mail(message: Outgoing) -> None:
    mail = _mail(message)
    try:
        # Headers are checked only here; a mail server would be asked first.
        mail.message().as_bytes()
    except Exception as error:  # whatever cannot be written down once never can be
        raise RefusedError(f"{type(error).__name__}: {error}") from error
    try:
        mail.send()
    except (SMTPRecipientsRefused, SMTPDataError) as error:
        if _is_final(error):
            raise RefusedError(str(error)) from error
        raise


def _mail(message: Outgoing) -> EmailMultiAlternatives:
    context = {"message": message, "settings_url": absolute(reverse("notifications:settings"))}
    mail = EmailMultiAlternatives(
        message.title,
        render_to_string("notifications/mail.txt", context),
        to=[message.address],
        headers={
            # A mail server that gets it twice, after a crash in the wrong moment, can tell.
            "Message-ID": f"<{message.key}@{urlsplit(settings.SITE_URL).hostname}>",
            "List-Unsubscribe": f"<{context['settings_url']}>",
            "Auto-Submitted": "auto-generated",
        },
    )
    mail.attach_alternative(render_to_string("notifications/mail.html", context), "text/html")
    return mail


def _is_final(error: SMTPRecipientsRefused | SMTPDataError) -> bool:
    """5xx said of the recipient or the mail; said of us or our password, it can be put right."""
    if isinstance(error, SMTPDataError):
        return error.smtp_code >= 500
    return all(code >= 500 for code, _said in error.recipients.values())


def _send_text(message: Outgoing) -> None:
    link = message.answer_url or message.url
    if not send_sms(message.address, f"{message.title} {link}".strip()):
        raise NotSentError("the gateway did not take the text message")


def send_sms(phone: str, text: str) -> bool:
    """Through the gateway of SMS_URL, an apprise address in which {phone} is the number.

    Without one, a trial writes the text to the log, where whoever tries it can read it.
    """
    if settings.SMS_URL:
        gateway = apprise.Apprise()
        gateway.add(settings.SMS_URL.replace("{phone}", quote(phone, safe="+")))
        return bool(gateway.notify(body=text))
    if settings.DEMO or settings.DEBUG:
        logger.info("text message to %s: %s", phone, text)
        return True
    logger.warning("SMS_URL is not set: a text message was not sent")
    return False


def absolute(path: str) -> str:
    return f"{settings.SITE_URL}{path}" if path.startswith("/") else path


_SENDERS: dict[str, Send] = {Channel.EMAIL: send_mail, Channel.SMS: _send_text}
