from __future__ import annotations

from typing import Any

from django import forms

from common.required import NamesMissing
from notifications.models import Channel, Mute
from notifications.services import known_kinds, set_mutes
from notifications.services.channels import open_channels


class MuteForm(NamesMissing, forms.Form):
    """A box for each kind somebody gets and each channel it may leave by; ticked means wanted."""

    def __init__(self, *args: Any, user: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.user = user
        self.kinds = known_kinds(user)
        muted = set(Mute.objects.visible_to(user).values_list("kind", "channel"))
        self.pairs = {
            f"{kind.code}:{channel}": (kind.code, str(channel))
            for kind in self.kinds
            for channel in self._channels(kind.channels)
        }
        for name, (code, channel) in self.pairs.items():
            self.fields[name] = forms.BooleanField(
                label=Channel(channel).label,
                required=False,
                initial=(code, channel) not in muted,
            )

    def _channels(self, channels: tuple[str, ...]) -> list[str]:
        return [channel for channel in channels if channel in open_channels()]

    def rows(self) -> list[tuple[Any, list[forms.BoundField]]]:
        return [
            (kind.label, [self[f"{kind.code}:{way}"] for way in self._channels(kind.channels)])
            for kind in self.kinds
        ]

    def save(self) -> None:
        wanted = [pair for name, pair in self.pairs.items() if self.cleaned_data[name]]
        set_mutes(self.user, among=self.pairs.values(), wanted=wanted)
