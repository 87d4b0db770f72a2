"""Who may do what where: builds the Actor of a user or a token."""

import hashlib
from collections import defaultdict
from datetime import datetime
from uuid import UUID

from django.db.models import Q, QuerySet

from lazaretto.accounts.errors import TokenInvalid
from lazaretto.accounts.models import ApiToken, Membership, Unit, User
from lazaretto.accounts.roles import roles
from lazaretto.core.access import Actor


def actor_for(user: User, *, at: datetime, device: str = "", only: frozenset[str] | None = None) -> Actor:
    """The actor of a user at a moment; two queries. `only` limits the capabilities, as a token does."""
    held = list(Membership.objects.in_force(at).filter(user=user).values_list("unit_id", "role"))
    below, roots = _tree()
    grants: dict[str, set[UUID]] = defaultdict(set)
    district: set[str] = set()
    for unit_id, code in held:
        carried = roles()[code].capabilities if code in roles() else frozenset()
        carried = carried if only is None else carried & only
        for capability in carried:
            grants[capability] |= below.get(unit_id, {unit_id})
        if unit_id in roots:
            district |= carried
    return Actor(
        user_id=user.pk,
        name=str(user),
        device=device,
        language=user.language,
        grants={capability: frozenset(units) for capability, units in grants.items()},
        district=frozenset(district),
    )


def _tree() -> tuple[dict[UUID, set[UUID]], set[UUID]]:
    """For each unit the ids of itself and all below it; and the roots."""
    parents: dict[UUID, UUID | None] = dict(Unit.objects.values_list("id", "parent_id"))
    below: dict[UUID, set[UUID]] = {unit: {unit} for unit in parents}
    for unit, parent in parents.items():
        above = parent
        while above is not None:
            below[above].add(unit)
            above = parents[above]
    return below, {unit for unit, parent in parents.items() if parent is None}


def actor_of_token(secret: str, *, at: datetime) -> Actor:
    """The actor behind an API token; raises `TokenInvalid` when it is not in force or its user inactive."""
    token = ApiToken.objects.select_related("user").filter(digest=digest_of(secret)).first()
    if token is None or token.revoked_at is not None or token.expires_at <= at or not token.user.is_active:
        raise TokenInvalid
    only = frozenset(token.capabilities) if token.capabilities else None
    return actor_for(token.user, at=at, device=f"token:{token.label}", only=only)


def digest_of(secret: str) -> str:
    """What is kept of a token. The secret has 256 random bits, so a fast digest is enough."""
    return hashlib.sha256(secret.encode()).hexdigest()


def is_set_up() -> bool:
    """Whether anybody can sign in at all."""
    return User.objects.exists()


def members(actor: Actor, *, at: datetime) -> QuerySet[Membership]:
    """Memberships in force in the actor's units, with user and unit."""
    visible = Membership.objects.visible_to(actor, "accounts.read").in_force(at)
    return visible.select_related("user", "unit").order_by("unit__code", "role", "user__username")


def people_with_role(role: str, unit_id: UUID | None, *, at: datetime) -> QuerySet[User]:
    """Users who hold a role in a unit or above it, for ladders."""
    chain = list(_chain(unit_id))
    held = Membership.objects.in_force(at).filter(role=role).filter(Q(unit_id__in=chain))
    return User.objects.filter(memberships__in=held, is_active=True).distinct().order_by("pk")


def _chain(unit_id: UUID | None) -> list[UUID]:
    parents: dict[UUID, UUID | None] = dict(Unit.objects.values_list("id", "parent_id"))
    if unit_id is None:
        return [unit for unit, parent in parents.items() if parent is None]
    chain: list[UUID] = []
    current: UUID | None = unit_id
    while current is not None and current not in chain:
        chain.append(current)
        current = parents.get(current)
    return chain
