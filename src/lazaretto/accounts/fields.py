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
        """Let choose among these; the widest is chosen until somebody chooses another."""
        keys = {unit.pk for unit in units}
        self.queryset = Unit.objects.filter(pk__in=keys).select_related("parent").order_by("name", "code")
        self.initial = next((unit.pk for unit in units if unit.parent_id not in keys), None)

    def label_from_instance(self, obj: Any) -> str:
        """With the unit above it."""
        return f"{obj.name} · {obj.parent.name}" if obj.parent else str(obj.name)
