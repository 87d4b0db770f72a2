"""The one door for writes: the `@command` declaration and its registry.

A command is a keyword-only function that takes `actor` and `at`. Around its body the declaration does, in one
transaction: scoped objects are fetched with a lock (404 or 403 if they may not be), the body applies the rule and
writes, its notes go to the journal, and effects outside the database wait for the commit.
"""

import functools
import inspect
import operator
import types
import typing
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from datetime import datetime
from typing import Annotated, Any, Generic, ParamSpec, TypeVar, cast
from uuid import UUID

from django.db import DataError, IntegrityError, OperationalError, transaction
from django.db.models import F, Model
from django.utils.translation import gettext_lazy as _
from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, TypeAdapter, ValidationError, create_model

from lazaretto.core import clock, journal, receipts
from lazaretto.core.access import Actor, is_scoped, locked
from lazaretto.core.closing import Answer, close
from lazaretto.core.errors import Forbidden, InvalidInput, NotFound, RefusedByDatabase
from lazaretto.core.models import JournalEntry
from lazaretto.core.prepared import prepared

P = ParamSpec("P")
R = TypeVar("R")
T = TypeVar("T")

VICTIM = {"40P01", "40001"}  # deadlock detected, serialization failure

REGISTRY: "dict[str, Command[Any, Any]]" = {}


@dataclass
class _Request:
    """The outermost command, with all that it and those that it runs have to say at its end."""

    client_id: UUID | None
    entries: list[JournalEntry] = field(default_factory=list)
    units: set[UUID] = field(default_factory=set)


@dataclass
class _Run:
    """A command under way, with the rows that it, and those that it is a part of, fetched with a lock."""

    request: _Request
    locked: frozenset[tuple[type[Model], Any]]
    notes: list[journal.Note] = field(default_factory=list)


_current: ContextVar[_Run | None] = ContextVar("lazaretto_command", default=None)


@dataclass(frozen=True)
class Part(Generic[R]):
    """One of several that a command does at once: who acts, what the journal remembers of it, its answer."""

    actor: Actor
    note: journal.Note
    answer: R


class Command(Generic[P, R]):
    """A declared command: callable like its function, and describing itself to API, offline upload, matrix and docs."""

    def __init__(
        self,
        name: str,
        capability: str,
        function: Callable[P, R],
        *,
        district: bool,
        internal: bool,
        keeps: bool,
        any_clock: bool = False,
        beside: tuple[str, ...] = (),
    ) -> None:
        self.name = name
        self.capability = capability
        self.function = function
        self.district = district
        self.internal = internal
        self.keeps_answer = keeps
        self.any_clock = any_clock
        self.beside = beside
        functools.update_wrapper(self, function)

    def __repr__(self) -> str:
        return f"<Command {self.name}>"

    @functools.cached_property
    def hints(self) -> dict[str, Any]:
        """Annotations of the function, resolved."""
        return typing.get_type_hints(self.function, include_extras=True)

    @functools.cached_property
    def scoped(self) -> dict[str, type[Model]]:
        """Parameters that are scoped objects, by name."""
        found = {name: _model_of(hint) for name, hint in self.hints.items() if name != "return"}
        return {name: model for name, model in found.items() if model is not None}

    @functools.cached_property
    def input_model(self) -> type[BaseModel]:
        """The shape of a request for this command: ids for scoped objects, plain values for the rest."""
        fields: dict[str, Any] = {}
        for name, parameter in inspect.signature(self.function).parameters.items():
            if name in {"actor", "at"}:
                continue
            hint = self.hints[name]
            if name in self.scoped:
                pk = self.scoped[name]._meta.pk
                base: Any = UUID if pk is not None and pk.get_internal_type() == "UUIDField" else int
                hint = base | None if type(None) in typing.get_args(hint) else base
            fields[name] = (_strict(hint), ... if parameter.default is parameter.empty else parameter.default)
        title = "".join(part.title() for part in self.name.replace(".", "_").split("_"))
        return create_model(title, __config__=ConfigDict(extra="forbid"), **fields)

    @functools.cached_property
    def result(self) -> TypeAdapter[Any]:
        """Turns the answer into JSON and back."""
        answer: Any = self.hints["return"]
        return TypeAdapter(answer)

    def __call__(self, *args: P.args, **kwargs: P.kwargs) -> R:
        """Run with Python values (instances or ids for scoped objects)."""
        if args:
            raise TypeError(f"{self.name} takes keyword arguments only")
        actor: Any = kwargs["actor"]
        at: Any = kwargs["at"]
        if _current.get() is not None:  # a part of the running command: it stands or falls with it
            return self._run(actor, at, None, kwargs)
        return again_on_deadlock(lambda: self._run(actor, at, None, dict(kwargs)))

    def at_once(self, parts: Sequence[Part[R]], at: datetime, write: Callable[[], None]) -> list[R]:
        """Do it for several actors in one transaction, all or none: `write` does what the function does, for all.

        Each part has an entry of its own in the journal, made ready before anything is locked. Returns their answers.
        Raises `Forbidden`, and what `write` raises.
        """
        for part in parts:
            self._check_role(part.actor)
        recorded, units = clock.now(), {part.note.unit_id for part in parts if part.note.unit_id is not None}
        entries = [
            entry
            for part in parts
            for entry in journal.entries_of(
                [part.note], command=self.name, actor=part.actor, at=at, recorded_at=recorded, client_id=None
            )
        ]

        def written() -> None:
            write()
            close(entries, units, None)

        again_on_deadlock(written)
        return [part.answer for part in parts]

    def invoke(self, *, actor: Actor, at: datetime, payload: Mapping[str, Any], client_id: UUID | None = None) -> R:
        """Run from outside data. The same `client_id` again gives the first answer and writes nothing.

        Raises `InvalidInput` naming the fields, `ClientIdReused` for another body under the same id, `AnswerNotKept`
        for the same request again when its answer was a secret.
        """
        self._check_role(actor)
        values = {**self.parse(payload), "actor": actor, "at": at}
        try:
            return again_on_deadlock(lambda: self._once(actor, at, client_id, payload, dict(values)))
        except IntegrityError as error:
            raise RefusedByDatabase.because(error, self.name) from error
        except (DataError, OverflowError) as error:
            raise InvalidInput(next_step=_("A number, a date or a text is too large.")) from error

    def _once(
        self, actor: Actor, at: datetime, client_id: UUID | None, payload: Mapping[str, Any], values: dict[str, Any]
    ) -> R:
        if client_id is None:
            return self._run(actor, at, None, values)
        stored = receipts.claim(client_id, self.name, actor, payload)
        if stored is not None:
            answer: R = self.result.validate_python(stored.answer)
            return answer
        return self._run(actor, at, client_id, values)

    def open_to(self, actor: Actor) -> bool:
        """Whether the actor's role carries the command at all; in which places, its objects decide."""
        return actor.everywhere(self.capability) if self.district else actor.may(self.capability)

    def parse(self, payload: Mapping[str, Any]) -> dict[str, Any]:
        """Typed values of a payload; raises `InvalidInput`."""
        try:
            model = self.input_model.model_validate(payload)
        except ValidationError as error:
            faults = {".".join(str(part) for part in item["loc"]): item["msg"] for item in error.errors()}
            raise InvalidInput(fields=faults) from error
        return {name: getattr(model, name) for name in type(model).model_fields}

    def _run(self, actor: Actor, at: datetime, client_id: UUID | None, kwargs: dict[str, Any]) -> R:
        if at.tzinfo is None:
            raise TypeError("`at` must be an aware datetime")
        self._check_role(actor)
        self._resolve(actor, kwargs)
        outer = _current.get()
        request = outer.request if outer is not None else _Request(client_id)
        run = _Run(request, self._locked(kwargs).union(outer.locked if outer is not None else ()))
        with _running(run):
            result = self.function(**kwargs)  # type: ignore[call-arg]
        if not run.notes:
            raise RuntimeError(f"{self.name} changed something without a word in the journal")
        request.entries += journal.entries_of(
            run.notes, command=self.name, actor=actor, at=at, recorded_at=clock.now(), client_id=request.client_id
        )
        request.units.update(note.unit_id for note in run.notes if note.unit_id is not None)
        if outer is None:
            close(request.entries, request.units, self._kept(result, client_id))
        return result

    def _kept(self, result: R, client_id: UUID | None) -> Answer | None:
        if client_id is None:
            return None
        return Answer(client_id, self.result.dump_python(result, mode="json") if self.keeps_answer else None)

    def _check_role(self, actor: Actor) -> None:
        if not self.open_to(actor):
            raise Forbidden(capability=self.capability)

    def _resolve(self, actor: Actor, kwargs: dict[str, Any]) -> None:
        """Replace ids and instances by fresh, locked, permitted rows; always in the same order of tables and keys."""
        wanted = [
            (model._meta.label, str(_key(kwargs.get(name))), name)
            for name, model in self.scoped.items()
            if kwargs.get(name) is not None
        ]
        for _table, _pk, name in sorted(wanted):
            beside = name in self.beside
            kwargs[name] = fetch(self.scoped[name], _key(kwargs[name]), actor, self.capability, beside=beside)

    def _locked(self, kwargs: dict[str, Any]) -> frozenset[tuple[type[Model], Any]]:
        """Which of the rows that `_resolve` fetched are locked to be written."""
        rows = [kwargs.get(name) for name in self.scoped if name not in self.beside]
        return frozenset((type(row), row.pk) for row in rows if row is not None)


def command(
    name: str,
    *,
    capability: str,
    district: bool = False,
    internal: bool = False,
    keeps_answer: bool = True,
    any_clock: bool = False,
    beside: tuple[str, ...] = (),
) -> Callable[[Callable[P, R]], Command[P, R]]:
    """Declare a command.

    `district` demands the capability at the root of the tree of units. `internal` commands are run by the program's own
    pages and loops; the API does not offer them. Without `keeps_answer` the answer is a secret and never stored.
    With `any_clock` it is never refused because the clock of the device that sends it is wrong: then it happens now.
    `beside` names scoped objects that it only reads and whose rules the database or another lock keeps for it: they
    stay as they are until it ends, and others may do the same beside it.
    """

    def declare(function: Callable[P, R]) -> Command[P, R]:
        if name in REGISTRY:
            raise RuntimeError(f"two commands are called {name}")
        made = Command(
            name, capability, function, district=district, internal=internal, keeps=keeps_answer, any_clock=any_clock,
            beside=beside,
        )  # fmt: skip
        REGISTRY[name] = made
        return made

    return declare


def again_on_deadlock(work: Callable[[], T], tries: int = 3) -> T:
    """Run in one transaction; once more when the database chose it as the victim of a deadlock.

    Inside another transaction only the outermost one can be run again.
    """
    if transaction.get_connection().in_atomic_block:
        with transaction.atomic():
            return work()
    for left in reversed(range(tries)):
        try:
            with transaction.atomic():
                return work()
        except OperationalError as error:
            if not left or getattr(error.__cause__, "sqlstate", "") not in VICTIM:
                raise
    raise AssertionError("unreachable")


def fetch(model: type[Model], pk: Any, actor: Actor, capability: str, *, beside: bool = False) -> Any:
    """One row, locked, if the actor holds the capability there; raises `NotFound` or `Forbidden`.

    With `beside` it is locked to be read only.
    """
    manager: Any = model._default_manager
    if not hasattr(model, "SCOPE"):
        return _fetch_visible(manager, pk, actor, capability)
    key = model._meta.pk.to_python(pk)
    _lock_before(model, key)
    rows = _by_key(model, beside=beside)(pk=key)  # one for each unit it belongs to
    units = {row.scope_unit_id for row in rows}
    if rows and (actor.everywhere(capability) or units & actor.units_with(capability)):
        return rows[0]
    if rows and (actor.everywhere() or units & actor.units):
        raise Forbidden(capability=capability)
    raise NotFound(kind=model._meta.label_lower, id=pk)


def _lock_before(model: type[Model], pk: Any) -> None:
    """Lock the row that a model names in `LOCKED_AFTER`: all who write both take them in this one order."""
    first = getattr(model, "LOCKED_AFTER", "")
    if first:
        holder: Any = model._meta.get_field(first).related_model
        wanted: Any = model._default_manager
        list(locked(holder._default_manager.filter(pk__in=wanted.filter(pk=pk).values(first))))


@functools.cache
def _by_key(model: type[Model], *, beside: bool) -> Callable[..., list[Any]]:
    """Reads and locks one row of a model, with its unit and the rows that it names in `FETCHED_WITH`."""
    manager: Any = model._default_manager

    @prepared
    def row(pk: Any) -> Any:
        found = manager.filter(pk=pk).annotate(scope_unit_id=F(cast("Any", model).SCOPE))
        return locked(_with_relations(found), beside=beside)

    return row


def _with_relations(rows: Any) -> Any:
    related: tuple[str, ...] = getattr(rows.model, "FETCHED_WITH", ())
    return rows.select_related(*related) if related else rows


def _fetch_visible(manager: Any, pk: Any, actor: Actor, capability: str) -> Any:
    """Rows that belong to units in a way of their own."""
    if actor.everywhere(capability):
        found = next(iter(_anywhere(manager.model)(pk=manager.model._meta.pk.to_python(pk))), None)
    else:
        found = locked(_with_relations(manager.visible_to(actor, capability))).filter(pk=pk).first()
    if found is not None:
        return found
    if manager.visible_to(actor).filter(pk=pk).exists():
        raise Forbidden(capability=capability)
    raise NotFound(kind=manager.model._meta.label_lower, id=pk)


@functools.cache
def _anywhere(model: type[Model]) -> Callable[..., list[Any]]:
    """Reads and locks one row, for those who may see them all."""
    manager: Any = model._default_manager

    @prepared
    def row(pk: Any) -> Any:
        return locked(_with_relations(manager.filter(pk=pk)))

    return row


def is_locked(model: type[Model], pk: Any) -> bool:
    """Whether the row was locked when the running command began, so that it need not be locked again."""
    run = _current.get()
    return run is not None and (model, pk) in run.locked


def record(
    subject: Model,
    *,
    unit_id: UUID | None,
    person_id: UUID | None = None,
    data: dict[str, Any] | None = None,
    reason: str = "",
) -> None:
    """Note for the journal what the running command did to a subject. Only ids and states belong in `data`."""
    record_all([journal.Note(subject._meta.label_lower, str(subject.pk), person_id, unit_id, data, reason)])


def record_all(notes: list[journal.Note]) -> None:
    """The same for many subjects at once."""
    run = _current.get()
    if run is None:
        raise RuntimeError("record() belongs inside a command")
    run.notes.extend(notes)


@contextmanager
def _running(run: _Run) -> Iterator[None]:
    token = _current.set(run)
    try:
        yield
    finally:
        _current.reset(token)


def _strict(hint: Any) -> Any:
    """The annotation for values from outside: moments carry their offset, whole numbers fit a database."""
    if hint is datetime:
        return AwareDatetime
    if hint is int:
        return Annotated[int, Field(ge=-(2**63), lt=2**63)]
    parts = typing.get_args(hint)
    if isinstance(hint, types.UnionType) or typing.get_origin(hint) is typing.Union:
        return functools.reduce(operator.or_, map(_strict, parts))
    if typing.get_origin(hint) in {list, tuple}:
        return typing.get_origin(hint)[tuple(map(_strict, parts))]
    return hint


def _model_of(hint: Any) -> type[Model] | None:
    for candidate in (hint, *typing.get_args(hint)):
        if is_scoped(candidate):
            return cast("type[Model]", candidate)
    return None


def _key(value: Any) -> Any:
    return value.pk if isinstance(value, Model) else value
