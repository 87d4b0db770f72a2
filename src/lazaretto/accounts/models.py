"""Users, the tree of units, memberships with a role and a period, API tokens."""

from datetime import datetime
from typing import Self

from django.contrib.auth.models import AbstractUser
from django.db import models
from django.db.models import F, Q

from lazaretto.accounts.choices import UnitKind
from lazaretto.accounts.roles import title_of
from lazaretto.core.access import Actor, ScopedQuerySet
from lazaretto.core.ids import new_id


class User(AbstractUser):
    """Somebody who signs in. `display_name` is what colleagues read; the journal keeps it beside the id."""

    first_name = None  # type: ignore[assignment]
    last_name = None  # type: ignore[assignment]
    display_name = models.CharField(max_length=80)
    language = models.CharField(max_length=12, default="zh-hans")
    must_change_password = models.BooleanField(default=False)

    REQUIRED_FIELDS = ["display_name"]

    def __str__(self) -> str:
        return self.display_name or self.username

    def get_full_name(self) -> str:
        """The name colleagues read."""
        return self.display_name

    def get_short_name(self) -> str:
        """The same."""
        return self.display_name


class UnitQuerySet(ScopedQuerySet["Unit"]):
    """Units that an actor can see are those where anything is granted."""

    def visible_to(self, actor: Actor, capability: str | None = None) -> Self:
        """Units where the capability holds."""
        return self if actor.everywhere(capability) else self.filter(pk__in=actor.units_with(capability))


class Unit(models.Model):
    """A node of the command structure: headquarters → task force → site …

    `dispatch_phone` is the number of the desk that sends its vehicles, not of a person, so that it stays true when the
    shift changes; empty where the unit above answers.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    parent = models.ForeignKey("self", null=True, blank=True, on_delete=models.PROTECT, related_name="children")
    kind = models.CharField(max_length=20, choices=UnitKind)
    code = models.CharField(max_length=20, unique=True)
    name = models.CharField(max_length=120)
    dispatch_phone = models.CharField(max_length=40, blank=True)
    started_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)

    objects = UnitQuerySet.as_manager()
    SCOPE = "id"

    class Meta:
        constraints = [
            models.UniqueConstraint(F("kind"), condition=Q(parent__isnull=True), name="unit_one_root"),
            models.CheckConstraint(condition=~Q(parent=F("id")), name="unit_not_own_parent"),
            models.CheckConstraint(
                condition=Q(ended_at__isnull=True) | Q(ended_at__gte=F("started_at")), name="unit_period"
            ),
        ]

    def __str__(self) -> str:
        return self.name


class MembershipQuerySet(ScopedQuerySet["Membership"]):
    """Memberships, by period."""

    def in_force(self, at: datetime) -> Self:
        """Those whose period contains the moment."""
        return self.filter(started_at__lte=at).filter(Q(ended_at__isnull=True) | Q(ended_at__gt=at))


class Membership(models.Model):
    """A user holds a role in a unit, and in all units below it, for a period."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="memberships")
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="memberships")
    role = models.CharField(max_length=40)
    started_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)

    objects = MembershipQuerySet.as_manager()
    SCOPE = "unit_id"

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["user", "unit", "role"], condition=Q(ended_at__isnull=True), name="membership_open_once"
            ),
            models.CheckConstraint(
                condition=Q(ended_at__isnull=True) | Q(ended_at__gte=F("started_at")), name="membership_period"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user} · {self.role} · {self.unit}"

    @property
    def title(self) -> str:
        """The role's title in the reader's language."""
        return title_of(self.role)


class ApiToken(models.Model):
    """A secret for one device or program, acting as its user with at most the listed capabilities (empty: all of them).

    Only a SHA-256 of the secret is kept; `hint` is its last four characters.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="tokens")
    label = models.CharField(max_length=80)
    digest = models.CharField(max_length=64, unique=True)
    hint = models.CharField(max_length=4)
    capabilities = models.JSONField(default=list)
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True, blank=True)
    last_used_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(expires_at__gt=F("created_at")), name="token_period")]

    def __str__(self) -> str:
        return f"{self.label} …{self.hint}"
