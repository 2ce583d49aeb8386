"""Signals that arrive while a program is being started."""

from __future__ import annotations

import signal
from collections.abc import Iterator

import pytest

from goldspan.annotate.interrupt_signals import defer_signals


@pytest.fixture
def handled() -> Iterator[list[int]]:
    """The signals that have been handled so far."""
    numbers = (signal.SIGINT, signal.SIGTERM)
    handled: list[int] = []
    previous = [signal.signal(number, lambda number, _frame: handled.append(number)) for number in numbers]
    yield handled
    for number, handler in zip(numbers, previous, strict=True):
        signal.signal(number, handler)


def test_a_deferred_signal_is_not_lost_behind_one_that_is_ignored(handled: list[int]) -> None:
    with defer_signals():
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGTERM):
            signal.raise_signal(number)
        assert handled == []
    assert handled == [signal.SIGINT, signal.SIGTERM]
