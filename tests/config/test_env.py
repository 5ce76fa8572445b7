from __future__ import annotations

import pytest
from django.core.exceptions import ImproperlyConfigured

from config.env import env_email, env_keys

STRONG = "0123456789abcdefghij" * 3


def test_keys_keep_their_order(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CARE_KEYS", f"{STRONG}new, {STRONG}old")
    assert env_keys("CARE_KEYS") == [f"{STRONG}new", f"{STRONG}old"]
    monkeypatch.delenv("CARE_KEYS")
    assert env_keys("CARE_KEYS") == []


def test_weak_key_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CARE_KEYS", f"{STRONG},short")
    with pytest.raises(ImproperlyConfigured, match="CARE_KEYS: one is too easy to guess"):
        env_keys("CARE_KEYS")


def test_silent_mail_server_is_waited_for_briefly(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("EMAIL_URL", "smtp://mail.example.org")
    assert env_email("EMAIL_URL")["EMAIL_TIMEOUT"] == 10
