"""Specimens: one swab, one tube, one person; results; positives and their confirmation."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from uuid import UUID

from lazaretto.core.access import Actor
from lazaretto.core.bulk import insert, insert_unless_taken
from lazaretto.core.codes import tidy_code
from lazaretto.core.commands import command, record
from lazaretto.core.deadlines import Due, cancel, meet, raise_alarm, set_deadlines
from lazaretto.core.errors import Forbidden, IllegalTransition, ReasonRequired, whole
from lazaretto.places.models import Site
from lazaretto.stays.choices import SpecimenPurpose, SpecimenSite, SpecimenState
from lazaretto.stays.deadlines import POSITIVE, RESULT, RESULT_WITHIN, TEST
from lazaretto.stays.errors import (
    ConfirmationNeeded,
    ResultConflict,
    StayEnded,
    TestNotExcusable,
    TubeTaken,
    TubeUnknown,
)
from lazaretto.stays.models import Specimen, SpecimenResult, Stay, TestExcuse
from lazaretto.stays.queries.courses import excusable_tests
from lazaretto.stays.queries.specimens import test_answered_by
from lazaretto.stays.rules import REPORTED, VOIDED, may_step

LONGEST_EXCUSE = 300  # characters


@dataclass(frozen=True)
class SpecimenCollected:
    """A specimen is in its tube. `test_key` is the test of the rule pack it answers, empty when none."""

    specimen_id: UUID
    tube: str
    test_key: str


@dataclass(frozen=True)
class ResultRecorded:
    """A result stands. `alarm`: a positive was raised and waits for confirmation."""

    specimen_id: UUID
    tube: str
    state: str
    alarm: bool


@dataclass(frozen=True)
class PositiveDecided:
    """A preliminary positive was confirmed or refuted."""

    specimen_id: UUID
    state: str


@dataclass(frozen=True)
class TestExcused:
    """Somebody need not take a test."""

    __test__ = False  # not a test case

    stay_id: UUID
    test_key: str


@command("stays.excuse_test", capability="stays.release")
def excuse_test(*, actor: Actor, at: datetime, stay: Stay, test_key: str, reason: str) -> TestExcused:
    """Excuse somebody from one scheduled test, by name and with a reason; it is no longer due and holds up no release.

    Raises `StayEnded`, `ReasonRequired`, `TestNotExcusable` for a release test, an unknown one and one excused before,
    `Forbidden` for the program itself.
    """
    if stay.ended_at is not None:
        raise StayEnded(stay=stay.number)
    if not reason.strip():
        raise ReasonRequired
    if actor.user_id is None:
        raise Forbidden(capability="stays.release")
    answered = Specimen.objects.filter(stay=stay, test_key=test_key, state=SpecimenState.NEGATIVE)
    if test_key not in excusable_tests(stay) or answered.exists():
        raise TestNotExcusable(test=test_key)
    excuse = TestExcuse.objects.create(
        stay=stay, test_key=test_key, reason=whole(reason.strip(), LONGEST_EXCUSE), excused_by_id=actor.user_id, at=at
    )
    cancel(TEST.code, stay, slot=test_key, at=at, by=actor.user_id, answer=excuse.reason)
    data = {"test": test_key}
    record(excuse, unit_id=stay.site.unit_id, person_id=stay.person_id, data=data, reason=excuse.reason)
    return TestExcused(stay.id, test_key)


@command("stays.collect_specimen", capability="stays.specimens")
def collect_specimen(
    *,
    actor: Actor,
    at: datetime,
    stay: Stay,
    tube: str,
    purpose: SpecimenPurpose = SpecimenPurpose.SCHEDULED,
    swab: SpecimenSite = SpecimenSite.NASOPHARYNX,
) -> SpecimenCollected:
    """Take a specimen into a fresh tube. Raises `StayEnded`, `TubeTaken`, `TextTooLong`.

    A scheduled specimen answers the test of the rule pack that is open; its result falls due within 24 hours.
    """
    if stay.ended_at is not None and stay.ended_at <= at:
        raise StayEnded(stay=stay.number)
    key = test_answered_by(stay, at) if purpose == SpecimenPurpose.SCHEDULED else ""
    positive = _open_positive(stay) if purpose == SpecimenPurpose.CONFIRMATION else None
    specimen = _new_tube(
        Specimen(
            stay=stay,
            tube=tidy_code(tube),
            purpose=purpose,
            test_key=key,
            swab=swab,
            collected_at=at,
            collected_by_id=actor.user_id,
            confirms=positive,
        )
    )
    if key:
        meet(TEST.code, stay, slot=key, at=at, by=actor.user_id)
    due = Due(RESULT.code, specimen, at + RESULT_WITHIN, unit_id=stay.site.unit_id, person_id=stay.person_id)
    set_deadlines([due], at=at)
    record(
        specimen,
        unit_id=stay.site.unit_id,
        person_id=stay.person_id,
        data={"tube": specimen.tube, "purpose": purpose, "test": key},
    )
    return SpecimenCollected(specimen.id, specimen.tube, key)


@command("stays.record_result", capability="stays.specimens")
def record_result(
    *,
    actor: Actor,
    at: datetime,
    site: Site,
    tube: str,
    result: SpecimenState,
    laboratory: str = "",
    reagent: str = "",
    ct_value: Decimal | None = None,
) -> ResultRecorded:
    """Enter what the laboratory says of a tube: negative, preliminary positive or invalid.

    A positive raises an alarm at once and changes nothing else: it waits for `decide_positive`. The same result again
    is harmless; a different one is refused and held. Raises `TubeUnknown`, `ResultConflict`, `IllegalTransition`,
    `TextTooLong`.
    """
    return _report(site, tube, result, actor, at, laboratory=laboratory, reagent=reagent, ct_value=ct_value)


@command("stays.take_result", capability=REPORTED)
def take_result(
    *,
    actor: Actor,
    at: datetime,
    site: Site,
    tube: str,
    result: SpecimenState,
    laboratory: str,
    ct_value: Decimal | None = None,
) -> ResultRecorded:
    """What a laboratory reports itself, without anybody at the site typing it. Raises as `record_result`."""
    return _report(site, tube, result, actor, at, laboratory=laboratory, reagent="", ct_value=ct_value)


def _report(
    site: Site,
    tube: str,
    result: SpecimenState,
    actor: Actor,
    at: datetime,
    *,
    laboratory: str,
    reagent: str,
    ct_value: Decimal | None,
) -> ResultRecorded:
    specimen = _tube(site, tube)
    if specimen.state == result:
        record(specimen, unit_id=site.unit_id, person_id=specimen.stay.person_id, data={"repeated": result})
        return ResultRecorded(specimen.id, specimen.tube, specimen.state, alarm=False)
    if specimen.state != SpecimenState.PENDING:
        raise ResultConflict(tube=specimen.tube, stands=specimen.state, reported=result)
    if not may_step(specimen.state, result):
        raise IllegalTransition(before=specimen.state, after=result)
    _step(specimen, result, actor, at, laboratory=laboratory, reagent=reagent, ct_value=ct_value)
    meet(RESULT.code, specimen, at=at, by=actor.user_id)
    alarm = result == SpecimenState.PRELIMINARY_POSITIVE
    unit_id, person_id = site.unit_id, specimen.stay.person_id
    if alarm:
        raise_alarm(Due(POSITIVE.code, specimen, at, unit_id=unit_id, person_id=person_id), at=at)
    if result == SpecimenState.INVALID and specimen.test_key:
        again = Due(TEST.code, specimen.stay, at + RESULT_WITHIN, specimen.test_key, unit_id, person_id)
        set_deadlines([again], at=at)
    data = {"tube": specimen.tube, "result": result, "alarm": alarm}
    record(specimen, unit_id=unit_id, person_id=person_id, data=data)
    return ResultRecorded(specimen.id, specimen.tube, result, alarm)


@command("stays.decide_positive", capability="stays.health")
def decide_positive(
    *,
    actor: Actor,
    at: datetime,
    specimen: Specimen,
    confirmed: bool,
    evidence: str,
    laboratory: str = "",
    reagent: str = "",
    ct_value: Decimal | None = None,
) -> PositiveDecided:
    """Confirm or refute a preliminary positive on a second finding, named in `evidence` (promise 5).

    The second finding is a confirmation specimen with a result, or a recheck by another laboratory, which must be
    named. Raises `ReasonRequired`, `IllegalTransition`, `ConfirmationNeeded`, `TextTooLong`.
    """
    if not evidence.strip():
        raise ReasonRequired
    state = SpecimenState.CONFIRMED_POSITIVE if confirmed else SpecimenState.REFUTED
    if not may_step(specimen.state, state):
        raise IllegalTransition(before=specimen.state, after=state)
    if not laboratory.strip() and not _second_finding(specimen, confirmed=confirmed):
        raise ConfirmationNeeded(tube=specimen.tube)
    _step(specimen, state, actor, at, laboratory=laboratory, reagent=reagent, ct_value=ct_value)
    meet(POSITIVE.code, specimen, at=at, by=actor.user_id, answer=evidence)
    record(
        specimen,
        unit_id=specimen.stay.site.unit_id,
        person_id=specimen.stay.person_id,
        data={"tube": specimen.tube, "result": state, "laboratory": laboratory},
        reason=evidence,
    )
    return PositiveDecided(specimen.id, state)


def void_positive(specimen: Specimen, *, evidence: str, actor: Actor, at: datetime) -> None:
    """A confirmed positive turned out to be false, inside the command that decides it (`cases.confirm`): it holds
    nobody any more. Raises `IllegalTransition`."""
    state = SpecimenState.REFUTED
    if VOIDED.get(specimen.state) != state:
        raise IllegalTransition(before=specimen.state, after=state)
    before = specimen.state
    _step(specimen, state, actor, at, laboratory="", reagent="", ct_value=None)
    data = {"tube": specimen.tube, "before": before, "result": state}
    unit_id, person_id = specimen.stay.site.unit_id, specimen.stay.person_id
    record(specimen, unit_id=unit_id, person_id=person_id, data=data, reason=evidence)


def _new_tube(specimen: Specimen) -> Specimen:
    if not insert_unless_taken(specimen):
        raise TubeTaken(tube=specimen.tube)
    return specimen


def _tube(site: Site, tube: str) -> Specimen:
    rows = Specimen.objects.select_for_update(of=("self",)).select_related("stay")
    spellings = {tidy_code(tube), tube.strip().upper()}  # the latter as codes were kept before
    found = rows.filter(tube__in=spellings, stay__site=site).first()
    if found is None:
        raise TubeUnknown(tube=tube)
    return found


def _step(
    specimen: Specimen,
    state: SpecimenState,
    actor: Actor,
    at: datetime,
    *,
    laboratory: str,
    reagent: str,
    ct_value: Decimal | None,
) -> None:
    found = SpecimenResult(
        specimen=specimen, state=state, laboratory=laboratory.strip(), reagent=reagent.strip(), ct_value=ct_value,
        reported_at=at, entered_by_id=actor.user_id,
    )  # fmt: skip
    insert(found)
    specimen.state = state
    specimen.save(update_fields=["state"])


def _open_positive(stay: Stay) -> Specimen | None:
    rows = Specimen.objects.filter(stay=stay, state=SpecimenState.PRELIMINARY_POSITIVE)
    return rows.order_by("-collected_at").first()


def _second_finding(specimen: Specimen, *, confirmed: bool) -> bool:
    """Whether a confirmation specimen says the same."""
    positive = {SpecimenState.PRELIMINARY_POSITIVE, SpecimenState.CONFIRMED_POSITIVE}
    states = set(specimen.confirmations.values_list("state", flat=True))
    return bool(states & positive) if confirmed else SpecimenState.NEGATIVE in states
