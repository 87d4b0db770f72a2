"""Forms of mass testing; they only read what was typed."""

import json
from collections.abc import Sequence
from datetime import datetime
from typing import Any, Self

from django import forms
from django.db.models import Model
from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext_lazy as _

from lazaretto.accounts.fields import AreaField
from lazaretto.accounts.models import Unit
from lazaretto.screening.choices import TubeRule
from lazaretto.screening.models import Point, Round

MOMENT, CLOCK = "%Y-%m-%dT%H:%M", "%H:%M"  # as inputs of browsers take them, whatever the language


class WhoseForm(forms.Form):
    """Who was really swabbed, and how somebody knows."""

    number = forms.IntegerField(label=_("Number on the roster of who it was"), min_value=1, max_value=2**31 - 1)
    reason = forms.CharField(label=_("How you know"), max_length=300)


class RoundForm(forms.Form):
    """A round being prepared."""

    client_id = forms.UUIDField(widget=forms.HiddenInput, required=False)
    unit = AreaField(label=_("Area"), help_text=_("An area stands here once it has a headcount."))
    name = forms.CharField(label=_("Name of the round"), max_length=120)
    opens_at = forms.DateTimeField(label=_("Begins"), widget=forms.DateTimeInput(attrs={"type": "datetime-local"}))
    deadline_at = forms.DateTimeField(
        label=_("Everybody is tested by"), widget=forms.DateTimeInput(attrs={"type": "datetime-local"})
    )
    tube_rule = forms.ChoiceField(label=_("Tubes"), choices=TubeRule.choices, initial=TubeRule.TEN)
    apart = forms.BooleanField(
        label=_("Stands apart: not one of the rounds that follow one another here"), required=False,
        help_text=_("Such as a sample of key posts: it is not counted when the next round is reckoned."),
    )  # fmt: skip
    reason = forms.CharField(
        label=_("Reason"), max_length=200, required=False,
        help_text=_("Needed when the round begins later than the rule pack says; it stays with the round."),
    )  # fmt: skip

    def __init__(self, *args: Any, units: Sequence[Unit], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["unit"]
        field.offer(units)

    def clean(self) -> dict[str, Any]:
        """The end comes after the beginning."""
        given = super().clean() or self.cleaned_data
        if given.get("opens_at") and given.get("deadline_at") and given["deadline_at"] <= given["opens_at"]:
            self.add_error("deadline_at", _("It must be after the beginning."))
        return given


class EditForm(forms.Form):
    """Something that two may change at once: `edition` names what its reader saw, `seen` keeps it, field by field."""

    edition = forms.CharField(widget=forms.HiddenInput, required=False)
    seen = forms.CharField(widget=forms.HiddenInput, required=False)

    @classmethod
    def of(cls, found: Model) -> Self:
        """Filled with what is known."""
        form = cls(initial={name: getattr(found, name) for name in cls.base_fields if hasattr(found, name)})
        form.initial["seen"] = json.dumps(form.as_shown(found))
        return form

    def as_shown(self, found: Model) -> dict[str, str]:
        """What stands, as the fields show it."""
        known = {name: field for name, field in self.fields.items() if name != "edition" and hasattr(found, name)}
        return {
            name: str(field.widget.format_value(field.prepare_value(getattr(found, name))) or "")
            for name, field in known.items()
        }

    def lay_over(self, found: Round | Point) -> None:
        """Somebody else changed it meanwhile: what the reader left alone becomes what stands; what they typed stays.

        Beside what the other one changed it is said, so that nobody searches for it among their own changes.
        """
        seen, stands = _texts(self.data.get("seen", "")), self.as_shown(found)
        data: Any = self.data
        data = data.copy()
        for name, now in stands.items():
            typed = data.get(name, "").strip()
            if now in {typed, seen.get(name)}:
                continue
            if seen.get(name) == typed:
                data[name] = now
                self.add_error(name, _("Somebody else changed this; now it stands as it is here."))
            else:
                self.add_error(name, _("It now says: {what}").format(what=_said(getattr(found, name))))
        data["edition"], data["seen"] = found.edition, json.dumps(stands)
        self.data = data


def _texts(text: str) -> dict[str, str]:
    """What came back of `seen`; of anything else nothing: then all that differs counts as typed."""
    try:
        found = json.loads(text)
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}


def _said(value: object) -> str:
    if value is None or value == "":
        return "–"
    return date_format(localtime(value), "Y-m-d H:i") if isinstance(value, datetime) else str(value)


class EditRoundForm(EditForm):
    """What a round is called, and until when everybody is tested."""

    name = forms.CharField(label=_("Name of the round"), max_length=120)
    deadline_at = forms.DateTimeField(
        label=_("Everybody is tested by"), widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format=MOMENT)
    )
    reason = forms.CharField(
        label=_("Reason"),
        max_length=200,
        required=False,
        help_text=_("Needed for another deadline; the journal keeps it."),
    )


class PointForm(forms.Form):
    """A point: one more, or what is known of one."""

    client_id = forms.UUIDField(widget=forms.HiddenInput, required=False)
    code = forms.CharField(label=_("Short name of the point"), max_length=20)
    name = forms.CharField(label=_("What the place is called"), max_length=120)
    address = forms.CharField(
        label=_("Address"), max_length=200, required=False, help_text=_("As enterprises are told where to come.")
    )
    tables = forms.IntegerField(label=_("Tables"), min_value=1, max_value=1000, initial=4)
    staff = forms.IntegerField(
        label=_("Staff there at the same time"), min_value=0, max_value=5000, required=False,
        help_text=_("Registrars, samplers, guides. Empty: not said yet."),
    )  # fmt: skip
    opens = forms.TimeField(
        label=_("Open from"), widget=forms.TimeInput(attrs={"type": "time"}, format=CLOCK), initial="07:00"
    )
    closes = forms.TimeField(
        label=_("Until"),
        widget=forms.TimeInput(attrs={"type": "time"}, format=CLOCK),
        initial="20:00",
        help_text=_("An hour before the opening is one of the next day."),
    )
    latitude = forms.FloatField(
        label=_("Latitude"), min_value=-90, max_value=90, required=False,
        help_text=_("In degrees, such as 23.0838; both numbers or none. Ways to test points are reckoned with them."),
    )  # fmt: skip
    longitude = forms.FloatField(label=_("Longitude"), min_value=-180, max_value=180, required=False)

    def clean(self) -> dict[str, Any]:
        """A point closes at another hour than it opens, perhaps of the next day."""
        given = super().clean() or self.cleaned_data
        if given.get("opens") is not None and given.get("opens") == given.get("closes"):
            self.add_error("closes", _("It must be another hour than the opening."))
        return given


class EditPointForm(PointForm, EditForm):
    """What is known of a point."""
