"""Model instances of rows that the database gave, put together without asking anew, for each row, how.

What Django's own reader does for a queryset, with everything that is the same for all rows looked up once: it takes
several times as long, most of it in `Model.__init__`, which has to take values from anywhere.
"""

from collections.abc import Callable, Sequence
from typing import Any, cast

from django.db import DEFAULT_DB_ALIAS
from django.db.models import Model
from django.db.models.base import ModelState
from django.db.models.fields.related_descriptors import ForeignKeyDeferredAttribute
from django.db.models.query_utils import DeferredAttribute
from django.db.models.signals import post_init, pre_init

_PLAIN = {DeferredAttribute, ForeignKeyDeferredAttribute}  # which take whatever lies in the instance


class Maker:
    """Makes instances of one model, with those that `select_related` names, from rows of a compiled query.

    Raises `TypeError` for a model that wants more than its values: one with a parent model, with fields that are no
    plain values (files), or with somebody who listens to its making.
    """

    def __init__(self, info: dict[str, Any], select: Sequence[Any], annotations: dict[str, int] | None = None) -> None:
        model: type[Model] = info["model"]
        places = info["select_fields"]
        self._model, self._annotations = model, list((annotations or {}).items())
        self._start, self._end = places[0], places[-1] + 1
        fields = [select[place][0].target for place in range(self._start, self._end)]
        own_way = model.from_db.__func__ is not Model.from_db.__func__ or model.__init__ is not Model.__init__  # type: ignore[attr-defined]
        listened_to = pre_init.has_listeners(model) or post_init.has_listeners(model)
        plain = all(field.descriptor_class in _PLAIN for field in fields)
        if own_way or listened_to or not plain or info.get("from_parent"):
            raise TypeError(f"{model.__name__} is more than its values; read it by a queryset")
        self._names = [field.attname for field in fields]
        self._keys = [self._start + self._names.index(field.attname) for field in model._meta.pk_fields]
        self._related = [_Relation(one, select) for one in info.get("related_klass_infos", [])]

    def make(self, row: Sequence[Any]) -> Any:
        """The instance of one row; None where it has no key, as at the end of an outer join."""
        if any(row[place] is None for place in self._keys):
            return None
        made = self._model.__new__(self._model)
        state = made._state = ModelState()
        state.adding, state.db = False, DEFAULT_DB_ALIAS
        made.__dict__.update(zip(self._names, row[self._start : self._end], strict=True))
        for relation in self._related:
            relation.attach(row, made)
        for name, place in self._annotations:
            setattr(made, name, row[place])
        return made


class _Relation:
    """An instance that hangs on another one."""

    def __init__(self, info: dict[str, Any], select: Sequence[Any]) -> None:
        self._maker = Maker(info, select)
        self._here = cast("Callable[[Any, Any], None]", info["local_setter"])
        self._there = cast("Callable[[Any, Any], None]", info["remote_setter"])

    def attach(self, row: Sequence[Any], holder: Model) -> None:
        """Put what the row has of it on its holder, and the holder on it where that is to be."""
        made = self._maker.make(row)
        self._here(holder, made)
        if made is not None:
            self._there(made, holder)
