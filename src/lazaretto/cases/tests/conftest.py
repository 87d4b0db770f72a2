"""What the stories of cases share: a pack in force, people at a site, swabs with their results."""

from datetime import timedelta
from uuid import uuid4

import pytest

from lazaretto.cases import commands
from lazaretto.cases.choices import ChangeKind, EvidenceKind
from lazaretto.cases.models import Change
from lazaretto.cases.queries.scene import outcome_of
from lazaretto.places.models import Room
from lazaretto.protocols.models import PackAdoption
from lazaretto.stays import commands as stays
from lazaretto.stays.choices import SpecimenPurpose, SpecimenState
from lazaretto.stays.models import Specimen, Stay
from tests import factories
from tests.factories import NOW

GROUNDS = {"authority": "区疾控中心", "legal_basis": "传染病防治法第四十一条", "reason": "入境人员"}
HOURS, DAYS = timedelta(hours=1), timedelta(days=1)


def adopt(code, starts=NOW - 90 * DAYS):
    return PackAdoption.objects.create(
        pack=code, jurisdiction="CN", starts_on=starts.date(), reason="全国", created_at=NOW
    )


@pytest.fixture
def plan_8(db):
    """Plan 8 in force: fourteen days, tests on days 1, 4, 7 and 14."""
    return adopt("cn-plan-8")


@pytest.fixture
def admit(cast, plan_8):
    """Admit somebody at the cast's site three days ago; answers the stay."""

    def do(number="0301", *, name="王小明", at=NOW - 3 * DAYS, born=None, language="zh-hans", **more) -> Stay:
        given = {
            "actor": cast.clerk.actor, "at": at, "site": cast.site, "category": "inbound",
            "person": more.pop("person", None)
            or factories.person(name, at_site=cast.site, birth_date=born, language=language),
            "room": Room.objects.get(site=cast.site, number=number), "last_exposure_at": at - 9 * HOURS, **GROUNDS,
        }  # fmt: skip
        return Stay.objects.get(pk=stays.admit(**{**given, **more}).stay_id)

    return do


@pytest.fixture
def swab(cast):
    """A swab with a preliminary positive."""

    def do(stay, tube="T1", at=NOW - 2 * HOURS) -> Specimen:
        stays.collect_specimen(actor=cast.medic.actor, at=at, stay=stay, tube=tube)
        stays.record_result(
            actor=cast.medic.actor, at=at + HOURS, site=stay.site, tube=tube,
            result=SpecimenState.PRELIMINARY_POSITIVE, laboratory="区疾控",
        )  # fmt: skip
        return Specimen.objects.get(tube=tube)

    return do


@pytest.fixture
def second(cast):
    """The second finding: confirms or refutes a preliminary positive."""

    def do(specimen, *, positive, at=NOW - HOURS / 2) -> Specimen:
        stays.collect_specimen(
            actor=cast.medic.actor, at=at, stay=specimen.stay, tube=f"{specimen.tube}-2",
            purpose=SpecimenPurpose.CONFIRMATION,
        )  # fmt: skip
        result = SpecimenState.PRELIMINARY_POSITIVE if positive else SpecimenState.NEGATIVE
        stays.record_result(
            actor=cast.medic.actor, at=at, site=specimen.stay.site, tube=f"{specimen.tube}-2", result=result
        )  # fmt: skip
        stays.decide_positive(
            actor=cast.medic.actor, at=at, specimen=specimen, confirmed=positive, evidence="第二份标本"
        )  # fmt: skip
        specimen.refresh_from_db()
        return specimen

    return do


@pytest.fixture
def propose(cast):
    """Propose a change by the medic; answers it."""

    def do(stay=None, kind=ChangeKind.CASE, *, specimen=None, words="", at=NOW, by=None, **more) -> Change:
        evidence = EvidenceKind.SPECIMEN if specimen else EvidenceKind.REPORT
        made = commands.propose(
            actor=(by or cast.medic).actor, at=at, site=more.pop("site", cast.site), kind=kind, stay=stay,
            specimen=specimen, words=words, **{"happened_at": at - 2 * HOURS, "evidence": evidence, **more},
        )  # fmt: skip
        return Change.objects.get(pk=made.change_id)

    return do


@pytest.fixture
def confirm(cast):
    """Read what follows and confirm it by the duty officer."""

    def do(change, *, at=NOW, by=None):
        seen = outcome_of(Change.objects.get(pk=change.pk), at=at).digest
        return commands.confirm(actor=(by or cast.duty_officer).actor, at=at, change=change, seen=seen)

    return do


@pytest.fixture
def household():
    """The party that people of one household share a room by."""
    return uuid4()
