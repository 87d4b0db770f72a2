"""Somebody back from a risk area who was swabbed as a stranger keeps that result when they are recognised."""

import pytest

from lazaretto.returnees.queries.rounds import _swabs
from lazaretto.screening import commands as screening
from lazaretto.screening.commands.scans import Stranger as Said
from lazaretto.screening.models import Stranger
from lazaretto.screening.tests.rounds import opened, scan, send
from lazaretto.tubes.commands import follow_round
from lazaretto.tubes.tests.labs import report
from lazaretto.tubes.tests.ways import brought, laboratory
from tests.factories import NOW

pytestmark = pytest.mark.django_db


def test_a_negative_tube_answers_for_the_document_of_a_stranger_who_was_recognised(cast):
    of, place = opened(cast)
    send(cast, place, scan(None, tube="T1", slot=9, stranger=Said(name="无证", document="P1234567")))
    found = Stranger.objects.get()
    follow_round(of, at=NOW)
    lab = laboratory(cast)
    brought(cast, place, "T1")
    report(cast, of, lab, ["T1", "阴性"])
    before = dict(_swabs({found.document_digest}, NOW))
    assert len(before[found.document_digest]) == 1
    screening.recognise_stranger(actor=cast.site_lead.actor, at=NOW, stranger=found, number=2, reason="核实了")
    assert dict(_swabs({found.document_digest}, NOW)) == before
