"""The course of a stay by the rule packs: joins orders, editions and the pure rules."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db.models import F, QuerySet

from lazaretto.core.prepared import prepared
from lazaretto.places.models import Site
from lazaretto.protocols.queries import Calendar, editions_at
from lazaretto.protocols.rules import (
    Absence,
    Assessment,
    CategoryNotIsolated,
    Course,
    EarlyRelease,
    Excuse,
    NoPackAdopted,
    Observation,
    PackUnknown,
    PhaseEnd,
    Sample,
    Served,
    StayFacts,
    assess_release,
    due_tests,
    plan_course,
)
from lazaretto.stays.choices import OrderChangeKind, SpecimenState
from lazaretto.stays.errors import NoRulePack, NotIsolated
from lazaretto.stays.models import IsolationOrder, OrderChange, Specimen, Stay, TestExcuse

CENTRAL = "central"
RELEASE = "release"  # the purpose of a test

SAMPLE_RESULT = {
    SpecimenState.PENDING: "pending",
    SpecimenState.NEGATIVE: "negative",
    SpecimenState.PRELIMINARY_POSITIVE: "positive",
    SpecimenState.CONFIRMED_POSITIVE: "positive",
    SpecimenState.REFUTED: "void",
    SpecimenState.INVALID: "void",
}


@dataclass(frozen=True)
class ServedElsewhere:
    """Days served in another place, both dates included: `central`, `hospital`, `home_isolation` …"""

    setting: str
    first_on: date
    last_on: date
    evidence: str = ""


def plan(
    *,
    site: Site,
    category: str,
    clock_start_at: datetime,
    starts_at: datetime,
    served: Iterable[ServedElsewhere] = (),
    absences: Iterable[Absence] = (),
    extended_until: datetime | None = None,
    calendar: Calendar | None = None,
    kept: str = "",
) -> Course:
    """The course at a site; raises `NotIsolated` when the rules there isolate nobody of the category, `NoRulePack`.

    `kept` is the pack of an order: it goes on where the adoption that the order rests on was withdrawn.
    `calendar` holds the adoptions when many courses are planned; without it they are read, one query.
    """
    zone = ZoneInfo(site.time_zone)
    started_on = starts_at.astimezone(zone).date()
    facts = StayFacts(
        category=category,
        clock_start=clock_start_at.astimezone(zone).date(),
        started_on=started_on,
        zone=zone,
        served=(
            *(
                Served(
                    setting=part.setting,
                    first_on=part.first_on,
                    last_on=part.last_on,
                    elsewhere=True,
                    evidence=part.evidence,
                )
                for part in served
            ),
            Served(setting=CENTRAL, first_on=started_on),
        ),
        absences=tuple(absences),
        extended_until=extended_until,
    )
    look_up = calendar.editions_at if calendar else editions_at
    try:
        return plan_course(facts, look_up(site.jurisdiction, started_on, kept))
    except CategoryNotIsolated as error:
        raise NotIsolated(category=category) from error
    except (NoPackAdopted, PackUnknown) as error:
        raise NoRulePack(on=started_on.isoformat()) from error


def central_end(course: Course) -> PhaseEnd:
    """When the days at a site are complete; raises `NotIsolated` when the course has none."""
    end = course.phase_end(CENTRAL)
    if end is None:
        raise NotIsolated(category=course.facts.category)
    return end


def course_of(order: IsolationOrder, site: Site, *, calendar: Calendar | None = None) -> Course:
    """The course of an order as its facts stand now. For many, prefetch `changes` and give the `calendar`."""
    extensions = _extensions(order)
    return plan(
        site=site,
        category=order.category,
        clock_start_at=order.last_exposure_at,
        starts_at=order.starts_at,
        served=[served_from(part) for part in order.served_elsewhere],
        absences=absences_of(order),
        extended_until=max(extensions, default=None),
        calendar=calendar,
        kept=order.pack,
    )


def _extensions(order: IsolationOrder) -> list[datetime]:
    if "changes" not in getattr(order, "_prefetched_objects_cache", {}):
        return _standing(_changes(order=order.pk))
    changes = sorted(order.changes.all(), key=lambda change: (change.at, change.pk))
    return _standing([(change.kind, change.ends_after) for change in changes])


def _standing(changes: Iterable[tuple[str, datetime]]) -> list[datetime]:
    """The ends that were extended to, but for those withdrawn since; changes in the order they were made."""
    ends: list[datetime] = []
    for kind, ends_after in changes:
        if kind == OrderChangeKind.CORRECTION:
            ends.clear()
        elif kind == OrderChangeKind.EXTENSION:
            ends.append(ends_after)
    return ends


@prepared
def _changes(order: Any) -> QuerySet[OrderChange, tuple[str, datetime]]:
    return OrderChange.objects.filter(order=order).order_by("at", "id").values_list("kind", "ends_after")


def course_now(order: IsolationOrder, site: Site, known: Calendar | None = None) -> tuple[Course, datetime]:
    """The course as it is now, and when the order ends by it: at the end of the days here or of an extension."""
    course = course_of(order, site, calendar=known)
    ends_at, extended = central_end(course).ends_at, course.facts.extended_until
    return course, max(ends_at, extended) if extended else ends_at


def served_from(part: dict[str, str]) -> ServedElsewhere:
    """Days served elsewhere as the order keeps them."""
    return ServedElsewhere(
        part["setting"],
        date.fromisoformat(part["first_on"]),
        date.fromisoformat(part["last_on"]),
        part.get("evidence", ""),
    )


def absences_of(order: IsolationOrder) -> list[Absence]:
    """Dates that were not spent in isolation and are made up, as the order keeps them."""
    return [
        Absence(
            first_on=date.fromisoformat(part["first_on"]),
            last_on=date.fromisoformat(part["last_on"]),
            evidence=part.get("evidence", ""),
        )
        for part in order.absences
    ]


def samples_of(stay: Stay) -> tuple[Sample, ...]:
    """The specimens of all stays under the order, as the rules want them.

    When asking for many, prefetch `order__stays__specimens__results`.
    """
    return tuple(_sample(specimen) for part in stay.order.stays.all() for specimen in part.specimens.all())


def tests_taken(order_id: UUID) -> set[str]:
    """The tests of the plan that are asked for no more: sampled or excused under the order, wherever that was.

    What was taken before an order that took an earlier one's place answered a test of that earlier one.
    """
    under = {"stay__order": order_id}
    taken = Specimen.objects.filter(**under, collected_at__gte=F("stay__order__starts_at"))
    taken = taken.exclude(test_key="").exclude(state=SpecimenState.INVALID)
    excused = TestExcuse.objects.filter(**under, at__gte=F("stay__order__starts_at"))
    return {*taken.values_list("test_key", flat=True), *excused.values_list("test_key", flat=True)}


def _sample(specimen: Specimen) -> Sample:
    results = sorted(specimen.results.all(), key=lambda result: result.reported_at)
    last = results[-1] if results else None
    return Sample(
        id=str(specimen.id),
        taken_at=specimen.collected_at,
        result=SAMPLE_RESULT[SpecimenState(specimen.state)],
        reagent=last.reagent if last else "",
        lab=last.laboratory if last else "",
        ct=last.ct_value if last else None,
    )


def observations_of(stay: Stay) -> tuple[Observation, ...]:
    """The valid observations under the order in which somebody was seen."""
    return tuple(
        Observation(id=str(seen.id), at=seen.taken_at, temperature=seen.temperature, symptoms=bool(seen.symptoms))
        for part in stay.order.stays.all()
        for seen in part.observations.all()
        if seen.superseded_at is None and not seen.no_answer
    )


def excusable_tests(stay: Stay) -> list[str]:
    """Keys of the scheduled tests here from which somebody may be excused: no release tests, none excused already."""
    excused = {excuse.test_key for excuse in _excuses(stay)}
    dues = due_tests(course_of(stay.order, stay.site))
    return [due.key for due in dues if due.setting == CENTRAL and due.purpose != RELEASE and due.key not in excused]


def excuses_of(stay: Stay) -> tuple[Excuse, ...]:
    """From which tests of the order somebody was excused, by whom and why.

    When asking for many, prefetch `order__stays__excuses__excused_by`.
    """
    return tuple(
        Excuse(test_key=one.test_key, by=f"{one.excused_by.display_name}: {one.reason}", reason=one.reason)
        for one in _excuses(stay)
    )


def _excuses(stay: Stay) -> list[TestExcuse]:
    since = stay.order.starts_at
    return [one for part in stay.order.stays.all() for one in part.excuses.all() if one.at >= since]


def assessment_of(
    stay: Stay, *, at: datetime, early: EarlyRelease | None = None, calendar: Calendar | None = None
) -> Assessment:
    """May this person be released now, and if not, why; each criterion with its evidence."""
    return assess_release(
        course_of(stay.order, stay.site, calendar=calendar),
        at=at,
        setting=CENTRAL,
        samples=samples_of(stay),
        observations=observations_of(stay),
        excuses=excuses_of(stay),
        early=early,
    )


def day_number(order: IsolationOrder, on: date, zone: ZoneInfo) -> int:
    """Days since the clock started: 0 on the day of last exposure."""
    return (on - order.last_exposure_at.astimezone(zone).date()).days
