"""The small pieces of every page. A page that knows the time gives it as `at`."""

from __future__ import annotations

import re
from datetime import date, datetime, timedelta
from decimal import Decimal

from django import template
from django.forms import BaseForm, BoundField, widgets
from django.template import Context
from django.templatetags.static import static
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString

from common import dates, phones

register = template.Library()

KINDS = ("", "go", "wait", "new", "late")
INPUT_CLASSES = (
    (
        (widgets.CheckboxInput, widgets.RadioSelect, widgets.CheckboxSelectMultiple),
        "form-check-input",
    ),
    ((widgets.Select,), "form-select"),
    ((widgets.HiddenInput,), ""),
    ((widgets.Input, widgets.Textarea), "form-control"),
)


@register.simple_tag
def icon(name: str, css: str = "") -> SafeString:
    """{% icon "tool" %}; names stand in static/icons.txt."""
    return format_html(
        '<svg class="{}" aria-hidden="true" focusable="false"><use href="{}#{}"></use></svg>',
        f"icon {css}".strip(),
        static("icons.svg"),
        name,
    )


@register.simple_tag
def state_pill(label: str, kind: str = "", icon_name: str = "circle-check") -> SafeString:
    """A state as word, colour and icon. `kind`: go, wait, new, late, or nothing for grey."""
    css = f"state {kind}" if kind in KINDS and kind else "state"
    return format_html('<span class="{}">{}{}</span>', css, icon(icon_name), label)


@register.simple_tag
def face(person: object, css: str = "") -> SafeString:
    """The first character of somebody's name in a disc; the name itself stands beside it."""
    letter = str(person)[:1] or "?"
    return format_html(
        '<span class="{}" aria-hidden="true">{}</span>', f"face {css}".strip(), letter
    )


# --- time


def spoken_at(context: Context) -> datetime:
    at = context.get("at")
    return at if isinstance(at, datetime) else timezone.now()


def time_element(moment: datetime, words: str, css: str = "num") -> SafeString:
    return format_html(
        '<time class="{}" datetime="{}" title="{}">{}</time>',
        css,
        moment.isoformat(timespec="minutes"),
        dates.exact_time(moment),
        words,
    )


@register.simple_tag(takes_context=True)
def said_time(context: Context, moment: datetime | None) -> str:
    if not moment:
        return ""
    return time_element(moment, dates.said_time(moment, spoken_at(context)))


@register.simple_tag(takes_context=True)
def said_deadline(context: Context, deadline: datetime | None) -> str:
    if not deadline:
        return ""
    at = spoken_at(context)
    css = "num late-text" if deadline < at else "num"
    return time_element(deadline, dates.said_deadline(deadline, at), css)


@register.simple_tag(takes_context=True)
def said_span(context: Context, begin: datetime | None, end: datetime | None) -> str:
    if not begin or not end:
        return ""
    return time_element(begin, dates.said_span(begin, end, spoken_at(context)))


@register.filter
def weekday(moment: datetime | date) -> str:
    """The day of the week of a moment here, or of a day, in short: 周三, Wed."""
    day = timezone.localtime(moment) if isinstance(moment, datetime) else moment
    word = str(dates.WEEKDAYS[day.weekday()])
    return word[:3] if word.isascii() else word


@register.filter
def said_duration(span: timedelta | int | None) -> str:
    """A timedelta, or a number of minutes."""
    if isinstance(span, int):
        span = timedelta(minutes=span)
    return dates.said_duration(span) if span else ""


# --- words and numbers


@register.filter
def said_seconds(span: timedelta | None) -> str:
    return "" if span is None else dates.said_seconds(span)


@register.filter
def on_the_clock(span: timedelta | None) -> str:
    return "" if span is None else dates.on_the_clock(span)


@register.filter
def money(amount: Decimal | float | None) -> str:
    return "" if amount is None else f"¥{amount:,.2f}"


@register.filter
def phone(number: str | None) -> str:
    """+8613812342207 → 138 1234 2207; a foreign number stays whole."""
    text = phones.local(number or "")
    mobile = re.fullmatch(r"(1\d{2})(\d{4})(\d{4})", text)
    return " ".join(mobile.groups()) if mobile else text


@register.filter
def masked_phone(number: str | None) -> str:
    """+8613812342207 → 138****2207."""
    return phones.masked(number or "")


# --- forms


def control(bound: BoundField) -> SafeString:
    """The widget with the classes of the look; Django itself ties it to its hint and error."""
    widget = bound.field.widget
    given = str(widget.attrs.get("class", ""))
    ours = next((css for kinds, css in INPUT_CLASSES if isinstance(widget, kinds)), "")
    css = f"{ours} {given}".strip()
    return bound.as_widget(attrs={"class": css} if css else None)


def shape(bound: BoundField) -> str:
    widget = bound.field.widget
    if widget.is_hidden:
        return "hidden"
    if isinstance(widget, widgets.RadioSelect | widgets.CheckboxSelectMultiple):
        return "choices"
    return "check" if isinstance(widget, widgets.CheckboxInput) else "line"


@register.inclusion_tag("components/field.html")
def field(bound: BoundField, label: str = "", hint: str = "") -> dict[str, object]:
    """One field: label, control, hint, error. Choices are chips; a box stands before its label."""
    some_required = any(item.required for item in bound.form.fields.values())
    return {
        "field": bound,
        "shape": shape(bound),
        "control": control(bound),
        "label": label or bound.label,
        "hint": hint or bound.help_text,
        "optional": some_required and not bound.field.required,
    }


@register.inclusion_tag("components/fields.html")
def fields(form: BaseForm) -> dict[str, object]:
    """All of a form: its general errors, then its fields in order."""
    return {"form": form}
