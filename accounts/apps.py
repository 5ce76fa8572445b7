from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class AccountsConfig(AppConfig):
    name = "accounts"
    verbose_name = _("Accounts")

    def ready(self) -> None:
        from accounts import services
        from accounts.adapter import listen
        from audit.services import register
        from common import navigation, personal
        from common.navigation import RESIDENT, NavItem

        listen()
        personal.register("accounts", export=services.account_of, erase=services.let_go)
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
                "accounts.forget_password": _("lost the password of an unproven account"),
                "accounts.add_second_factor": _("added a second step of signing in"),
                "accounts.remove_second_factor": _("removed a second step of signing in"),
                "accounts.renew_recovery_codes": _("made new recovery codes"),
                "accounts.issue_token": _("made an API token"),
                "accounts.revoke_token": _("revoked an API token"),
                "accounts.deactivate": _("deactivated the account"),
                "accounts.reactivate": _("reactivated the account"),
                "accounts.reset_second_factor": _("reset the second step of signing in"),
                "accounts.export": _("downloaded the own data"),
                "accounts.erase": _("erased the account"),
            }
        )
