"""Forms of the cadence; they only read what was typed."""

from typing import Any, Self

from django import forms
from django.utils.translation import gettext_lazy as _

from lazaretto.cadence.queries import Area, Proposal
from lazaretto.core.ids import new_id
from lazaretto.protocols.wording import said
from lazaretto.screening.choices import TubeRule

MOMENT = "%Y-%m-%dT%H:%M"  # as inputs of browsers take it, whatever the language


class NextForm(forms.Form):
    """The next round of an area, filled from the last one and the rule pack."""

    client_id = forms.UUIDField(widget=forms.HiddenInput, required=False)
    name = forms.CharField(label=_("Name of the round"), max_length=120)
    opens_at = forms.DateTimeField(
        label=_("Begins"), widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format=MOMENT)
    )
    deadline_at = forms.DateTimeField(
        label=_("Everybody is tested by"), widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format=MOMENT)
    )
    tube_rule = forms.ChoiceField(label=_("Tubes"), choices=TubeRule.choices)
    cadence = forms.ChoiceField(label=_("Cadence"), required=False)
    points = forms.BooleanField(label=_("With the points of the last round"), required=False)
    another = forms.BooleanField(label=_("Another one beside the one that is prepared"), required=False)
    reason = forms.CharField(
        label=_("Reason"), max_length=200, required=False,
        help_text=_("Needed when the round begins later than it is due; it stays with the round."),
    )  # fmt: skip

    def __init__(self, *args: Any, area: Area, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        named = area.pack.cadences if area.pack else ()
        cadence: Any = self.fields["cadence"]
        cadence.choices = [(one.code, said(one.title)) for one in named]
        if len(named) < 2:
            del self.fields["cadence"]
        if area.last is None:
            del self.fields["points"]
        if area.planned is None:
            del self.fields["another"]

    @classmethod
    def of(cls, area: Area, found: Proposal) -> Self:
        """Filled with what is proposed."""
        return cls(area=area, initial={**vars(found), "points": True, "client_id": new_id()})

    def clean(self) -> dict[str, Any]:
        """The end comes after the beginning."""
        given = super().clean() or self.cleaned_data
        if given.get("opens_at") and given.get("deadline_at") and given["deadline_at"] <= given["opens_at"]:
            self.add_error("deadline_at", _("It must be after the beginning."))
        return given


class DayForm(forms.Form):
    """The day of the next round, or that none follows. It stands beside another form with a reason."""

    on = forms.DateField(
        label=_("Day of the next round"), required=False, widget=forms.DateInput(attrs={"type": "date"})
    )
    none = forms.BooleanField(
        label=_("No round follows"), required=False, help_text=_("A later one begins a new series.")
    )
    reason = forms.CharField(label=_("Reason"), max_length=200)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **{"auto_id": "id_day_%s", **kwargs})

    def clean(self) -> dict[str, Any]:
        """A day, or none: what is left empty by mistake ends nothing."""
        given = super().clean() or self.cleaned_data
        if bool(given.get("on")) == bool(given.get("none")) and "on" not in self.errors:
            self.add_error("on", _("Say a day, or that no round follows."))
        return given
