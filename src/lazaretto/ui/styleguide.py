"""The style guide: every component on a few pages, for engineers, screenshots and the accessibility tests.

Served with DEBUG or UI_STYLEGUIDE only. All figures and names on it are made up by a fixed rule.
"""

from dataclasses import dataclass
from typing import Any

from django import forms
from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from lazaretto.ui.nav import NavLink, NavSection
from lazaretto.ui.templatetags.ui import ROOM_STATES
from lazaretto.ui.views import public

NAMES = [
    "陈静",
    "李娜",
    "张伟",
    "杨帆",
    "徐强",
    "马超",
    "孙丽",
    "欧阳雪",
    "J. Okafor",
    "王小明",
    "Anna Schneider",
    "吴婷",
]
PARTS = ("components", "board", "form", "sign_in", "error", "print")


@dataclass(frozen=True)
class Cell:
    number: str
    state: str
    who: str
    detail: str
    test_due: bool
    overdue: bool


@dataclass(frozen=True)
class Floor:
    label: str
    block: str
    taken: int
    rooms: list[Cell]


class SampleForm(forms.Form):
    """One field of each kind."""

    name = forms.CharField(label=_("Name"), help_text=_("As on the document."))
    document = forms.CharField(label=_("Document number"), max_length=18)
    arrived = forms.DateField(label=_("Arrived on"), widget=forms.DateInput(attrs={"type": "date"}), required=False)
    category = forms.ChoiceField(
        label=_("Kind of guest"), choices=[("inbound", _("Inbound")), ("contact", _("Close contact"))]
    )
    symptoms = forms.MultipleChoiceField(
        label=_("Symptoms"),
        choices=[
            ("fever", _("Fever")),
            ("cough", _("Cough")),
            ("throat", _("Sore throat")),
            ("none", _("None of these")),
        ],
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )
    urgency = forms.ChoiceField(
        label=_("Urgency"), choices=[("normal", _("Normal")), ("urgent", _("Urgent"))], widget=forms.RadioSelect
    )
    note = forms.CharField(label=_("Note"), widget=forms.Textarea(attrs={"rows": 2}), required=False)
    agreed = forms.BooleanField(label=_("The guest has been told in their own language"), required=False)


@public
def page(request: HttpRequest, part: str = "components") -> HttpResponse:
    """One page of the style guide."""
    if not (settings.DEBUG or getattr(settings, "UI_STYLEGUIDE", False)) or part not in PARTS:
        raise Http404
    if "toast" in request.GET:
        messages.success(request, _("Room 1204 is ready again."), extra_tags="/undo-sample")
    return render(request, f"ui/styleguide/{part}.html", _context(request))


def _context(request: HttpRequest) -> dict[str, Any]:
    floors = [_floor(number) for number in range(12, 4, -1)]
    counts = {state: sum(cell.state == state for floor in floors for cell in floor.rooms) for state in ROOM_STATES}
    return {
        "nav_sections": _navigation(request),
        "floors": floors,
        "counts": counts,
        "form": SampleForm(request.GET if "name" in request.GET else None, initial={"urgency": "normal"}),
        "palette_url": "/palette",
        "states": list(ROOM_STATES),
        "tones": ["blue", "green", "amber", "orange", "red", "purple", "teal", "grey"],
        "step_labels": [_("Check again"), _("Send vehicle"), _("Leave"), _("Disinfect")],
        "guest": [
            (_("Guest"), "张伟"), (_("Day of the stay"), "5 / 14"), (_("Last test"), "11-21 07:40"),
            (_("Temperature"), "37.9 °C · 18:30"), (_("Language"), "普通话"),
        ],
        "tab_items": [(_("Due today"), "#", True, 29), (_("Tomorrow"), "#", False, 31), (_("Overdue"), "#", False, 0)],
        "title": _("Somebody else took this room a moment ago"),
        "status": 409,
        "code": "room_occupied",
        "message": _("Room 1204 has been taken by another check-in."),
        "next_step": _("Choose another room: the board shows the free ones in white."),
    }  # fmt: skip


def _navigation(request: HttpRequest) -> list[NavSection]:
    rows = [
        ("overview", _("Overview"), "layout-dashboard", 0, "grey"), ("board", _("Room board"), "building", 0, "grey"),
        ("people", pgettext_lazy("styleguide", "People"), "users", 0, "grey"),
        ("arrivals", _("Arrivals"), "bus", 2, "red"),
        ("rounds", _("Health checks"), "stethoscope", 14, "amber"), ("tests", _("Tests"), "test-pipe", 0, "grey"),
        ("release", _("Release"), "calendar-check", 0, "grey"), ("alarms", _("Alarms"), "bell", 0, "grey"),
    ]  # fmt: skip
    current = "board" if request.path.endswith("board/") else "overview"
    links = [
        NavLink(key, label, icon, f"#{key}", count, tone, key == current) for key, label, icon, count, tone in rows
    ]
    return [NavSection("", links)]


def _floor(number: int) -> Floor:
    rooms = [_cell(number, place) for place in range(1, 19)]
    return Floor(f"{number}F", "A" if number > 8 else "B", sum(bool(cell.who) for cell in rooms), rooms)


def _cell(floor: int, place: int) -> Cell:
    seed = floor * 37 + place * 11 + floor * place
    state = _state(seed)
    taken = state in {"occupied", "release", "symptoms", "positive"}
    day = 14 if state == "release" else seed % 13 + 1
    detail = f"D{day}" + (f"·{seed % 2 + 2}人" if seed % 3 else "")
    who = NAMES[seed % len(NAMES)] if taken else ""
    return Cell(f"{floor:02}{place:02}", state, who, detail if taken else "", taken and seed % 4 == 0, seed % 41 == 0)


def _state(seed: int) -> str:
    bands = [
        (52, "occupied"), (60, "release"), (64, "symptoms"), (66, "positive"), (73, "reserve"),
        (78, "to_clean"), (84, "disinfecting"), (98, "ready"),
    ]  # fmt: skip
    return next((state for top, state in bands if seed * 29 % 100 < top), "out_of_service")
