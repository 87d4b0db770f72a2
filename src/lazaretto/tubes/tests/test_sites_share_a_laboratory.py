"""A laboratory sends one list for rounds and quarantine sites: each tube is answered where its person is."""

import pytest
from django.urls import reverse

from lazaretto.accounts.models import Unit
from lazaretto.core.models import Alarm, Deadline
from lazaretto.screening.tests.rounds import opened, scan, send
from lazaretto.stays import commands as stays
from lazaretto.stays.choices import SpecimenState
from lazaretto.stays.models import Specimen, SpecimenResult
from lazaretto.stays.tests.conftest import admit, plan_9
from lazaretto.tubes import commands
from lazaretto.tubes.choices import Hold, Stage
from lazaretto.tubes.errors import DecidedAtSite, LineCounts
from lazaretto.tubes.models import Laboratory, TubeResult
from lazaretto.tubes.proofs import result_lines_balance
from lazaretto.tubes.queries.results import account_of
from lazaretto.tubes.tests.labs import commit, lines_by_tube, stage
from lazaretto.tubes.tests.ways import brought, laboratory, seen, tell
from tests.cast import member as somebody
from tests.factories import LONG_AGO, NOW

pytestmark = pytest.mark.django_db
__all__ = ["admit", "plan_9"]


@pytest.fixture
def lab(cast):
    return laboratory(cast)


@pytest.fixture
def tested(cast):
    """A round with one tube at the laboratory."""
    of, place = opened(cast, people=2)
    send(cast, place, scan(1, tube="T1"), scan(2, tube="T1", slot=2))
    brought(cast, place, "T1")
    return of, place


@pytest.fixture
def swabbed(cast, admit):
    """Somebody's specimen in a tube of the site."""

    def do(tube="S1", number="0301", name="王小明"):
        done = stays.collect_specimen(actor=cast.medic.actor, at=NOW, stay=admit(number, name=name), tube=tube)
        return Specimen.objects.get(pk=done.specimen_id)

    return do


def test_a_specimen_of_a_site_is_answered_there(cast, lab, tested, swabbed):
    of, place = tested
    specimen = swabbed()
    tell(cast, place, seen("received", tube="S1", to=lab.code))  # the laboratory scans all it gets
    file = stage(cast, of, lab, ["T1", "阴性"], ["s1", "阴性", "38.5"])
    assert lines_by_tube(file) == {"T1": ("ready", []), "S1": ("ready", [])}
    done = commit(cast, file)
    assert (done.taken, done.held, done.finished) == (2, 0, True)
    specimen.refresh_from_db()
    assert specimen.state == SpecimenState.NEGATIVE
    said = SpecimenResult.objects.get()
    assert (said.laboratory, float(said.ct_value)) == (lab.name, 38.5)
    assert Deadline.objects.get(kind="stays.result").state == "met"
    assert list(TubeResult.objects.values_list("tube", flat=True)) == ["T1"]
    account = account_of(file)
    assert (account.taken, account.at_site, account.balances) == (1, 1, True)
    assert not result_lines_balance(NOW).offenders
    with pytest.raises(LineCounts):
        commands.reopen_line(actor=cast.duty_officer.actor, at=NOW, result_file=file, number=3, reason="看错")
    page = cast.duty_officer.client.get(reverse("tubes:file", args=[file.pk])).content.decode()
    assert "计入隔离点" in page


def test_a_positive_of_a_site_is_the_question_of_the_site(cast, lab, tested, swabbed):
    of, _place = tested
    specimen = swabbed()
    file = stage(cast, of, lab, ["S1", "阳性", "24.1"], declared_negative=True)
    assert lines_by_tube(file) == {"S1": ("held", [Hold.HIDDEN_POSITIVE])}
    commands.decide_line(
        actor=cast.duty_officer.actor, at=NOW, result_file=file, number=2, take=True, reason="电话核实"
    )
    commit(cast, file)
    specimen.refresh_from_db()
    assert specimen.state == SpecimenState.PRELIMINARY_POSITIVE
    assert Alarm.objects.filter(deadline__kind="stays.positive").exists()


def test_what_stands_at_the_site_is_not_decided_elsewhere(cast, lab, tested, swabbed):
    of, _place = tested
    specimen = swabbed()
    stays.record_result(
        actor=cast.medic.actor, at=NOW, site=cast.site, tube="S1", result=SpecimenState.NEGATIVE, laboratory="电话"
    )
    file = stage(cast, of, lab, ["S1", "阳性"])
    assert lines_by_tube(file) == {"S1": ("held", [Hold.SITE_DECIDES])}
    given = {"actor": cast.duty_officer.actor, "at": NOW, "result_file": file, "number": 2, "reason": "电话核实"}
    with pytest.raises(DecidedAtSite):
        commands.decide_line(**given, take=True)
    commands.decide_line(**given, take=False)
    assert commit(cast, file).finished
    specimen.refresh_from_db()
    assert specimen.state == SpecimenState.NEGATIVE

    cdc = Laboratory.objects.create(code="CDC", unit=lab.unit, name="疾控中心实验室", rechecks=True)
    again = stage(cast, of, cdc, ["S1", "阴性"], stage=Stage.RECHECK)
    assert lines_by_tube(again) == {"S1": ("held", [Hold.SITE_DECIDES])}


def test_a_code_is_one_however_the_site_typed_it(cast, lab, tested, swabbed):
    of, _place = tested
    specimen = swabbed(" Ｓ０ 01 ")
    file = stage(cast, of, lab, ["'s001", "阴性"])
    assert commit(cast, file).taken == 1
    specimen.refresh_from_db()
    assert specimen.state == SpecimenState.NEGATIVE


def test_the_same_result_again_is_harmless(cast, lab, tested, swabbed):
    of, _place = tested
    swabbed()
    for digest in ("a", "b"):
        assert commit(cast, stage(cast, of, lab, ["S1", "阴性"], digest=digest)).finished
    assert SpecimenResult.objects.count() == 1


@pytest.mark.parametrize("confirmed", [False, True])
@pytest.mark.parametrize("said", ["阳性", "可疑"])
def test_a_positive_that_is_told_again_is_nothing_new(cast, lab, tested, swabbed, said, confirmed):
    of, _place = tested
    specimen = swabbed()
    assert commit(cast, stage(cast, of, lab, ["S1", said], digest="a")).finished
    specimen.refresh_from_db()
    if confirmed:
        stays.decide_positive(
            actor=cast.medic.actor, at=NOW, specimen=specimen, confirmed=True, evidence="复核", laboratory="疾控中心"
        )
    stood = Specimen.objects.get().state
    again = stage(cast, of, lab, ["T1", "阴性"], ["S1", said], digest="b")
    assert lines_by_tube(again) == {"T1": ("ready", []), "S1": ("ready", [])}
    assert commit(cast, again).finished
    assert lines_by_tube(again)["S1"] == ("at_site", [])
    assert Specimen.objects.get().state == stood


def test_who_does_not_report_for_a_site_leaves_its_tube_held(cast, lab, tested, swabbed):
    of, _place = tested
    specimen = swabbed()
    elsewhere = Unit.objects.create(parent=cast.site.unit, kind="team", code="T1", name="别处", started_at=LONG_AGO)
    of.unit = elsewhere
    of.save()
    worker = somebody("laboratory", elsewhere)
    file = stage(
        cast, of, Laboratory.objects.create(code="L9", unit=elsewhere, name="第九实验室"), ["S1", "阴性"], member=worker
    )
    done = commands.commit_results(actor=worker.actor, at=NOW, result_file=file)
    assert (done.taken, done.held) == (0, 1)
    assert lines_by_tube(file) == {"S1": ("held", [Hold.OTHER_SITE])}
    specimen.refresh_from_db()
    assert specimen.state == SpecimenState.PENDING
    assert commit(cast, file).taken == 1, "the duty officer reports for both"
