"""What accounts can prove: doors lead only to people who are there, with roles that exist, in units that are open."""

from datetime import datetime

from django.contrib.sessions.models import Session
from django.db.models import Exists, OuterRef
from django.utils.translation import gettext_lazy as _

from lazaretto.accounts.models import ApiToken, Membership, User
from lazaretto.accounts.roles import roles
from lazaretto.core.promises import Finding, Offender, proof


@proof(7, "tokens_belong", _("Every token in force belongs to somebody who may sign in"))
def tokens_belong(at: datetime) -> Finding:
    """A suspended account keeps no key."""
    valid = ApiToken.objects.filter(revoked_at__isnull=True, expires_at__gt=at, created_at__lte=at)
    orphans = valid.filter(user__is_active=False).order_by("pk")
    offenders = [Offender("token", str(row.pk), "its user is suspended") for row in orphans]
    return Finding({"tokens_in_force": valid.count()}, offenders, in_use=ApiToken.objects.exists())


@proof(7, "roles_known", _("Every role in force stands in the table and in an open unit"))
def roles_known(at: datetime) -> Finding:
    """A role of another name carries nothing; one in a closed unit should have ended with it."""
    held = Membership.objects.in_force(at)
    offenders = [
        Offender("membership", str(row.pk), f"the table has no role {row.role}")
        for row in held.exclude(role__in=list(roles())).order_by("pk")
    ]
    offenders += [
        Offender("membership", str(row.pk), "its unit is closed")
        for row in held.filter(unit__ended_at__lte=at).order_by("pk")
    ]
    idle = User.objects.filter(is_active=True).exclude(Exists(held.filter(user=OuterRef("pk"))))
    figures = {"roles_in_force": held.count(), "users_without_role": idle.count()}
    return Finding(figures, offenders, in_use=User.objects.exists())


@proof(7, "somebody_manages", _("Somebody manages the accounts of the district"))
def somebody_manages(at: datetime) -> Finding:
    """Without an administrator nobody could take a right away."""
    held = Membership.objects.in_force(at).filter(role="administrator", unit__parent__isnull=True, user__is_active=True)
    figures = {
        "administrators": held.count(),
        "sessions_open": Session.objects.filter(expire_date__gt=at).count(),
        "first_passwords_unchanged": User.objects.filter(is_active=True, must_change_password=True).count(),
    }
    set_up = User.objects.exists()
    offenders = [] if held.exists() or not set_up else [Offender("installation", "accounts", "no administrator")]
    return Finding(figures, offenders, in_use=set_up)
