"""What tests of supervised processes share."""

import signal

import pytest


@pytest.fixture
def signals_as_before():
    """Whatever handlers a test sets are put back."""
    before = {number: signal.getsignal(number) for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP)}
    yield
    for number, handler in before.items():
        signal.signal(number, handler)
