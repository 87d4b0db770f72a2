"""What is read the fast way is read the careful way too, and as the same."""

import json
from datetime import UTC, datetime, timedelta, timezone
from uuid import UUID

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter

from lazaretto.core.codes import is_tidy, tidy_code
from lazaretto.screening.api import PlainUpload, UploadIn
from lazaretto.screening.commands import Swab, TakenScan
from lazaretto.screening.commands.receipts import batch_digest
from lazaretto.screening.commands.scans import read_plain
from lazaretto.screening.rules import true_time, true_times
from tests.factories import NOW

CAREFUL = TypeAdapter(list[TakenScan])
FAST = msgspec.json.Decoder(PlainUpload)
POINT = UUID(int=7)

MOMENTS = st.one_of(
    st.datetimes(datetime(1960, 1, 1), datetime(2210, 1, 1), timezones=st.just(UTC)).map(lambda at: at.isoformat()),  # noqa: DTZ001
    st.sampled_from(
        ["2026-11-21T18:00:00+08:00", "2026-11-21T10:00:00Z", "2026-11-21 10:00:00Z", "2026-11-21T10:00", "1700000000",
         "2026-11-21T10:00:00.123456789Z", "2026-02-30T10:00:00Z", "2026-11-21T24:00:00Z", "2026-11-21t10:00:00z"]
    ),
)  # fmt: skip
SCANS = st.fixed_dictionaries(
    {
        "id": st.uuids().map(str) | st.uuids().map(lambda key: key.hex) | st.just("urn:uuid:7"),
        "tube": st.text(st.sampled_from("T1-_{~ aÄ管＇\n"), max_size=4) | st.just("X" * 41),
        "slot": st.integers(-1, 22) | st.sampled_from([1.0, "3", True, None]),
        "at": MOMENTS,
    },
    optional={
        "number": st.none() | st.integers(-1, 2**31) | st.sampled_from([2.0, "4"]),
        "stranger": st.sampled_from([None, {"name": "侯某"}]),
        "table": st.integers(0, 1001) | st.none(),
        "temperature": st.none() | st.floats(29, 46) | st.integers(29, 46) | st.just("36.5"),
        "round": st.none() | st.uuids().map(str),
        "more": st.integers(),
    },
)


def read_both(*scans, sent_at="2026-11-21T10:00:00Z"):
    """As the fast reader has it (None where it leaves it), and as the careful one."""
    body = json.dumps({"batch": str(POINT), "point": str(POINT), "sent_at": sent_at, "scans": scans}).encode()
    fast = read_plain(FAST, body)
    if fast is None or not all(is_tidy(one.tube) and 0 <= one.at.timestamp() < 7_258_118_400 for one in fast.scans):
        return None, None  # whoever takes them looks at the second
    return fast, UploadIn.model_validate_json(body)


@given(st.lists(SCANS, min_size=1, max_size=3))
def test_whatever_the_fast_reader_takes_the_careful_one_takes_as_the_same(scans):
    fast, careful = read_both(*scans)
    if fast is None:
        return
    for one, other in zip(fast.scans, careful.scans, strict=True):
        for name in Swab.__struct_fields__:
            assert getattr(one, name) == getattr(other, name)
    assert batch_digest(POINT, fast.scans) == batch_digest(POINT, careful.scans)


PLAIN = {"id": str(UUID(int=1)), "tube": "T1", "slot": 1, "at": "2026-11-21T10:00:00Z", "number": 1}


@pytest.mark.parametrize(
    ("said", "is_fast"),
    [
        ({}, True),
        ({"at": "2026-11-21T10:00:00.123456Z"}, True),
        ({"at": "2026-11-21T10:00:00.1234567Z"}, False),
        ({"at": "2026-11-21T10:00:00.9999999Z"}, False),
        ({"more": 1}, False),
        ({"temperature": 36}, True),
    ],
)
def test_what_they_would_read_in_two_ways_is_left_to_the_careful_one(said, is_fast):
    fast, careful = read_both(PLAIN | said)
    assert (fast is not None) == is_fast
    assert not is_fast or batch_digest(POINT, fast.scans) == batch_digest(POINT, careful.scans)


def test_the_digest_is_the_one_that_receipts_have_always_had():
    body = """[{"id": "01a20000-0000-7000-8000-000000000001", "tube": "T1", "slot": 1, "number": 3,
        "at": "2026-11-21T18:00:00.5+08:00", "temperature": 36.5}]"""
    (one,) = CAREFUL.validate_json(body)
    assert msgspec.json.encode([one]) == CAREFUL.dump_json([one])


@pytest.mark.parametrize("code", ["T1", "0A-b", "T 1", "", "t1", "管1"])
def test_a_tidy_code_is_spelled_as_it_is(code):
    assert tidy_code(code) == code or not is_tidy(code)


@pytest.mark.parametrize("error", [timedelta(), timedelta(hours=-5), timedelta(minutes=3)])
@pytest.mark.parametrize("zone", [UTC, timezone(timedelta(hours=8))])
@pytest.mark.parametrize("ahead", [timedelta(), timedelta(seconds=1)])
def test_moments_of_a_batch_are_put_right_as_each_of_them_is(error, zone, ahead):
    said = [(NOW - timedelta(seconds=n) + ahead).astimezone(zone) for n in range(3)]
    found = true_times(said, error, NOW)
    assert found == [true_time(one, error, NOW) for one in said]
    assert {one.tzinfo for one in found} == {UTC}
    assert max(found) <= NOW
