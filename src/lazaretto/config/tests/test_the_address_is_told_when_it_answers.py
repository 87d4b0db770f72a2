"""`lazaretto up` tells the address when somebody would be answered there, and gives up in time when nobody is."""

import argparse
import os
import signal
import socket
import sys

import pytest

from lazaretto.config import up
from lazaretto.config.supervisor import Child, Opening, supervise
from lazaretto.core import cli

pytestmark = pytest.mark.usefixtures("signals_as_before")

IDLE = [sys.executable, "-c", "import time; time.sleep(60)"]


@pytest.fixture
def called():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    return argparse.Namespace(host="127.0.0.1", port=port, workers=1, certificate=None, key=None)


def test_the_address_is_told_once_the_port_answers_and_not_before(called):
    told = []

    def then():
        told.append(up.answers(called))
        os.kill(os.getpid(), signal.SIGTERM)

    assert not up.answers(called)
    web = [sys.executable, "-m", "http.server", "--bind", "127.0.0.1", str(called.port)]
    assert supervise([Child("server", web)], Opening(lambda: up.answers(called), then, within=30.0))
    assert told == [True]


def test_children_that_never_open_are_stopped_and_that_is_said(called, capsys, monkeypatch):
    children = []

    def watched(made, opening):
        children.extend(Child("server", IDLE) for _one in made)
        return supervise(children, opening)

    monkeypatch.setattr(up, "PATIENCE", 0)
    monkeypatch.setattr(up, "supervise", watched)
    monkeypatch.setattr(up.static, "collect", lambda: None)
    assert up.serve(called) == cli.FAILED
    said = capsys.readouterr()
    assert "http://" not in said.out
    assert up.address(called) in said.err
    assert all(child.process is None or child.process.poll() is not None for child in children)


@pytest.mark.parametrize(("set_to", "wanted"), [("", "http://localhost:{port}"), ("https://lan:1", "https://lan:1")])
def test_links_of_what_is_started_lead_to_where_it_is(called, monkeypatch, set_to, wanted):
    seen = []
    monkeypatch.setenv("LAZARETTO_URL", set_to)
    if not set_to:
        monkeypatch.delenv("LAZARETTO_URL")
    monkeypatch.setattr(up, "supervise", lambda *_any: seen.append(os.environ["LAZARETTO_URL"]) or True)
    monkeypatch.setattr(up.static, "collect", lambda: None)
    assert up.serve(called) == cli.OK
    assert seen == [wanted.format(port=called.port)]
