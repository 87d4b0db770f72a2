"""How Django's forms look: `{{ form }}` and `{{ form.name.as_field_group }}` render our templates."""

from collections.abc import Iterable
from typing import Any

from django.forms import (
    BoundField,
    CheckboxInput,
    CheckboxSelectMultiple,
    FileInput,
    HiddenInput,
    RadioSelect,
    Select,
    Widget,
)
from django.forms.renderers import TemplatesSetting
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

CHOOSE = _("– choose –")  # stands first where what is chosen decides something grave: no browser sends the first one


def to_choose(choices: Iterable[tuple[Any, Any]]) -> list[tuple[Any, Any]]:
    """Choices of which none is chosen beforehand; a required field then refuses what somebody overlooked."""
    return [("", CHOOSE), *choices]


class Renderer(TemplatesSetting):
    """Set as FORM_RENDERER; needs `django.forms` in INSTALLED_APPS."""

    form_template_name = "ui/forms/form.html"
    field_template_name = "ui/forms/field.html"


def is_choice_group(widget: Widget) -> bool:
    """Several boxes or buttons under one legend."""
    return isinstance(widget, RadioSelect | CheckboxSelectMultiple)


def css_class(widget: Widget) -> str:
    """The style sheet's class for a widget."""
    if is_choice_group(widget) or isinstance(widget, HiddenInput):
        return ""
    if isinstance(widget, CheckboxInput):
        return "form-check-input"
    if isinstance(widget, Select):
        return "form-select"
    return "form-control lz-file" if isinstance(widget, FileInput) else "form-control"


def control(field: BoundField) -> SafeString:
    """The bare widget with our class added to its own."""
    widget = field.field.widget
    own = str(widget.attrs.get("class", ""))
    classes = " ".join(filter(None, [css_class(widget), own]))
    return field.as_widget(attrs={"class": classes} if classes else None)
