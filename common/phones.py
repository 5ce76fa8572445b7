"""Phone numbers as people and spreadsheets write them, kept as E.164."""

from __future__ import annotations

import re
import unicodedata
from typing import Any

import phonenumbers
from django import forms
from django.db.models import Q
from django.db.models.functions import Length
from django.db.models.lookups import GreaterThanOrEqual
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from common.written import hyphened, visible

HOME_REGION = "CN"
# As kept: the country, and ten digits behind it.
LONG = len("+862885551234")
E164 = re.compile(r"\+[1-9][0-9]{5,14}")
# Those that the library of numbers does not know.
BRACKETS = re.compile("[{}<>【】〔〕〖〗「」『』《》〈〉]")
MASK = re.compile(r"[*•●]|\d[xX]{2,}")


class BadPhone(ValueError):
    """`str()` is a whole sentence."""

    def __init__(self, code: str, sentence: str | Promise) -> None:
        super().__init__(sentence)
        self.code = code


def normalise(value: object) -> str:
    """+8613800000000 from 13800000000, 1.38E10, ‘138 0000 0000’, =8613800000000, 028-85551234.

    Raises BadPhone for what cannot be called.
    """
    text = _as_text(value)
    if MASK.search(text):
        raise BadPhone("phone_masked", _("Part of the phone number is hidden."))
    number = _parsed(text)
    if number is None:
        raise BadPhone(
            "phone",
            _("This is not a phone number. Write a mobile number, or a landline with area code."),
        )
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


def split(value: object) -> list[str]:
    """The numbers of one cell that holds several."""
    text = _as_text(value)
    return [part for part in re.split(r"[;,/、；，／|#\n]+", text) if part.strip()]


def is_whole(value: object) -> bool:
    """As `normalise` keeps it."""
    return isinstance(value, str) and bool(E164.fullmatch(value))


def whole(text: str) -> str:
    """As `normalise` keeps it, empty for what is no whole number."""
    try:
        return normalise(text)
    except BadPhone:
        return ""


def local(phone: str) -> str:
    """As people here dial it: no +86."""
    return phone.removeprefix("+86") if re.fullmatch(r"\+861\d{10}", phone) else _national(phone)


def masked(phone: str) -> str:
    """138****2207; of a short number at least a third stays hidden, and how short it is."""
    text = re.sub(r"[^\d+]", "", local(phone))
    if len(text) < 7:
        return "****" if phone else ""
    shown = 2 * len(text) // 3
    head = min(3, shown // 2)
    return f"{text[:head]}****{text[-min(4, shown - head) :]}"


def ends_shown(field: str) -> Q:
    """Numbers of which `masked` shows the last four digits: those that people here dial with
    eleven, mobile or with their area code."""
    hotline = Q(**{f"{field}__startswith": "+86400"}) | Q(**{f"{field}__startswith": "+86800"})
    return Q(GreaterThanOrEqual(Length(field), LONG)) & ~hotline


class PhoneField(forms.CharField):
    """Any writing of a number; kept as E.164, shown as people dial it."""

    widget = forms.TextInput(attrs={"type": "tel", "autocomplete": "tel", "inputmode": "tel"})

    def __init__(self, **options: Any) -> None:
        super().__init__(**({"label": _("Phone")} | options))

    def prepare_value(self, value: Any) -> Any:
        return local(value) if is_whole(value) else value

    def to_python(self, value: Any) -> str:
        text = super().to_python(value)
        if not text:
            return ""
        try:
            return normalise(text)
        except BadPhone as error:
            raise forms.ValidationError(str(error), code=error.code) from error


def _as_text(value: object) -> str:
    """Spreadsheets turn numbers into floats and a leading + into a formula."""
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    text = unicodedata.normalize("NFKC", visible(str(value)))
    text = BRACKETS.sub(" ", hyphened(text)).strip().lstrip("='").strip()
    return text[:-2] if re.fullmatch(r"\d{7,}\.0", text) else text


def _parsed(text: str) -> phonenumbers.PhoneNumber | None:
    """As a number of this country, else as one whose + got lost."""
    digits = re.sub(r"\D", "", text)
    lost_plus = [f"+{digits}"] if len(digits) > 10 and digits[0] not in "01" else []
    for candidate in [text, *lost_plus]:
        try:
            number = phonenumbers.parse(candidate, HOME_REGION)
        except phonenumbers.NumberParseException:
            continue
        if phonenumbers.is_valid_number(number):
            return number
    return None


def _national(phone: str) -> str:
    try:
        number = phonenumbers.parse(phone, None)
    except phonenumbers.NumberParseException:
        return phone
    if number.country_code != 86:
        return phone
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.NATIONAL)
