"""Fields of forms that name units."""

from collections.abc import Sequence
from typing import Any

from django import forms

from lazaretto.accounts.models import Unit


class AreaField(forms.ModelChoiceField):  # type: ignore[type-arg]
    """The area of a unit among those of an actor; names are told apart by the unit above, the widest comes first."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(Unit.objects.none(), empty_label=None, **kwargs)

    def offer(self, units: Sequence[Unit]) -> None:
        """Let choose among these, in their order; the widest is chosen until somebody chooses another."""
        names = {unit.pk: unit.name for unit in units}
        self.queryset = Unit.objects.filter(pk__in=names)
        self.initial = next((unit.pk for unit in units if unit.parent_id not in names), None)
        above = {unit.parent_id for unit in units if unit.parent_id} - names.keys()
        names |= dict(Unit.objects.filter(pk__in=above).values_list("pk", "name")) if above else {}
        choices = [
            (unit.pk, " · ".join((unit.name, *([names[unit.parent_id]] if unit.parent_id else [])))) for unit in units
        ]
        field: Any = self
        field.choices = choices
