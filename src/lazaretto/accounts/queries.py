"""Who may do what where: builds the Actor of a user or a token."""

import hashlib
from collections import defaultdict
from dataclasses import replace
from datetime import datetime
from typing import Any, TypeVar
from uuid import UUID

from django.db.models import Model, Q, QuerySet

from lazaretto.accounts.errors import TokenInvalid
from lazaretto.accounts.models import ApiToken, Membership, Unit, User
from lazaretto.accounts.roles import roles
from lazaretto.core.access import PERSONAL, Actor
from lazaretto.core.errors import NotFound
from lazaretto.core.models import Alarm, Deadline, JournalEntry

M = TypeVar("M", bound=Model)


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
        personal=PERSONAL if only is None else PERSONAL & only,
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


def token_of(secret: str, *, at: datetime) -> ApiToken:
    """The token with that secret; raises `TokenInvalid` when it is not in force or its user inactive."""
    token = ApiToken.objects.select_related("user").filter(digest=digest_of(secret)).first()
    if token is None or token.revoked_at is not None or token.expires_at <= at or not token.user.is_active:
        raise TokenInvalid
    return token


def actor_of_token(secret: str, *, at: datetime) -> Actor:
    """The actor behind the token with that secret; raises `TokenInvalid`."""
    return actor_through(token_of(secret, at=at), at=at)


def actor_through(token: ApiToken, *, at: datetime) -> Actor:
    """The user of a token, with at most its capabilities."""
    only = frozenset(token.capabilities) if token.capabilities else None
    return replace(actor_for(token.user, at=at, device=f"token:{token.label}", only=only), token=True)


def digest_of(secret: str) -> str:
    """What is kept of a token. The secret has 256 random bits, so a fast digest is enough."""
    return hashlib.sha256(secret.encode()).hexdigest()


def active_user(username: str) -> User:
    """The user of that name; raises `NotFound`, also for one that was suspended."""
    found = User.objects.filter(username=username, is_active=True).first()
    if found is None:
        raise NotFound(username=username)
    return found


def units_of(user: User, *, at: datetime) -> frozenset[UUID]:
    """The units where a user holds a role now."""
    return frozenset(Membership.objects.in_force(at).filter(user=user).values_list("unit_id", flat=True))


def is_set_up() -> bool:
    """Whether anybody can sign in at all."""
    return User.objects.exists()


def members(actor: Actor, *, at: datetime) -> QuerySet[Membership]:
    """Memberships in force in the actor's units, with user and unit."""
    visible = Membership.objects.visible_to(actor, "accounts.read").in_force(at)
    return visible.select_related("user", "unit").order_by("unit__code", "role", "user__username")


def units(actor: Actor) -> QuerySet[Unit]:
    """The units where the actor may read accounts."""
    return Unit.objects.visible_to(actor, "accounts.read")


def users(actor: Actor, *, q: str = "", active: bool | None = None) -> QuerySet[User]:
    """People with a role, past or present, in the units where the actor may read accounts."""
    found = User.objects.all()
    if not actor.everywhere("accounts.read"):
        held = Membership.objects.visible_to(actor, "accounts.read")
        found = found.filter(pk__in=held.values("user_id"))
    if q:
        found = found.filter(Q(username__icontains=q) | Q(display_name__icontains=q))
    return found if active is None else found.filter(is_active=active)


def journal(
    actor: Actor,
    *,
    unit: UUID | None = None,
    person: UUID | None = None,
    subject_type: str = "",
    subject_id: str = "",
    command: str = "",
    actor_id: int | None = None,
    since: datetime | None = None,
    until: datetime | None = None,
) -> QuerySet[JournalEntry]:
    """Entries in the units where the actor may read the journal; `since` ≤ recorded < `until`."""
    asked = {
        "unit_id": unit,
        "person_id": person,
        "subject_type": subject_type,
        "subject_id": subject_id,
        "command": command,
        "actor_id": actor_id,
        "recorded_at__gte": since,
        "recorded_at__lt": until,
    }
    found = JournalEntry.objects.visible_to(actor, "journal.read").select_related("pending")
    return _narrow(found, **asked)


def alarms(actor: Actor, *, state: str = "open", unit: UUID | None = None, kind: str = "") -> QuerySet[Alarm]:
    """Alarms in the units where the actor may read them; `state` is open, answered or all."""
    found = Alarm.objects.visible_to(actor, "alarms.read")
    if state != "all":
        found = found.filter(answered_at__isnull=state == "open")
    return _narrow(found, unit_id=unit, kind=kind)


def deadlines(
    actor: Actor,
    *,
    state: str = "open",
    unit: UUID | None = None,
    person: UUID | None = None,
    kind: str = "",
    due_before: datetime | None = None,
) -> QuerySet[Deadline]:
    """Deadlines in the units where the actor may read alarms; `state` is open, met, cancelled or all."""
    found = Deadline.objects.visible_to(actor, "alarms.read")
    if state != "all":
        found = found.filter(state=state)
    return _narrow(found, unit_id=unit, person_id=person, kind=kind, due_at__lt=due_before)


def _narrow(rows: QuerySet[M], **asked: Any) -> QuerySet[M]:
    return rows.filter(**{name: value for name, value in asked.items() if value not in (None, "")})


def people_with_role(role: str, unit_id: UUID | None, *, at: datetime) -> QuerySet[User]:
    """Users who hold a role in a unit or above it, for ladders."""
    chain = list(chain_of(unit_id))
    held = Membership.objects.in_force(at).filter(role=role).filter(Q(unit_id__in=chain))
    return User.objects.filter(memberships__in=held, is_active=True).distinct().order_by("pk")


def chain_of(unit_id: UUID | None) -> list[UUID]:
    """A unit and all above it; without one, the root."""
    parents: dict[UUID, UUID | None] = dict(Unit.objects.values_list("id", "parent_id"))
    if unit_id is None:
        return [unit for unit, parent in parents.items() if parent is None]
    chain: list[UUID] = []
    current: UUID | None = unit_id
    while current is not None and current not in chain:
        chain.append(current)
        current = parents.get(current)
    return chain
