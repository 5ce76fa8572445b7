"""Who acts when no person does."""

from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy as _


@dataclass(frozen=True)
class System:
    """The portal itself, in sweeps and imports. It has no pk; rules that let it act say so."""

    pk: None = None
    is_active: bool = True
    is_superuser: bool = False
    is_authenticated: bool = True

    @property
    def name(self) -> str:
        return str(_("the portal"))


SYSTEM = System()


def name_of(actor: Any) -> str:
    """Of whoever the log names; of the portal where it names nobody."""
    return str((actor or SYSTEM).name)


def is_system(user: Any, row: Any = None) -> bool:
    """A rule: only the portal itself."""
    return user is SYSTEM
