"""The round: temperatures and symptoms, door by door, by keyboard alone."""

from datetime import date
from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from lazaretto.accounts.doors import actor_of, needs
from lazaretto.core import clock
from lazaretto.core.errors import InvalidInput
from lazaretto.places.queries import site_by_code
from lazaretto.stays.choices import Slot, Symptom
from lazaretto.stays.commands import observe
from lazaretto.stays.errors import TemperatureNeeded
from lazaretto.stays.forms import DoorForm
from lazaretto.stays.queries.rounds import current_slot, round_sheet
from lazaretto.stays.rules import SYMPTOM_KEYS, UnreadableEntry, read_entry


@needs("stays.rounds")
def rounds(request: HttpRequest, code: str) -> HttpResponse:
    """The sheet of a round; without a choice the one that is on now."""
    actor = actor_of(request)
    site = site_by_code(actor, code, "stays.rounds")
    day, slot = current_slot(site, clock.now())
    day = _day(request.GET.get("day", "")) or day
    if request.GET.get("slot") in {Slot.MORNING, Slot.EVENING}:
        slot = Slot(request.GET["slot"])
    sheet = round_sheet(actor, site, day, slot)
    keys = [(letter, Symptom(code).label) for letter, code in SYMPTOM_KEYS.items()]
    slots = [Slot.MORNING, Slot.EVENING]
    context = {"site": site, "sheet": sheet, "keys": keys, "slots": slots, "by": actor.user_id}
    return render(request, "stays/rounds.html", context)


@require_POST
@needs("stays.rounds")
def save_door(request: HttpRequest, code: str) -> JsonResponse:
    """Take down one door. Sent again with the same client id it gives the same answer."""
    actor = actor_of(request)
    site_by_code(actor, code, "stays.rounds")
    form = DoorForm(request.POST)
    if not form.is_valid():
        raise InvalidInput(fields={name: " ".join(map(str, texts)) for name, texts in form.errors.items()})
    given = form.cleaned_data
    done = observe.invoke(
        actor=actor,
        at=min(given["taken_at"] or clock.now(), clock.now()),  # a device's clock may run ahead
        payload={"stay": str(given["stay"]), "day": str(given["day"]), "slot": given["slot"], **_typed(given["entry"])},
        client_id=given["client_id"],
    )
    word = _("a medic is told") if done.alarm else _("corrected") if done.corrected else _("saved")
    return JsonResponse({"alarm": done.alarm, "corrected": done.corrected, "left": done.left, "word": word})


def _typed(entry: str) -> dict[str, Any]:
    try:
        read = read_entry(entry)
    except UnreadableEntry as error:
        raise TemperatureNeeded(entry=entry) from error
    return {
        "temperature": None if read.temperature is None else str(read.temperature),
        "symptoms": list(read.symptoms),
        "no_answer": read.no_answer,
    }


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None
