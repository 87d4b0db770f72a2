"""`lazaretto import results`: laid out, then taken in when asked; the exit status says how it went."""

import json
from argparse import Namespace

import pytest

from lazaretto.screening.tests.rounds import opened, scan, send
from lazaretto.tubes.models import TubeResult
from lazaretto.tubes.terminal import import_results
from lazaretto.tubes.tests.ways import brought, laboratory

pytestmark = pytest.mark.django_db
TEXT = "某所结果汇总,,\n序号,试管条码,检测结果\n1,'t1,阴性\n2,T2,阳性\n3,X9,阴性\n"


def call(path, of, **more) -> int:
    given = {"file": str(path), "round": str(of.pk), "laboratory": "lab1", "recheck": False, "all_negative": False}
    return import_results(Namespace(**{**given, "commit": False, "json": True, **more}))


def test_results_by_terminal(cast, tmp_path, capsys):
    of, place = opened(cast)
    laboratory(cast)
    send(cast, place, scan(1), scan(2, tube="T2"))
    brought(cast, place, "T1", "T2")
    path = tmp_path / "结果.csv"
    path.write_bytes(TEXT.encode("gb18030"))
    assert call(path, of) == 0
    said = json.loads(capsys.readouterr().out)
    assert (said["lines"], said["ready"], said["held"], said["positives"]) == (3, 2, 1, 1)
    assert not TubeResult.objects.exists()
    assert call(path, of, commit=True) == 0
    assert json.loads(capsys.readouterr().out)["taken"] == 2
    assert call(path, of, json=False) == 0
    assert call(path, of, laboratory="L9") == 2
    assert call(tmp_path / "none.csv", of) == 2
    path.write_text("姓名\n甲\n")
    assert call(path, of) == 1
