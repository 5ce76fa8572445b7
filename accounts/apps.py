from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class AccountsConfig(AppConfig):
    name = "accounts"
    verbose_name = _("Accounts")

    def ready(self) -> None:
        from audit.services import register
        from common import navigation
        from common.navigation import RESIDENT, NavItem

        navigation.register(NavItem(_("Me"), "user", "accounts:me", RESIDENT, order=90))
        register(
            {
                "accounts.sign_up": _("signed up"),
                "accounts.sign_in": _("signed in"),
                "accounts.edit": _("changed the account"),
                "accounts.agree": _("agreed to the privacy text"),
                "accounts.set_phone": _("changed the phone"),
                "accounts.set_email": _("confirmed the e-mail"),
                "accounts.set_password": _("changed the password"),
                "accounts.issue_token": _("made an API token"),
                "accounts.revoke_token": _("revoked an API token"),
                "accounts.deactivate": _("deactivated the account"),
                "accounts.reactivate": _("reactivated the account"),
                "accounts.reset_second_factor": _("reset the second step of signing in"),
                "accounts.export": _("downloaded the own data"),
                "accounts.erase": _("erased the account"),
            }
        )
