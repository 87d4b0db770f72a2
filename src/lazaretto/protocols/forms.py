"""Forms of rule packs."""

import re
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from lazaretto.protocols.choices import Transition
from lazaretto.protocols.library import library
from lazaretto.protocols.rules import JURISDICTION
from lazaretto.protocols.wording import said

DATE = forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"})


def pack_choices() -> list[tuple[str, Any]]:
    """All packs, the latest first."""
    return [(pack.code, said(pack.title)) for pack in reversed(library().packs)]


def overlay_choices() -> list[tuple[str, Any]]:
    """All overlays."""
    return [(overlay.code, said(overlay.title)) for overlay in library().overlays.values()]


def pack_and_overlay_choices() -> list[tuple[Any, Any]]:
    """Packs and overlays under their headings."""
    return [(_("Rule packs"), pack_choices()), (_("Overlays"), overlay_choices())]


def _jurisdiction(value: str) -> None:
    if not re.fullmatch(JURISDICTION, value):
        raise ValidationError(_("Write country, province, city and district like CN-44-01-05, as far as needed."))


class AdoptForm(forms.Form):
    """Which pack, where, from when, why."""

    pack = forms.ChoiceField(label=_("Rule pack or overlay"), choices=pack_and_overlay_choices)
    jurisdiction = forms.CharField(
        label=_("Jurisdiction"),
        max_length=20,
        validators=[_jurisdiction],
        widget=forms.TextInput(attrs={"list": "jurisdictions", "autocomplete": "off", "autocapitalize": "characters"}),
        help_text=_("It holds there and in everything below, as CN-44-01 does for all districts of the city."),
    )
    starts_on = forms.DateField(label=_("In force from"), widget=DATE)
    transition = forms.ChoiceField(
        label=_("Stays that are running"),
        choices=lambda: [("", _("as the pack says")), *Transition.choices],
        required=False,
    )
    reason = forms.CharField(
        label=_("Reason"),
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("The notice by which it was decided, with its number and date."),
    )


class EndForm(forms.Form):
    """From when no longer, why."""

    ends_on = forms.DateField(
        label=_("No longer in force from"),
        widget=DATE,
        help_text=_("On its first day: withdrawn, as if it had never been."),
    )
    reason = forms.CharField(label=_("Reason"), widget=forms.Textarea(attrs={"rows": 2}))


def comparable() -> list[tuple[str, str]]:
    """Packs, and packs with one of their overlays laid over them."""
    packs = {pack.code: said(pack.title) for pack in reversed(library().packs)}
    laid = [
        (f"{code}+{overlay.code}", f"{packs[code]} + {said(overlay.title)}")
        for overlay in library().overlays.values()
        for code in overlay.packs
    ]
    return [*packs.items(), *laid]


class CompareForm(forms.Form):
    """Two packs side by side, each with an overlay if wanted."""

    left = forms.ChoiceField(label=_("One"), choices=comparable)
    right = forms.ChoiceField(label=_("The other"), choices=comparable)
