"""What every template may ask: the look somebody chose, and the bars around the page."""

from django.http import HttpRequest

from common.navigation import Navigation

THEMES = ("auto", "light", "dark")
THEME_COOKIE = "theme"
LARGE_TYPE_COOKIE = "large_type"


def looks(request: HttpRequest) -> dict[str, object]:
    theme = request.COOKIES.get(THEME_COOKIE, "auto")
    return {
        "theme": theme if theme in THEMES else "auto",
        "large_type": request.COOKIES.get(LARGE_TYPE_COOKIE) == "on",
        "navigation": Navigation(request),
    }
