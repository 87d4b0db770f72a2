"""Forms of objections; they only read what was typed."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from lazaretto.objections.choices import About, OfferKind
from lazaretto.people.choices import Language

LONG = {"rows": 3, "maxlength": 4000}


class RaiseForm(forms.Form):
    """What somebody does not agree to, in their words."""

    about = forms.ChoiceField(label=_("What they do not agree to"), choices=About.choices, widget=forms.RadioSelect)
    reason = forms.CharField(
        label=_("Why, in their own words"), widget=forms.Textarea(attrs=LONG), max_length=4000,
        help_text=_("Write what they say, not what you think of it. They may read it."),
    )  # fmt: skip
    language = forms.ChoiceField(label=_("Language they speak with us"), choices=Language.choices)
    transfer_order = forms.ChoiceField(label=_("Transfer order, if it is about one"), required=False)

    def __init__(self, *args: Any, orders: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        order: Any = self.fields["transfer_order"]
        order.choices = [("", _("none")), *orders]
        if not orders:
            del self.fields["transfer_order"]


class TalkForm(forms.Form):
    """A conversation, both sides of it."""

    explained = forms.CharField(label=_("What was explained"), widget=forms.Textarea(attrs=LONG), max_length=4000)
    said = forms.CharField(label=_("What they said"), widget=forms.Textarea(attrs=LONG), max_length=4000)
    language = forms.ChoiceField(label=_("In which language"), choices=Language.choices)
    with_whom = forms.CharField(label=_("Who else was there (interpreter, family)"), max_length=120, required=False)


class OfferForm(forms.Form):
    """Something that would make it easier."""

    kind = forms.ChoiceField(label=_("What is offered"), choices=OfferKind.choices)
    words = forms.CharField(label=_("In words"), max_length=4000, required=False)
