"""The rules of isolation as pure functions on plain values: no clock, no database, no Django.

How to use them, in the order in which a stay needs them:

1. `effective_pack(library, adoptions, path, on)`: the pack in force at a place on a date, overlays laid over it;
   `editions(…)`: the packs that follow one another while a stay runs. (`protocols.queries` feeds both.)
2. `plan_course(StayFacts(…), editions)`: until when. Days served elsewhere count, missing days are made up, a change
   of edition follows its written rule. `course.release_due_at`, `course.day_on(date)`, `course.phase_end("central")`.
3. `due_tests(course)` and `due_checks(course, since=…, until=…)`: what falls due, with UTC instants.
4. `assess_release(course, at=…, samples=…, observations=…)`: may this person go now, and if not, why.
5. `next_round(cadence, past)`: when everybody of an area is tested again.
6. `may_share`, `needs_company`, `company`: who may share a room, who needs company. `restarted`: whose clock restarts.

Dates are dates of the site's zone, moments are aware. Nothing here changes what it is given; the same values give the
same answer. Words such as `central` or `days_served` are codes: `protocols.choices` has their labels.
"""

from lazaretto.protocols.rules.adoption import (
    JURISDICTION,
    Adoption,
    Edition,
    Library,
    NoPackAdopted,
    PackUnknown,
    editions,
    effective_pack,
    jurisdiction_path,
)
from lazaretto.protocols.rules.cadence import NextRound, PastRound, next_round
from lazaretto.protocols.rules.checks import DueCheck, due_checks
from lazaretto.protocols.rules.course import (
    Absence,
    CategoryNotIsolated,
    Course,
    Day,
    EditionChange,
    PhaseEnd,
    Served,
    StayFacts,
    plan_course,
)
from lazaretto.protocols.rules.pack import (
    Cadence,
    CategoryRule,
    Overlay,
    Pack,
    PassRule,
    Phase,
    RoomRule,
    SiteEvent,
    SitePositive,
    Source,
)
from lazaretto.protocols.rules.reader import PackInvalid
from lazaretto.protocols.rules.release import (
    Assessment,
    Criterion,
    EarlyRelease,
    Excuse,
    Observation,
    assess_release,
)
from lazaretto.protocols.rules.rooms import Lodging, Occupant, Sharing, company, may_share, needs_company, restarted
from lazaretto.protocols.rules.sampling import DueTest, Sample, due_tests
from lazaretto.protocols.rules.status import LeadsTo, leads_to

__all__ = [
    "JURISDICTION",
    "Absence",
    "Adoption",
    "Assessment",
    "Cadence",
    "CategoryNotIsolated",
    "CategoryRule",
    "Course",
    "Criterion",
    "Day",
    "DueCheck",
    "DueTest",
    "EarlyRelease",
    "Edition",
    "EditionChange",
    "Excuse",
    "LeadsTo",
    "Library",
    "Lodging",
    "NextRound",
    "NoPackAdopted",
    "Observation",
    "Occupant",
    "Overlay",
    "Pack",
    "PackInvalid",
    "PackUnknown",
    "PassRule",
    "PastRound",
    "Phase",
    "PhaseEnd",
    "RoomRule",
    "Sample",
    "Served",
    "Sharing",
    "SiteEvent",
    "SitePositive",
    "Source",
    "StayFacts",
    "assess_release",
    "company",
    "due_checks",
    "due_tests",
    "editions",
    "effective_pack",
    "jurisdiction_path",
    "leads_to",
    "may_share",
    "needs_company",
    "next_round",
    "plan_course",
    "restarted",
]
