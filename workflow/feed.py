"""Entries as a file of iCalendar (RFC 5545)."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from urllib.parse import urlsplit

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.utils.cache import get_conditional_response
from django.utils.http import quote_etag
from icalendar import Calendar, Event, vText, vUri

from workflow.calendar import Entry

ASK_AGAIN = timedelta(hours=1)
# TEXT holds none of them but the end of a line.
CONTROLS = re.compile(r"[\x00-\x09\x0b-\x1f\x7f]")


def written(entries: Iterable[Entry], name: str) -> bytes:
    """The same bytes for the same rows: no moment in it is that of the asking."""
    calendar = Calendar()
    calendar.add("PRODID", "-//Banyan//Calendar//EN")
    calendar.add("VERSION", "2.0")
    calendar.add("METHOD", "PUBLISH")
    calendar.add("NAME", _text(name))
    calendar.add("X-WR-CALNAME", _text(name))
    calendar.add("REFRESH-INTERVAL", ASK_AGAIN, parameters={"VALUE": "DURATION"})
    for entry in entries:
        calendar.add_component(_event(entry))
    body: bytes = calendar.to_ical()
    return body


def answer(request: HttpRequest, body: bytes, language: str) -> HttpResponseBase:
    """With an ETag: who asks again for the same gets a 304."""
    response = HttpResponse(body, content_type="text/calendar; charset=utf-8")
    response["Content-Language"] = language
    response["ETag"] = quote_etag(hashlib.sha256(body).hexdigest())
    found = get_conditional_response(request, etag=response["ETag"], response=response)
    return found or response


def _event(entry: Entry) -> Event:
    event = Event()
    event.add("UID", f"{entry.uid}@{urlsplit(settings.SITE_URL).hostname}")
    event.add("DTSTAMP", _utc(entry.changed_at))
    event.add("DTSTART", _utc(entry.starts_at))
    event.add("DTEND", max(_utc(entry.ends_at), _utc(entry.starts_at) + timedelta(minutes=1)))
    event.add("SUMMARY", _text(entry.title))
    event.add("STATUS", "CANCELLED" if entry.cancelled else "CONFIRMED")
    event.add("SEQUENCE", entry.sequence)
    event.add("CREATED", _utc(entry.made_at))
    event.add("LAST-MODIFIED", _utc(entry.changed_at))
    event.add("URL", vUri(f"{settings.SITE_URL}{entry.url}"))
    said = "\n".join(filter(None, (entry.state, entry.words)))
    for prop, text in (("LOCATION", entry.place), ("DESCRIPTION", said)):
        if text:
            event.add(prop, _text(text))
    return event


def _utc(moment: datetime) -> datetime:
    return moment.astimezone(UTC).replace(microsecond=0)


def _text(text: str) -> vText:
    return vText(CONTROLS.sub(" ", text.replace("\r\n", "\n").replace("\r", "\n")))
