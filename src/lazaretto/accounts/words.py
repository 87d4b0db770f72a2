"""What the commands of accounts are called in the journal."""

from django.utils.translation import gettext_lazy as _

from lazaretto.core.spoken import call

call(
    {
        "accounts.change_own_password": _("own password replaced"),
        "accounts.choose_language": _("language chosen"),
        "accounts.close_unit": _("unit closed"),
        "accounts.create_user": _("account made"),
        "accounts.end_role": _("role ended"),
        "accounts.grant_role": _("role given"),
        "accounts.issue_token": _("token issued"),
        "accounts.move_unit": _("unit put under another"),
        "accounts.open_unit": _("unit opened"),
        "accounts.set_dispatch_phone": _("telephone of dispatch changed"),
        "accounts.rename_unit": _("unit renamed"),
        "accounts.reset_password": _("password reset"),
        "accounts.restore_user": _("account restored"),
        "accounts.revoke_token": _("token revoked"),
        "accounts.set_up": _("installation set up"),
        "accounts.sign_in": _("signed in"),
        "accounts.suspend_user": _("account suspended"),
        "accounts.unlock_user": _("account unlocked"),
    }
)
