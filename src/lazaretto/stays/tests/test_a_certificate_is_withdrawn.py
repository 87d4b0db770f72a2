"""A certificate that should not have been issued is withdrawn, and whoever checks it is told so."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction

from lazaretto.core import clock
from lazaretto.core.errors import Forbidden, ReasonRequired, TextTooLong
from lazaretto.core.models import JournalEntry
from lazaretto.core.signing import sign
from lazaretto.stays import commands
from lazaretto.stays.errors import AlreadyClosed
from lazaretto.stays.models import Certificate, Release
from lazaretto.stays.papers import certificate_paper, certificates_paper, check_url
from lazaretto.ui.tests.pictures import codes_of
from tests.factories import NOW

pytestmark = pytest.mark.django_db
WHY = "样本与他人混淆"
REVOKE = "/certificates/C-1/revoke"


@pytest.fixture
def certificate(admit, monkeypatch) -> Certificate:
    """Of somebody who was released today."""
    monkeypatch.setattr(clock, "now", lambda: NOW)
    stay = admit("0301", name="陈静", at=NOW - timedelta(days=8))
    made = Release.objects.create(stay=stay, kind="ordinary", criteria=[], decided_at=NOW)
    words = {"n": "C-1", "p": "陈静", "d": "", "s": "江畔酒店", "a": "区疾控中心", "f": "2026-11-13", "t": "2026-11-21"}
    token = sign({**words, "x": [], "u": ""})
    return Certificate.objects.create(release=made, number="C-1", token=token, issued_at=NOW)


def revoke(cast, certificate, reason=WHY, by=None):
    actor = (by or cast.approver).actor
    return commands.revoke_certificate(actor=actor, at=NOW, certificate=certificate, reason=reason)


def check(client, certificate):
    return client.get("/check", {"t": certificate.token}).content.decode()


def test_withdrawn_by_name_with_its_reason_and_the_public_check_says_so(cast, certificate, client):
    client.cookies["django_language"] = "en"
    assert "Genuine." in check(client, certificate)
    revoke(cast, certificate)
    certificate.refresh_from_db()
    assert (certificate.revoked_at, certificate.revoked_reason) == (NOW, WHY)
    entry = JournalEntry.objects.get(command="stays.revoke_certificate")
    assert (entry.actor_id, entry.reason) == (cast.approver.user.pk, WHY)
    assert entry.person_id == certificate.release.stay.person_id
    page = check(client, certificate)
    assert "This certificate was withdrawn." in page
    assert "Genuine." not in page
    assert WHY not in page  # the reason is nobody's business at a checkpoint


def test_only_an_approver_with_a_reason_and_only_once(cast, certificate):
    with pytest.raises(Forbidden):
        revoke(cast, certificate, by=cast.site_lead)
    with pytest.raises(ReasonRequired):
        revoke(cast, certificate, "  ")
    revoke(cast, certificate)
    with pytest.raises(AlreadyClosed):
        revoke(cast, certificate)


def test_of_a_long_reason_nothing_is_cut_silently(cast, certificate):
    with pytest.raises(TextTooLong):
        revoke(cast, certificate, "长" * 201)
    certificate.refresh_from_db()
    assert certificate.revoked_at is None
    revoke(cast, certificate, "长" * 200)
    certificate.refresh_from_db()
    assert len(certificate.revoked_reason) == 200


def test_the_database_keeps_no_withdrawal_without_a_reason(certificate):
    with pytest.raises(IntegrityError), transaction.atomic():
        Certificate.objects.filter(pk=certificate.pk).update(revoked_at=NOW)


def test_the_approver_withdraws_it_on_the_list_of_the_day_and_loses_nothing_typed(cast, certificate):
    client = cast.approver.client
    assert f'action="{REVOKE}"' in client.get("/sites/H01/release").content.decode()
    assert f'action="{REVOKE}"' not in cast.site_lead.client.get("/sites/H01/release").content.decode()
    refused = client.post(REVOKE, {"reason": "长" * 201})
    assert (refused.status_code, "长" * 201 in refused.content.decode()) == (422, True)
    assert client.post(REVOKE, {"reason": WHY}).status_code == 302
    assert WHY in client.get("/sites/H01/release").content.decode()


def test_papers_that_bear_a_name_are_for_those_who_read_names(cast, certificate):
    stay = certificate.release.stay
    own = f"/sites/H01/stays/{stay.number}"
    papers = ["/certificates/C-1.pdf", f"{own}/order.pdf", f"{own}/guest-card.pdf"]
    for paper in papers:
        assert cast.auditor.client.get(paper).status_code == 403, paper
        assert cast.clerk.client.get(paper).status_code == 200, paper
    assert cast.auditor.client.get(f"{own}/door-card.pdf").status_code == 200
    assert "/guest-card" not in cast.auditor.client.get(own).content.decode()


def test_the_list_of_the_day_names_them_and_prints_all_that_count(cast, certificate, client):
    client.force_login(cast.site_lead.user)
    page = f"/sites/{cast.site.code}/release"
    listed = client.get(page).content.decode()
    assert "陈静" in listed
    assert "0301" in listed
    printed = client.get(f"{page}/certificates.pdf")
    assert printed.content.startswith(b"%PDF")
    paper = certificates_paper([certificate, certificate])
    assert codes_of(paper) == [check_url(certificate.token)] * 2
    revoke(cast, certificate)
    assert client.get(f"{page}/certificates.pdf").status_code == 302  # a withdrawn one is not handed out again


def test_a_withdrawn_certificate_says_so_across_the_paper(cast, certificate):
    assert not certificate_paper(certificate).data()["withdrawn"]
    revoke(cast, certificate)
    certificate.refresh_from_db()
    assert certificate_paper(certificate).data()["withdrawn"] == "2026-11-21"
