from __future__ import annotations

import pytest
from django.test import Client
from django.utils import translation

from accounts.templatetags.accounts import device

IPHONE = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 (KHTML) "
ANDROID = "Mozilla/5.0 (Linux; Android 15; PJD110) AppleWebKit/537.36 (KHTML, like Gecko) "
WINDOWS = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) "


@pytest.mark.parametrize(
    ("user_agent", "said"),
    [
        (IPHONE + "Mobile/15E148 MicroMessenger/8.0.50", "iPhone · 微信"),
        (IPHONE + "Version/18.0 Mobile/15E148 Safari/604.1", "iPhone · Safari"),
        (ANDROID + "Chrome/130.0 Mobile Safari/537.36", "安卓手机 · Chrome"),
        (WINDOWS + "Chrome/130.0 Safari/537.36 Edg/130.0", "Windows 电脑 · Edge"),
        ("curl/8.5.0", "未知设备"),
        ("", "未知设备"),
    ],
)
def test_device_is_said_as_its_owner_would(user_agent: str, said: str) -> None:
    with translation.override("zh-hans"):
        assert device(user_agent) == said


def test_page_names_the_device_one_sits_at(here: Client) -> None:
    here.defaults["HTTP_USER_AGENT"] = IPHONE + "MicroMessenger/8.0.50"
    page = here.get("/accounts/sessions/").content.decode()
    assert page.count("this one") == 1
