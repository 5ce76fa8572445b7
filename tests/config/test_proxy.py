"""What the proxy says of a request is believed only where a proxy stands."""

import subprocess
import sys

import pytest
from django.conf import settings

SAY = "from config import settings; print(getattr(settings, 'SECURE_PROXY_SSL_HEADER', None))"


@pytest.mark.parametrize(
    ("proxies", "said"), [("0", "None"), ("1", "('HTTP_X_FORWARDED_PROTO', 'https')")]
)
def test_the_scheme_is_believed_behind_a_proxy(proxies: str, said: str) -> None:
    answer = subprocess.run(
        [sys.executable, "-c", SAY],
        env={"DEMO": "1", "TRUSTED_PROXIES": proxies, "VAR_DIR": str(settings.VAR_DIR)},
        cwd=settings.BASE_DIR,
        capture_output=True,
        text=True,
        check=True,
    )
    assert answer.stdout.strip() == said


def test_the_example_names_its_proxy() -> None:
    example = (settings.BASE_DIR / "deploy" / "banyan.env.example").read_text()
    assert "\nTRUSTED_PROXIES=1\n" in example
