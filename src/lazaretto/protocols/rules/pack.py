"""What a rule pack says, as frozen values. `schema.py` makes them from a file; nothing here decides anything."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, time
from decimal import Decimal
from types import MappingProxyType
from typing import Any, Final

# Categories of people (the pack says what becomes of each).
INBOUND: Final = "inbound"
CLOSE_CONTACT: Final = "close_contact"
SECONDARY_CONTACT: Final = "secondary_contact"
CASE: Final = "case"
RECOVERED: Final = "recovered"
HIGH_RISK_AREA: Final = "high_risk_area"
MEDIUM_RISK_AREA: Final = "medium_risk_area"
LOW_RISK_AREA: Final = "low_risk_area"
CLOSED_LOOP_STAFF: Final = "closed_loop_staff"
CATEGORIES: Final = (
    INBOUND,
    CLOSE_CONTACT,
    SECONDARY_CONTACT,
    CASE,
    RECOVERED,
    HIGH_RISK_AREA,
    MEDIUM_RISK_AREA,
    LOW_RISK_AREA,
    CLOSED_LOOP_STAFF,
)

# Where days are served, strictest first: a day served in one setting counts for any setting after it.
HOSPITAL: Final = "hospital"
CENTRAL: Final = "central"
HOME_ISOLATION: Final = "home_isolation"
HOME_MONITORING: Final = "home_monitoring"
SETTINGS: Final = (HOSPITAL, CENTRAL, HOME_ISOLATION, HOME_MONITORING)

# What the clock counts from, and which days it counts.
FROM_LAST_EXPOSURE: Final = "last_exposure"
FROM_ENTRY: Final = "entry"
FROM_DIAGNOSIS: Final = "diagnosis"
FROM_DISCHARGE: Final = "discharge"
CLOCKS: Final = (FROM_LAST_EXPOSURE, FROM_ENTRY, FROM_DIAGNOSIS, FROM_DISCHARGE)
COUNT_ELAPSED: Final = "elapsed"
COUNT_SERVED: Final = "served"
COUNTS: Final = (COUNT_ELAPSED, COUNT_SERVED)

# What a change of edition does to stays that are running.
NEW_APPLIES: Final = "new_applies"
OLD_APPLIES: Final = "old_applies"
SHORTER_APPLIES: Final = "shorter_applies"
TRANSITIONS: Final = (NEW_APPLIES, OLD_APPLIES, SHORTER_APPLIES)

# How far two samples of a release test must differ.
REQUIRED: Final = "required"
PREFERRED: Final = "preferred"
NOT_ASKED: Final = "no"
DEMANDS: Final = (REQUIRED, PREFERRED, NOT_ASKED)

# How a missed test is made good.
OWN_SAMPLE: Final = "own_sample"
LATER_NEGATIVE: Final = "later_negative"
MISSED_TEST_RULES: Final = (OWN_SAMPLE, LATER_NEGATIVE)

# Which positive results stand in the way of release.
ANY_POSITIVE: Final = "any"
LATEST_POSITIVE: Final = "latest"
POSITIVE_RULES: Final = (ANY_POSITIVE, LATEST_POSITIVE)

# How sure we are of what a pack says.
CONFIRMED: Final = "document"
REPORTED: Final = "report"
UNCHECKED: Final = "unchecked"
CONFIDENCES: Final = (CONFIRMED, REPORTED, UNCHECKED)

# Whom a positive on the site sends back to day 0.
RESTART_SCOPES: Final = ("none", "room", "floors", "building", "site")

# What happens to a place rather than to a person, and may concern all who are there.
ENVIRONMENTAL_POSITIVE: Final = "environmental_positive"
STAFF_POSITIVE: Final = "staff_positive"
VENTILATION_FAULT: Final = "ventilation_fault"
SITE_EVENTS: Final = (ENVIRONMENTAL_POSITIVE, STAFF_POSITIVE, VENTILATION_FAULT)

# How a household may be lodged.
ALLOWED: Final = "allowed"
ASSESSED: Final = "assessed"
FORBIDDEN: Final = "forbidden"
SHARING_RULES: Final = (ALLOWED, ASSESSED, FORBIDDEN)

FrozenData = Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Text:
    """One title or note in the two languages of the console."""

    zh: str
    en: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """Where a rule stands: document, its number, the clause, and how sure we are of it."""

    document: str
    issuer: str = ""
    number: str = ""
    edition: str = ""
    clause: str = ""
    confidence: str = UNCHECKED
    note: Text | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Slot:
    """One check a day: taken between two wall times of the site, overdue after the second."""

    code: str
    opens: time
    due: time


@dataclass(frozen=True, slots=True, kw_only=True)
class ReleaseTest:
    """What the last test of a phase must show before the phase may end.

    `samples` negative samples, by different reagents / laboratories as asked, at least `hours_between` hours apart.
    They may be taken up to `early_days` days before the day of the test.
    """

    samples: int = 1
    different_reagents: str = NOT_ASKED
    different_labs: str = NOT_ASKED
    hours_between: int = 0
    early_days: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Phase:
    """A run of days in one setting; `tests` are day numbers within the phase, the first day being 1."""

    setting: str
    days: int
    tests: tuple[int, ...] = ()
    specimen: str = ""
    release: ReleaseTest | None = None
    ct_at_least: Decimal | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class EarlyOption:
    """The pack itself lets a stay end early: from day `from_day`, without symptoms, and where
    `negative_from_day` is given with a negative sample taken on or after that day."""

    code: str
    from_day: int
    negative_from_day: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CategoryRule:
    """What one pack says about one category of people. No phases: not isolated (or referred, see `refer_to`).

    `fever_from` in °C. Release wants `symptom_free_hours` without fever or symptoms and a check within the last
    `checked_within_hours`; 0 asks for neither.
    """

    category: str
    clock: str
    counts: str
    phases: tuple[Phase, ...]
    source: Source
    slots: tuple[Slot, ...] = ()
    fever_from: Decimal = Decimal("37.3")
    symptom_free_hours: int = 0
    checked_within_hours: int = 0
    missed_test: str = OWN_SAMPLE
    positive_blocks: str = ANY_POSITIVE
    transfer_within_hours: int | None = None
    refer_to: str = ""
    early_grounds: tuple[str, ...] = ()
    early_options: tuple[EarlyOption, ...] = ()

    @property
    def days(self) -> int:
        """Days of all phases together."""
        return sum(phase.days for phase in self.phases)


@dataclass(frozen=True, slots=True, kw_only=True)
class RoomRule:
    """Who may share a room. Ages in completed years."""

    child_max_age: int
    household: str
    carer_max_age: int
    carer_barred_by: tuple[str, ...]
    accompanied_needs: tuple[str, ...]
    assessed_needs: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class SitePositive:
    """Whom a positive on the site sends back to day 0: the `scope`, and for floors how many up and down."""

    scope: str = "none"
    floors: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class SiteEvent:
    """What an event at a place asks for: whose clock restarts, and within how many hours all concerned are tested."""

    restarts: SitePositive = field(default_factory=SitePositive)
    test_within_hours: int = 24


@dataclass(frozen=True, slots=True, kw_only=True)
class Reserve:
    """Rooms to keep per 10,000 residents and the share to be open within so many hours."""

    rooms_per_10000: int
    opening: tuple[tuple[int, Decimal], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class AreaTier:
    """One tier of a sealed area and what lifts it. Days without new cases; clean rounds of testing."""

    code: str
    title: Text
    days_without_cases: int
    clean_rounds: int
    becomes: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Tube:
    """How many people share a tube in a place of this kind; 0 stands for a household."""

    place: str
    people: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Cadence:
    """When everybody of an area is tested again: every `every_days` until `clean_rounds` follow one another without a
    positive, then `rounds_after` more, each after a pause of `pause_days` days without one; then it is over.

    `title` says for which areas it was written, `tubes` which of the pack's tubes they use.
    """

    code: str
    title: Text
    every_days: int
    clean_rounds: int
    pause_days: int
    rounds_after: int
    tubes: str
    source: Source


@dataclass(frozen=True, slots=True, kw_only=True)
class PassRule:
    """For how many hours after the swab a negative result opens a gate; 0: nobody is asked for one."""

    hours: int
    source: Source


@dataclass(frozen=True, slots=True, kw_only=True)
class Pack:
    """One edition of the rules, with the overlays already laid over it."""

    code: str
    title: Text
    disease: str
    jurisdiction: str
    effective_from: date
    source: Source
    transition: str
    transition_note: Text
    release_time: time
    look_back_days: int
    categories: Mapping[str, CategoryRule]
    rooms: RoomRule
    site_positive: SitePositive
    site_events: Mapping[str, SiteEvent] = field(default_factory=lambda: MappingProxyType({}))
    reserve: Reserve | None = None
    tubes: tuple[Tube, ...] = ()
    areas: tuple[AreaTier, ...] = ()
    cadences: tuple[Cadence, ...] = ()
    passes: PassRule | None = None  # None: the pack says nothing, and whoever shows passes has a number of their own
    staff: FrozenData = field(default_factory=lambda: MappingProxyType({}))
    overlays: tuple[str, ...] = ()

    def rule(self, category: str) -> CategoryRule:
        """The rule for a category; one without phases when this edition isolates nobody for it."""
        return self.categories.get(category) or _not_isolated(category, self.source)

    def site_event(self, kind: str) -> SiteEvent:
        """What an event at a place asks for; where the pack is silent, everybody there is tested, nobody restarts."""
        return self.site_events.get(kind) or SiteEvent()

    def cadence(self, code: str = "") -> Cadence | None:
        """The cadence of that code, else the first that the pack names; None when it names none."""
        known = {cadence.code: cadence for cadence in self.cadences}
        return known.get(code) or next(iter(self.cadences), None)

    def people_to_a_tube(self, place: str) -> int | None:
        """How many share a tube there, 0 for a household; None where the pack does not say."""
        return next((tube.people for tube in self.tubes if tube.place == place), None)

    @property
    def key(self) -> str:
        """Code with overlays, e.g. `cn-plan-8+gd-inbound-14-14`: what an order records."""
        return "+".join((self.code, *self.overlays))


@dataclass(frozen=True, slots=True, kw_only=True)
class Overlay:
    """A local change of a pack: a partial table laid over it (`changes`), where and from when it was in force."""

    code: str
    title: Text
    jurisdiction: str
    effective_from: date
    source: Source
    packs: tuple[str, ...]
    transition: str
    transition_at_end: str
    changes: FrozenData


def _not_isolated(category: str, source: Source) -> CategoryRule:
    return CategoryRule(category=category, clock=FROM_LAST_EXPOSURE, counts=COUNT_ELAPSED, phases=(), source=source)
