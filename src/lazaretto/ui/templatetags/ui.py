"""The components, as template tags: `{% load ui %}`. The style guide shows each of them."""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any

from django import template
from django.contrib.messages import constants
from django.contrib.messages.storage.base import Message
from django.forms import BoundField, CheckboxInput
from django.template.loader import render_to_string
from django.templatetags.static import static
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext_lazy as _

from lazaretto.core.middleware import page_of
from lazaretto.ui import forms, icons, qr

register = template.Library()

TONES = {constants.SUCCESS: "green", constants.WARNING: "amber", constants.ERROR: "red"}
TONE_ICONS = {
    "green": "circle-check",
    "amber": "alert-triangle",
    "red": "alert-circle",
    "blue": "info-circle",
    "grey": "info-circle",
}

# What a room can be, as the board shows it: word and mark, so that colour never stands alone.
ROOM_STATES: dict[str, tuple[Any, str]] = {
    "occupied": (_("Occupied"), "user"),
    "release": (_("Release today"), "calendar-check"),
    "symptoms": (_("Symptoms"), "temperature"),
    "positive": (_("Positive"), "virus"),
    "reserve": (_("In reserve"), "bookmark"),
    "held": (_("Kept for somebody"), "home"),
    "to_clean": (_("To clean"), "brush"),
    "disinfecting": (_("Disinfecting"), "spray"),
    "ready": (_("Ready"), "circle-check"),
    "out_of_service": (_("Out of service"), "ban"),
}


@register.simple_tag
def icon(name: str, size: str = "", label: str = "", css: str = "") -> SafeString:
    """An icon of the sprite. Without `label` it is decoration and hidden from screen readers. `size`: sm or lg."""
    if name not in icons.names():
        raise template.TemplateSyntaxError(f"no icon {name!r} in the sprite (see static/vendor/VENDORED.md)")
    classes = " ".join(filter(None, ["lz-icon", f"lz-icon-{size}" if size else "", css]))
    speaking = format_html('role="img" aria-label="{}"', label) if label else mark_safe('aria-hidden="true"')
    return format_html('<svg class="{}" {}><use href="{}#{}"/></svg>', classes, speaking, static(icons.SPRITE), name)


@register.simple_tag(takes_context=True)
def page_before(context: template.Context) -> str | None:
    """On the answer to a form that was sent: the page it was on, empty if not known. None where a reload asks again."""
    request = context.get("request")
    return None if request is None or request.method in {"GET", "HEAD"} else page_of(request)


@register.inclusion_tag("ui/components/kpi.html")
def kpi(
    label: str,
    value: object,
    *,
    icon: str,
    unit: str = "",
    tone: str = "blue",
    note: str = "",
    note_value: object = "",
    href: str = "",
    alarm: object = False,
    note_alarm: object = False,
) -> dict[str, object]:
    """A figure of the top row. `href` leads to the names behind it; `alarm` and `note_alarm` paint a figure red."""
    return {
        "label": label,
        "value": value,
        "icon": icon,
        "unit": unit,
        "tone": tone,
        "note": note,
        "note_value": note_value,
        "href": href,
        "alarm": alarm,
        "note_alarm": note_alarm,
    }


@register.simple_tag
def badge(text: object, tone: str = "grey", icon_name: str = "", *, solid: bool = False) -> SafeString:
    """A short state or count. Tones: blue green amber orange red purple teal grey."""
    mark = icon(icon_name, size="sm") if icon_name else ""
    classes = "lz-badge lz-badge-solid" if solid else "lz-badge"
    return format_html('<span class="{}" data-tone="{}">{}{}</span>', classes, tone, mark, text)


@register.simple_tag
def room_state(state: str) -> SafeString:
    """A room's state as a pill, in the colours of the board."""
    label, mark = ROOM_STATES[state]
    return format_html('<span class="lz-state" data-room="{}">{}{}</span>', state, icon(mark, size="sm"), label)


@register.filter
def room_state_label(state: str) -> str:
    """The state's word."""
    return str(ROOM_STATES[state][0])


@register.inclusion_tag("ui/components/legend.html")
def room_legend(
    counts: dict[str, int] | None = None, *, selectable: bool = False, chosen: Iterable[str] = ()
) -> dict[str, object]:
    """The board's legend with counts by state; `selectable` makes each entry a filter (name="state")."""
    chosen = set(chosen)
    entries = [
        (state, label, (counts or {}).get(state), state in chosen) for state, (label, _mark) in ROOM_STATES.items()
    ]
    return {"entries": entries, "selectable": selectable}


@register.simple_tag
def bar(value: float, maximum: float, label: str, tone: str = "blue", *, big: bool = False) -> SafeString:
    """A bar from 0 to `maximum`; `label` is read out, so it should contain the figures."""
    classes = "lz-bar lz-bar-big" if big else "lz-bar"
    return format_html(
        '<progress class="{}" data-tone="{}" value="{}" max="{}" aria-label="{}"></progress>',
        classes, tone, value, maximum or 1, label,
    )  # fmt: skip


@register.inclusion_tag("ui/components/steps.html")
def steps(labels: Sequence[str], current: int, tone: str = "blue", label: str = "") -> dict[str, object]:
    """A stepper; `current` counts from 1, one more than the number of steps means all done."""
    states = [
        "done" if place < current else "now" if place == current else "next" for place in range(1, len(labels) + 1)
    ]
    return {"steps": list(zip(labels, states, strict=True)), "tone": tone, "label": label or _("Progress")}


@register.inclusion_tag("ui/components/deflist.html")
def deflist(pairs: Iterable[tuple[str, object]]) -> dict[str, object]:
    """Label and value, one a line; empty values are left out."""
    return {"pairs": [(label, value) for label, value in pairs if value not in (None, "")]}


@register.inclusion_tag("ui/components/tabs.html")
def tabs(items: Iterable[Sequence[Any]], label: str = "") -> dict[str, object]:
    """Tabs that are links: (text, address, is current[, count])."""
    rows = [(item[0], item[1], item[2], item[3] if len(item) > 3 else None) for item in items]
    return {"items": rows, "label": label or _("Views of this page")}


@register.inclusion_tag("ui/components/pager.html")
def pager(*, shown: int, next_url: str = "", previous_url: str = "", total: int | None = None) -> dict[str, object]:
    """Back and forward through a list with keyset paging; `total` only where it is known for free."""
    return {"shown": shown, "next_url": next_url, "previous_url": previous_url, "total": total}


@register.filter
def until(moment: datetime | None) -> str:
    """The end of a period as offices write it: midnight belongs to the day before, 11-09 24:00."""
    if moment is None:
        return ""
    local = timezone.localtime(moment)
    if (local.hour, local.minute) == (0, 0):
        return f"{local - timedelta(days=1):%m-%d} 24:00"
    return f"{local:%m-%d %H:%M}"


@register.inclusion_tag("ui/components/message.html")
def message_toast(message: Message) -> dict[str, object]:
    """A notice of `ui.notices.notify` as a toast."""
    tone = TONES.get(message.level, "blue")
    return {"text": message.message, "tone": tone, "icon": TONE_ICONS[tone], "undo": message.extra_tags or ""}


@register.simple_tag
def control(field: BoundField) -> SafeString:
    """The bare widget of a form field, dressed."""
    return forms.control(field)


@register.filter
def is_checkbox(field: BoundField) -> bool:
    return isinstance(field.field.widget, CheckboxInput)


@register.filter
def is_choice_group(field: BoundField) -> bool:
    return forms.is_choice_group(field.field.widget)


@register.simple_tag
def qr_code(content: str, label: str = "") -> SafeString:
    """A QR code, drawn in the page."""
    return mark_safe(qr.svg(content, label=label))  # noqa: S308 - drawn by segno, the label is escaped by it


@register.simple_block_tag
def empty(content: str, title: str, icon_name: str = "circle-check", text: str = "") -> SafeString:
    """`{% empty title icon text %}…buttons…{% endempty %}`: what to do when there is nothing to show."""
    said = format_html("<p>{}</p>", text) if text else ""
    return format_html(
        '<div class="lz-empty">{}<p class="lz-empty-title">{}</p>{}<div class="lz-row">{}</div></div>',
        icon(icon_name), title, said, content,
    )  # fmt: skip


@register.simple_block_tag
def note(content: str, tone: str = "blue", icon_name: str = "") -> SafeString:
    """`{% note "amber" %}…{% endnote %}`: a boxed remark inside a page."""
    mark = icon(icon_name or TONE_ICONS.get(tone, "info-circle"))
    return format_html('<div class="lz-note" data-tone="{}">{}<div>{}</div></div>', tone, mark, content)


@register.simple_block_tag
def dialog(content: str, name: str, title: str, *, icon_name: str = "", tone: str = "blue", wide: bool = False) -> str:
    """`{% dialog "move" title %}…body and .lz-dialog-foot…{% enddialog %}`; opened by data-dialog="move"."""
    values = {"content": content, "name": name, "title": title, "icon": icon_name, "tone": tone, "wide": wide}
    return render_to_string("ui/components/dialog.html", values)


@register.simple_block_tag(takes_context=True)
def confirm(
    context: template.Context,
    content: str,
    name: str,
    *,
    title: str,
    action: str,
    button: str,
    tone: str = "red",
    opened: bool = False,
) -> str:
    """`{% confirm "move" title= action= button= %}…what will happen, fields…{% endconfirm %}`: asks, then posts.

    `opened`: open from the start, for a form that came back with its errors.
    """
    values = {
        "content": content, "name": name, "title": title, "action": action, "button": button, "tone": tone,
        "opened": opened,
    }  # fmt: skip
    return render_to_string("ui/components/confirm.html", {**values, "csrf_token": context.get("csrf_token", "")})
