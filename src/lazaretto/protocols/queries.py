"""Which rule pack governs where and when; the list of adoptions; what a change would do to running stays."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date

from django.db.models import QuerySet

from lazaretto.core.access import Actor
from lazaretto.core.prepared import prepared
from lazaretto.protocols.calendar import Calendar
from lazaretto.protocols.models import PackAdoption
from lazaretto.protocols.rules import Adoption, CategoryRule, Edition, Pack
from lazaretto.protocols.wording import title_of

__all__ = [
    "Calendar",
    "Preview",
    "StaysAffected",
    "adoptions",
    "calendar",
    "count_stays_with",
    "editions_at",
    "effective",
    "preview_of_adoption",
    "preview_of_end",
    "rule_in_force",
    "stays_affected",
    "title_of_pack",
]


@dataclass(frozen=True)
class StaysAffected:
    """What a change would do to `running` stays: so many end earlier (of these some at once), so many later."""

    running: int
    shorter: int
    longer: int
    at_once: int


@dataclass(frozen=True)
class Preview:
    """What a decision would change at a jurisdiction on its day: keys of the packs in force, empty for none."""

    jurisdiction: str
    on: date
    before: str
    after: str
    stays: StaysAffected | None


CountStays = Callable[[Calendar, Calendar, date], StaysAffected]
_count_stays: list[CountStays] = []


def count_stays_with(function: CountStays) -> None:
    """The app that knows stays says how to count them: by the calendars before and after, and the day of the change."""
    _count_stays[:] = [function]


def stays_affected(before: Calendar, after: Calendar, on: date) -> StaysAffected | None:
    """What a change that comes into force on a date would do to running stays; None when no app knows of stays."""
    return _count_stays[0](before, after, on) if _count_stays else None


def preview_of_adoption(proposed: Adoption) -> Preview:
    """What putting a pack or overlay into force would change."""
    now = calendar()
    return _preview(now, now.changed(add=[proposed]), proposed.jurisdiction, proposed.effective_from)


def preview_of_end(row: PackAdoption, ends_on: date) -> Preview:
    """What ending an adoption would change."""
    now, running = calendar(), as_adoption(row)
    ended = replace(running, effective_until=ends_on)
    return _preview(now, now.changed(add=[ended], remove=[running]), row.jurisdiction, ends_on)


def _preview(before: Calendar, after: Calendar, jurisdiction: str, on: date) -> Preview:
    return Preview(
        jurisdiction=jurisdiction,
        on=on,
        before=before.key_on(jurisdiction, on),
        after=after.key_on(jurisdiction, on),
        stays=stays_affected(before, after, on),
    )


def adoptions(actor: Actor, *, jurisdiction: str = "", pack: str = "") -> QuerySet[PackAdoption]:
    """Adoptions with those who approved them, the latest first; of one jurisdiction or pack if named."""
    found = PackAdoption.objects.visible_to(actor).select_related("approved_by", "end_approved_by")
    if jurisdiction:
        found = found.filter(jurisdiction=jurisdiction)
    if pack:
        found = found.filter(pack=pack)
    return found.order_by("-starts_on", "jurisdiction", "pack")


def calendar() -> Calendar:
    """Everything that was adopted; one query, then any number of answers."""
    return Calendar(as_adoption(row) for row in _adopted())


@prepared
def _adopted() -> QuerySet[PackAdoption]:
    return PackAdoption.objects.order_by("starts_on", "id")


def as_adoption(row: PackAdoption) -> Adoption:
    """The row as the rules see it."""
    return Adoption(
        code=row.pack,
        jurisdiction=row.jurisdiction,
        effective_from=row.starts_on,
        effective_until=row.ends_on,
        transition=row.transition,
    )


def effective(jurisdiction: str, on: date) -> Pack:
    """The pack, overlays laid over it, that governs a jurisdiction on a local date; raises `NoPackAdopted`."""
    return calendar().pack_on(jurisdiction, on)


def title_of_pack(key: str) -> str:
    """The title of a pack, with its overlays, in the reader's language."""
    return title_of(key)


def rule_in_force(category: str, jurisdiction: str, on: date) -> CategoryRule:
    """What that pack says of a category; a rule without phases when it isolates nobody for it."""
    return effective(jurisdiction, on).rule(category)


def editions_at(jurisdiction: str, first_on: date, kept: str = "") -> tuple[Edition, ...]:
    """The packs that govern a stay begun on a local date, one after another; raises as `Calendar.editions_at` does."""
    return calendar().editions_at(jurisdiction, first_on, kept)
