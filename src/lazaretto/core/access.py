"""Who acts, and where: the actor that every command and query is given.

`accounts` builds actors from memberships and the table of roles; this layer knows only capabilities and unit ids.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Self, TypeVar, cast
from uuid import UUID

from django.db import connection
from django.db.models import Model, QuerySet

from lazaretto.core.errors import Forbidden
from lazaretto.core.postgresql import SHARED

M = TypeVar("M", bound=Model)

# What every signed-in person may do with what is their own; no unit is asked.
PERSONAL = frozenset({"accounts.self"})


@dataclass(frozen=True)
class Actor:
    """A user or the system itself, with the capabilities held and the units where each holds.

    `grants` maps a capability to the ids of the units (sub-units included) where it holds. `district` lists the
    capabilities held at the root of the tree, where no filter is needed. `all_seeing` marks the system actor.
    `token` says that an API token speaks, not the person: tokens make no tokens, and one that is limited to some
    capabilities is limited in what is personal too (`personal`).
    """

    user_id: int | None
    name: str
    device: str = ""
    language: str = "zh-hans"
    grants: Mapping[str, frozenset[UUID]] = field(default_factory=dict)
    district: frozenset[str] = frozenset()
    all_seeing: bool = False
    token: bool = False
    personal: frozenset[str] = PERSONAL

    @classmethod
    def system(cls, name: str) -> Self:
        """The program itself, acting under a name such as `sweeper`."""
        return cls(user_id=None, name=name, device="server", all_seeing=True)

    def also_with(self, capabilities: Iterable[str], unit_id: UUID) -> "Actor":
        """The same one under the same name, who may do this too in that unit: for what one command does with another.

        The outer command has asked for the capability that covers it.
        """
        more = {name: self.units_with(name) | {unit_id} for name in capabilities}
        return replace(self, grants={**self.grants, **more})

    @property
    def units(self) -> frozenset[UUID]:
        """Every unit where the actor holds anything."""
        return frozenset().union(*self.grants.values())

    def units_with(self, capability: str | None) -> frozenset[UUID]:
        """The units where the capability holds; with None, where any holds."""
        return self.units if capability is None else self.grants.get(capability, frozenset())

    def everywhere(self, capability: str | None = None) -> bool:
        """Whether no filter by unit is needed."""
        if self.all_seeing:
            return True
        return bool(self.district) if capability is None else capability in self.district

    def may(self, capability: str, unit_id: UUID | None = None) -> bool:
        """Whether the capability holds in that unit; without a unit, anywhere at all."""
        if self.everywhere(capability) or (capability in self.personal and self.user_id is not None):
            return True
        units = self.units_with(capability)
        return bool(units) if unit_id is None else unit_id in units

    def on_device(self, device: str) -> Self:
        """The same actor on a named device."""
        return replace(self, device=device)


class ScopedQuerySet(QuerySet[M]):
    """Rows that belong to a unit. The model says where: `SCOPE = "site__unit_id"`.

    `FETCHED_WITH` names the relations that every command on a row reads too; they come in the same query.
    """

    def visible_to(self, actor: Actor, capability: str | None = None) -> Self:
        """Rows in units where the actor holds the capability (None: anything)."""
        if actor.everywhere(capability):
            return self
        scope: str = self.model.SCOPE  # type: ignore[attr-defined]
        return self.filter(**{f"{scope}__in": actor.units_with(capability)})


def locked(rows: QuerySet[M], *, beside: bool = False, with_them: tuple[str, ...] = ()) -> QuerySet[M]:
    """The rows, locked until the transaction ends; rows joined to them stay free. SQLite has one writer anyway.

    Of the relations that are joined, those named in `with_them` are locked too.

    Keys never change, so rows that merely point at a locked one may be written beside it. With `beside` they are only
    read: they stay as they are, and others may lock them so too.
    """
    if not connection.features.has_select_for_update_of:
        return rows
    return rows.select_for_update(of=("self", *with_them), no_key=cast("bool", SHARED if beside else True))


def is_scoped(model: Any) -> bool:
    """Whether a class is a model whose rows are limited to units."""
    return isinstance(model, type) and issubclass(model, Model) and hasattr(model._default_manager.all(), "visible_to")


def somebody(actor: Actor, capability: str) -> int:
    """The user who answers for what they do: a person, never the program itself. Raises `Forbidden`."""
    if actor.user_id is None:
        raise Forbidden(capability=capability)
    return actor.user_id
