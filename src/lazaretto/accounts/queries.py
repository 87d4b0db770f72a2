"""Who may do what where: builds the Actor of a user or a token."""

import hashlib
from collections import defaultdict
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from ipaddress import ip_address
from typing import Any, TypeVar
from uuid import UUID

from axes.models import AccessAttempt
from django.conf import settings
from django.db.models import Count, Model, OuterRef, Q, QuerySet, Subquery, Sum

from lazaretto.accounts.errors import TokenInvalid
from lazaretto.accounts.models import ApiToken, Membership, Unit, User
from lazaretto.accounts.roles import roles
from lazaretto.core.access import PERSONAL, Actor
from lazaretto.core.errors import NotFound
from lazaretto.core.models import Alarm, Deadline, JournalEntry
from lazaretto.core.prepared import Rows, prepared

M = TypeVar("M", bound=Model)
_Rows = list[list[Any]]


def actor_for(user: User, *, at: datetime, device: str = "", only: frozenset[str] | None = None) -> Actor:
    """The actor of a user at a moment; one query. `only` limits the capabilities, as a token does."""
    ((held, parents),) = _standing_of(user=user.pk, at=at)
    return _actor(user, held, parents, device, only)


def _actor(user: User, held: _Rows | None, parents: _Rows | None, device: str, only: frozenset[str] | None) -> Actor:
    """From the roles held, (unit, role), and the tree of units, (unit, the one above)."""
    below, roots = _tree(parents or [])
    grants: dict[str, set[UUID]] = defaultdict(set)
    district: set[str] = set()
    for unit, code in held or []:
        carried = roles()[str(code)].capabilities if code in roles() else frozenset()
        carried = carried if only is None else carried & only
        unit_id = UUID(unit)
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


def _standing(user: str, at: Any) -> dict[str, Subquery]:
    """The roles that a user holds and the tree of units, for every request in the query that finds who asks."""
    held = Membership.objects.in_force(at).filter(user=OuterRef(user))
    return {
        "held": Subquery(held.values(rows=Rows("unit_id", "role"))),
        "parents": Subquery(Unit.objects.values(rows=Rows("id", "parent_id"))),
    }


@prepared
def _standing_of(user: Any, at: Any) -> "QuerySet[User, tuple[_Rows | None, _Rows | None]]":
    rows: Any = User.objects.filter(pk=user).annotate(**_standing("pk", at))
    return rows.values_list("held", "parents")  # type: ignore[no-any-return]


@prepared
def _tokens(digests: Any, at: Any) -> QuerySet[ApiToken]:
    return ApiToken.objects.select_related("user").filter(digest__among=digests).annotate(**_standing("user", at))


@prepared
def _parents() -> "QuerySet[Unit, tuple[UUID, UUID | None]]":
    return Unit.objects.values_list("id", "parent_id")


def _tree(rows: _Rows) -> tuple[dict[UUID, set[UUID]], set[UUID]]:
    """For each unit the ids of itself and all below it; and the roots."""
    parents = {UUID(unit): UUID(parent) if parent else None for unit, parent in rows}
    below: dict[UUID, set[UUID]] = {unit: {unit} for unit in parents}
    for unit, parent in parents.items():
        above = parent
        while above is not None:
            below[above].add(unit)
            above = parents[above]
    return below, {unit for unit, parent in parents.items() if parent is None}


def units_below(unit_id: UUID) -> set[UUID]:
    """The ids of a unit and of all below it; one query."""
    below, _roots_of = _tree([[str(unit), str(above) if above else None] for unit, above in _parents()])
    return below.get(unit_id, {unit_id})


def token_of(secret: str, *, at: datetime) -> ApiToken:
    """The token with that secret; raises `TokenInvalid` when it is not in force or its user inactive. One query.

    It comes with what `actor_through` needs.
    """
    token = tokens_by({secret}, at=at).get(secret)
    if token is None:
        raise TokenInvalid
    return token


def tokens_by(secrets: Collection[str], *, at: datetime) -> dict[str, ApiToken]:
    """The same of several secrets at once; what is not in force is left out. One query."""
    digests = {digest_of(secret): secret for secret in secrets}
    return {
        digests[token.digest]: token
        for token in _tokens(digests=list(digests), at=at)
        if token.revoked_at is None and token.expires_at > at and token.user.is_active
    }


def actor_through(token: Any) -> Actor:
    """The user of a token as `token_of` found it, with at most its capabilities."""
    only = frozenset(token.capabilities) if token.capabilities else None
    actor = _actor(token.user, token.held, token.parents, f"token:{token.label}", only)
    return replace(actor, token=True)


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


def headquarters() -> Unit:
    """The root of the tree of units; raises `NotFound` before it is made."""
    found = _roots()
    if not found:
        raise NotFound(kind="accounts.unit")
    return found[0]


@prepared
def _roots() -> "QuerySet[Unit]":
    return Unit.objects.filter(parent__isnull=True, ended_at__isnull=True).order_by("code")


def holders(capability: str, unit_id: UUID, *, at: datetime) -> QuerySet[User]:
    """Active users whose role carries a capability in a unit, by name; two queries."""
    held = Membership.objects.in_force(at).filter(unit_id__in=chain_of(unit_id), role__in=_roles_with(capability))
    return User.objects.filter(is_active=True, pk__in=held.values("user_id")).order_by("display_name", "id")


def holder_ids(capability: str, unit_id: UUID, *, at: datetime) -> list[int]:
    """Who they are, for a command."""
    return _holding(units=chain_of(unit_id), codes=_roles_with(capability), at=at)


@prepared
def _holding(units: Any, codes: Any, at: Any) -> "QuerySet[User, int]":
    held = Membership.objects.in_force(at).filter(unit__among=units, role__among=codes)
    active = User.objects.filter(is_active=True, pk__in=held.values("user_id"))
    return active.order_by("display_name", "id").values_list("pk", flat=True)


def _roles_with(capability: str) -> list[str]:
    return [code for code, role in roles().items() if capability in role.capabilities]


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


_names: list[Callable[[Collection[UUID]], Mapping[UUID, str]]] = []


def name_units_with(function: Callable[[Collection[UUID]], Mapping[UUID, str]]) -> None:
    """An app that knows what units are called in the reader's language says it; in one query for all."""
    if function not in _names:
        _names.append(function)


def unit_names(rows: Collection[Unit]) -> dict[UUID, str]:
    """What units are called for the reader; one query for each app that knows better names."""
    found = {row.pk: row.name for row in rows}
    for function in _names:
        found.update(function(list(found)))
    return found


def users(actor: Actor, *, q: str = "", active: bool | None = None) -> QuerySet[User]:
    """People with a role, past or present, in the units where the actor may read accounts."""
    found = User.objects.all()
    if not actor.everywhere("accounts.read"):
        held = Membership.objects.visible_to(actor, "accounts.read")
        found = found.filter(pk__in=held.values("user_id"))
    if q:
        found = found.filter(Q(username__icontains=q) | Q(display_name__icontains=q))
    return found if active is None else found.filter(is_active=active)


def user(actor: Actor, pk: int) -> User:
    """One of them; raises `NotFound`."""
    found = users(actor).filter(pk=pk).first()
    if found is None:
        raise NotFound(kind="user", id=pk)
    return found


def memberships_of(actor: Actor, person: User) -> QuerySet[Membership]:
    """Roles of a user, past and present, in the units where the actor may read accounts; the latest first."""
    seen = Membership.objects.visible_to(actor, "accounts.read").filter(user=person)
    return seen.select_related("unit").order_by("-started_at", "id")


def roles_held(actor: Actor, users_: list[int], *, at: datetime) -> dict[int, list[Membership]]:
    """Roles in force of these users where the actor may read accounts, by user; one query."""
    held = members(actor, at=at).filter(user_id__in=users_)
    found: dict[int, list[Membership]] = defaultdict(list)
    for membership in held:
        found[membership.user_id].append(membership)
    return found


def managed_units(actor: Actor) -> QuerySet[Unit]:
    """Open units where the actor may manage accounts."""
    return Unit.objects.visible_to(actor, "accounts.manage").filter(ended_at__isnull=True).order_by("code")


def unit(actor: Actor, pk: UUID) -> Unit:
    """A unit where the actor may read accounts; raises `NotFound`."""
    found = units(actor).select_related("parent").filter(pk=pk).first()
    if found is None:
        raise NotFound(kind="unit", id=pk)
    return found


@dataclass(frozen=True)
class Branch:
    """A unit in the tree: how deep it stands and how many people hold a role in it now."""

    unit: Unit
    depth: int
    people: int

    @property
    def indent(self) -> str:
        """Drawn before the name."""
        return "\u2003" * (self.depth - 1) + "└ " if self.depth else ""


def tree(actor: Actor, *, at: datetime) -> list[Branch]:
    """The actor's part of the tree of units, from above to below; two queries."""
    seen = list(units(actor).filter(ended_at__isnull=True).order_by("code"))
    held = Membership.objects.visible_to(actor, "accounts.read").in_force(at)
    people = dict(held.values_list("unit_id").annotate(Count("user_id", distinct=True)))
    below: dict[UUID | None, list[Unit]] = defaultdict(list)
    known = {row.pk for row in seen}
    for row in seen:
        below[row.parent_id if row.parent_id in known else None].append(row)
    found: list[Branch] = []
    waiting = [(row, 0) for row in reversed(below[None])]
    while waiting:
        row, depth = waiting.pop()
        found.append(Branch(row, depth, people.get(row.pk, 0)))
        waiting.extend((child, depth + 1) for child in reversed(below[row.pk]))
    return found


def held_by(user_id: int, *, at: datetime) -> QuerySet[Membership]:
    """One's own roles in force."""
    return Membership.objects.in_force(at).filter(user_id=user_id).select_related("unit").order_by("unit__code", "role")


def tokens_of(person_id: int, *, at: datetime) -> QuerySet[ApiToken]:
    """Tokens of a user that are in force; the latest first."""
    held = ApiToken.objects.filter(user_id=person_id, revoked_at__isnull=True, expires_at__gt=at)
    return held.order_by("-created_at", "id")


def is_locked_out(username: str, *, at: datetime) -> bool:
    """Whether wrong passwords block this name now, from wherever they came."""
    since = at - timedelta(hours=settings.AXES_COOLOFF_TIME)
    tried = AccessAttempt.objects.filter(username=username, attempt_time__gte=since)
    return bool(tried.filter(failures_since_start__gte=settings.AXES_FAILURE_LIMIT).exists())


# Wrong passwords from one address within the time of a lock-out, whatever the names. A site of fifty people behind one
# address types a few dozen wrong in a bad quarter of an hour; a program that guesses needs thousands.
GUESSES = 60


def is_guessing(address: str, *, at: datetime) -> bool:
    """Whether so many names were tried from an address that it has to wait. A proxy on this machine never has to."""
    if not address or ip_address(address).is_loopback:
        return False
    since = at - timedelta(hours=settings.AXES_COOLOFF_TIME)
    tried = AccessAttempt.objects.filter(ip_address=address, attempt_time__gte=since)
    return int(tried.aggregate(all=Sum("failures_since_start"))["all"] or 0) >= GUESSES


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


def dispatch_phone(unit_id: UUID) -> str:
    """Where whoever sends a unit's vehicles is reached: its own number, else of the nearest unit above. Two queries."""
    chain = chain_of(unit_id)
    told = dict(Unit.objects.filter(pk__in=chain).exclude(dispatch_phone="").values_list("pk", "dispatch_phone"))
    return next((told[unit] for unit in chain if unit in told), "")


def chain_of(unit_id: UUID) -> list[UUID]:
    """A unit and all above it."""
    parents: dict[UUID, UUID | None] = dict(_parents())
    chain: list[UUID] = []
    current: UUID | None = unit_id
    while current is not None and current not in chain:
        chain.append(current)
        current = parents.get(current)
    return chain
