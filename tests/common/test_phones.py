from __future__ import annotations

import pytest
from django.core.exceptions import ValidationError

from common import phones


@pytest.mark.parametrize(
    ("written", "phone"),
    [
        ("13800000000", "+8613800000000"),
        (13800000000, "+8613800000000"),
        (13800000000.0, "+8613800000000"),
        ("13800000000.0", "+8613800000000"),
        ("138 0000 0000", "+8613800000000"),
        ("+86-138-0000-0000", "+8613800000000"),
        ("８６ １３８００００００００", "+8613800000000"),
        ("'+8613800000000", "+8613800000000"),
        ("=8613800000000", "+8613800000000"),
        ("=79000000000", "+79000000000"),
        ("028-85551234", "+862885551234"),
        ("(028) 8555 1234", "+862885551234"),
        ("+852 9123 4567", "+85291234567"),
        ("138－0000－0000", "+8613800000000"),
        ("138—0000–0000", "+8613800000000"),
        ("138‐0000−0000", "+8613800000000"),
        ("138\u30000000\u00a00000", "+8613800000000"),
        ("\u202d138\u200b0000\u00ad00\u206000\u202c", "+8613800000000"),
        ("（０２８）８５５５－１２３４", "+862885551234"),
        ("【028】〔8555〕1234", "+862885551234"),
    ],
)
def test_any_writing_becomes_e164(written: object, phone: str) -> None:
    assert phones.normalise(written) == phone


@pytest.mark.parametrize("written", ["", "abc", "85551234", "12345", "1380000000000000", None])
def test_what_cannot_be_called_is_refused(written: object) -> None:
    with pytest.raises(phones.BadPhone) as refused:
        phones.normalise(written)
    assert refused.value.code == "phone"


@pytest.mark.parametrize("written", ["138****0000", "1xx00000000", "138XXXX0000"])
def test_a_masked_number_is_told_apart(written: str) -> None:
    with pytest.raises(phones.BadPhone) as refused:
        phones.normalise(written)
    assert refused.value.code == "phone_masked"


def test_several_numbers_of_one_cell() -> None:
    assert phones.split("13800000000\n138—1111—1111") == ["13800000000", "138-1111-1111"]
    assert phones.split("13800000000/13900000000#028-85551234") == [
        "13800000000",
        "13900000000",
        "028-85551234",
    ]


@pytest.mark.parametrize(
    ("phone", "local", "masked"),
    [
        ("+8613812342207", "13812342207", "138****2207"),
        ("+79000000000", "+79000000000", "+79****0000"),
        ("+862885551234", "028 8555 1234", "028****1234"),
        ("5551234", "5551234", "55****34"),
        ("555 12 34", "555 12 34", "55****34"),
        ("85551234", "85551234", "85****234"),
        ("0285551234", "0285551234", "028****234"),
        ("12345", "12345", "****"),
        ("", "", ""),
    ],
)
def test_shown_as_people_dial(phone: str, local: str, masked: str) -> None:
    assert (phones.local(phone), phones.masked(phone)) == (local, masked)


@pytest.mark.parametrize("length", range(1, 16))
def test_a_mask_hides_a_third_at_least(length: int) -> None:
    shown = phones.masked("1234567890123456"[:length]).replace("*", "")
    assert len(shown) <= 2 * length / 3


def test_the_field_keeps_one_writing_and_shows_the_local_one() -> None:
    field = phones.PhoneField(required=False)
    assert [field.clean(written) for written in ("138 0000 0000", " ", None)] == [
        "+8613800000000",
        "",
        "",
    ]
    assert field.prepare_value("+8613800000000") == "13800000000"
    assert field.prepare_value("typed 138") == "typed 138"
    assert not field.has_changed("+8613800000000", "138 0000 0000")
    with pytest.raises(ValidationError, match="Part of the phone number is hidden") as refused:
        field.clean("138****0000")
    assert refused.value.error_list[0].code == "phone_masked"
