"""Whose device a session is, as its owner would say it."""

from django import template
from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

register = template.Library()

# The first that occurs: most browsers also call themselves by the names further down.
BROWSERS: dict[str, str | Promise] = {
    "MicroMessenger": _("WeChat"),
    "Edg": "Edge",
    "Firefox": "Firefox",
    "Chrome": "Chrome",
    "Safari": "Safari",
}
SYSTEMS: dict[str, str | Promise] = {
    "iPhone": "iPhone",
    "iPad": "iPad",
    "HarmonyOS": "HarmonyOS",
    "Android": _("Android phone"),
    "Windows": _("Windows computer"),
    "Mac OS": "Mac",
    "Linux": _("Linux computer"),
}


@register.filter
def device(user_agent: str) -> str:
    known = [_first(SYSTEMS, user_agent), _first(BROWSERS, user_agent)]
    return " · ".join(filter(None, known)) or gettext("Unknown device")


def _first(names: dict[str, str | Promise], user_agent: str) -> str:
    return next((str(name) for sign, name in names.items() if sign in user_agent), "")
