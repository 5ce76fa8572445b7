from __future__ import annotations

from typing import Any

import pytest

from common import secrets

OLD, NEW = "old-key-" * 8, "new-key-" * 8


@pytest.fixture(autouse=True)
def keys(settings: Any) -> Any:
    settings.CARE_KEYS = [OLD]
    return settings


def test_text_comes_back_and_does_not_lie_open() -> None:
    stored = secrets.encrypt("独居，三楼", purpose="care")
    assert "独居" not in stored
    assert secrets.decrypt(stored, purpose="care") == "独居，三楼"


def test_same_text_is_stored_differently_each_time() -> None:
    assert secrets.encrypt("a", purpose="care") != secrets.encrypt("a", purpose="care")


def test_new_key_writes_and_old_one_still_reads(keys: Any) -> None:
    before = secrets.encrypt("a", purpose="care")
    keys.CARE_KEYS = [NEW, OLD]
    after = secrets.encrypt("b", purpose="care")
    assert secrets.decrypt(before, purpose="care") == "a"
    keys.CARE_KEYS = [NEW]
    assert secrets.decrypt(after, purpose="care") == "b"
    with pytest.raises(secrets.Unreadable):
        secrets.decrypt(before, purpose="care")


def test_rotated_text_needs_the_old_key_no_longer(keys: Any) -> None:
    before = secrets.encrypt("a", purpose="care")
    keys.CARE_KEYS = [NEW, OLD]
    after = secrets.rotate(before, purpose="care")
    keys.CARE_KEYS = [NEW]
    assert secrets.decrypt(after, purpose="care") == "a"
    with pytest.raises(secrets.Unreadable):
        secrets.rotate(before, purpose="care")


def test_without_keys_the_secret_key_serves_and_goes_on_reading(keys: Any) -> None:
    keys.CARE_KEYS = []
    stored = secrets.encrypt("a", purpose="care")
    keys.CARE_KEYS = [NEW]
    assert secrets.decrypt(stored, purpose="care") == "a"
    keys.CARE_KEYS = []
    keys.SECRET_KEY_FALLBACKS, keys.SECRET_KEY = [keys.SECRET_KEY], NEW
    assert secrets.decrypt(stored, purpose="care") == "a"


def test_text_of_one_purpose_is_not_taken_for_another() -> None:
    stored = secrets.encrypt("a", purpose="care")
    with pytest.raises(secrets.Unreadable):
        secrets.decrypt(stored, purpose="second_factor")


@pytest.mark.parametrize("stored", ["", "plain", "gAAAAA", "明文"])
def test_what_was_never_encrypted_is_refused(stored: str) -> None:
    with pytest.raises(secrets.Unreadable):
        secrets.decrypt(stored, purpose="care")
