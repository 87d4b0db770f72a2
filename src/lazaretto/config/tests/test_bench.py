"""Measures are honest: percentiles of what happened, the raw limit of the same database, an own installation."""

import json

import pytest

from lazaretto.config.bench import raw
from lazaretto.config.bench.load import Measured, together
from lazaretto.config.bench.scratch import installation
from lazaretto.config.cli import main


def test_percentiles_are_those_of_the_single_times():
    found = Measured.of(2, [number / 1000 for number in range(1, 101)], seconds=4.0)
    assert (found.n, found.per_second, found.p50_ms, found.p95_ms) == (100, 25.0, 51.0, 96.0)


def test_every_job_is_done_once_by_one_of_the_clients():
    done = []

    def worker(hand, times):
        for job in hand:
            done.append(job)
            times.append(0.001)

    found = together(4, range(10), worker)
    assert sorted(done) == list(range(10))
    assert (found.clients, found.n) == (4, 10)


def test_a_client_that_fails_fails_the_measure():
    def worker(_hand, _times):
        raise RuntimeError("refused")

    with pytest.raises(RuntimeError, match="refused"):
        together(2, range(4), worker)


def test_the_raw_limit_counts_durable_single_rows(tmp_path):
    found = raw.limit({"LAZARETTO_DATA_DIR": str(tmp_path)}, clients=2, n=6)
    assert found.n == 6
    assert found.per_second > 0


@pytest.mark.django_db
def test_a_measure_never_uses_the_configured_installation(monkeypatch, settings):
    monkeypatch.setenv("LAZARETTO_DATA_DIR", str(settings.DATA_DIR))
    with installation() as environment:
        assert environment["LAZARETTO_DATA_DIR"] != str(settings.DATA_DIR)


@pytest.mark.bench
@pytest.mark.django_db
@pytest.mark.parametrize(
    "words",
    [["commands", "--requests", "5"], ["lists", "--people", "200"], ["ingest", "--people", "3000", "--before", "1"]],
)
def test_the_measures_run(words, capsys):
    main(["bench", *words, "--json"])
    assert json.loads(capsys.readouterr().out)["database"]
