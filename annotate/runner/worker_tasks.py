"""What a worker of an executor runs: batches, with an extractor that it loads once."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from ...schema import DependencyError, Document, Extractor, GoldspanError, Scheme
from ..registry import load_extractor
from .extractor_run import ExtractorRun
from .outcome import AnnotationOutcome
from .readiness import close_extractor

_OF_THREAD = threading.local()  # extractors need not be thread-safe
"""The run of the thread's latest extractor, and what identifies it; only one, since models can be large."""


def prepare_run(spec: str, scheme: Scheme) -> None:
    """Load an extractor in this process and thread.

    Raises:
        DependencyError: It cannot be loaded.
    """
    loaded_run(spec, scheme)


def annotate_in_worker(
    spec: str, scheme: Scheme, documents: Sequence[Document]
) -> tuple[list[AnnotationOutcome], GoldspanError | None]:
    """Return the outcomes of a batch, and the error with which the run is to end after them; None if it continues.

    Raises:
        DependencyError: The extractor cannot be loaded.
    """
    run = loaded_run(spec, scheme)
    outcomes: list[AnnotationOutcome] = []
    try:
        for outcome in run.outcomes(documents):
            outcomes.append(outcome)  # noqa: PERF402 - what was finished before an error is kept
    except GoldspanError as error:
        return outcomes, error
    return outcomes, None


@contextmanager
def run_here(extractor: Extractor, spec: str, scheme: Scheme) -> Iterator[None]:
    """Let calls in this thread use an extractor that is loaded already; it is closed at the end of the block."""
    _OF_THREAD.run, _OF_THREAD.identity = ExtractorRun(extractor, scheme), (spec, scheme)
    try:
        yield
    finally:
        _OF_THREAD.run = _OF_THREAD.identity = None
        close_extractor(extractor)


def loaded_run(spec: str, scheme: Scheme) -> ExtractorRun:
    """Return the run of an extractor in this process and thread, which is loaded for the first call.

    Raises:
        DependencyError: It cannot be loaded.
    """
    identity = (spec, scheme)
    if getattr(_OF_THREAD, "identity", None) != identity:
        try:
            extractor = load_extractor(spec, scheme)
        except GoldspanError as error:
            raise DependencyError(str(error)) from error
        alone = threading.current_thread() is threading.main_thread()
        _OF_THREAD.run, _OF_THREAD.identity = ExtractorRun(extractor, scheme, redirect=alone), identity
    run: ExtractorRun = _OF_THREAD.run
    return run
