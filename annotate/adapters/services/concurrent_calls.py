"""Calls that run at the same time, such as requests to a service, with their results in the order of the items."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from threading import Condition, Thread, local
from typing import Any, Generic, TypeVar

from ....schema import DependencyError, UsageError

T = TypeVar("T")
R = TypeVar("R")

ENDING = (DependencyError, UsageError)
"""Errors that concern every item: whoever meets one begins no further call."""


def call_in_order(function: Callable[[T], R], items: Sequence[T], limit: int) -> Iterator[R | Exception]:
    """Yield what a function returns for each item, in the order of the items; if it raises, the error in its place.

    Calls begin in the order of the items. After an error of `ENDING`, no further call begins, and the error is yielded
    last, when those under way have ended. A call whose result will not be yielded finds that out by `require_awaited`.

    Args:
        function: The function; it is called in threads unless only one call may run at a time.
        items: The items.
        limit: The largest number of calls that run at the same time.
    """
    if limit == 1 or len(items) < 2:
        for item in items:
            result = _result(function, item)
            yield result
            if isinstance(result, ENDING):
                return
        return
    calls = _Calls(function, items)
    for _ in range(min(limit, len(items))):
        # not those of an executor, for which the end of the program would wait, however long a service takes
        Thread(target=calls.work, daemon=True).start()
    try:
        for number in range(len(items)):
            result = calls.wait_for(number)
            if isinstance(result, ENDING):
                calls.abandon()
                calls.wait_for_all()
                yield result
                return
            yield result
    finally:
        calls.abandon()


_OF_THREAD = local()


def require_awaited() -> None:
    """Check that the call that this thread makes is still awaited; one that is not should not send anything.

    Raises:
        DependencyError: It is not.
    """
    calls: _Calls[Any, Any] | None = getattr(_OF_THREAD, "calls", None)
    if calls is not None and calls.abandoned:
        raise DependencyError("the call was abandoned. Fix: make it again")


class _Calls(Generic[T, R]):
    """The state that the threads of a series of calls share."""

    def __init__(self, function: Callable[[T], R], items: Sequence[T]) -> None:
        self._function = function
        self._items = items
        self._changed = Condition()
        self._begun = self._ended = 0
        self._ending: Exception | None = None
        self.abandoned = False
        self._results: dict[int, R | Exception] = {}

    def work(self) -> None:
        """Make one call after the other until none is left or no more are wanted."""
        _OF_THREAD.calls = self
        while True:
            with self._changed:
                if self.abandoned or self._ending is not None or self._begun == len(self._items):
                    return
                number = self._begun
                self._begun += 1
            result = _result(self._function, self._items[number])
            with self._changed:
                self._results[number] = result
                self._ended += 1
                if isinstance(result, ENDING):
                    self._ending = self._ending or result
                self._changed.notify_all()

    def wait_for(self, number: int) -> R | Exception:
        """Wait for the result of an item and return it; if its call will not begin any more, the error that ends."""
        with self._changed:
            while number not in self._results:
                if self._ending is not None and number >= self._begun:
                    return self._ending
                self._changed.wait(1.0)  # Windows interrupts no wait without a limit
            return self._results.pop(number)

    def wait_for_all(self) -> None:
        """Wait until no call is under way."""
        with self._changed:
            while self._ended < self._begun:
                self._changed.wait(1.0)

    def abandon(self) -> None:
        """Let no further call begin, and those under way send nothing more."""
        with self._changed:
            self.abandoned = True


def _result(function: Callable[[T], R], item: T) -> R | Exception:
    try:
        return function(item)
    except Exception as error:
        return error
