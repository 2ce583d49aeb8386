"""Batches that are prepared while the server works on the ones before."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from itertools import islice
from typing import TypeVar

Batch = TypeVar("Batch")
Made = TypeVar("Made")


@contextmanager
def prepared_ahead(prepare: Callable[[Batch], Made], batches: Iterable[Batch]) -> Iterator[Iterator[Made]]:
    """Yield an iterator over what is made of batches, in their order; errors are raised in place of what they hinder.

    A thread makes the next one while the one before is used, so that two are in memory. At the end of the context the
    thread has ended, and no further batch is read.

    Args:
        prepare: Makes something of a batch. It runs in the thread, one call at a time.
        batches: The batches, which are read in the thread too.
    """
    remaining = iter(batches)

    def make_next() -> list[Made]:
        return [prepare(batch) for batch in islice(remaining, 1)]

    with ThreadPoolExecutor(1, thread_name_prefix="prepare") as thread:

        def made() -> Iterator[Made]:
            coming = thread.submit(make_next)
            while ready := coming.result():
                coming = thread.submit(make_next)
                yield ready.pop()

        yield made()
