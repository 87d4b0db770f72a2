"""The program checks its own promises."""

import pytest

from lazaretto.core.models import CommandReceipt
from lazaretto.core.promises import BROKEN, OK, PROMISES, PROOFS, UNUSED, Finding, Offender, Proof, verify
from tests.factories import NOW


def proof_of(number: int, finding: Finding) -> Proof:
    return Proof(number, f"test_{number}", "test", lambda _at: finding)


def test_a_promise_without_a_check_in_use_is_never_ok():
    found = verify(at=NOW, proofs=[proof_of(1, Finding(in_use=False))])
    assert [row.promise for row in found] == list(PROMISES)
    assert {row.state for row in found} == {UNUSED}


def test_a_promise_is_ok_with_figures_and_broken_with_offenders():
    bad = Finding({"late": 1}, [Offender("stay", "7", "late")])
    found = {
        row.promise: row for row in verify(at=NOW, proofs=[proof_of(1, Finding({"in_care": 3})), proof_of(2, bad)])
    }
    assert (found[1].state, found[1].figures) == (OK, {"in_care": 3})
    assert found[2].state == BROKEN
    assert found[2].offenders == [{"check": "test_2", "kind": "stay", "id": "7", "why": "late"}]


def test_one_broken_check_breaks_its_promise_whatever_the_others_say():
    checks = [proof_of(1, Finding()), proof_of(1, Finding({}, [Offender("x", "1", "y")]))]
    assert {row.promise: row.state for row in verify(at=NOW, proofs=checks)}[1] == BROKEN


def test_every_check_has_its_own_name():
    codes = [check.code for check in PROOFS]
    assert len(codes) == len(set(codes))
    assert codes


@pytest.mark.django_db
def test_an_empty_installation_breaks_nothing():
    assert BROKEN not in {row.state for row in verify(at=NOW)}


@pytest.mark.django_db
def test_a_receipt_without_its_answer_breaks_the_sixth_promise(cast):
    CommandReceipt.objects.create(
        client_id="018f0000-0000-7000-8000-000000000000", command="x", body_digest="0" * 64, created_at=NOW
    )
    verdict = {row.promise: row for row in verify(at=NOW)}[6]
    assert verdict.state == BROKEN
    assert verdict.offenders[0]["kind"] == "receipt"
