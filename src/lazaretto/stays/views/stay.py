"""The file of one stay, the list of stays, and what can be done to a stay from its page."""

from datetime import timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from lazaretto.accounts.doors import actor_of, needs
from lazaretto.core import clock
from lazaretto.core.errors import DomainError
from lazaretto.core.paging import page as piece_of
from lazaretto.core.spoken import spoken
from lazaretto.people.queries import display_name
from lazaretto.places.models import Site
from lazaretto.protocols.choices import Category, EarlyGround
from lazaretto.stays import commands, wording
from lazaretto.stays.charts import temperature_chart
from lazaretto.stays.choices import Slot, SpecimenPurpose, SpecimenState, StayEnd, Symptom
from lazaretto.stays.errors import SharingNeedsAssessment
from lazaretto.stays.links import links
from lazaretto.stays.models import Observation, Specimen, Stay
from lazaretto.stays.page_forms import EarlyForm, EndForm, ExtendForm, MoveForm, ObserveForm, StaysFilter
from lazaretto.stays.queries.courses import course_of, excusable_tests, served_from
from lazaretto.stays.queries.file import StayFile, stay_by_number, stay_file
from lazaretto.stays.queries.listing import stays_at
from lazaretto.stays.queries.moves import room_choices
from lazaretto.stays.queries.rounds import current_slot, fever_from
from lazaretto.stays.views.board import after_change
from lazaretto.stays.views.common import HAND_OVER, done, page, site_of
from lazaretto.ui import frame

READ = "stays.read"
PER_PAGE = 50


@require_GET
@needs(READ)
def listing(request: HttpRequest, code: str) -> HttpResponse:
    """Stays of a site, the latest first."""
    actor, site = actor_of(request), site_of(request, code, READ)
    form = StaysFilter(request.GET or None, categories=Category.choices)
    chosen = form.cleaned_data if form.is_bound and form.is_valid() else {}
    state = chosen.get("state") or "open"
    found = stays_at(actor, site, state=state, category=chosen.get("category", ""), text=chosen.get("q", ""))
    piece = piece_of(found, ["-started_at", "-id"], limit=PER_PAGE, cursor=request.GET.get("cursor", ""))
    query = request.GET.copy()
    query["cursor"] = piece.next or ""
    context = {
        "form": StaysFilter(initial={"state": state, **chosen}, categories=Category.choices),
        "rows": [_row(actor, site, stay) for stay in piece.items],
        "next_url": f"?{query.urlencode()}" if piece.next else "",
        "now": clock.now(),
    }
    return page(request, site, "stays/stay/list.html", context)


def _row(actor: Any, site: Site, stay: Any) -> dict[str, Any]:
    return {
        "stay": stay,
        "name": display_name(actor, stay.person, unit_id=site.unit_id),
        "room": stay.room_number,
        "category": wording.category_label(stay.category),
    }


@require_GET
@needs(READ)
def by_number(request: HttpRequest, number: str) -> HttpResponse:
    """A stay by its number alone, as cards and other systems name it."""
    stay = stay_by_number(actor_of(request), number)
    return HttpResponseRedirect(reverse("stays:stay", args=[stay.site.code, stay.number]))


@require_GET
@needs(READ)
def show(request: HttpRequest, code: str, number: str) -> HttpResponse:
    """The whole file of a stay."""
    site = site_of(request, code, READ)
    context = _file_context(request, site, number)
    file: StayFile = context["file"]
    if file.stay.ended_at is None:
        room = {"room": file.room.room.number} if file.room else {}
        frame.tell(request, person=file.stay.person_id, **room)
    return page(request, site, "stays/stay/stay.html", context)


def _file_context(request: HttpRequest, site: Site, number: str) -> dict[str, Any]:
    actor, at = actor_of(request), clock.now()
    found = stay_file(actor, number, site, at=at)
    held = ("manage", "approve", "release", "rounds", "specimens", "health", "papers")
    fever = fever_from(found.stay)
    return {
        "file": found,
        "stay": found.stay,
        "curve": _curve(found, site, at, fever),
        "criteria": _criteria(found),
        "excusable": _excusable(found),
        "fever_from": fever,
        "pack_title": _pack_title(found),
        "observation_rows": [(seen, _symptoms(seen)) for seen in found.observations],
        "specimen_rows": [_specimen_row(taken) for taken in found.specimens],
        "language_name": wording.language_name(found.stay.person.language),
        "category": wording.category_label(found.stay.category),
        "served": _served(found),
        "print": request.GET.get("print", ""),
        "journal": [(entry, spoken(entry.command)) for entry in found.journal],
        "can": {name: actor.may(f"stays.{name}", site.unit_id) for name in held},
        "hand_over": actor.may(HAND_OVER, site.unit_id),
        "links": links(actor, found.stay),
        "now": at,
        "over": found.stay.order.ends_at <= at,
    }


def _curve(found: StayFile, site: Site, at: Any, fever: Decimal) -> Any:
    readings = [
        (seen.taken_at, seen.temperature)
        for seen in found.observations
        if seen.temperature is not None and seen.superseded_at is None
    ]
    if not readings:
        return None
    zone = ZoneInfo(site.time_zone)
    until = min(found.stay.ended_at or at, at)
    return temperature_chart(
        readings,
        since=found.stay.started_at.astimezone(zone),
        until=until.astimezone(zone),
        fever_from=fever,
    )


def _pack_title(found: StayFile) -> str:
    if found.course is None:
        return ""
    title = found.course.pack.title
    return title.zh if (get_language() or "").startswith("zh") else title.en


def _symptoms(seen: Observation) -> str:
    return wording.joined(str(Symptom(code).label) for code in seen.symptoms if code in Symptom.values)


def _specimen_row(taken: Specimen) -> tuple[Specimen, str, str, Any]:
    """A specimen with its purpose in words, the tone of its state, and its last result."""
    results = sorted(taken.results.all(), key=lambda result: result.reported_at)
    purpose = wording.test_label(taken.test_key) if taken.test_key else str(SpecimenPurpose(taken.purpose).label)
    return taken, purpose, wording.RESULT_TONES[SpecimenState(taken.state)], results[-1] if results else None


def _served(found: StayFile) -> str:
    """Days served elsewhere, in words."""
    parts = [served_from(part) for part in found.stay.order.served_elsewhere]
    return wording.joined(
        f"{wording.setting_label(part.setting)} {part.first_on:%m-%d} – {part.last_on:%m-%d}" for part in parts
    )


def _criteria(found: StayFile) -> list[dict[str, Any]]:
    """The conditions of release in words."""
    if found.assessment is None:
        return []
    return [wording.criterion(item) for item in found.assessment.criteria]


def _excusable(found: StayFile) -> list[tuple[str, str]]:
    """Tests that stand in the way of a release and from which somebody may be excused, with their words."""
    if found.assessment is None or found.stay.ended_at is not None:
        return []
    unmet = {item.subject for item in found.assessment.open_criteria}
    return [(key, wording.test_label(key)) for key in excusable_tests(found.stay) if key in unmet]


@require_POST
@needs("stays.release")
def excuse_test(request: HttpRequest, code: str, number: str) -> HttpResponse:
    """Excuse somebody from one test, by name and with a reason."""
    actor = actor_of(request)
    stay = stay_by_number(actor, number, site_of(request, code, "stays.release"))
    key, reason = request.POST.get("test", ""), request.POST.get("reason", "")
    commands.excuse_test(actor=actor, at=clock.now(), stay=stay, test_key=key, reason=reason)
    text = _("Excused by name: %(test)s") % {"test": wording.test_label(key)}
    return done(request, text, reverse("stays:stay", args=[code, number]) + "#release")


@require_http_methods(["GET", "POST"])
@needs("stays.manage")
def move(request: HttpRequest, code: str, number: str) -> HttpResponse:
    """Choose another room; each says what it breaks."""
    site = site_of(request, code, "stays.manage")
    stay = stay_by_number(actor_of(request), number, site)
    form, asked = MoveForm(request.POST or None), False
    if form.is_bound and form.is_valid():
        given = form.cleaned_data
        try:
            moved = commands.move_room.invoke(
                actor=actor_of(request), at=clock.now(), payload={"stay": stay.pk, **given}
            )
        except DomainError as error:
            form.add_error(None, str(error))
            asked = isinstance(error, SharingNeedsAssessment)
        else:
            text = _("%(before)s → %(after)s: moved") % {"before": moved.before, "after": moved.after}
            return done(request, text, reverse("stays:board_room", args=[code, moved.after]))
    choices = room_choices(stay, at=clock.now())
    context = {"stay": stay, "form": form, "choices": choices, "name": _name(request, stay)}
    context["assessed"] = asked or any(choice.sharing.needs_assessment for choice in choices)
    return page(request, site, "stays/stay/move.html", context, status=_status(form))


@require_http_methods(["GET", "POST"])
@needs("stays.approve")
def extend(request: HttpRequest, code: str, number: str) -> HttpResponse:
    """Extra days, by an approver, with a reason that the guest gets in writing."""
    site = site_of(request, code, "stays.approve")
    stay = stay_by_number(actor_of(request), number, site)
    with timezone.override(site.time_zone):
        usual = timezone.localtime(stay.order.ends_at) + timedelta(days=1)
        form = ExtendForm(request.POST or None, initial={"ends_at": usual})
        valid = form.is_bound and form.is_valid()
    if valid:
        try:
            changed = commands.extend_order(
                actor=actor_of(request), at=clock.now(), stay=stay,
                ends_at=form.cleaned_data["ends_at"], reason=form.cleaned_data["reason"],
            )  # fmt: skip
        except DomainError as error:
            form.add_error(None, str(error))
        else:
            url = reverse("stays:stay", args=[code, number]) + f"?print={changed.notice_id}#order"
            return done(request, _("The order ends later now. Hand the notice to the guest."), url)
    context = {"stay": stay, "form": form, "name": _name(request, stay)}
    context["extended"] = course_of(stay.order, site).facts.extended_until is not None
    return page(request, site, "stays/stay/extend.html", context, status=_status(form))


@require_POST
@needs("stays.approve")
def withdraw_extension(request: HttpRequest, code: str, number: str) -> HttpResponse:
    """Take extra days back, with a reason."""
    site = site_of(request, code, "stays.approve")
    stay = stay_by_number(actor_of(request), number, site)
    reason = request.POST.get("reason", "")
    changed = commands.withdraw_extension(actor=actor_of(request), at=clock.now(), stay=stay, reason=reason)
    with timezone.override(site.time_zone):
        ends_at = f"{timezone.localtime(changed.ends_at):%Y-%m-%d %H:%M}"
    text = _("The extension is withdrawn: the order ends on %(at)s.") % {"at": ends_at}
    return done(request, text, reverse("stays:stay", args=[code, number]) + "#order")


@require_http_methods(["GET", "POST"])
@needs("stays.approve")
def release_early(request: HttpRequest, code: str, number: str) -> HttpResponse:
    """Release before the end on a ground of the rule pack, by an approver."""
    site = site_of(request, code, "stays.approve")
    stay = stay_by_number(actor_of(request), number, site)
    grounds = [(ground, str(EarlyGround(ground).label)) for ground in course_of(stay.order, site).rule.early_grounds]
    form = EarlyForm(request.POST or None, grounds=grounds)
    if form.is_bound and form.is_valid():
        try:
            commands.release_early(actor=actor_of(request), at=clock.now(), stay=stay, **form.cleaned_data)
        except DomainError as error:
            form.add_error(None, str(error))
        else:
            return done(request, _("Released. The certificate is ready."), reverse("stays:stay", args=[code, number]))
    context = {"stay": stay, "form": form, "grounds": grounds, "name": _name(request, stay)}
    return page(request, site, "stays/stay/early.html", context, status=_status(form))


@require_http_methods(["GET", "POST"])
@needs("stays.manage")
def end(request: HttpRequest, code: str, number: str) -> HttpResponse:
    """The stay ends otherwise: hospital, transfer, death, or an entry made by mistake."""
    site = site_of(request, code, "stays.manage")
    stay = stay_by_number(actor_of(request), number, site)
    form = EndForm(request.POST or None, initial={"end": request.GET.get("end", "")})
    if form.is_bound and form.is_valid():
        kind = StayEnd(form.cleaned_data["end"])
        try:
            commands.end_stay(
                actor=actor_of(request), at=clock.now(), stay=stay, end=kind, reason=form.cleaned_data["reason"]
            )
        except DomainError as error:
            form.add_error(None, str(error))
        else:
            return done(request, str(kind.label).capitalize(), reverse("stays:stay", args=[code, number]))
    context = {"stay": stay, "form": form, "name": _name(request, stay)}
    return page(request, site, "stays/stay/end.html", context, status=_status(form))


@require_POST
@needs("stays.rounds")
def observe(request: HttpRequest, code: str, number: str) -> HttpResponse:
    """A temperature from the panel, for the round that is on."""
    actor, at = actor_of(request), clock.now()
    site = site_of(request, code, "stays.rounds")
    stay = stay_by_number(actor, number, site)
    form = ObserveForm(request.POST)
    given = form.cleaned_data if form.is_valid() else {}
    day, slot = current_slot(site, at)
    if _seen_in(stay, day, slot) and not given.get("no_answer"):
        slot = Slot.EXTRA
    seen = commands.observe(
        actor=actor, at=at, stay=stay, day=day, slot=slot, temperature=given.get("temperature"),
        symptoms=tuple(Symptom(code) for code in given.get("symptoms", ())), no_answer=bool(given.get("no_answer")),
    )  # fmt: skip
    text = _("Written down. A medic has to look: an alarm was raised.") if seen.alarm else _("Written down.")
    return after_change(request, site, _room(stay), text, at)


@require_POST
@needs("stays.specimens")
def specimen(request: HttpRequest, code: str, number: str) -> HttpResponse:
    """A swab from the panel."""
    actor, at = actor_of(request), clock.now()
    site = site_of(request, code, "stays.specimens")
    stay = stay_by_number(actor, number, site)
    purpose = (
        SpecimenPurpose.CONFIRMATION if request.POST.get("purpose") == "confirmation" else SpecimenPurpose.SCHEDULED
    )
    taken = commands.collect_specimen.invoke(
        actor=actor, at=at, payload={"stay": str(stay.pk), "tube": request.POST.get("tube", ""), "purpose": purpose}
    )
    text = _("Tube %(tube)s: %(test)s") % {
        "tube": taken.tube,
        "test": wording.test_label(taken.test_key) or _("no test of the plan"),
    }
    return after_change(request, site, _room(stay), text, at)


def _seen_in(stay: Stay, day: Any, slot: Slot) -> bool:
    """Whether this round has a temperature already: a second one beside it is an extra, not a correction."""
    return stay.observations.filter(day=day, slot=slot, superseded_at__isnull=True, no_answer=False).exists()


def _room(stay: Stay) -> str:
    taken = stay.occupancies.filter(ended_at__isnull=True).select_related("room").first()
    return taken.room.number if taken else ""


def _name(request: HttpRequest, stay: Stay) -> str:
    return display_name(actor_of(request), stay.person, unit_id=stay.site.unit_id)


def _status(form: Any) -> int:
    return 422 if form.is_bound and form.errors else 200
